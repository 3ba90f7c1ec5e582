//! Padding in registers, without a copy.

use super::{MARKER, Words};
use std::arch::x86_64::*;

/// A shuffle that begins at entry `n` moves bytes down by `n`, and zeros in from above.
static MOVE_DOWN: [u8; 32] = {
    let mut table = [0x80; 32];
    let mut index = 0;
    while index < 16 {
        table[index] = index as u8;
        index += 1;
    }
    table
};

/// The block that begins at byte `start`, where the value ends within it or before it.
///
/// Without a branch that depends on the length, but for values below 16 bytes: each quarter is read
/// where the value still has 16 bytes, then moved to its place.
#[target_feature(enable = "ssse3")]
#[inline]
pub(super) fn load_padded(value: &[u8], start: usize) -> Words {
    let mut words = [_mm_setzero_si128(); 4];
    if let Some(last) = value.len().checked_sub(16) {
        for (quarter, four) in words.iter_mut().enumerate() {
            let from = start + 16 * quarter;
            let at = from.min(last);
            let moved = (from - at).min(16);
            // SAFETY: at least 16 bytes lie behind `last`, and 16 entries behind `moved`.
            *four = unsafe {
                let bytes = _mm_loadu_si128(value.as_ptr().add(at).cast());
                _mm_shuffle_epi8(bytes, _mm_loadu_si128(MOVE_DOWN.as_ptr().add(moved).cast()))
            };
        }
    } else if start == 0 {
        words[0] = load_below_16(value);
    }
    // The value ends up to 8 bytes before this block, or within it.
    let padding = &MARKER[64 + start - value.len()..][..64];
    for (quarter, four) in words.iter_mut().enumerate() {
        // SAFETY: the padding has four times 16 bytes.
        let padding = unsafe { _mm_loadu_si128(padding.as_ptr().add(16 * quarter).cast()) };
        *four = _mm_or_si128(*four, padding);
    }
    words
}

/// Up to 15 bytes, zeros behind them, by two reads that overlap.
#[target_feature(enable = "sse2")]
#[inline]
fn load_below_16(value: &[u8]) -> __m128i {
    let len = value.len();
    let (first, last) = if let (Some(first), Some(last)) = (value.first_chunk(), value.last_chunk())
    {
        let last = u128::from(u64::from_le_bytes(*last)) << (8 * (len - 8));
        (u128::from(u64::from_le_bytes(*first)), last)
    } else if let (Some(first), Some(last)) = (value.first_chunk(), value.last_chunk()) {
        let last = u128::from(u32::from_le_bytes(*last)) << (8 * (len - 4));
        (u128::from(u32::from_le_bytes(*first)), last)
    } else {
        let bytes = value
            .iter()
            .rev()
            .fold(0, |bytes, byte| bytes << 8 | u128::from(*byte));
        (bytes, 0)
    };
    let bytes = first | last;
    _mm_set_epi64x((bytes >> 64) as i64, bytes as i64)
}
