//! AVX-512: a block is one vector, and a comparison gives its bits.

use super::{BLOCK, Kernel, Masks};
use crate::hunt::cut::{Sink, stretches};
use std::arch::x86_64::*;

/// Proof that this machine has AVX-512 with byte operations.
#[derive(Clone, Copy, Debug)]
pub(in crate::hunt::cut) struct Avx512(());

impl Avx512 {
    pub(in crate::hunt::cut) fn new() -> Option<Self> {
        (is_x86_feature_detected!("avx512bw")
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
        #[target_feature(enable = "avx512bw,bmi1,bmi2,popcnt")]
        fn compiled(
            kernel: Avx512,
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
impl Kernel for Avx512 {
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
