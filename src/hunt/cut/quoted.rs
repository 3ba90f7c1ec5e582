//! Quoted text: strings of JSON and of programming languages, spans of Markdown, words of a shell.

use super::line::Line;
use super::masks::Kind;
use super::{Sink, trimmed};
use crate::hunt::finding::Layer;
use std::ops::Range;

/// Cuts what stands between two quotes of a kind on a line, and says where escapes are.
#[inline(always)]
pub(super) fn cut(line: &Line<'_>, shortest: usize, sink: &mut impl Sink) {
    if line.has(Kind::Backslash, line.start..line.end) {
        return escaped(line, shortest, sink);
    }
    let mut open = Open::default();
    for at in line.places(Kind::Quoting) {
        let found = open.quote(line.text[at], at);
        if found.len() >= shortest {
            content(line, found, sink);
        }
    }
}

/// The same for a line with a backslash.
fn escaped(line: &Line<'_>, shortest: usize, sink: &mut impl Sink) {
    let text = line.text;
    let mut open = Open::default();
    let mut strings: Option<Range<usize>> = None;
    for at in line.places(Kind::Quoting) {
        let quote = text[at];
        if quote == b'\\' || is_escaped(&text[line.start..at]) {
            continue;
        }
        let is_double = quote == b'"';
        let found = open.quote(quote, at);
        if found.len() >= shortest
            && content(line, found.clone(), sink)
            && (is_double || !text[found.clone()].contains(&b'"'))
        {
            unwrap(line, found, sink);
        }
        if is_double {
            strings = Some(strings.map_or(at, |strings| strings.start)..at + 1);
        }
    }
    // Between double quotes escapes are taken off string by string.
    let strings = strings.unwrap_or(line.start..line.start);
    unwrap(line, line.start..strings.start, sink);
    unwrap(line, strings.end..line.end, sink);
}

/// Behind which quote of each kind what comes next stands.
struct Open([usize; 4]);

impl Default for Open {
    fn default() -> Self {
        Self([usize::MAX; 4])
    }
}

impl Open {
    /// Takes the next quote; what stands between it and the one before of its kind.
    #[inline(always)]
    fn quote(&mut self, quote: u8, at: usize) -> Range<usize> {
        // Which of the three it is nobody can foresee, so that is not branched on.
        let kind = usize::from(quote == b'\'') + 2 * usize::from(quote == b'`');
        let start = std::mem::replace(&mut self.0[kind % 4], at + 1);
        start..at
    }
}

/// Tries what stands between two quotes, unless it is one token; whether it is none.
#[inline(always)]
fn content(line: &Line<'_>, range: Range<usize>, sink: &mut impl Sink) -> bool {
    if !line.has(Kind::Separator, range.clone()) {
        return false;
    }
    sink.candidate(range.clone());
    let dividers = [
        line.first(Kind::Colon, range.clone()),
        line.first(Kind::Equals, range.clone()),
    ];
    for at in dividers.into_iter().flatten() {
        line.whole(trimmed(line.text, at + 1..range.end), sink);
    }
    true
}

/// Says that a part is wrapped, if it holds an escape.
fn unwrap(line: &Line<'_>, range: Range<usize>, sink: &mut impl Sink) {
    if line.has(Kind::Backslash, range.clone()) {
        sink.wrapped(Layer::Escapes, range);
    }
}

/// Whether what precedes a byte ends with an odd number of backslashes.
fn is_escaped(before: &[u8]) -> bool {
    let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\');
    backslashes.count() % 2 == 1
}
