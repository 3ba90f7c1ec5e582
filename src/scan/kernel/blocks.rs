//! Blocks of 64 bytes as masks of 64 bits: what the vector kernels share.

use super::{Content, Kernel, Portable};

/// Bytes of a block, one bit each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Masks {
    pub(super) quote: u64,
    pub(super) backslash: u64,
    /// Control characters.
    pub(super) control: u64,
    /// Bytes that are not ASCII.
    pub(super) high: u64,
}

/// How a machine makes masks of blocks.
pub(super) trait Blocks: Copy {
    fn masks(self, block: &[u8; 64]) -> Masks;

    /// The bytes that may stand behind a backslash in an escape of two bytes.
    fn escapable(self, block: &[u8; 64]) -> u64;

    /// Blanks.
    fn blanks(self, block: &[u8; 64]) -> u64;
}

/// Classes of the bytes `"`, `/`; `\\`; `b`, `f`, `n`; `r`, `t`, by the low digit of their codes.
pub(super) const ESCAPABLE_LOW: [u8; 16] = by_digit(&[
    (0x2, 1 | 4 | 8),
    (0xF, 1),
    (0xC, 2),
    (0x6, 4),
    (0xE, 4),
    (0x4, 8),
]);

/// The same by the high digit.
pub(super) const ESCAPABLE_HIGH: [u8; 16] = by_digit(&[(0x2, 1), (0x5, 2), (0x6, 4), (0x7, 8)]);

/// Classes of the blanks: the space; tab, line feed and carriage return.
pub(super) const BLANK_LOW: [u8; 16] = by_digit(&[(0x0, 1), (0x9, 2), (0xA, 2), (0xD, 2)]);

/// The same by the high digit.
pub(super) const BLANK_HIGH: [u8; 16] = by_digit(&[(0x2, 1), (0x0, 2)]);

const fn by_digit(entries: &[(usize, u8)]) -> [u8; 16] {
    let mut table = [0; 16];
    let mut entry = 0;
    while entry < entries.len() {
        table[entries[entry].0] = entries[entry].1;
        entry += 1;
    }
    table
}

/// Which bytes are behind a backslash that is not itself escaped; the block begins outside of an escape.
#[inline(always)]
pub(super) fn escaped_by(backslash: u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let behind = backslash << 1;
    // Adding a run's first bit to the run carries to the bit behind it. Runs that begin on an odd bit
    // come out with the parities swapped, and so every second byte of a run is found.
    let odd_starts = backslash & !EVEN & !behind;
    let (carried, _) = odd_starts.overflowing_add(backslash);
    (EVEN ^ (carried << 1)) & behind
}

#[inline(always)]
pub(super) fn skip_content<B: Blocks>(
    blocks: B,
    input: &[u8],
    from: usize,
    content: &mut Content,
) -> usize {
    let mut at = from;
    while let Some(block) = block_at(input, at) {
        let masks = blocks.masks(block);
        let stop = masks.quote | masks.control;
        if masks.backslash == 0 {
            content.non_ascii |= masks.high & before(stop) != 0;
            if stop != 0 {
                return at + stop.trailing_zeros() as usize;
            }
            at += 64;
            continue;
        }
        let escaped = escaped_by(masks.backslash);
        // Escapes of more than two bytes, and those that there are not, are left to the caller.
        let other = (escaped & !blocks.escapable(block)) >> 1;
        let stop = (masks.quote & !escaped) | masks.control | other;
        let skipped = before(stop);
        content.non_ascii |= masks.high & skipped != 0;
        content.escaped |= masks.backslash & skipped != 0;
        if stop != 0 {
            return at + stop.trailing_zeros() as usize;
        }
        // A backslash at the end begins the next block, so that no block begins inside an escape.
        at += 64 - ((masks.backslash & !escaped) >> 63) as usize;
    }
    Portable.skip_content(input, at, content)
}

#[inline(always)]
pub(super) fn after_blanks<B: Blocks>(blocks: B, input: &[u8], from: usize) -> usize {
    let mut at = from;
    // Mostly there is one blank, or none.
    if input.get(at).is_none_or(|byte| *byte > b' ') {
        return at;
    }
    while let Some(block) = block_at(input, at) {
        let other = !blocks.blanks(block);
        if other != 0 {
            return at + other.trailing_zeros() as usize;
        }
        at += 64;
    }
    Portable.after_blanks(input, at)
}

#[inline(always)]
pub(super) fn block_at(input: &[u8], at: usize) -> Option<&[u8; 64]> {
    input.get(at..)?.first_chunk()
}

/// The bits below the lowest set one; all of them if none is set.
#[inline(always)]
fn before(stop: u64) -> u64 {
    !stop & stop.wrapping_sub(1)
}
