//! Quoted text: strings of JSON and of programming languages, spans of Markdown, words of a shell.

use super::line::Line;
use super::masks::Kind;
use super::{Sink, trimmed};
use crate::hunt::finding::Layer;
use std::ops::Range;

/// Cuts what stands between two quotes of a kind on a line, and says where escapes are.
pub(super) fn cut(line: &Line<'_>, shortest: usize, sink: &mut impl Sink) {
    let text = line.text;
    let escapes = line.has(Kind::Backslash, line.start..line.end);
    // From where on what comes next is between quotes of each kind.
    let mut open = [None; 3];
    let mut strings: Option<Range<usize>> = None;
    for at in line.places(Kind::Quoting) {
        let kind = match text[at] {
            b'"' => 0,
            b'\'' => 1,
            b'`' => 2,
            _ => continue,
        };
        if escapes && is_escaped(&text[line.start..at]) {
            continue;
        }
        let is_double = kind == 0;
        if let Some(start) = open[kind].replace(at + 1)
            && at - start >= shortest
        {
            content(line, start..at, escapes, is_double, sink);
        }
        if is_double {
            strings = Some(strings.map_or(at, |strings| strings.start)..at + 1);
        }
    }
    if escapes {
        // Between double quotes escapes are taken off string by string.
        let strings = strings.unwrap_or(line.start..line.start);
        unwrap(line, line.start..strings.start, sink);
        unwrap(line, strings.end..line.end, sink);
    }
}

fn content(
    line: &Line<'_>,
    range: Range<usize>,
    escapes: bool,
    is_double: bool,
    sink: &mut impl Sink,
) {
    if !line.has(Kind::Separator, range.clone()) {
        return;
    }
    sink.candidate(range.clone());
    let dividers = [
        line.first(Kind::Colon, range.clone()),
        line.first(Kind::Equals, range.clone()),
    ];
    for at in dividers.into_iter().flatten() {
        line.whole(trimmed(line.text, at + 1..range.end), sink);
    }
    if escapes && (is_double || !line.text[range.clone()].contains(&b'"')) {
        unwrap(line, range, sink);
    }
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
