//! A look ahead at where plain text ends, many blocks at a time.
//!
//! Most strings are short. Loading and comparing the bytes of each anew costs more than telling the
//! tokens apart: the next token cannot begin before. So the special bytes of a stretch are marked
//! ahead, by instructions that need not wait for each other, and a string's end is then found by
//! counting bits.

use super::Text;
use super::kernel::Kernel;

/// How many blocks of 64 bytes are marked at a time.
const BLOCKS: usize = 8;

/// How many bytes are marked at a time.
const LENGTH: usize = 64 * BLOCKS;

/// How far the end of plain text is looked for.
const REACH: usize = 128;

/// The special bytes of a stretch of a buffer: all that are not plain ASCII content of a string.
pub(crate) struct Ahead {
    /// Where the stretch begins.
    from: usize,
    /// A bit for each byte, and a word that is read but not used.
    bits: [u64; BLOCKS + 1],
}

impl Ahead {
    pub(crate) fn new() -> Self {
        Self {
            // Far from every offset of a buffer, of which none is as long.
            from: usize::MAX / 2 + 1,
            bits: [0; _],
        }
    }

    /// The string that begins with a quote at `at`, if it is short and plain ASCII.
    #[inline(always)]
    pub(super) fn plain_string<K: Kernel>(
        &mut self,
        kernel: K,
        input: &[u8],
        at: usize,
    ) -> Option<Text> {
        if input.get(at) != Some(&b'"') {
            return None;
        }
        let start = at + 1;
        let end = self.plain_end(kernel, input, start);
        (input.get(end) == Some(&b'"')).then_some(Text {
            start,
            end,
            escaped: false,
        })
    }

    /// The first special byte from `at` on, or one that is not special if none is near.
    #[inline(always)]
    fn plain_end<K: Kernel>(&mut self, kernel: K, input: &[u8], at: usize) -> usize {
        let mut offset = at.wrapping_sub(self.from);
        if offset > LENGTH - REACH {
            self.mark(kernel, input, at);
            offset = 0;
        }
        // Whole words are read, as they were written: others would have to wait until the words are
        // in the cache.
        let (word, bit) = (offset / 64, offset % 64);
        let [first, second, third] = [word, word + 1, word + 2].map(|word| self.bits[word]);
        let low = first >> bit | second << 1 << (63 - bit);
        let high = second >> bit | third << 1 << (63 - bit) | 1 << 63;
        let low_end = low.trailing_zeros();
        let high_end = 64 + high.trailing_zeros();
        at + std::hint::select_unpredictable(low != 0, low_end, high_end) as usize
    }

    /// Marks the stretch that begins at `from`.
    #[inline(always)]
    fn mark<K: Kernel>(&mut self, kernel: K, input: &[u8], from: usize) {
        self.from = from;
        let rest = input.get(from..).unwrap_or_default();
        let mut padded;
        let stretch: &[u8; LENGTH] = match rest.first_chunk() {
            Some(stretch) => stretch,
            None => {
                // What is behind the input's end is special, too.
                padded = [0; LENGTH];
                padded[..rest.len()].copy_from_slice(rest);
                &padded
            }
        };
        let (blocks, _) = stretch.as_chunks();
        for (word, block) in self.bits.iter_mut().zip(blocks) {
            *word = kernel.special(block);
        }
    }
}
