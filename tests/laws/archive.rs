//! Any bytes are read as an archive without harm: what is given stays within the limits, what is packed
//! comes out as it was, and what is cut off is refused.

use qstash_redact::ErrorKind;
use qstash_redact::hunt::archive::{self, Limits};

const LIMITS: Limits = Limits {
    depth: 4,
    growth: 20,
    free: 1 << 16,
};

/// A name, and the content or what is wrong with it.
type Given = Vec<(String, Result<Vec<u8>, ErrorKind>)>;

fn read(input: &[u8]) -> Given {
    let mut given = Vec::new();
    archive::read(&mut &input[..], LIMITS, &mut |entry| {
        let path = entry.path.to_owned();
        match entry.content {
            Ok(content) => {
                let mut bytes = Vec::new();
                content.read_to_end(&mut bytes)?;
                given.push((path, Ok(bytes)));
            }
            Err(error) => given.push((path, Err(error.kind()))),
        }
        Ok(())
    });
    given
}

/// The law, for any bytes.
pub fn holds(input: &[u8]) {
    let given = read(input);
    let allowed = (input.len() as u64 * LIMITS.growth).max(LIMITS.free);
    for (path, content) in &given {
        assert!(!path.chars().any(char::is_control));
        assert!(!path.split(['!', '/', '\\']).any(|part| part == "..") || content.is_err());
        if let Ok(content) = content {
            assert!(content.len() as u64 <= allowed);
        }
    }
    if !archive::is_archive(input) {
        assert_eq!(given, [(String::new(), Ok(input.to_vec()))]);
    }
    // Packed by hand, the same comes out one archive further down.
    let tar = tar(input);
    for packed in [&tar, &gz(input), &gz(&tar)] {
        assert!(archive::is_archive(packed));
        let given_packed = read(packed);
        if !archive::is_archive(input) {
            let contents: Vec<_> = given_packed.iter().map(|(_, content)| content).collect();
            assert_eq!(contents, [&Ok(input.to_vec())]);
        }
    }
    // Cut anywhere, at a place that the input chooses.
    let packed = gz(&tar);
    let cut = input
        .iter()
        .fold(10, |sum, byte| sum * 31 % 65_521 + usize::from(*byte))
        % packed.len();
    if cut > 10 {
        assert!(
            read(&packed[..cut])
                .iter()
                .any(|(_, content)| content.is_err())
        );
    }
}

/// A tar of one file.
fn tar(content: &[u8]) -> Vec<u8> {
    let mut header = [0; 512];
    header[..4].copy_from_slice(b"file");
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    header[148..156].fill(b' ');
    header[156] = b'0';
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let padding = vec![0; content.len().next_multiple_of(512) - content.len() + 1024];
    [&header, content, &padding].concat()
}

/// A gz whose blocks are stored as they are.
fn gz(content: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
    for block in content.chunks(0xFFFF) {
        let length = block.len() as u16;
        packed.push(0);
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(block);
    }
    packed.extend([1, 0, 0, 0xFF, 0xFF]);
    let crc = content.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))
        })
    });
    packed.extend((!crc).to_le_bytes());
    packed.extend((content.len() as u32).to_le_bytes());
    packed
}
