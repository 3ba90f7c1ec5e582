//! Packed files that are not opened. They are searched as they are, which finds next to nothing, and
//! counted, so that nobody takes them for searched.

/// How they begin.
const BEGINNINGS: &[&[u8]] = &[
    // zip, and all that is built on it: office documents, Java archives, Python wheels.
    b"PK\x03\x04",
    b"\xfd7zXZ\0",
    b"BZh",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x04\x22\x4d\x18",
    b"\x1f\x9d",
    // Encrypted files and volumes.
    b"age-encryption.org/",
    b"LUKS\xba\xbe",
];

/// Whether bytes begin as such a file does.
pub(super) fn is_sealed(bytes: &[u8]) -> bool {
    BEGINNINGS
        .iter()
        .any(|beginning| bytes.starts_with(beginning))
}
