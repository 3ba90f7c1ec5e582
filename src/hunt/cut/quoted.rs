//! Quoted text: strings of JSON and of programming languages, spans of Markdown, words of a shell.

use super::line::Line;
use super::masks::Masks;
use super::{Sink, trimmed};
use crate::hunt::finding::Layer;
use std::ops::Range;

/// Cuts what stands between quotes on a line, and says where escapes are.
pub(super) fn cut(line: &Line<'_>, escapes: bool, shortest: usize, sink: &mut impl Sink) {
    let kinds: [fn(&Masks) -> u64; 3] = [
        |word| word.double_quote,
        |word| word.single_quote,
        |word| word.backtick,
    ];
    let mut rest = line.start..line.end;
    for (place, kind) in kinds.into_iter().enumerate() {
        let is_double = place == 0;
        let mut quotes = line
            .places(kind)
            .filter(|at| !escapes || !is_escaped(&line.text[line.start..*at]));
        let Some(first) = quotes.next() else {
            continue;
        };
        let mut before = first;
        for at in quotes {
            if at - before > shortest {
                content(line, before + 1..at, is_double, escapes, sink);
            }
            before = at;
        }
        if is_double && escapes {
            // Between double quotes escapes are taken off string by string.
            unwrap(line, line.start..first, sink);
            rest = before + 1..line.end;
        }
    }
    if escapes {
        unwrap(line, rest, sink);
    }
}

/// Cuts what stands between two quotes.
fn content(
    line: &Line<'_>,
    range: Range<usize>,
    is_double: bool,
    escapes: bool,
    sink: &mut impl Sink,
) {
    if !line.has(|word| word.separator, range.clone()) {
        return;
    }
    sink.candidate(range.clone());
    let dividers = [
        line.first(|word| word.colon, range.clone()),
        line.first(|word| word.equals, range.clone()),
    ];
    for at in dividers.into_iter().flatten() {
        line.whole(trimmed(line.text, at + 1..range.end), sink);
    }
    if escapes && (is_double || !line.has(|word| word.double_quote, range.clone())) {
        unwrap(line, range, sink);
    }
}

/// Says that a part is wrapped, if it holds an escape.
fn unwrap(line: &Line<'_>, range: Range<usize>, sink: &mut impl Sink) {
    if line.has(|word| word.backslash, range.clone()) {
        sink.wrapped(Layer::Escapes, range);
    }
}

/// Whether what precedes a byte ends with an odd number of backslashes.
fn is_escaped(before: &[u8]) -> bool {
    let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\');
    backslashes.count() % 2 == 1
}
