//! The token rules: which parts of a text may be a secret, and which parts are wrapped.
//!
//! A value cannot be recognized before it is hashed, so what is hashed decides what is found. These are
//! the rules; a part of a text that none of them names is not looked at.
//!
//! 1. A *token* is a run of bytes without blanks, control characters, quotes, brackets of any kind,
//!    `,`, `;`, `|` and `\`. It is tried as a whole, without the punctuation that text and markup put
//!    around words, and in its parts: [`token`].
//! 2. What stands between a quote and the next of its kind on the line is tried as a whole, and behind
//!    its first `:` or `=`: [`quoted`]. Which of the two quotes opens is not asked, so that an
//!    apostrophe, or a text whose beginning is not seen, leads nothing astray.
//! 3. A *line* is tried as a whole, behind the mark of a list or a quotation, and behind its first `:`
//!    and its first `=`: [`line`]. Statements of code are not. A whole text is: a small file, or all
//!    that was unwrapped at once.
//!
//! What was cut before by the same rule, byte for byte, is not cut again.
//!
//! Wherever a part is wrapped, what is in it is a text of its own, cut by the same rules.

mod line;
mod masks;
mod quoted;
mod token;

use super::finding::Layer;
use line::Line;
pub(super) use masks::Masks;
use masks::{BLOCK, Kernel, Portable};
#[cfg(target_arch = "x86_64")]
use masks::{avx2::Avx2, avx512::Avx512};
use std::ops::Range;

/// Takes what is cut. All ranges are in the text that is cut.
pub(super) trait Sink {
    /// A part that may be a secret.
    fn candidate(&mut self, range: Range<usize>);

    /// Whether the same bytes were cut by the same rule before, so that nothing new is in them.
    fn again(&mut self, rule: Rule, range: Range<usize>) -> bool;

    /// A part that is wrapped.
    fn wrapped(&mut self, layer: Layer, range: Range<usize>);
}

/// What a part is cut as. The same bytes are cut alike by the same rule, wherever they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    Token,
    Line,
}

/// How many bytes are cut together, if lines are shorter: their masks stay in the nearest cache.
const STRETCH: usize = 8 << 10;

/// Cuts a text. No part shorter than `shortest` is looked into; `words` is room to work in.
pub(super) fn text(text: &[u8], shortest: usize, words: &mut Vec<Masks>, sink: &mut impl Sink) {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(kernel) = Avx512::new() {
            return kernel.stretches(text, shortest, words, sink);
        }
        if let Some(kernel) = Avx2::new() {
            return kernel.stretches(text, shortest, words, sink);
        }
    }
    stretches(Portable, text, shortest, words, sink);
}

/// Cuts a text in stretches that end with a line.
#[inline(always)]
fn stretches(
    kernel: impl Kernel,
    text: &[u8],
    shortest: usize,
    words: &mut Vec<Masks>,
    sink: &mut impl Sink,
) {
    let mut start = 0;
    while start < text.len() {
        let length = stretch(kernel, &text[start..], words);
        let stretch = Line::new(text, start..start + length, words);
        // No token goes on behind a line's end, so those of all lines are cut at once.
        token::cut(&stretch, shortest, sink);
        stretch.each_line(|line| line.cut(shortest, sink));
        start += length;
    }
}

/// Makes the masks of the first lines of a text; how many bytes these lines have.
#[inline(always)]
fn stretch(kernel: impl Kernel, text: &[u8], words: &mut Vec<Masks>) -> usize {
    words.clear();
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    for block in blocks {
        let masks = kernel.masks(block);
        let before = words.len() * BLOCK;
        if before >= STRETCH && masks.newline != 0 {
            let last = BLOCK - masks.newline.leading_zeros() as usize;
            words.push(masks.first(last));
            return before + last;
        }
        words.push(masks);
    }
    if !rest.is_empty() {
        let mut block = [b' '; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        words.push(kernel.masks(&block).first(rest.len()));
    }
    text.len()
}

/// A range without the blanks at its ends.
fn trimmed(text: &[u8], range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let end = range.start + part.trim_ascii_end().len();
    let start = range.end - part.trim_ascii_start().len();
    start.min(end)..end
}

/// Bytes that are in no token.
#[inline]
pub(super) fn is_separator(byte: u8) -> bool {
    CLASSES[usize::from(byte)] == SEPARATOR
}

/// Neither of what follows.
const PLAIN: u8 = 0;
/// Ends a token.
const SEPARATOR: u8 = 1;
/// Divides a token.
const DIVIDER: u8 = 2;

static CLASSES: [u8; 256] = {
    let mut classes = [PLAIN; 256];
    let mut byte = 0;
    while byte <= 0x20 {
        classes[byte] = SEPARATOR;
        byte += 1;
    }
    classes[0x7F] = SEPARATOR;
    let separators = b"\"'`<>()[]{},;|\\";
    let mut place = 0;
    while place < separators.len() {
        classes[separators[place] as usize] = SEPARATOR;
        place += 1;
    }
    let dividers = b"=:/@?&#";
    let mut place = 0;
    while place < dividers.len() {
        classes[dividers[place] as usize] = DIVIDER;
        place += 1;
    }
    classes
};

#[cfg(test)]
mod tests;
