//! Unescaping by blocks, for machines that cannot compress a vector.

use super::blocks::{Blocks, block_at};

/// What a letter behind a backslash stands for; 0 where that is no single byte.
static LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let pairs = b"\"\"\\\\//b\x08f\x0Cn\nr\rt\t";
    let mut place = 0;
    while place < pairs.len() {
        letters[pairs[place] as usize] = pairs[place + 1];
        place += 2;
    }
    letters
};

/// As [`Kernel::unescape`](super::Kernel::unescape): goes as far as the first escape `\u`.
///
/// Whole blocks are moved, of which the part up to the next escape counts: to move 64 bytes is two
/// instructions, and to move as many as there are is a loop whose end must be foreseen.
#[inline(always)]
pub(super) fn unescape<B: Blocks>(blocks: B, content: &[u8], out: &mut Vec<u8>) -> usize {
    let mut at = 0;
    while at < content.len() {
        let rest = &content[at..];
        let mut padded;
        let window: &[u8; 128] = match rest.first_chunk() {
            Some(window) => window,
            None => {
                padded = [b' '; 128];
                padded[..rest.len()].copy_from_slice(rest);
                &padded
            }
        };
        let end = rest.len().min(64);
        let mut backslashes = block_at(window, 0).map_or(0, |block| blocks.masks(block).backslash);
        let mut moved = [0; 128];
        let (mut from, mut length) = (0, 0);
        let is_done = loop {
            let next = end.min(backslashes.trailing_zeros() as usize);
            moved[length..length + 64].copy_from_slice(&window[from..from + 64]);
            length += next - from;
            from = next;
            // An escape that the block cuts begins the next one.
            if next >= end || next == 63 {
                break false;
            }
            let byte = LETTERS[usize::from(window[next + 1])];
            if byte == 0 {
                break true;
            }
            moved[length] = byte;
            length += 1;
            from = next + 2;
            backslashes &= u64::MAX.checked_shl(from as u32).unwrap_or(0);
        };
        out.extend_from_slice(&moved[..length]);
        at += from;
        if is_done {
            break;
        }
    }
    at
}
