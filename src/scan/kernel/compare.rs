//! Comparing the 64 bytes of a block with single bytes, for whoever makes masks of his own.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

use super::Portable;

/// Bytes that are compared together.
pub(crate) const BLOCK: usize = 64;

/// Compares the bytes of a block.
pub(crate) trait Compare: Copy {
    type Block: Copy;
    /// A choice of bytes of a block.
    type Set: Copy;
    /// The classes of the bytes of a block, a bit for each.
    type Classes: Copy;

    fn load(self, block: &[u8; BLOCK]) -> Self::Block;
    fn equal(self, block: Self::Block, byte: u8) -> Self::Set;
    fn at_most(self, block: Self::Block, byte: u8) -> Self::Set;
    /// A bit for each byte, the lowest for the first.
    fn bits(self, set: Self::Set) -> u64;
    /// The classes that a table gives ASCII; what is not ASCII has none.
    fn look_up(self, block: Self::Block, table: &[u8; 128]) -> Self::Classes;
    /// Which bytes are in one of `wanted` classes.
    fn in_class(self, classes: Self::Classes, wanted: u8) -> u64;
}

/// Whole blocks in simple loops, of which compilers make what vectors the machine is sure to have; in a
/// set, chosen bytes have all bits.
impl Compare for Portable {
    type Block = [u8; BLOCK];
    type Set = [u8; BLOCK];
    type Classes = [u8; BLOCK];

    #[inline(always)]
    fn load(self, block: &[u8; BLOCK]) -> [u8; BLOCK] {
        *block
    }

    #[inline(always)]
    fn equal(self, block: [u8; BLOCK], byte: u8) -> [u8; BLOCK] {
        block.map(|other| if other == byte { u8::MAX } else { 0 })
    }

    #[inline(always)]
    fn at_most(self, block: [u8; BLOCK], byte: u8) -> [u8; BLOCK] {
        block.map(|other| if other <= byte { u8::MAX } else { 0 })
    }

    #[inline(always)]
    fn bits(self, set: [u8; BLOCK]) -> u64 {
        let (words, _) = set.as_chunks();
        words.iter().rev().fold(0, |bits, word| {
            let lowest = u64::from_le_bytes(*word) & 0x0101_0101_0101_0101;
            // Gathers the eight bits in the highest byte, the first one lowest.
            bits << 8 | lowest.wrapping_mul(0x0102_0408_1020_4080) >> 56
        })
    }

    #[inline(always)]
    fn look_up(self, block: [u8; BLOCK], table: &[u8; 128]) -> [u8; BLOCK] {
        block.map(|byte| table.get(usize::from(byte)).copied().unwrap_or(0))
    }

    #[inline(always)]
    fn in_class(self, classes: [u8; BLOCK], wanted: u8) -> u64 {
        self.bits(classes.map(|classes| if classes & wanted != 0 { u8::MAX } else { 0 }))
    }
}
