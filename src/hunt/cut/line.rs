//! Lines: the value of a variable, a header or a scalar that stands there without quotes.

use super::{Sink, is_separator, trimmed};
use std::ops::Range;

/// Cuts a line without the blanks at its ends.
pub(super) fn cut(text: &[u8], line: Range<usize>, sink: &mut impl Sink) {
    whole(text, line.clone(), sink);
    if let Some(behind) = behind_mark(text, line.clone()) {
        whole(text, behind, sink);
    }
    let bytes = &text[line.clone()];
    for divider in [b'=', b':'] {
        if let Some(at) = memchr::memchr(divider, bytes) {
            value(text, line.start + at + 1..line.end, sink);
        }
    }
}

/// What stands behind a divider, with and without what may follow a value on its line.
fn value(text: &[u8], range: Range<usize>, sink: &mut impl Sink) {
    let found = trimmed(text, range);
    whole(text, found.clone(), sink);
    let bytes = &text[found.clone()];
    if let Some(comment) = memchr::memmem::find(bytes, b" #") {
        whole(
            text,
            trimmed(text, found.start..found.start + comment),
            sink,
        );
    }
    if let [.., b',' | b';'] = bytes {
        whole(text, trimmed(text, found.start..found.end - 1), sink);
    }
}

/// What stands behind the mark of a list, a quotation, a comment or a changed line.
fn behind_mark(text: &[u8], line: Range<usize>) -> Option<Range<usize>> {
    let [b'-' | b'+' | b'*' | b'>' | b'<' | b'#' | b'$', ..] = text[line.clone()] else {
        return None;
    };
    Some(trimmed(text, line.start + 1..line.end))
}

/// Tries a part as a whole, unless it is one token and so is tried anyway.
fn whole(text: &[u8], range: Range<usize>, sink: &mut impl Sink) {
    if text[range.clone()].iter().copied().any(is_separator) {
        sink.candidate(range);
    }
}
