//! The escapes `\u` of a block, all at once.

use super::Avx512;
use crate::scan::kernel::Compare as _;
use std::arch::x86_64::*;

/// What the escapes `\u` of a block stand for, in UTF-8: at most three bytes, in the places of the last
/// three digits.
pub(super) struct CodePoints {
    /// The second, third and fourth digits' places.
    places: [u64; 3],
    /// What is written there.
    bytes: [__m512i; 3],
    /// The places of these escapes in which nothing is written.
    pub(super) dropped: u64,
    /// Where the first escape begins that is left to the caller: a surrogate, or one that the block cuts.
    pub(super) left: u32,
}

impl CodePoints {
    /// `unicode` has the places of the letters `u`.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub(super) fn of(kernel: Avx512, vector: __m512i, unicode: u64) -> Self {
        // SAFETY: `kernel` proves the features.
        unsafe {
            let set = |byte: u8| _mm512_set1_epi8(byte.cast_signed());
            // The value of each digit: the low four bits, and nine more for a letter.
            let letter = _mm512_cmpge_epu8_mask(vector, set(b'A'));
            let low = _mm512_and_si512(vector, set(0x0F));
            let digit = _mm512_mask_add_epi8(low, letter, low, set(9));
            // What stands one place before: bytes move up by one within and between the quarters.
            let quarters = _mm512_alignr_epi32::<12>(digit, digit);
            let before = _mm512_alignr_epi8::<15>(digit, quarters);
            // Bytes of 16-bit lanes are shifted together; what comes in from a neighbor is masked out.
            let up = |vector, bits, mask| {
                _mm512_and_si512(_mm512_sll_epi16(vector, _mm_cvtsi32_si128(bits)), set(mask))
            };
            let quarter_of = _mm512_and_si512(_mm512_srli_epi16::<2>(digit), set(0x03));
            // Of the code's bits 15 to 12, 11 to 6, and 5 to 0: all that UTF-8 wants.
            let middle = _mm512_or_si512(up(before, 2, 0x3C), quarter_of);
            let last = _mm512_or_si512(up(before, 4, 0x30), digit);
            let whole = _mm512_or_si512(up(before, 4, 0xF0), digit);

            let zero = _mm512_testn_epi8_mask(digit, digit);
            let below_8 = _mm512_cmplt_epu8_mask(digit, set(8));
            let first_zero = unicode & zero >> 1;
            // Fits in eleven bits; in seven.
            let two = first_zero & below_8 >> 2;
            let one = first_zero & zero >> 2 & below_8 >> 3;
            let surrogate = unicode & kernel.equal(digit, 0xD) >> 1 & !(below_8 >> 2);
            let cut = unicode & !(u64::MAX >> 4);
            let left = ((surrogate | cut) >> 1).trailing_zeros();
            let fourth = _mm512_mask_mov_epi8(_mm512_or_si512(last, set(0x80)), one << 4, whole);
            let third =
                _mm512_or_si512(middle, _mm512_mask_mov_epi8(set(0x80), two << 3, set(0xC0)));
            let second = _mm512_or_si512(before, set(0xE0));
            Self {
                places: [unicode << 2, unicode << 3, unicode << 4],
                bytes: [second, third, fourth],
                dropped: unicode | unicode << 1 | two << 2 | one << 3,
                left,
            }
        }
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    pub(super) fn mixed_into(&self, _: Avx512, vector: __m512i) -> __m512i {
        let mut mixed = vector;
        for (place, bytes) in self.places.into_iter().zip(self.bytes) {
            // SAFETY: the proof that is asked for.
            mixed = unsafe { _mm512_mask_mov_epi8(mixed, place, bytes) };
        }
        mixed
    }
}
