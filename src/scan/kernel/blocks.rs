//! Blocks of 64 bytes as masks of 64 bits: what the vector kernels share.

use super::{Content, Kernel, Portable};
use std::ops::Range;

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

/// What bytes of a block may be in an escape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letters {
    /// May stand behind a backslash in an escape of two bytes.
    pub(super) single: u64,
    /// The letter `u`.
    pub(super) unicode: u64,
    /// Hex digits.
    pub(super) hex: u64,
}

/// How a machine makes masks of blocks.
pub(super) trait Blocks: Copy {
    fn masks(self, block: &[u8; 64]) -> Masks;

    fn letters(self, block: &[u8; 64]) -> Letters;

    /// Blanks.
    fn blanks(self, block: &[u8; 64]) -> u64;

    fn line_feeds(self, block: &[u8; 64]) -> u64;

    /// Whether the 64 bytes behind the first three are UTF-8, as far as they and those three show: a
    /// character that the end cuts is good. Nothing is asked of the first three.
    fn is_utf8(self, window: &[u8; WINDOW]) -> bool;
}

/// A block and the three bytes before it, which are as many as a character can begin before it.
pub(super) const WINDOW: usize = 3 + 64;

/// Classes of the bytes in escapes, by the low digit of their codes. Of letters: `"`, `/`; `\\`; `b`, `f`,
/// `n`; `r`, `t`. Of hex digits: 0 to 9; A to F in either case.
pub(super) const LETTER_LOW: [u8; 16] = by_digit(&[
    (0x0, 16),
    (0x1, 16 | 32),
    (0x2, 1 | 4 | 8 | 16 | 32),
    (0x3, 16 | 32),
    (0x4, 8 | 16 | 32),
    (0x5, 16 | 32),
    (0x6, 4 | 16 | 32),
    (0x7, 16),
    (0x8, 16),
    (0x9, 16),
    (0xC, 2),
    (0xE, 4),
    (0xF, 1),
]);

/// The same by the high digit.
pub(super) const LETTER_HIGH: [u8; 16] = by_digit(&[
    (0x2, 1),
    (0x3, 16),
    (0x4, 32),
    (0x5, 2),
    (0x6, 4 | 32),
    (0x7, 8),
]);

/// The classes of letters behind a backslash in an escape of two bytes, and those of hex digits.
pub(super) const SINGLE: u8 = 1 | 2 | 4 | 8;
pub(super) const HEX: u8 = 16 | 32;

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
    escaped_behind(backslash, &mut 0)
}

/// The same for a block behind another; `carry` is 1 where the block begins behind such a backslash,
/// and then says it of the next block.
#[inline(always)]
fn escaped_behind(backslash: u64, carry: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let backslash = backslash & !*carry;
    let behind = backslash << 1 | *carry;
    // Adding a run's first bit to the run carries to the bit behind it. Runs that begin on an odd bit
    // come out with the parities swapped, and so every second byte of a run is found.
    let odd_starts = backslash & !EVEN & !behind;
    let (carried, overflow) = odd_starts.overflowing_add(backslash);
    *carry = u64::from(overflow);
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
        if masks.backslash & before(stop) != 0 {
            at = skip_escaped(blocks, input, at, content);
            break;
        }
        content.non_ascii |= masks.high & before(stop) != 0;
        // A backslash behind the stop is none of ours.
        if stop != 0 {
            return at + stop.trailing_zeros() as usize;
        }
        at += 64;
    }
    Portable.skip_content(input, at, content)
}

/// The same where there are escapes. What one block says of the next is carried in registers: no block
/// waits for where the one before it ended.
#[inline(always)]
fn skip_escaped<B: Blocks>(blocks: B, input: &[u8], from: usize, content: &mut Content) -> usize {
    let mut at = from;
    let mut behind_backslash = 0;
    // Bits of the bytes that must be hex digits, of an escape that began in the block before.
    let mut digits = 0;
    while let Some(block) = block_at(input, at) {
        let masks = blocks.masks(block);
        let letters = blocks.letters(block);
        let escaped = escaped_behind(masks.backslash, &mut behind_backslash);
        let asked = digits_behind(escaped & letters.unicode);
        let not_digit = (asked as u64 | digits) & !letters.hex;
        digits = (asked >> 64) as u64;
        let not_letter = escaped & !(letters.single | letters.unicode);
        let stop = (masks.quote & !escaped) | masks.control | not_letter | not_digit;
        let skipped = before(stop);
        content.non_ascii |= masks.high & skipped != 0;
        content.escaped |= masks.backslash & skipped != 0;
        if stop != 0 {
            let lowest = stop & stop.wrapping_neg();
            let stop = at + stop.trailing_zeros() as usize;
            return if lowest & (not_letter | not_digit) == 0 {
                stop
            } else {
                backslash_before(input, stop)
            };
        }
        at += 64;
    }
    at - begun(behind_backslash, digits)
}

/// The four bytes behind each of these; what is behind the block is above its 64 bits.
#[inline(always)]
fn digits_behind(unicode: u64) -> u128 {
    let one = u128::from(unicode) << 1;
    let two = one | one << 1;
    two | two << 2
}

/// How many bytes of an escape stand before a block that it reaches into.
#[inline(always)]
fn begun(behind_backslash: u64, digits: u64) -> usize {
    match digits.count_ones() as usize {
        0 => behind_backslash as usize,
        missing => 6 - missing,
    }
}

