//! AVX2: a block is two vectors.

use super::{BLOCK, Compare};
use crate::scan::kernel::avx2::Avx2;
use std::arch::x86_64::*;

#[allow(unsafe_code)]
impl Compare for Avx2 {
    type Block = [__m256i; 2];
    type Set = [__m256i; 2];
    type Classes = [__m256i; 2];

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
    fn bits(self, [low, high]: Self::Set) -> u64 {
        // SAFETY: `self` proves AVX2.
        let [low, high] = unsafe { [_mm256_movemask_epi8(low), _mm256_movemask_epi8(high)] };
        u64::from(low.cast_unsigned()) | u64::from(high.cast_unsigned()) << 32
    }

    #[inline(always)]
    fn look_up(self, block: Self::Block, table: &[u8; 128]) -> Self::Classes {
        let (rows, _) = table.as_chunks::<16>();
        // SAFETY: `self` proves AVX2; a row has the 16 bytes loaded.
        unsafe {
            let mut classes = [_mm256_setzero_si256(); 2];
            for (row, high) in rows.iter().zip((0..).step_by(16)) {
                let row = _mm256_broadcastsi128_si256(_mm_loadu_si128(row.as_ptr().cast()));
                for (classes, bytes) in classes.iter_mut().zip(block) {
                    // The highest bit, with which nothing is looked up, is left clear only where the
                    // high digit is this row's.
                    let digit = _mm256_xor_si256(bytes, _mm256_set1_epi8(high));
                    let digit = _mm256_adds_epu8(digit, _mm256_set1_epi8(0x70));
                    *classes = _mm256_or_si256(*classes, _mm256_shuffle_epi8(row, digit));
                }
            }
            classes
        }
    }

    #[inline(always)]
    fn in_class(self, classes: Self::Classes, wanted: u8) -> u64 {
        // SAFETY: `self` proves AVX2.
        let none = unsafe {
            let wanted = _mm256_set1_epi8(wanted.cast_signed());
            [
                _mm256_and_si256(classes[0], wanted),
                _mm256_and_si256(classes[1], wanted),
            ]
        };
        !self.bits(self.equal(none, 0))
    }
}
