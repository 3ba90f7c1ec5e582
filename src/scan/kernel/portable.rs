//! Eight bytes at a time in an ordinary register.

use super::{Content, Kernel};
use crate::scan::is_blank;
use std::ops::Range;

/// What runs everywhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

const ONES: u64 = u64::MAX / 255;
const HIGHS: u64 = ONES * 0x80;

impl Kernel for Portable {
    type Compare = Self;

    #[inline(always)]
    fn compare(self) -> Self {
        self
    }

    #[inline(always)]
    fn after_blanks(self, input: &[u8], from: usize, lines: &mut u64) -> usize {
        let rest = input.get(from..).unwrap_or_default();
        let blanks = rest.iter().take_while(|byte| is_blank(**byte));
        let is_line_feed = |byte: &u8| u64::from(*byte == b'\n');
        from + blanks.map(|byte| *lines += is_line_feed(byte)).count()
    }

    #[inline(always)]
    fn skip_content(self, input: &[u8], from: usize, content: &mut Content) -> usize {
        let mut rest = input.get(from..).unwrap_or_default();
        let mut at = from;
        let mut seen = 0;
        while let Some((chunk, behind)) = rest.split_first_chunk::<8>() {
            let word = u64::from_le_bytes(*chunk);
            let special = specials(word);
            if special != 0 {
                let length = special.trailing_zeros() / 8;
                // The bytes before the special one; a length below 8 keeps the shift in range.
                seen |= word & ((1 << (8 * length)) - 1);
                content.non_ascii |= seen & HIGHS != 0;
                return at + length as usize;
            }
            seen |= word;
            at += 8;
            rest = behind;
        }
        for &byte in rest {
            if byte == b'"' || byte == b'\\' || byte < 0x20 {
                break;
            }
            seen |= u64::from(byte);
            at += 1;
        }
        content.non_ascii |= seen & HIGHS != 0;
        at
    }

    #[inline(always)]
    fn special(self, block: &[u8; 64]) -> u64 {
        let (words, _) = block.as_chunks();
        words.iter().rev().fold(0, |mask, word| {
            let word = u64::from_le_bytes(*word);
            // Adding to seven bits carries nothing over, so that every byte is judged for itself.
            let low = word & !HIGHS;
            let differs = |byte: u8| (low ^ (ONES * u64::from(byte))) + ONES * 0x7F;
            let printable = low + ONES * 0x60;
            let plain = differs(b'"') & differs(b'\\') & printable & !word & HIGHS;
            let special = (plain ^ HIGHS) >> 7;
            // Gathers the eight bits in the highest byte, the first one lowest.
            mask << 8 | special.wrapping_mul(0x0102_0408_1020_4080) >> 56
        })
    }

    #[inline(always)]
    fn is_utf8(self, input: &[u8], content: Range<usize>) -> bool {
        std::str::from_utf8(&input[content]).is_ok()
    }

    #[inline(always)]
    fn decode_base64(self, _: &[u8; 64], _: &mut [u8; 48]) -> bool {
        false
    }

    #[inline(always)]
    fn unescape(self, content: &[u8], out: &mut Vec<u8>) -> usize {
        let plain = memchr::memchr(b'\\', content).unwrap_or(content.len());
        out.extend_from_slice(&content[..plain]);
        plain
    }
}

/// The high bit of every byte that is a quote, a backslash or a control character. A byte above the
/// lowest such one may be marked by mistake, the lowest never is.
#[inline(always)]
fn specials(word: u64) -> u64 {
    let zero = |value: u64| value.wrapping_sub(ONES) & !value;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\'))) | control)
        & HIGHS
}
