//! AVX2: a block is two vectors.

use super::blocks::{self, Blocks, Letters, Masks, WINDOW, pairs};
use super::{Content, Kernel, Portable, Task};
use std::arch::x86_64::*;
use std::ops::Range;

/// Proof that this machine has AVX2.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(());

impl Avx2 {
    pub(super) fn new() -> Option<Self> {
        (is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt"))
        .then_some(Self(()))
    }

    #[inline]
    #[allow(unsafe_code)]
    pub(super) fn run<T: Task>(self, task: T) -> T::Outcome {
        #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
        fn compiled<T: Task>(kernel: Avx2, task: T) -> T::Outcome {
            task.run(kernel)
        }
        // SAFETY: `self` proves that the machine has these features.
        unsafe { compiled(self, task) }
    }

    /// A mask of the bytes of `block` for which `test` sets the highest bit.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn mask(self, block: &[u8; 64], test: impl Fn(__m256i) -> __m256i) -> u64 {
        let (low, high) = block.split_at(32);
        let half = |half: &[u8]| {
            // SAFETY: a half has 32 bytes, the load may be unaligned, and `self` proves AVX2.
            let vector = unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
            // SAFETY: `self` proves AVX2.
            let bits = unsafe { _mm256_movemask_epi8(test(vector)) };
            u64::from(bits.cast_unsigned())
        };
        half(low) | half(high) << 32
    }

    /// Whether bytes equal one byte.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn is(self, vector: __m256i, byte: u8) -> __m256i {
        // SAFETY: `self` proves AVX2.
        unsafe { _mm256_cmpeq_epi8(vector, _mm256_set1_epi8(byte.cast_signed())) }
    }

    /// Whether bytes are in one of the `wanted` classes that `low` and `high` both give their hex digits.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn classified(self, vector: __m256i, low: [u8; 16], high: [u8; 16], wanted: u8) -> __m256i {
        // SAFETY: `self` proves AVX2; the tables have the 16 bytes loaded.
        unsafe {
            let table = |table: [u8; 16]| {
                _mm256_broadcastsi128_si256(_mm_loadu_si128(table.as_ptr().cast()))
            };
            let digit = _mm256_set1_epi8(0x0F);
            let low = _mm256_shuffle_epi8(table(low), vector);
            let high = _mm256_shuffle_epi8(
                table(high),
                _mm256_and_si256(_mm256_srli_epi16::<4>(vector), digit),
            );
            let classes = _mm256_and_si256(
                _mm256_and_si256(low, high),
                _mm256_set1_epi8(wanted.cast_signed()),
            );
            // Zero where no class fits, and not zero elsewhere: inverted by comparing.
            let none = _mm256_cmpeq_epi8(classes, _mm256_setzero_si256());
            _mm256_xor_si256(none, _mm256_set1_epi8(-1))
        }
    }
}

impl Blocks for Avx2 {
    #[inline(always)]
    #[allow(unsafe_code)]
    fn masks(self, block: &[u8; 64]) -> Masks {
        Masks {
            quote: self.mask(block, |vector| self.is(vector, b'"')),
            backslash: self.mask(block, |vector| self.is(vector, b'\\')),
            control: self.mask(block, |vector| {
                // SAFETY: `self` proves AVX2.
                self.is(
                    unsafe { _mm256_max_epu8(vector, _mm256_set1_epi8(0x1F)) },
                    0x1F,
                )
            }),
            high: self.mask(block, |vector| vector),
        }
    }

    #[inline(always)]
    fn letters(self, block: &[u8; 64]) -> Letters {
        let classified = |wanted| {
            self.mask(block, |vector| {
                self.classified(vector, blocks::LETTER_LOW, blocks::LETTER_HIGH, wanted)
            })
        };
        Letters {
            single: classified(blocks::SINGLE),
            unicode: self.mask(block, |vector| self.is(vector, b'u')),
            hex: classified(blocks::HEX),
        }
    }

