//! Quoted text: strings of JSON and of programming languages, spans of Markdown, words of a shell.

use super::{Sink, is_separator, trimmed};
use crate::hunt::finding::Layer;
use std::ops::Range;

/// Cuts what stands between quotes on a line, and says where escapes are.
pub(super) fn cut(text: &[u8], line: Range<usize>, sink: &mut impl Sink) {
    let bytes = &text[line.clone()];
    let escapes = memchr::memchr(b'\\', bytes).is_some();
    let mut rest = line.clone();
    for quote in [b'"', b'\'', b'`'] {
        let mut quotes = memchr::memchr_iter(quote, bytes)
            .filter(|at| !escapes || !is_escaped(bytes, *at))
            .map(|at| line.start + at);
        let Some(first) = quotes.next() else {
            continue;
        };
        let mut before = first;
        for at in quotes {
            content(text, before + 1..at, quote, sink);
            before = at;
        }
        if quote == b'"' && escapes {
            // Between double quotes escapes are taken off string by string.
            unwrap(text, line.start..first, sink);
            rest = before + 1..line.end;
        }
    }
    if escapes {
        unwrap(text, rest, sink);
    }
}

/// Cuts what stands between two quotes.
fn content(text: &[u8], range: Range<usize>, quote: u8, sink: &mut impl Sink) {
    let bytes = &text[range.clone()];
    if bytes.iter().copied().any(is_separator) {
        sink.candidate(range.clone());
        for divider in [b':', b'='] {
            if let Some(at) = memchr::memchr(divider, bytes) {
                let value = trimmed(text, range.start + at + 1..range.end);
                if text[value.clone()].iter().copied().any(is_separator) {
                    sink.candidate(value);
                }
            }
        }
        if quote == b'"' || memchr::memchr(b'"', bytes).is_none() {
            unwrap(text, range, sink);
        }
    }
}

/// Says that a part is wrapped, if it holds an escape.
fn unwrap(text: &[u8], range: Range<usize>, sink: &mut impl Sink) {
    if memchr::memchr(b'\\', &text[range.clone()]).is_some() {
        sink.wrapped(Layer::Escapes, range);
    }
}

/// Whether an odd number of backslashes stands before `at`.
fn is_escaped(bytes: &[u8], at: usize) -> bool {
    let backslashes = bytes[..at].iter().rev().take_while(|byte| **byte == b'\\');
    backslashes.count() % 2 == 1
}
