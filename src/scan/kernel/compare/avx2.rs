//! AVX2: a block is two vectors.

use super::{BLOCK, Compare};
use crate::scan::kernel::avx2::Avx2;
use std::arch::x86_64::*;

#[allow(unsafe_code)]
impl Compare for Avx2 {
    type Block = [__m256i; 2];
    type Set = [__m256i; 2];

    #[inline(always)]
    fn load(self, block: &[u8; BLOCK]) -> Self::Block {
        let (low, high) = block.split_at(BLOCK / 2);
        // SAFETY: a half has 32 bytes, the loads may be unaligned, and `self` proves AVX2.
        unsafe {
            [
                _mm256_loadu_si256(low.as_ptr().cast()),
                _mm256_loadu_si256(high.as_ptr().cast()),
            ]
        }
    }

    #[inline(always)]
    fn equal(self, [low, high]: Self::Block, byte: u8) -> Self::Set {
        // SAFETY: `self` proves AVX2.
        unsafe {
            let byte = _mm256_set1_epi8(byte.cast_signed());
            [_mm256_cmpeq_epi8(low, byte), _mm256_cmpeq_epi8(high, byte)]
        }
    }

    #[inline(always)]
    fn at_most(self, [low, high]: Self::Block, byte: u8) -> Self::Set {
        // SAFETY: `self` proves AVX2.
        unsafe {
            let limit = _mm256_set1_epi8(byte.cast_signed());
            [
                _mm256_cmpeq_epi8(_mm256_min_epu8(low, limit), low),
                _mm256_cmpeq_epi8(_mm256_min_epu8(high, limit), high),
            ]
        }
    }

    #[inline(always)]
    fn with(self, [low, high]: Self::Block, bits: u8) -> Self::Block {
        // SAFETY: `self` proves AVX2.
        unsafe {
            let bits = _mm256_set1_epi8(bits.cast_signed());
            [_mm256_or_si256(low, bits), _mm256_or_si256(high, bits)]
        }
    }

    #[inline(always)]
    fn or(self, one: Self::Set, other: Self::Set) -> Self::Set {
        // SAFETY: `self` proves AVX2.
        unsafe {
            [
                _mm256_or_si256(one[0], other[0]),
                _mm256_or_si256(one[1], other[1]),
            ]
        }
    }

    #[inline(always)]
    fn bits(self, [low, high]: Self::Set) -> u64 {
        // SAFETY: `self` proves AVX2.
        let [low, high] = unsafe { [_mm256_movemask_epi8(low), _mm256_movemask_epi8(high)] };
        u64::from(low.cast_unsigned()) | u64::from(high.cast_unsigned()) << 32
    }
}
