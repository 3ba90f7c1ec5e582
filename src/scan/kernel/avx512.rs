//! AVX-512: a block is one vector, and unescaping is a compression of it.

mod code_points;

use super::blocks::{self, Blocks, Letters, Masks, WINDOW, pairs};
use super::{Compare, Content, Kernel, Task};
use crate::scan::base64::VALUES;
use code_points::CodePoints;
use std::arch::x86_64::*;
use std::ops::Range;

/// Proof that this machine has AVX-512 with byte operations, permutations and compression.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

impl Avx512 {
    pub(super) fn new() -> Option<Self> {
        (is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vbmi")
            && is_x86_feature_detected!("avx512vbmi2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt"))
        .then_some(Self(()))
    }

    #[inline]
    #[allow(unsafe_code)]
    pub(super) fn run<T: Task>(self, task: T) -> T::Outcome {
        #[target_feature(enable = "avx512bw,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
        fn compiled<T: Task>(kernel: Avx512, task: T) -> T::Outcome {
            task.run(kernel)
        }
        // SAFETY: `self` proves that the machine has these features.
        unsafe { compiled(self, task) }
    }
}

impl Avx512 {
    /// The first 64 bytes, or all there are and zeros behind them; and how many there are.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn load_up_to(self, bytes: &[u8]) -> (__m512i, u32) {
        if let Some(block) = bytes.first_chunk() {
            return (self.load(block), 64);
        }
        let count = bytes.len() as u32;
        // SAFETY: the mask keeps to the bytes there are, and `self` proves the features.
        let vector = unsafe { _mm512_maskz_loadu_epi8(low_bits(count), bytes.as_ptr().cast()) };
        (vector, count)
    }

    /// The classes that `low` and `high` give the two hex digits of each byte, as far as both give them.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn classes(self, vector: __m512i, low: [u8; 16], high: [u8; 16]) -> __m512i {
        // SAFETY: `self` proves the features; the tables have the 16 bytes loaded.
        unsafe {
            let table =
                |table: [u8; 16]| _mm512_broadcast_i32x4(_mm_loadu_si128(table.as_ptr().cast()));
            let digit = _mm512_set1_epi8(0x0F);
            let low = _mm512_shuffle_epi8(table(low), vector);
            let high = _mm512_shuffle_epi8(
                table(high),
                _mm512_and_si512(_mm512_srli_epi16::<4>(vector), digit),
            );
            _mm512_and_si512(low, high)
        }
    }
}

impl Blocks for Avx512 {
    #[inline(always)]
    #[allow(unsafe_code)]
    fn masks(self, block: &[u8; 64]) -> Masks {
        let vector = self.load(block);
        // SAFETY: `self` proves the features.
        let (control, high) = unsafe {
            (
                _mm512_cmplt_epu8_mask(vector, _mm512_set1_epi8(0x20)),
                _mm512_movepi8_mask(vector),
            )
        };
        Masks {
            quote: self.equal(vector, b'"'),
            backslash: self.equal(vector, b'\\'),
            control,
            high,
        }
    }

    #[inline(always)]
    fn letters(self, block: &[u8; 64]) -> Letters {
        let vector = self.load(block);
        let classes = self.classes(vector, blocks::LETTER_LOW, blocks::LETTER_HIGH);
        Letters {
            single: self.in_class(classes, blocks::SINGLE),
            unicode: self.equal(vector, b'u'),
            hex: self.in_class(classes, blocks::HEX),
        }
    }

    #[inline(always)]
    fn blanks(self, block: &[u8; 64]) -> u64 {
        self.in_class(
            self.classes(self.load(block), blocks::BLANK_LOW, blocks::BLANK_HIGH),
            u8::MAX,
        )
    }

