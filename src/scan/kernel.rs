//! The two inner loops of scanning, which vector instructions can take over.

use super::is_blank;

/// How to find the end of a run of bytes; every kernel finds the same ends.
pub(crate) trait Kernel: Copy {
    /// The offset of the first byte from `from` on that is no blank, or the buffer's end.
    fn after_blanks(self, input: &[u8], from: usize) -> usize;

    /// The offset of the first quote, backslash or control character from `from` on, or the buffer's
    /// end; sets `non_ascii` if a byte before it is not ASCII, and leaves it alone otherwise.
    fn plain_end(self, input: &[u8], from: usize, non_ascii: &mut bool) -> usize;
}

/// Eight bytes at a time in an ordinary register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

const ONES: u64 = u64::MAX / 255;
const HIGHS: u64 = ONES * 0x80;

impl Kernel for Portable {
    #[inline(always)]
    fn after_blanks(self, input: &[u8], from: usize) -> usize {
        let rest = input.get(from..).unwrap_or_default();
        from + rest
            .iter()
            .position(|byte| !is_blank(*byte))
            .unwrap_or(rest.len())
    }

    #[inline(always)]
    fn plain_end(self, input: &[u8], from: usize, non_ascii: &mut bool) -> usize {
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
                *non_ascii |= seen & HIGHS != 0;
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
        *non_ascii |= seen & HIGHS != 0;
        at
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain_end_naive(input: &[u8], from: usize) -> (usize, bool) {
        let length = input[from..]
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F))
            .unwrap_or(input.len() - from);
        (from + length, !input[from..from + length].is_ascii())
    }

    proptest! {
        #[test]
        fn finds_the_ends_that_a_plain_loop_finds(
            input in prop::collection::vec(
                prop_oneof![8 => b' '..=b'~', 1 => any::<u8>(), 1 => Just(b'"'), 1 => Just(b' ')],
                0..200,
            ),
            from in 0_usize..200,
        ) {
            let from = from.min(input.len());
            let mut non_ascii = false;
            let end = Portable.plain_end(&input, from, &mut non_ascii);
            prop_assert_eq!((end, non_ascii), plain_end_naive(&input, from));
            let blanks = Portable.after_blanks(&input, from);
            prop_assert!(input[from..blanks].iter().copied().all(is_blank));
            prop_assert!(input.get(blanks).is_none_or(|byte| !is_blank(*byte)));
        }
    }
}