    #[inline(always)]
    fn blanks(self, block: &[u8; 64]) -> u64 {
        self.mask(block, |vector| {
            self.classified(vector, blocks::BLANK_LOW, blocks::BLANK_HIGH, u8::MAX)
        })
    }

    #[inline(always)]
    fn line_feeds(self, block: &[u8; 64]) -> u64 {
        self.mask(block, |vector| self.is(vector, b'\n'))
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    fn is_utf8(self, window: &[u8; WINDOW]) -> bool {
        let half = |from: usize| {
            let before = |count: usize| {
                let bytes: &[u8; 32] = window[from + 3 - count..].first_chunk()?;
                // SAFETY: 32 bytes are loaded, which may be unaligned, and `self` proves AVX2.
                Some(unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) })
            };
            let (Some(now), Some(one), Some(two), Some(three)) =
                (before(0), before(1), before(2), before(3))
            else {
                return false;
            };
            // SAFETY: `self` proves AVX2; the tables have the 16 bytes loaded.
            unsafe {
                let digit = _mm256_set1_epi8(0x0F);
                let look_up = |table: [u8; 16], digits| {
                    let table = _mm_loadu_si128(table.as_ptr().cast());
                    _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), digits)
                };
                let high = |vector| _mm256_and_si256(_mm256_srli_epi16::<4>(vector), digit);
                let pairs = _mm256_and_si256(
                    _mm256_and_si256(
                        look_up(pairs::FIRST_HIGH, high(one)),
                        look_up(pairs::FIRST_LOW, _mm256_and_si256(one, digit)),
                    ),
                    look_up(pairs::SECOND_HIGH, high(now)),
                );
                // The highest bit, by what is left of E0 and F0, where a longer character asks for more.
                let third = _mm256_subs_epu8(two, _mm256_set1_epi8(0x60));
                let fourth = _mm256_subs_epu8(three, _mm256_set1_epi8(0x70));
                let asked = _mm256_and_si256(
                    _mm256_or_si256(third, fourth),
                    _mm256_set1_epi8(0x80_u8.cast_signed()),
                );
                _mm256_movemask_epi8(_mm256_cmpeq_epi8(pairs, asked)) == -1
            }
        };
        half(0) && half(32)
    }
}

impl Kernel for Avx2 {
    type Compare = Self;

    #[inline(always)]
    fn compare(self) -> Self {
        self
    }

    #[inline(always)]
    fn after_blanks(self, input: &[u8], from: usize, lines: &mut u64) -> usize {
        blocks::after_blanks(self, input, from, lines)
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    fn skip_content(self, input: &[u8], from: usize, content: &mut Content) -> usize {
        // Not inlined, to have the registers for itself: the strings that come here are long.
        #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
        #[inline(never)]
        fn compiled(kernel: Avx2, input: &[u8], from: usize, content: &mut Content) -> usize {
            blocks::skip_content(kernel, input, from, content)
        }
        // SAFETY: `self` proves that the machine has these features.
        unsafe { compiled(self, input, from, content) }
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    fn special(self, block: &[u8; 64]) -> u64 {
        self.mask(block, |vector| {
            // SAFETY: `self` proves AVX2.
            unsafe {
                // Control characters and, as they are negative, what is not ASCII.
                let other = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), vector);
                let ends = _mm256_or_si256(self.is(vector, b'"'), self.is(vector, b'\\'));
                _mm256_or_si256(ends, other)
            }
        })
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    fn is_utf8(self, input: &[u8], content: Range<usize>) -> bool {
        #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
        #[inline(never)]
        fn compiled(kernel: Avx2, input: &[u8], content: Range<usize>) -> bool {
            blocks::is_utf8(kernel, input, content)
        }
        // SAFETY: `self` proves that the machine has these features.
        unsafe { compiled(self, input, content) }
    }

    #[inline(always)]
    fn decode_base64(self, _: &[u8; 64], _: &mut [u8; 48]) -> bool {
        false
    }

    #[inline(always)]
    fn unescape(self, content: &[u8], out: &mut Vec<u8>) -> usize {
        Portable.unescape(content, out)
    }
}
