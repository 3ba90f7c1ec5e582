//! Base64 as the contract reads it: standard alphabet, no blanks, padding optional.

/// Not a digit.
const BAD: u8 = 0xFF;

static VALUES: [u8; 256] = {
    let mut values = [BAD; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < 64 {
        values[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// Appends the bytes that `text` encodes and says `true`; `false` leaves `out` as it was.
///
/// If `=` is present the length must be a multiple of four; the unused low bits of the last digit are
/// ignored.
pub(crate) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let before = out.len();
    let decoded = digits(text).is_some_and(|digits| append(digits, out));
    if !decoded {
        out.truncate(before);
    }
    decoded
}

/// `text` without its padding, if its length is possible.
fn digits(text: &[u8]) -> Option<&[u8]> {
    let digits = match text {
        [digits @ .., b'=', b'='] | [digits @ .., b'='] => {
            if !text.len().is_multiple_of(4) {
                return None;
            }
            digits
        }
        _ => text,
    };
    (digits.len() % 4 != 1).then_some(digits)
}

fn append(digits: &[u8], out: &mut Vec<u8>) -> bool {
    out.reserve(digits.len() / 4 * 3 + 2);
    let (quads, rest) = digits.as_chunks::<4>();
    for quad in quads {
        let [a, b, c, d] = quad.map(|digit| VALUES[usize::from(digit)]);
        // A value has six bits; only a bad digit sets the two above.
        if (a | b | c | d) > 63 {
            return false;
        }
        out.extend([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
    }
    let values = [0, 1, 2].map(|place| rest.get(place).map(|digit| VALUES[usize::from(*digit)]));
    if values.into_iter().flatten().any(|value| value > 63) {
        return false;
    }
    if let [Some(a), Some(b), c] = values {
        out.push(a << 2 | b >> 4);
        if let Some(c) = c {
            out.push(b << 4 | c >> 2);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        let mut out = b"kept".to_vec();
        let valid = decode(text.as_bytes(), &mut out);
        assert!(valid || out == b"kept");
        valid.then(|| out.split_off(4))
    }

    #[test]
    fn decodes_with_and_without_padding() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zg", "f"),
            ("Zm8=", "fo"),
            ("Zm8", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decoded(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        // The four unused bits of the last digit do not matter.
        assert_eq!(decoded("Zh=="), decoded("Zg=="));
    }

    #[test]
    fn refuses_what_is_not_base64() {
        for text in [
            "Z", "Zm9vY", "Zg=", "Zm8==", "Zm9v=", "====", "=", "Zm 9v", "Zm9v\n", "Zm-_", "Z=g=",
            "Zé==",
        ] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
