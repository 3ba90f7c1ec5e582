//! Base64 as it is shown, written without a buffer.

use std::fmt;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// How many bytes are encoded at a time; a multiple of three.
const PART: usize = 768;

/// Displays bytes as base64 of the standard alphabet, padded.
pub(super) struct Base64<'b>(pub(super) &'b [u8]);

impl fmt::Display for Base64<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [b'='; PART / 3 * 4];
        for part in self.0.chunks(PART) {
            let (triples, rest) = part.as_chunks::<3>();
            let (quads, _) = text.as_chunks_mut::<4>();
            for (quad, [a, b, c]) in quads.iter_mut().zip(triples) {
                *quad = encode([*a, *b, *c]);
            }
            let mut length = triples.len() * 4;
            match rest {
                [a] => length += padded(&mut text[length..], [*a, 0, 0], 2),
                [a, b] => length += padded(&mut text[length..], [*a, *b, 0], 3),
                _ => {}
            }
            formatter.write_str(std::str::from_utf8(&text[..length]).map_err(|_| fmt::Error)?)?;
        }
        Ok(())
    }
}

/// Writes the first `digits` digits of a triple, and padding up to four.
fn padded(text: &mut [u8], triple: [u8; 3], digits: usize) -> usize {
    let mut quad = encode(triple);
    quad[digits..].fill(b'=');
    text[..4].copy_from_slice(&quad);
    4
}

fn encode([a, b, c]: [u8; 3]) -> [u8; 4] {
    let digit = |value: u8| ALPHABET[usize::from(value & 63)];
    [
        digit(a >> 2),
        digit(a << 4 | b >> 4),
        digit(b << 2 | c >> 6),
        digit(c),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::base64;

    #[test]
    fn the_contracts_decoder_reads_what_is_written() {
        let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(2 * PART + 5).collect();
        for length in (0..10).chain(PART - 3..PART + 4).chain([bytes.len()]) {
            let text = Base64(&bytes[..length]).to_string();
            let mut decoded = Vec::new();
            assert!(base64::decode(text.as_bytes(), &mut decoded), "{length}");
            assert_eq!(decoded, bytes[..length]);
            assert_eq!(text.len(), length.div_ceil(3) * 4);
        }
        assert_eq!(Base64(b"\xff\xfe{\"a\"").to_string(), "//57ImEi");
        assert_eq!(Base64(b"hello").to_string(), "aGVsbG8=");
    }
}
