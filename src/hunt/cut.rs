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
//!    and its first `=`: [`line`]. Statements of code are not, and no line is where all is code. A whole
//!    text is: a small file, or all that was unwrapped at once.
//!
//! What was cut before by the same rule, byte for byte, is not cut again.
//!
//! Wherever a part is wrapped, what is in it is a text of its own, cut by the same rules.

mod line;
mod masks;
mod quoted;
mod token;

use super::finding::Layer;
use super::syntax::Syntax;
use crate::scan::kernel::{self, Kernel, Task};
use line::Line;
use masks::Masks;
use std::ops::Range;

/// From how many bytes on a token may be one that services issue, if there is no digit in it.
pub(super) const ISSUED: usize = 24;

/// Takes what is cut. All ranges are in the text that is cut.
pub(super) trait Sink {
    /// A token, or a part of one: without blanks and whatever else separates. No service issues it if
    /// the token has neither a digit nor [`ISSUED`] bytes.
    fn token(&mut self, range: Range<usize>, may_be_issued: bool);

    /// Another part that may be a secret.
    fn candidate(&mut self, range: Range<usize>);

    /// Leaves those parts that were not cut by the same rule before, byte for byte; in the others is
    /// nothing new.
    fn keep_new(&mut self, rule: Rule, parts: &mut Vec<Span>);

    /// A part that is wrapped.
    fn wrapped(&mut self, layer: Layer, range: Range<usize>);
}

/// What a part is cut as. The same bytes are cut alike by the same rule, wherever they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    Token,
    Line,
    /// For quotes, and for words before a token.
    MarkedLine,
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    pub(super) fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// Room to work in, kept from one text to the next.
#[derive(Default)]
pub(super) struct Room {
    masks: Masks,
    places: Vec<usize>,
    parts: Vec<Span>,
}

/// How many bytes are cut together, if lines are shorter: all that is known of them stays in the nearest
/// cache.
const STRETCH: usize = 8 << 10;

/// Cuts a text, and says how many line feeds it has. No part shorter than `shortest` is looked into.
pub(super) fn text(
    text: &[u8],
    syntax: Syntax,
    shortest: usize,
    room: &mut Room,
    sink: &mut impl Sink,
) -> u64 {
    kernel::run(Stretches {
        text,
        syntax,
        shortest,
        room,
        sink,
    })
}

/// Cutting a text in stretches that end with a line.
struct Stretches<'a, S> {
    text: &'a [u8],
    syntax: Syntax,
    shortest: usize,
    room: &'a mut Room,
    sink: &'a mut S,
}

impl<S: Sink> Task for Stretches<'_, S> {
    type Outcome = u64;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> u64 {
        let Self {
            text,
            syntax,
            shortest,
            room:
                Room {
                    masks,
                    places,
                    parts,
                },
            sink,
        } = self;
        let mut line_feeds = 0;
        let mut start = 0;
        while start < text.len() {
            let length = stretch(&text[start..]);
            masks.fill(kernel.compare(), &text[start..start + length]);
            let stretch = Line::new(text, start..start + length, masks);
            // No token goes on behind a line's end, so those of all lines are cut at once.
            token::find(kernel, &stretch, shortest, places, parts);
            sink.keep_new(Rule::Token, parts);
            for part in &*parts {
                token::cut(&stretch, part.range(), shortest, sink);
            }
            line_feeds += stretch.lines(syntax, shortest, parts);
            let rule = match syntax {
                Syntax::Any => Rule::Line,
                Syntax::Code => Rule::MarkedLine,
            };
            sink.keep_new(rule, parts);
            for part in &*parts {
                let line = stretch.part(part.range());
                if rule == Rule::Line {
                    line.cut(sink);
                }
                line.cut_marked(shortest, sink);
            }
            start += length;
        }
        line_feeds
    }
}

/// How many bytes the first lines of a text have that are cut together.
fn stretch(text: &[u8]) -> usize {
    let Some(together) = text.get(..STRETCH) else {
        return text.len();
    };
    let end = memchr::memrchr(b'\n', together)
        .or_else(|| Some(STRETCH + memchr::memchr(b'\n', &text[STRETCH..])?));
    end.map_or(text.len(), |at| at + 1)
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
