//! Archives are read to their last file, and hostile ones refused.

use super::*;
use std::io::Write as _;

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// A tar whose names are not checked by who writes it.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        if name.len() < 100 {
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            builder.append(&header, *content).unwrap();
        } else {
            builder.append_data(&mut header, name, *content).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

/// All that an archive holds: names with contents, or with what is wrong.
fn all(packed: &[u8], limits: Limits) -> Vec<(String, Result<String, ErrorKind>)> {
    let mut seen = Vec::new();
    read(&mut &packed[..], limits, &mut |entry| {
        let path = entry.path.to_owned();
        match entry.content {
            Ok(content) => {
                let mut text = String::new();
                content.read_to_string(&mut text)?;
                seen.push((path, Ok(text)));
            }
            Err(error) => seen.push((path, Err(error.kind()))),
        }
        Ok(())
    });
    seen
}

fn contents(packed: &[u8]) -> Vec<(String, Result<String, ErrorKind>)> {
    all(packed, Limits::default())
}

fn good(path: &str, text: &str) -> (String, Result<String, ErrorKind>) {
    (path.to_owned(), Ok(text.to_owned()))
}

fn bad(path: &str, kind: ErrorKind) -> (String, Result<String, ErrorKind>) {
    (path.to_owned(), Err(kind))
}

#[test]
fn what_is_not_packed_is_one_entry() {
    for text in ["", "x", "plain text", &"long ".repeat(1000)] {
        assert_eq!(contents(text.as_bytes()), [good("", text)]);
        assert!(!is_archive(text.as_bytes()));
    }
}

#[test]
fn archives_in_archives_are_read() {
    let inner = tar(&[("a.env", b"A=1"), ("b/c.txt", b"two")]);
    let long = format!("{}/file", "d".repeat(300));
    let outer = tar(&[
        ("x.gz", &gz(b"three")),
        ("in.tar.zst", &zst(&inner)),
        (&long, b"four"),
    ]);
    for packed in [outer.clone(), gz(&outer), zst(&gz(&outer))] {
        assert!(is_archive(&packed));
        assert_eq!(
            contents(&packed),
            [
                good("x.gz", "three"),
                good("in.tar.zst!a.env", "A=1"),
                good("in.tar.zst!b/c.txt", "two"),
                good(&long, "four"),
            ]
        );
    }
}

#[test]
fn members_and_frames_that_follow_one_another_are_read() {
    assert_eq!(
        contents(&[gz(b"one "), gz(b"two")].concat()),
        [good("", "one two")]
    );
    assert_eq!(
        contents(&[zst(b"one "), zst(b"two")].concat()),
        [good("", "one two")]
    );
}

#[test]
fn a_bomb_is_refused_while_it_explodes() {
    let limits = Limits {
        growth: 100,
        free: 1 << 16,
        ..Limits::default()
    };
    let plain = vec![b'0'; 1 << 20];
    for bomb in [
        gz(&plain),
        zst(&plain),
        gz(&gz(&plain)),
        gz(&tar(&[("big", &plain)])),
    ] {
        let seen = all(&bomb, limits);
        assert!(
            seen.iter()
                .any(|(_, content)| *content == Err(ErrorKind::TooLarge)),
            "{}",
            seen.len()
        );
        assert!(seen.iter().all(|(_, content)| content.is_err()));
    }
    assert_eq!(all(&tar(&[("big", &plain)]), limits).len(), 1);
}

#[test]
fn nesting_beyond_the_limit_is_refused() {
    let mut packed = b"deep".to_vec();
    for _ in 0..8 {
        packed = gz(&packed);
    }
    assert_eq!(contents(&packed), [good("", "deep")]);
    assert_eq!(contents(&gz(&packed)), [bad("", ErrorKind::Depth)]);
}

#[test]
fn names_that_lead_out_are_refused_and_the_others_read() {
    for name in [
        "../up",
        "a/../../up",
        "/etc/passwd",
        "..",
        "C:\\x",
        "\\\\host\\x",
        "a\\..\\b",
    ] {
        let packed = tar(&[("before", b"1"), (name, b"2"), ("behind", b"3")]);
        assert_eq!(
            contents(&packed),
            [
                good("before", "1"),
                bad(name, ErrorKind::Archive),
                good("behind", "3")
            ]
        );
    }
    let packed = tar(&[("a..b/.../c", b"fine")]);
    assert_eq!(contents(&packed), [good("a..b/.../c", "fine")]);
}

#[test]
fn an_archive_that_is_cut_anywhere_is_refused() {
    let noise: Vec<u8> = (0..3000u32).map(|at| b'a' + (at * at % 23) as u8).collect();
    let packed = tar(&[("one", &noise), ("two", b"2")]);
    // Behind the first block that marks the end only padding is missing.
    let end = packed.len() - 1024 + 512;
    for (packed, from, to) in [
        (packed.clone(), 512, end),
        (gz(&packed), 10, usize::MAX),
        (zst(&packed), 8, usize::MAX),
    ] {
        for cut in (from..to.min(packed.len())).step_by(37) {
            let seen = contents(&packed[..cut]);
            assert!(
                seen.iter().any(|(_, content)| content.is_err()),
                "cut at {cut}"
            );
        }
    }
}

#[test]
fn a_damaged_archive_in_another_leaves_the_others_readable() {
    let mut damaged = gz(b"some content that is packed");
    damaged[15] ^= 0xFF;
    let packed = tar(&[("bad.gz", &damaged), ("good", b"1")]);
    let seen = contents(&packed);
    assert!(seen.contains(&good("good", "1")));
    assert!(
        seen.iter()
            .any(|(path, content)| path == "bad.gz" && content.is_err())
    );
}

#[test]
fn names_are_fit_to_be_shown() {
    assert_eq!(
        contents(&tar(&[("a\u{1b}[2J\n", b"1")])),
        [good("a\\u{1b}[2J\\n", "1")]
    );
}

#[test]
fn a_name_without_end_is_refused() {
    let mut header = ::tar::Header::new_gnu();
    header.set_entry_type(::tar::EntryType::GNULongName);
    header.set_size(3 << 20);
    header.set_cksum();
    let mut builder = ::tar::Builder::new(Vec::new());
    builder.append(&header, &vec![b'n'; 3 << 20][..]).unwrap();
    let packed = builder.into_inner().unwrap();
    assert!(contents(&packed) == [bad("", ErrorKind::TooLarge)]);
}
