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
//!    and its first `=`: [`line`]. So is a whole text: a small file, or all that was unwrapped at once.
//!
//! Wherever a part is wrapped, what is in it is a text of its own, cut by the same rules.

mod line;
mod quoted;
mod token;

use super::finding::Layer;
use std::ops::Range;

/// Takes what is cut. All ranges are in the text that is cut.
pub(super) trait Sink {
    /// A part that may be a secret.
    fn candidate(&mut self, range: Range<usize>);

    /// A part that is wrapped.
    fn wrapped(&mut self, layer: Layer, range: Range<usize>);
}

/// Cuts a text. No token shorter than `shortest` is looked into.
pub(super) fn text(text: &[u8], shortest: usize, sink: &mut impl Sink) {
    let mut start = 0;
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |at| start + at);
        let found = trimmed(text, start..end);
        if found.len() >= shortest {
            line::cut(text, found.clone(), sink);
            quoted::cut(text, found.clone(), sink);
            token::cut(text, found, shortest, sink);
        }
        start = end + 1;
    }
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
