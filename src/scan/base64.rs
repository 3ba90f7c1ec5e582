//! Base64 as the contract reads it: standard alphabet, no blanks, padding optional.

use super::kernel::{self, Kernel, Task};

/// Not a digit.
const BAD: u8 = 0xFF;

pub(super) static VALUES: [u8; 256] = {
    let mut values = [BAD; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < 64 {
        values[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// How many digits are decoded at a time where nothing may be allocated; a multiple of four.
const PART: usize = 4096;

/// Appends the bytes that `text` encodes and says `true`; `false` leaves `out` as it was.
///
/// If `=` is present the length must be a multiple of four; the unused low bits of the last digit are
/// ignored.
pub(crate) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let before = out.len();
    let Some(digits) = digits(text) else {
        return false;
    };
    out.resize(before + length(digits), 0);
    let decoded = write(digits, &mut out[before..]);
    if !decoded {
        out.truncate(before);
    }
    decoded
}

/// The same without allocating: `each` gets the bytes part by part, for nothing if `false` follows.
pub(crate) fn decode_in_parts(text: &[u8], mut each: impl FnMut(&[u8])) -> bool {
    digits(text).is_some_and(|digits| {
        digits.chunks(PART).all(|digits| {
            let mut part = [0; PART / 4 * 3];
            let part = &mut part[..length(digits)];
            let decoded = write(digits, part);
            if decoded {
                each(part);
            }
            decoded
        })
    })
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

/// How many bytes so many digits encode.
fn length(digits: &[u8]) -> usize {
    digits.len() / 4 * 3 + digits.len() % 4 * 3 / 4
}

/// Writes the bytes that `digits` encode to `out`, which has their [`length`].
fn write(digits: &[u8], out: &mut [u8]) -> bool {
    let blocks = kernel::run(Blocks { digits, out });
    write_scalar(&digits[blocks * 64..], &mut out[blocks * 48..])
}

/// Decodes whole blocks from the front, up to the first that the kernel leaves; how many.
struct Blocks<'a> {
    digits: &'a [u8],
    out: &'a mut [u8],
}

impl Task for Blocks<'_> {
    type Outcome = usize;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> usize {
        let (digits, _) = self.digits.as_chunks();
        let (out, _) = self.out.as_chunks_mut();
        let mut count = 0;
        for (digits, bytes) in digits.iter().zip(out) {
            if !kernel.decode_base64(digits, bytes) {
                break;
            }
            count += 1;
        }
        count
    }
}

fn write_scalar(digits: &[u8], out: &mut [u8]) -> bool {
    let (quads, rest) = digits.as_chunks::<4>();
    let (triples, last) = out.as_chunks_mut::<3>();
    for (quad, triple) in quads.iter().zip(triples) {
        let [a, b, c, d] = quad.map(|digit| VALUES[usize::from(digit)]);
        // A value has six bits; only a bad digit sets the two above.
        if (a | b | c | d) > 63 {
            return false;
        }
        *triple = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
    }
    let [a, b, c] = [0, 1, 2].map(|place| {
        rest.get(place)
            .map_or(0, |digit| VALUES[usize::from(*digit)])
    });
    for (byte, value) in last.iter_mut().zip([a << 2 | b >> 4, b << 4 | c >> 2]) {
        *byte = value;
    }
    (a | b | c) <= 63
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        let mut out = b"kept".to_vec();
        let valid = decode(text.as_bytes(), &mut out);
        assert!(valid || out == b"kept");
        let mut parts = Vec::new();
        let whole = decode_in_parts(text.as_bytes(), |part| parts.extend_from_slice(part));
        assert_eq!(whole, valid);
        assert!(!valid || parts == out[4..]);
        valid.then(|| out.split_off(4))
    }

    #[test]
    fn every_byte_is_judged_alike_wherever_it_stands_in_a_block() {
        let alphabet: Vec<u8> = (0..=255)
            .filter(|byte| VALUES[*byte as usize] != BAD)
            .collect();
        for length in [64, 66, 128, 200] {
            let text: Vec<u8> = alphabet.iter().copied().cycle().take(length).collect();
            for at in 0..length {
                for byte in 0..=255 {
                    let mut text = text.clone();
                    text[at] = byte;
                    let mut expected = vec![0; super::length(&text)];
                    let valid = write_scalar(&text, &mut expected);
                    for (name, kernel) in kernel::Best::available() {
                        let mut out = vec![0; expected.len()];
                        let (digits, out) = (&text[..], &mut out[..]);
                        let count = kernel::run_with(kernel, Blocks { digits, out });
                        assert!(valid || count * 64 <= at, "{name}: {byte} at {at}");
                        assert_eq!(out[..count * 48], expected[..count * 48], "{name}");
                    }
                }
            }
        }
    }

    #[test]
    fn parts_meet_at_every_length_around_their_size() {
        for length in (PART - 4..PART + 5).chain(PART * 2 - 4..PART * 2 + 5) {
            let text = "Zm9v".repeat(length / 4 + 1);
            let expected = "foo".repeat(length / 4 + 1);
            match decoded(&text[..length]) {
                Some(bytes) => assert!(expected.as_bytes().starts_with(&bytes), "{length}"),
                None => assert_eq!(length % 4, 1),
            }
        }
        let mut late = "Zm9v".repeat(PART);
        late.push('-');
        assert_eq!(decoded(&late), None);
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
