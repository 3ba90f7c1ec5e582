//! AVX-512: a block is one vector, and unescaping is a compression of it.

use super::blocks::{self, Blocks, Masks, WINDOW, pairs};
use super::{Content, Kernel, Task};
use std::arch::x86_64::*;
use std::ops::Range;

/// Proof that this machine has AVX-512 with byte operations and byte compression.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

impl Avx512 {
    pub(super) fn new() -> Option<Self> {
        (is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vbmi2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt"))
        .then_some(Self(()))
    }

    #[inline]
    #[allow(unsafe_code)]
    pub(super) fn run<T: Task>(self, task: T) -> T::Outcome {
        #[target_feature(enable = "avx512bw,avx512vbmi2,bmi1,bmi2,popcnt")]
        fn compiled<T: Task>(kernel: Avx512, task: T) -> T::Outcome {
            task.run(kernel)
        }
        // SAFETY: `self` proves that the machine has these features.
        unsafe { compiled(self, task) }
    }
}

#[inline(always)]
#[allow(unsafe_code)]
fn load(block: &[u8; 64]) -> __m512i {
    // SAFETY: a block has 64 bytes, and the load may be unaligned. Only called by `Avx512`.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}

/// Whether bytes equal one byte.
#[inline(always)]
#[allow(unsafe_code)]
fn equal(vector: __m512i, byte: u8) -> u64 {
    // SAFETY: only called by `Avx512`, which proves the feature.
    unsafe { _mm512_cmpeq_epi8_mask(vector, _mm512_set1_epi8(byte.cast_signed())) }
}

/// Whether bytes are in one of the classes that `low` and `high` give their two hex digits.
#[inline(always)]
#[allow(unsafe_code)]
fn classified(vector: __m512i, low: [u8; 16], high: [u8; 16]) -> u64 {
    // SAFETY: only called by `Avx512`, which proves the features; the tables have the 16 bytes loaded.
    unsafe {
        let table =
            |table: [u8; 16]| _mm512_broadcast_i32x4(_mm_loadu_si128(table.as_ptr().cast()));
        let digit = _mm512_set1_epi8(0x0F);
        let low = _mm512_shuffle_epi8(table(low), vector);
        let high = _mm512_shuffle_epi8(
            table(high),
            _mm512_and_si512(_mm512_srli_epi16::<4>(vector), digit),
        );
        _mm512_test_epi8_mask(low, high)
    }
}

impl Blocks for Avx512 {
    #[inline(always)]
    #[allow(unsafe_code)]
    fn masks(self, block: &[u8; 64]) -> Masks {
        let vector = load(block);
        // SAFETY: `self` proves the features.
        let (control, high) = unsafe {
            (
                _mm512_cmplt_epu8_mask(vector, _mm512_set1_epi8(0x20)),
                _mm512_movepi8_mask(vector),
            )
        };
        Masks {
            quote: equal(vector, b'"'),
            backslash: equal(vector, b'\\'),
            control,
            high,
        }
    }

    #[inline(always)]
    fn escapable(self, block: &[u8; 64]) -> u64 {
        classified(load(block), blocks::ESCAPABLE_LOW, blocks::ESCAPABLE_HIGH)
    }

    #[inline(always)]
    fn blanks(self, block: &[u8; 64]) -> u64 {
        classified(load(block), blocks::BLANK_LOW, blocks::BLANK_HIGH)
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    fn is_utf8(self, window: &[u8; WINDOW]) -> bool {
        let before = |count: usize| window[3 - count..].first_chunk().map(load);
        let (Some(now), Some(one), Some(two), Some(three)) =
            (before(0), before(1), before(2), before(3))
        else {
            return false;
        };
        // SAFETY: `self` proves the features; the tables have the 16 bytes loaded.
        unsafe {
            if _mm512_movepi8_mask(_mm512_or_si512(now, three)) == 0 {
                return true;
            }
            let digit = _mm512_set1_epi8(0x0F);
            let look_up = |table: [u8; 16], digits| {
                let table = _mm_loadu_si128(table.as_ptr().cast());
                _mm512_shuffle_epi8(_mm512_broadcast_i32x4(table), digits)
            };
            let high = |vector| _mm512_and_si512(_mm512_srli_epi16::<4>(vector), digit);
            let pairs = _mm512_and_si512(
                _mm512_and_si512(
                    look_up(pairs::FIRST_HIGH, high(one)),
                    look_up(pairs::FIRST_LOW, _mm512_and_si512(one, digit)),
                ),
                look_up(pairs::SECOND_HIGH, high(now)),
            );
            // The highest bit, by what is left of E0 and F0, where a longer character asks for more.
            let third = _mm512_subs_epu8(two, _mm512_set1_epi8(0x60));
            let fourth = _mm512_subs_epu8(three, _mm512_set1_epi8(0x70));
            let asked = _mm512_and_si512(
                _mm512_or_si512(third, fourth),
                _mm512_set1_epi8(0x80_u8.cast_signed()),
            );
            _mm512_cmpneq_epi8_mask(pairs, asked) == 0
        }
    }
}

impl Kernel for Avx512 {
    #[inline(always)]
    fn after_blanks(self, input: &[u8], from: usize) -> usize {
        blocks::after_blanks(self, input, from)
    }

    #[inline(always)]
    fn skip_content(self, input: &[u8], from: usize, content: &mut Content) -> usize {
        blocks::skip_content(self, input, from, content)
    }

    #[inline(always)]
    fn is_utf8(self, input: &[u8], content: Range<usize>) -> bool {
        blocks::is_utf8(self, input, content)
    }

    /// Drops the backslashes of a block, maps the letters behind them, and closes the gaps.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn unescape(self, content: &[u8], out: &mut Vec<u8>) -> usize {
        // Room for all of it, and for the last store, which writes a whole block.
        out.reserve(content.len() + 64);
        let mut length = out.len();
        let mut at = 0;
        while let Some(block) = blocks::block_at(content, at) {
            let vector = load(block);
            let backslash = equal(vector, b'\\');
            let escaped = blocks::escaped_by(backslash);
            let unicode = escaped & equal(vector, b'u');
            // A backslash at the end begins the next block; one before `u` is left to the caller.
            let taken = match unicode {
                0 => 64 - ((backslash & !escaped) >> 63) as u32,
                unicode => unicode.trailing_zeros() - 1,
            };
            let keep = (!backslash | escaped) & low_bits(taken);
            // SAFETY: `self` proves the features. The vector's 64 bytes fit: at least as many bytes of
            // content are taken as are kept, and room was reserved for all content and 64 more.
            unsafe {
                let mapped = _mm512_mask_shuffle_epi8(
                    vector,
                    escaped & _mm512_cmpge_epu8_mask(vector, _mm512_set1_epi8(b'b'.cast_signed())),
                    _mm512_broadcast_i32x4(_mm_loadu_si128(LETTERS.as_ptr().cast())),
                    _mm512_sub_epi8(vector, _mm512_maskz_set1_epi8(equal(vector, b'r'), 1)),
                );
                let kept = _mm512_maskz_compress_epi8(keep, mapped);
                _mm512_storeu_si512(out.as_mut_ptr().add(length).cast(), kept);
            }
            length += keep.count_ones() as usize;
            at += taken as usize;
            if unicode != 0 {
                break;
            }
        }
        // SAFETY: the bytes up to here were written, within the reserved room.
        unsafe { out.set_len(length) };
        at
    }
}

/// What the letters of escapes stand for, by the low digit of their codes; `r` would share that of `b`
/// and is looked up one lower.
const LETTERS: [u8; 16] = {
    let mut letters = [0; 16];
    letters[(b'b' & 0xF) as usize] = 0x08;
    letters[(b'f' & 0xF) as usize] = 0x0C;
    letters[(b'n' & 0xF) as usize] = b'\n';
    letters[(b'r' & 0xF) as usize - 1] = b'\r';
    letters[(b't' & 0xF) as usize] = b'\t';
    letters
};

#[inline(always)]
fn low_bits(count: u32) -> u64 {
    // A shift by 64 would be none.
    1_u64.checked_shl(count).unwrap_or(0).wrapping_sub(1)
}
