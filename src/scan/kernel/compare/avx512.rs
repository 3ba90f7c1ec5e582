//! AVX-512: a block is one vector, and a comparison gives its bits.

use super::{BLOCK, Compare};
use crate::scan::kernel::avx512::Avx512;
use std::arch::x86_64::*;

#[allow(unsafe_code)]
impl Compare for Avx512 {
    type Block = __m512i;
    type Set = u64;
    type Classes = __m512i;

    #[inline(always)]
    fn load(self, block: &[u8; BLOCK]) -> __m512i {
        // SAFETY: a block has 64 bytes, the load may be unaligned, and `self` proves the feature.
        unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
    }

    #[inline(always)]
    fn equal(self, block: __m512i, byte: u8) -> u64 {
        // SAFETY: `self` proves the feature.
        unsafe { _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(byte.cast_signed())) }
    }

    #[inline(always)]
    fn at_most(self, block: __m512i, byte: u8) -> u64 {
        // SAFETY: `self` proves the feature.
        unsafe { _mm512_cmple_epu8_mask(block, _mm512_set1_epi8(byte.cast_signed())) }
    }

    #[inline(always)]
    fn bits(self, set: u64) -> u64 {
        set
    }

    #[inline(always)]
    fn look_up(self, block: __m512i, table: &[u8; 128]) -> __m512i {
        let (halves, _) = table.as_chunks();
        let [low, high] = [self.load(&halves[0]), self.load(&halves[1])];
        // SAFETY: `self` proves the features.
        unsafe {
            let ascii = !_mm512_movepi8_mask(block);
            _mm512_maskz_permutex2var_epi8(ascii, low, block, high)
        }
    }

    #[inline(always)]
    fn in_class(self, classes: __m512i, wanted: u8) -> u64 {
        // SAFETY: `self` proves the features.
        unsafe { _mm512_test_epi8_mask(classes, _mm512_set1_epi8(wanted.cast_signed())) }
    }
}
