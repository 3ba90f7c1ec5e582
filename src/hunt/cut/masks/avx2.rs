//! AVX2: a block is two vectors.

use super::{BLOCK, Kernel, Masks};
use crate::hunt::cut::{Sink, stretches};
use std::arch::x86_64::*;

/// Proof that this machine has AVX2.
#[derive(Clone, Copy, Debug)]
pub(in crate::hunt::cut) struct Avx2(());

impl Avx2 {
    pub(in crate::hunt::cut) fn new() -> Option<Self> {
        (is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt"))
        .then_some(Self(()))
    }

    /// Cuts a text with these features.
    #[inline]
    #[allow(unsafe_code)]
    pub(in crate::hunt::cut) fn stretches(
        self,
        text: &[u8],
        shortest: usize,
        words: &mut Vec<Masks>,
        sink: &mut impl Sink,
    ) {
        #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
        fn compiled(
            kernel: Avx2,
            text: &[u8],
            shortest: usize,
            words: &mut Vec<Masks>,
            sink: &mut impl Sink,
        ) {
            stretches(kernel, text, shortest, words, sink);
        }
        // SAFETY: `self` proves that the machine has these features.
        unsafe { compiled(self, text, shortest, words, sink) }
    }
}

#[allow(unsafe_code)]
impl Kernel for Avx2 {
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
