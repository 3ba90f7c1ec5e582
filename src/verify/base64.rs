//! Base64 as the contract reads it.

/// What a byte that is no digit maps to.
const NONE: u8 = u8::MAX;

/// The value of each digit of the standard alphabet.
static VALUES: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < alphabet.len() {
        values[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// The decoded bytes, or `None` if `text` is not base64.
///
/// Standard alphabet, no blanks. Padding may be left out; if there is any, the length must be a
/// multiple of four. Unused low bits of the last digit are ignored.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text
        .strip_suffix(b"==")
        .or_else(|| text.strip_suffix(b"="))
        .unwrap_or(text);
    let is_padded = digits.len() < text.len();
    if is_padded && !text.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.chunks(4) {
        if group.len() == 1 {
            return None;
        }
        let mut bits = 0;
        for &digit in group {
            let value = VALUES[usize::from(digit)];
            if value == NONE {
                return None;
            }
            bits = bits << 6 | u32::from(value);
        }
        // Digits of a short last group count from the left, and 6 bits fill no byte.
        bits <<= 6 * (4 - group.len());
        let [_, first, second, third] = bits.to_be_bytes();
        bytes.extend_from_slice(&[first, second, third][..group.len() - 1]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_with_and_without_padding() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("Zg==", b"f"),
            ("Zg", b"f"),
            ("Zm8=", b"fo"),
            ("Zm8", b"fo"),
            ("Zm9v", b"foo"),
            ("Zm9vYg==", b"foob"),
            ("//++AAD/", b"\xff\xff\xbe\x00\x00\xff"),
            // Low bits that belong to no byte.
            ("Zh==", b"f"),
            ("Zm9=", b"fo"),
        ] {
            assert_eq!(decode(text.as_bytes()).as_deref(), Some(bytes), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_base64() {
        for text in [
            "Z", "Zm9vY", "Zg=", "Zm8==", "Zm9v=", "Zm9v==", "Z===", "====", "=", "==", "Zg==Zg==",
            "Z g=", "Zm9v\n", "Zm9-", "Zm9_", "Zm=v", "{}", "é",
        ] {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn every_byte_but_the_alphabet_is_refused_at_every_place() {
        for byte in 0..=u8::MAX {
            let is_digit = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
            for place in 0..4 {
                let mut text = *b"AAAA";
                text[place] = byte;
                let is_padding = place == 3 && byte == b'=';
                assert_eq!(decode(&text).is_some(), is_digit || is_padding);
            }
        }
    }
}
