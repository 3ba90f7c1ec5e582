//! A look ahead at where plain text ends, many blocks at a time.
//!
//! Most strings are short. Loading and comparing the bytes of each anew costs more than telling the
//! tokens apart, and so does counting bits from where the last one ended: the next string cannot be
//! looked at before. So the special bytes of a stretch are found ahead, by instructions that need not
//! wait for each other, and their places are listed: a plain string is two of them in a row, and the
//! next string is known to be the next two.

use super::Text;
use super::kernel::Kernel;

/// How many blocks of 64 bytes are looked at ahead.
const BLOCKS: usize = 4;

/// How many bytes are looked at ahead.
const LENGTH: usize = 64 * BLOCKS;

/// Stands behind the last place. A special byte there is left to the next stretch.
const NONE: u8 = u8::MAX;

/// The special bytes of a stretch of a buffer: all that are not plain ASCII content of a string.
pub(crate) struct Ahead {
    /// Where the stretch begins.
    from: usize,
    /// A bit for each byte.
    bits: [u64; BLOCKS],
    /// How many bits there are before each word of them.
    before: [u8; BLOCKS],
    /// Where the special bytes are, from the beginning of the stretch. A whole block of places is
    /// written at a time.
    places: [u8; LENGTH + 64],
    /// Which of the places is that of the next quote, if nothing has come in between.
    next: usize,
}

impl Ahead {
    pub(crate) fn new() -> Self {
        Self {
            // Far from every offset of a buffer, of which none is as long.
            from: usize::MAX / 2 + 1,
            bits: [0; _],
            before: [0; _],
            places: [NONE; _],
            next: 0,
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
        let (mut quote, mut end) = self.next_two();
        if self.from.wrapping_add(usize::from(quote)) != at || end == NONE {
            self.seek(kernel, input, at);
            (quote, end) = self.next_two();
            debug_assert_eq!(self.from + usize::from(quote), at, "a quote is special");
            if end == NONE {
                return None;
            }
        }
        let end = self.from + usize::from(end);
        if input.get(end) != Some(&b'"') {
            return None;
        }
        self.next += 2;
        Some(Text {
            start: at + 1,
            end,
            escaped: false,
        })
    }

    /// The next place, and the one behind it.
    #[inline(always)]
    fn next_two(&self) -> (u8, u8) {
        match self.places.get(self.next..) {
            Some([quote, end, ..]) => (*quote, *end),
            _ => (NONE, NONE),
        }
    }

    /// Makes the special byte at `at` the next one, and looks further ahead if there is none behind it.
    #[inline(always)]
    fn seek<K: Kernel>(&mut self, kernel: K, input: &[u8], at: usize) {
        let offset = at.wrapping_sub(self.from);
        if offset < LENGTH {
            let (word, bit) = (offset / 64, offset % 64);
            let lower = self.bits[word] & ((1 << bit) - 1);
            self.next = usize::from(self.before[word]) + lower.count_ones() as usize;
            if self.next_two().1 != NONE {
                return;
            }
        }
        self.look(kernel, input, at);
    }

    /// Looks at the stretch that begins at `from`.
    #[inline(always)]
    fn look<K: Kernel>(&mut self, kernel: K, input: &[u8], from: usize) {
        self.from = from;
        self.next = 0;
        let rest = input.get(from..).unwrap_or_default();
        let mut padded;
        let stretch: &[u8; LENGTH] = match rest.first_chunk() {
            Some(stretch) => stretch,
            None => {
                // The input's end is special, too.
                padded = [b' '; LENGTH];
                padded[..rest.len()].copy_from_slice(rest);
                padded[rest.len()] = 0;
                &padded
            }
        };
        let mut count = 0;
        let (blocks, _) = stretch.as_chunks();
        for (word, block) in blocks.iter().enumerate() {
            let bits = kernel.special(block);
            self.bits[word] = bits;
            self.before[word] = count as u8;
            if let Some(places) = self.places[count..].first_chunk_mut() {
                kernel.list(bits, 64 * word as u8, places);
            }
            count += bits.count_ones() as usize;
        }
        self.places[count] = NONE;
        self.places[count + 1] = NONE;
    }
}
