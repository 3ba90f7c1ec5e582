//! AVX2: a block is two vectors.

use super::blocks::{self, Blocks, Letters, Masks, WINDOW, pairs};
use super::{Compare, Content, Kernel, Task, unescape};
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

    /// The classes that `low` and `high` give the two hex digits of each byte, as far as both give them.
    #[inline(always)]
    fn classes(self, [one, other]: [__m256i; 2], low: [u8; 16], high: [u8; 16]) -> [__m256i; 2] {
        [
            self.and(self.by_low(low, one), self.by_high(high, one)),
            self.and(self.by_low(low, other), self.by_high(high, other)),
        ]
    }

    /// A vector of nothing but `byte`.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn all(self, byte: u8) -> __m256i {
        // SAFETY: `self` proves AVX2.
        unsafe { _mm256_set1_epi8(byte.cast_signed()) }
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    fn and(self, one: __m256i, other: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX2.
        unsafe { _mm256_and_si256(one, other) }
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    fn or(self, one: [__m256i; 2], other: [__m256i; 2]) -> [__m256i; 2] {
        // SAFETY: `self` proves AVX2.
        unsafe {
            [
                _mm256_or_si256(one[0], other[0]),
                _mm256_or_si256(one[1], other[1]),
            ]
        }
    }

    /// What `table` has for the low hex digit of each byte; nothing for a byte that is not ASCII.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn by_low(self, table: [u8; 16], vector: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX2; the table has the 16 bytes loaded.
        unsafe {
            let table = _mm_loadu_si128(table.as_ptr().cast());
            _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), vector)
        }
    }

    /// The same for the high digit, of every byte.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn by_high(self, table: [u8; 16], vector: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX2.
        let digits = unsafe { _mm256_srli_epi16::<4>(vector) };
        self.by_low(table, self.and(digits, self.all(0x0F)))
    }

    /// The 32 bytes from `from` on.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn load_half(self, window: &[u8; WINDOW], from: usize) -> Option<__m256i> {
        let bytes: &[u8; 32] = window[from..].first_chunk()?;
        // SAFETY: 32 bytes are loaded, which may be unaligned, and `self` proves AVX2.
        Some(unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) })
    }

    /// Judges half of what a window judges, from `from` on.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn is_half_utf8(self, window: &[u8; WINDOW], from: usize) -> bool {
        let (Some(now), Some(one), Some(two), Some(three)) = (
            self.load_half(window, from + 3),
            self.load_half(window, from + 2),
            self.load_half(window, from + 1),
            self.load_half(window, from),
        ) else {
            return false;
        };
        let low_digits = self.and(one, self.all(0x0F));
        let first = self.and(
            self.by_high(pairs::FIRST_HIGH, one),
            self.by_low(pairs::FIRST_LOW, low_digits),
        );
        let pairs = self.and(first, self.by_high(pairs::SECOND_HIGH, now));
        // SAFETY: `self` proves AVX2.
        unsafe {
            // The highest bit, by what is left of E0 and F0, where a longer character asks for more.
            let third = _mm256_subs_epu8(two, self.all(0x60));
            let fourth = _mm256_subs_epu8(three, self.all(0x70));
            let asked = self.and(_mm256_or_si256(third, fourth), self.all(0x80));
            _mm256_movemask_epi8(_mm256_cmpeq_epi8(pairs, asked)) == -1
        }
    }
}

impl Blocks for Avx2 {
    #[inline(always)]
    fn masks(self, block: &[u8; 64]) -> Masks {
        let block = self.load(block);
        Masks {
            quote: self.bits(self.equal(block, b'"')),
            backslash: self.bits(self.equal(block, b'\\')),
            control: self.bits(self.at_most(block, 0x1F)),
            high: self.bits(block),
        }
    }

    #[inline(always)]
    fn letters(self, block: &[u8; 64]) -> Letters {
        let block = self.load(block);
        let classes = self.classes(block, blocks::LETTER_LOW, blocks::LETTER_HIGH);
        Letters {
            single: self.in_class(classes, blocks::SINGLE),
            unicode: self.bits(self.equal(block, b'u')),
            hex: self.in_class(classes, blocks::HEX),
        }
    }

    #[inline(always)]
    fn blanks(self, block: &[u8; 64]) -> u64 {
        let classes = self.classes(self.load(block), blocks::BLANK_LOW, blocks::BLANK_HIGH);
        self.in_class(classes, u8::MAX)
    }

    #[inline(always)]
    fn line_feeds(self, block: &[u8; 64]) -> u64 {
        self.bits(self.equal(self.load(block), b'\n'))
    }

    #[inline(always)]
    fn is_utf8(self, window: &[u8; WINDOW]) -> bool {
        self.is_half_utf8(window, 0) && self.is_half_utf8(window, 32)
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
    fn special(self, block: &[u8; 64]) -> u64 {
        let block = self.load(block);
        let ends = self.or(self.equal(block, b'"'), self.equal(block, b'\\'));
        // A byte that is not ASCII has its highest bit, which is what counts.
        let other = self.or(self.at_most(block, 0x1F), block);
        self.bits(self.or(ends, other))
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
        unescape::unescape(self, content, out)
    }
}
