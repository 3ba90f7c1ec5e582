//! Repeatable randomness: SplitMix64, so that a seed names a corpus for good.

use std::ops::RangeInclusive;

/// Letters and digits, a few of them twice to fill the 64 places.
const WORD: &[u8; 64] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789abcdxyz";
const HEX: &[u8; 16] = b"0123456789abcdef";

pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    pub(crate) fn within(&mut self, range: RangeInclusive<usize>) -> usize {
        range.start() + self.below(range.end() - range.start() + 1)
    }

    /// True in `percent` of 100 cases.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Appends `count` letters and digits.
    pub(crate) fn word(&mut self, count: usize, out: &mut Vec<u8>) {
        self.digits::<6>(WORD, count, out);
    }

    /// Appends `count` hex digits.
    pub(crate) fn hex(&mut self, count: usize, out: &mut Vec<u8>) {
        self.digits::<4>(HEX, count, out);
    }

    /// Appends any bytes.
    pub(crate) fn bytes(&mut self, count: usize, out: &mut Vec<u8>) {
        let end = out.len() + count;
        while out.len() < end {
            let left = end - out.len();
            out.extend_from_slice(&self.next().to_le_bytes()[..left.min(8)]);
        }
    }

    /// Appends digits of `BITS` bits each.
    fn digits<const BITS: usize>(&mut self, alphabet: &[u8], count: usize, out: &mut Vec<u8>) {
        let per_draw = 64 / BITS;
        let mut left = count;
        while left > 0 {
            let draw = self.next();
            let digits: [u8; 16] = std::array::from_fn(|place| {
                alphabet[(draw >> (place * BITS % 64)) as usize % alphabet.len()]
            });
            let take = left.min(per_draw);
            out.extend_from_slice(&digits[..take]);
            left -= take;
        }
    }
}
