//! What an input is packed as, told by how it begins.

/// So many bytes of the beginning are looked at: the first header of a tar.
pub(super) const BEGINNING: usize = 512;

/// A zst stream may look back by so many bits: 128 MiB, as much as the `zstd` program allows.
pub(super) const MAX_WINDOW_LOG: u32 = 27;

/// A format that is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Gzip,
    Zstd,
    Tar,
}

impl Format {
    /// The format of what begins so.
    pub(super) fn of(beginning: &[u8]) -> Option<Self> {
        match beginning {
            // The magic number, and deflate, the only method that there is.
            [0x1F, 0x8B, 8, ..] => Some(Self::Gzip),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Self::Zstd),
            // A frame to be skipped, in front of others.
            [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Self::Zstd),
            _ if is_tar_header(beginning) => Some(Self::Tar),
            _ => None,
        }
    }
}

/// Whether bytes begin with the header of an entry: its checksum is right. The oldest tars have no
/// other mark.
fn is_tar_header(bytes: &[u8]) -> bool {
    let Some(header) = bytes.first_chunk::<512>() else {
        return false;
    };
    let field = &header[148..156];
    let digits = field.trim_ascii_start();
    let length = digits
        .iter()
        .take_while(|digit| matches!(digit, b'0'..=b'7'))
        .count();
    let stated = digits[..length]
        .iter()
        .fold(0, |sum, digit| sum * 8 + u32::from(digit - b'0'));
    // The field itself counts as blanks.
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    let own: u32 = field.iter().copied().map(u32::from).sum();
    length > 0 && stated == sum - own + 8 * u32::from(b' ')
}