/// The backslash of the bad escape of which the byte at `bad` is the first bad one.
#[cold]
fn backslash_before(input: &[u8], bad: usize) -> usize {
    let before = &input[..bad];
    // Good digits up to the letter `u`, which is none; or nothing, and then the backslash.
    let last_three = before.iter().rev().take(3);
    let digits = last_three.take_while(|byte| byte.is_ascii_hexdigit());
    let letter = bad - digits.count() - 1;
    if input[letter] == b'\\' {
        letter
    } else {
        letter - 1
    }
}

#[inline(always)]
pub(super) fn after_blanks<B: Blocks>(
    blocks: B,
    input: &[u8],
    from: usize,
    lines: &mut u64,
) -> usize {
    let mut at = from;
    // Mostly there is one blank, or none.
    if input.get(at).is_none_or(|byte| *byte > b' ') {
        return at;
    }
    while let Some(block) = block_at(input, at) {
        let other = !blocks.blanks(block);
        *lines += u64::from((blocks.line_feeds(block) & before(other)).count_ones());
        if other != 0 {
            return at + other.trailing_zeros() as usize;
        }
        at += 64;
    }
    Portable.after_blanks(input, at, lines)
}

#[inline(always)]
pub(super) fn is_utf8<B: Blocks>(blocks: B, input: &[u8], content: Range<usize>) -> bool {
    // What stands before a string is never inside a character, nor is its closing quote, which is
    // looked at too: it shows a character that the end of the string has cut.
    let (Some(mut at), end) = (content.start.checked_sub(3), content.end + 1) else {
        return Portable.is_utf8(input, content);
    };
    while let Some(group) = input.get(at..end).and_then(<[u8]>::first_chunk) {
        if !is_ascii(blocks, group) && !is_group_utf8(blocks, group) {
            return false;
        }
        at += 4 * 64;
    }
    while let Some(window) = input.get(at..end).and_then(<[u8]>::first_chunk) {
        if !blocks.is_utf8(window) {
            return false;
        }
        at += 64;
    }
    let mut last = [0; WINDOW];
    let rest = input.get(at..end).unwrap_or_default();
    last[..rest.len()].copy_from_slice(rest);
    blocks.is_utf8(&last)
}

/// Four blocks and the three bytes before them.
///
/// Where there is one character that is not ASCII there are more, so that it can be foreseen whether
/// this many bytes hold one. Asked of each block alone, a third of the time of scanning long bodies
/// went into wrong guesses.
type Group = [u8; 3 + 4 * 64];

#[inline(always)]
fn is_ascii<B: Blocks>(blocks: B, group: &Group) -> bool {
    let mut high = 0;
    for from in [0, 64, 128, 192, 195] {
        high |= block_at(group, from).map_or(u64::MAX, |block| blocks.masks(block).high);
    }
    high == 0
}

#[inline(always)]
fn is_group_utf8<B: Blocks>(blocks: B, group: &Group) -> bool {
    let mut is_good = true;
    for from in [0, 64, 128, 192] {
        let window = group[from..].first_chunk();
        is_good &= window.is_some_and(|window| blocks.is_utf8(window));
    }
    is_good
}

/// What is wrong with two bytes in a row, by the high and the low digit of the first and the high digit
/// of the second: an error is there if all three tables have its bit. The idea is that of Keiser and
/// Lemire, "Validating UTF-8 in less than one instruction per byte".
pub(super) mod pairs {
    /// A lead byte that no continuation follows.
    const TOO_SHORT: u8 = 1;
    /// A continuation behind ASCII.
    const TOO_LONG: u8 = 2;
    /// Three bytes where two would do.
    const OVERLONG_3: u8 = 4;
    /// Beyond the last code point.
    const TOO_LARGE: u8 = 8;
    /// A surrogate.
    const SURROGATE: u8 = 16;
    /// Two bytes where one would do.
    const OVERLONG_2: u8 = 32;
    /// Beyond the last code point by the lead byte alone, or four bytes where three would do.
    const TOO_LARGE_1000: u8 = 64;
    const OVERLONG_4: u8 = 64;
    /// Two continuations in a row: wrong unless a longer character began two or three bytes before.
    const TWO_CONTINUATIONS: u8 = 128;
    const CARRY: u8 = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS;

    pub(in super::super) const FIRST_HIGH: [u8; 16] = {
        let mut table = [TOO_LONG; 16];
        let mut digit = 0x8;
        while digit < 0xC {
            table[digit] = TWO_CONTINUATIONS;
            digit += 1;
        }
        table[0xC] = TOO_SHORT | OVERLONG_2;
        table[0xD] = TOO_SHORT;
        table[0xE] = TOO_SHORT | OVERLONG_3 | SURROGATE;
        table[0xF] = TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4;
        table
    };

    pub(in super::super) const FIRST_LOW: [u8; 16] = {
        let mut table = [CARRY | TOO_LARGE | TOO_LARGE_1000; 16];
        table[0x0] = CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4;
        table[0x1] = CARRY | OVERLONG_2;
        table[0x2] = CARRY;
        table[0x3] = CARRY;
        table[0x4] = CARRY | TOO_LARGE;
        table[0xD] = CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE;
        table
    };

    pub(in super::super) const SECOND_HIGH: [u8; 16] = {
        let mut table = [TOO_SHORT; 16];
        let both = TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS;
        table[0x8] = both | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4;
        table[0x9] = both | OVERLONG_3 | TOO_LARGE;
        table[0xA] = both | SURROGATE | TOO_LARGE;
        table[0xB] = both | SURROGATE | TOO_LARGE;
        table
    };
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
