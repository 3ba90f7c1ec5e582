//! Base64 of either alphabet, found among other text rather than where it is promised.

/// Not a digit.
const BAD: u8 = 0xFF;

/// Values of the digits of both alphabets.
static VALUES: [u8; 256] = {
    let mut values = [BAD; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < 64 {
        values[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

/// Whether a byte is a digit of one of the alphabets.
#[inline]
pub(super) fn is_digit(byte: u8) -> bool {
    VALUES[usize::from(byte)] != BAD
}

/// How many digits tell whether base64 may be text.
pub(super) const BEGINNING: usize = 12;

/// Base64 of what is no text is tried from so many digits on.
pub(super) const MIN_BINARY_DIGITS: usize = 24;

/// Whether base64 of text can begin with this digit: it has the first six bits of a character.
#[inline]
pub(super) fn may_begin_text(digit: u8) -> bool {
    BEGINS_TEXT[usize::from(digit)]
}

static BEGINS_TEXT: [bool; 256] = {
    let mut begins = [false; 256];
    let mut digit = 0;
    while digit < 256 {
        let mut low = 0;
        while low < 4 {
            let byte = VALUES[digit] << 2 | low;
            let is_first = byte < 0x80 || matches!(byte, 0xC2..=0xF4);
            begins[digit] |= VALUES[digit] != BAD && is_text(byte) && is_first;
            low += 1;
        }
        digit += 1;
    }
    begins
};

/// Whether the first twelve digits may begin base64 of text: nine bytes of UTF-8 that text can have.
///
/// Most words that only look like base64 end here.
pub(super) fn may_be_text(digits: &[u8]) -> bool {
    let Some(digits) = digits.first_chunk::<BEGINNING>() else {
        return false;
    };
    let (quads, _) = digits.as_chunks::<4>();
    let mut bytes = [0; BEGINNING / 4 * 3];
    for (quad, bytes) in quads.iter().zip(bytes.as_chunks_mut::<3>().0) {
        let [a, b, c, d] = quad.map(|digit| VALUES[usize::from(digit)]);
        *bytes = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
        if !bytes.iter().copied().all(is_text) {
            return false;
        }
    }
    // The last character may go on.
    !matches!(std::str::from_utf8(&bytes), Err(error) if error.error_len().is_some())
}

/// Whether base64 is too long and too mixed to be a word, whatever it encodes.
pub(super) fn may_be_binary(digits: &[u8]) -> bool {
    digits.len() >= MIN_BINARY_DIGITS
        && digits.iter().any(u8::is_ascii_uppercase)
        && digits.iter().any(u8::is_ascii_lowercase)
}

/// Whether text holds such a byte; of the controls only blanks.
#[inline]
const fn is_text(byte: u8) -> bool {
    byte >= 0x20 && byte != 0x7F || matches!(byte, b'\t' | b'\n' | b'\r')
}

/// Appends the bytes that `text` encodes and says `true`; `false` leaves `out` as it was.
///
/// Padding is optional, the unused low bits of the last digit are ignored, and the two alphabets are not
/// told apart.
pub(super) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let before = out.len();
    let digits = text
        .iter()
        .rposition(|byte| *byte != b'=')
        .map_or(&[][..], |last| &text[..=last]);
    let mut bad = digits.is_empty() || digits.len() % 4 == 1 || text.len() - digits.len() > 2;
    for quad in digits.chunks(4) {
        let [a, b, c, d] = [0, 1, 2, 3].map(|place| {
            quad.get(place)
                .map_or(0, |digit| VALUES[usize::from(*digit)])
        });
        // A value has six bits; only a bad digit sets the two above.
        bad |= (a | b | c | d) > 63;
        let bytes = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
        out.extend_from_slice(&bytes[..quad.len() * 3 / 4]);
    }
    if bad {
        out.truncate(before);
    }
    !bad
}

/// Whether decoded bytes are worth another look: UTF-8 without control characters but blanks.
pub(super) fn is_readable(bytes: &[u8]) -> bool {
    bytes.iter().copied().all(is_text) && std::str::from_utf8(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_both_alphabets_with_and_without_padding() {
        for (text, bytes) in [
            ("Zg==", &b"f"[..]),
            ("Zg", b"f"),
            ("Zm9vYmFy", b"foobar"),
            ("-_-_", b"\xfb\xff\xbf"),
            ("+/+/", b"\xfb\xff\xbf"),
        ] {
            let mut out = b"kept".to_vec();
            assert!(decode(text.as_bytes(), &mut out), "{text}");
            assert_eq!(&out[4..], bytes, "{text}");
        }
        for text in ["", "=", "Z", "Zm9vY", "Zm 9", "Zg===", "Z=g="] {
            let mut out = b"kept".to_vec();
            assert!(!decode(text.as_bytes(), &mut out), "{text}");
            assert_eq!(out, b"kept");
        }
    }

    #[test]
    fn base64_of_text_begins_with_the_first_bits_of_a_character() {
        for text in [
            "\t",
            "\r",
            " ",
            "a",
            "~",
            "\u{80}",
            "ß",
            "€",
            "\u{ffff}",
            "😀",
            "\u{10ffff}",
        ] {
            let first = text.as_bytes()[0] >> 2;
            let digits = (0..=255).filter(|digit| VALUES[usize::from(*digit)] == first);
            assert!(digits.clone().count() > 0 && digits.clone().all(may_begin_text));
        }
        for digit in *b"Agv-_+/=. " {
            assert!(!may_begin_text(digit), "{digit}");
        }
    }

    #[test]
    fn text_is_told_from_other_bytes() {
        assert!(may_be_text(b"Zm9vYmFyIGJhego="));
        // A character of two bytes goes on behind the ninth.
        assert!(may_be_text(b"Zm9vYmFyIGLDqQ=="));
        assert!(!may_be_text(b"Zm9vYmFyAAAA"));
        assert!(!may_be_text(b"get_the_config"));
        assert!(!may_be_binary(b"get_the_configuration_of_it"));
        assert!(may_be_binary(b"getTheConfigurationOfThat"));
        assert!(is_readable("naïve\n".as_bytes()));
        assert!(!is_readable(b"\xff\xfe\xfd"));
        assert!(!is_readable(b"nul\0"));
    }
}
