//! AVX-512: a block is one vector, and a comparison gives its bits.

use super::{BLOCK, Compare};
use crate::scan::kernel::avx512::Avx512;
use std::arch::x86_64::*;

#[allow(unsafe_code)]
impl Compare for Avx512 {
    type Block = __m512i;
    type Set = u64;

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
    fn with(self, block: __m512i, bits: u8) -> __m512i {
        // SAFETY: `self` proves the feature.
        unsafe { _mm512_or_si512(block, _mm512_set1_epi8(bits.cast_signed())) }
    }

    #[inline(always)]
    fn or(self, one: u64, other: u64) -> u64 {
        one | other
    }

    #[inline(always)]
    fn bits(self, set: u64) -> u64 {
        set
    }
}