    #[inline(always)]
    fn line_feeds(self, block: &[u8; 64]) -> u64 {
        self.equal(self.load(block), b'\n')
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    fn is_utf8(self, window: &[u8; WINDOW]) -> bool {
        let before = |count: usize| {
            window[3 - count..]
                .first_chunk()
                .map(|block| self.load(block))
        };
        let (Some(now), Some(one), Some(two), Some(three)) =
            (before(0), before(1), before(2), before(3))
        else {
            return false;
        };
        // SAFETY: `self` proves the features; the tables have the 16 bytes loaded.
        unsafe {
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
        #[target_feature(enable = "avx512bw,avx512vbmi2,bmi1,bmi2,popcnt")]
        #[inline(never)]
        fn compiled(kernel: Avx512, input: &[u8], from: usize, content: &mut Content) -> usize {
            blocks::skip_content(kernel, input, from, content)
        }
        // SAFETY: `self` proves that the machine has these features.
        unsafe { compiled(self, input, from, content) }
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    fn special(self, block: &[u8; 64]) -> u64 {
        let vector = self.load(block);
        // Control characters and, as they are negative, what is not ASCII.
        // SAFETY: `self` proves the features.
        let other = unsafe { _mm512_cmplt_epi8_mask(vector, _mm512_set1_epi8(0x20)) };
        self.equal(vector, b'"') | self.equal(vector, b'\\') | other
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    fn list(self, bits: u64, first: u8, places: &mut [u8; 64]) {
        // SAFETY: `self` proves the features; all 64 places are written.
        unsafe {
            let first = _mm512_set1_epi8(first.cast_signed());
            let all = _mm512_add_epi8(first, self.load(&PLACES));
            let places = places.as_mut_ptr().cast();
            _mm512_storeu_si512(places, _mm512_maskz_compress_epi8(bits, all));
        }
    }

    #[inline(always)]
    #[allow(unsafe_code)]
    fn is_utf8(self, input: &[u8], content: Range<usize>) -> bool {
        #[target_feature(enable = "avx512bw,avx512vbmi2,bmi1,bmi2,popcnt")]
        #[inline(never)]
        fn compiled(kernel: Avx512, input: &[u8], content: Range<usize>) -> bool {
            blocks::is_utf8(kernel, input, content)
        }
        // SAFETY: `self` proves that the machine has these features.
        unsafe { compiled(self, input, content) }
    }

    /// Looks all digits up at once, then joins them: two to twelve bits, four to three bytes.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn decode_base64(self, digits: &[u8; 64], out: &mut [u8; 48]) -> bool {
        let digits = self.load(digits);
        let (tables, _) = VALUES.as_chunks();
        // SAFETY: `self` proves the features, and the mask of the store has as many bits as `out` bytes.
        unsafe {
            let values =
                _mm512_permutex2var_epi8(self.load(&tables[0]), digits, self.load(&tables[1]));
            // The table's mark of what is no digit has the highest bit, as all that is not ASCII.
            if _mm512_movepi8_mask(_mm512_or_si512(values, digits)) != 0 {
                return false;
            }
            let pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi16(0x0140));
            let fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x0001_1000));
            let bytes = _mm512_permutexvar_epi8(self.load(&HIGHEST_OF_THREE_FIRST), fours);
            _mm512_mask_storeu_epi8(out.as_mut_ptr().cast(), low_bits(48), bytes);
        }
        true
    }

    /// Drops the backslashes of a block, maps the letters behind them, and closes the gaps.
    #[inline(always)]
    #[allow(unsafe_code)]
    fn unescape(self, content: &[u8], out: &mut Vec<u8>) -> usize {
        // Room for all of it, and for the last store, which writes a whole block.
        out.reserve(content.len() + 64);
        let mut length = out.len();
        let mut at = 0;
        while at < content.len() {
            let (vector, available) = self.load_up_to(&content[at..]);
            let backslash = self.equal(vector, b'\\');
            let escaped = blocks::escaped_by(backslash);
            let unicode = escaped & self.equal(vector, b'u');
            let mut keep = !backslash | escaped;
            // A backslash at the end begins the next block, and so does an escape that this one cuts.
            let mut end = 64 - ((backslash & !escaped) >> 63) as u32;
            // SAFETY: `self` proves the features.
            let mut unescaped = unsafe {
                _mm512_mask_shuffle_epi8(
                    vector,
                    escaped & _mm512_cmpge_epu8_mask(vector, _mm512_set1_epi8(b'b'.cast_signed())),
                    _mm512_broadcast_i32x4(_mm_loadu_si128(LETTERS.as_ptr().cast())),
                    _mm512_sub_epi8(vector, _mm512_maskz_set1_epi8(self.equal(vector, b'r'), 1)),
                )
            };
            if unicode != 0 {
                let points = CodePoints::of(self, vector, unicode);
                unescaped = points.mixed_into(self, unescaped);
                keep &= !points.dropped;
                end = end.min(points.left);
            }
            let taken = end.min(available);
            keep &= low_bits(taken);
            // SAFETY: `self` proves the features. The vector's 64 bytes fit: at least as many bytes of
            // content are taken as are kept, and room was reserved for all content and 64 more.
            unsafe {
                let kept = _mm512_maskz_compress_epi8(keep, unescaped);
                _mm512_storeu_si512(out.as_mut_ptr().add(length).cast(), kept);
            }
            length += keep.count_ones() as usize;
            at += taken as usize;
            // What is cut is cut in the last five bytes. It is a surrogate, and the caller's turn.
            if end < 59 {
                break;
            }
        }
        // SAFETY: the bytes up to here were written, within the reserved room.
        unsafe { out.set_len(length) };
        at
    }
}

/// The places in a block.
static PLACES: [u8; 64] = {
    let mut places = [0; 64];
    let mut place = 0;
    while place < 64 {
        places[place] = place as u8;
        place += 1;
    }
    places
};

/// Of each four bytes the lower three, the highest of them first.
static HIGHEST_OF_THREE_FIRST: [u8; 64] = {
    let mut places = [0; 64];
    let mut place = 0;
    while place < 48 {
        places[place] = (place / 3 * 4 + 2 - place % 3) as u8;
        place += 1;
    }
    places
};

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
