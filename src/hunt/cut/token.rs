//! Tokens and their parts: unquoted values, URLs, words of a text.

use super::{CLASSES, DIVIDER, SEPARATOR, Sink};
use crate::hunt::base64;
use crate::hunt::finding::Layer;
use std::ops::Range;

/// Longer tokens are tried as a whole, and behind their first dividers only.
const MAX_DIVIDED: usize = 4096;

/// How many parts of a token may be long.
const MAX_LONG_PARTS: usize = 8;

/// How long the other parts may be that hold dividers, in bytes.
const MAX_PART: usize = 256;

/// Base64 with fewer digits is not decoded.
const MIN_DIGITS: usize = 12;

/// Base64 of what is no text is tried from so many digits on.
const MIN_BINARY_DIGITS: usize = 24;

/// Cuts the tokens of a line.
pub(super) fn cut(text: &[u8], line: Range<usize>, shortest: usize, sink: &mut impl Sink) {
    let mut start = line.start;
    let mut divided = false;
    for at in line.clone() {
        match CLASSES[usize::from(text[at])] {
            SEPARATOR => {
                if at - start >= shortest {
                    token(text, start..at, divided, shortest, sink);
                }
                start = at + 1;
                divided = false;
            }
            DIVIDER => divided = true,
            _ => {}
        }
    }
    if line.end - start >= shortest {
        token(text, start..line.end, divided, shortest, sink);
    }
}

/// Cuts one token.
fn token(text: &[u8], range: Range<usize>, divided: bool, shortest: usize, sink: &mut impl Sink) {
    let bare = both(text, range.clone(), sink);
    scheme(text, range.clone(), bare.end, sink);
    if divided {
        parts(text, range.clone(), bare.end, shortest, sink);
    }
    let bytes = &text[range.clone()];
    if memchr::memchr(b'%', bytes).is_some_and(|at| is_percent_encoded(&bytes[at..])) {
        sink.wrapped(Layer::Percent, range.clone());
    }
    if bytes.len() >= MIN_DIGITS {
        base64_in(text, range, sink);
    }
}

/// Tries a part with and without the punctuation around it; what is left without.
fn both(text: &[u8], range: Range<usize>, sink: &mut impl Sink) -> Range<usize> {
    let bare = without_punctuation(text, range.clone());
    sink.candidate(range.clone());
    if bare.end < range.end {
        sink.candidate(range.start..bare.end);
    }
    if bare.start > range.start {
        sink.candidate(bare.start..range.end);
        if bare.end < range.end {
            sink.candidate(bare.clone());
        }
    }
    bare
}

/// A token without the punctuation around it. What follows a word ends with a sentence or with markup;
/// what precedes it is markup, or the mark of a changed line.
fn without_punctuation(text: &[u8], range: Range<usize>) -> Range<usize> {
    let bytes = &text[range.clone()];
    let is_after = |byte: &u8| {
        matches!(
            byte,
            b'.' | b':' | b'!' | b'?' | b'*' | b'~' | b'_' | b'%' | 0x80..
        )
    };
    let is_before = |byte: &u8| {
        matches!(
            byte,
            b'*' | b'~' | b'_' | b'$' | b'+' | b'-' | b'@' | b'#' | 0x80..
        )
    };
    let (Some(start), Some(end)) = (
        bytes.iter().position(|byte| !is_before(byte)),
        bytes.iter().rposition(|byte| !is_after(byte)),
    ) else {
        return range;
    };
    if start > end {
        return range;
    }
    range.start + start..range.start + end + 1
}

/// Tries the value of a header: the word for how it authenticates, blanks, and the token.
fn scheme(text: &[u8], token: Range<usize>, bare_end: usize, sink: &mut impl Sink) {
    let before = &text[..token.start];
    let word_end = before.trim_ascii_end().len();
    if word_end == token.start {
        return;
    }
    for scheme in [&b"bearer"[..], b"basic", b"token", b"apikey"] {
        let Some(start) = word_end.checked_sub(scheme.len()) else {
            continue;
        };
        if text[start..word_end].eq_ignore_ascii_case(scheme) {
            sink.candidate(start..token.end);
            if bare_end < token.end {
                sink.candidate(start..bare_end);
            }
        }
    }
}

/// Tries what stands between the dividers of a token.
fn parts(text: &[u8], range: Range<usize>, bare_end: usize, shortest: usize, sink: &mut impl Sink) {
    let is_divider = |at: &usize| CLASSES[usize::from(text[*at])] == DIVIDER;
    let mut start = range.start;
    let mut long = 0;
    for at in range.clone().filter(is_divider).chain([range.end]) {
        if at - start >= shortest && range != (start..at) {
            both(text, start..at, sink);
        }
        // What begins here may hold dividers itself.
        if begins_value(text, range.start, start) && at < range.end {
            let limit = if long < MAX_LONG_PARTS {
                usize::MAX
            } else {
                MAX_PART
            };
            if long < MAX_LONG_PARTS || range.len() <= MAX_DIVIDED {
                long_part(text, start, at, range.end, bare_end, limit, sink);
            }
            long += 1;
        }
        start = at + 1;
    }
}

/// Whether a value that holds dividers may begin at `start`: at the beginning of a token, and behind
/// what no path has within.
fn begins_value(text: &[u8], first: usize, start: usize) -> bool {
    if start == first {
        return true;
    }
    match text[start - 1] {
        b'=' | b'?' | b'&' => true,
        b':' => {
            !matches!(text.get(start), Some(b':')) && (start < first + 2 || text[start - 2] != b':')
        }
        b'/' => start >= first + 2 && text[start - 2] == b'/',
        _ => false,
    }
}

/// Tries the parts that begin at `start` and hold the divider at `divider`.
fn long_part(
    text: &[u8],
    start: usize,
    divider: usize,
    end: usize,
    bare_end: usize,
    limit: usize,
    sink: &mut impl Sink,
) {
    let reach = end.min(start.saturating_add(limit));
    let bytes = &text[start..reach];
    let from = divider - start;
    if from >= bytes.len() {
        return;
    }
    // The first of each is where a parameter, a query, a fragment or the user info ends; a password can
    // hold the sign that ends the user info.
    let mut ends = [None; 5];
    for (place, sign) in ends.iter_mut().zip(*b"&#?@") {
        *place = memchr::memchr(sign, &bytes[from..]).map(|at| start + from + at);
    }
    ends[4] = memchr::memrchr(b'@', &bytes[from..])
        .map(|at| start + from + at)
        .filter(|at| Some(*at) != ends[3]);
    for at in ends.into_iter().flatten().filter(|at| *at > divider) {
        sink.candidate(start..at);
    }
    if reach == end {
        sink.candidate(start..end);
        if (divider + 1..end).contains(&bare_end) {
            sink.candidate(start..bare_end);
        }
    }
}

/// Whether the text begins with a percent sign and two hex digits.
fn is_percent_encoded(text: &[u8]) -> bool {
    let mut rest = text;
    loop {
        if let [b'%', a, b, ..] = rest
            && a.is_ascii_hexdigit()
            && b.is_ascii_hexdigit()
        {
            return true;
        }
        match memchr::memchr(b'%', rest.get(1..).unwrap_or_default()) {
            Some(at) => rest = &rest[1 + at..],
            None => return false,
        }
    }
}

/// Finds base64 in a token: stretches of its digits, with padding.
fn base64_in(text: &[u8], range: Range<usize>, sink: &mut impl Sink) {
    let mut start = range.start;
    while start < range.end {
        let digits = text[start..range.end]
            .iter()
            .position(|byte| !base64::is_digit(*byte))
            .unwrap_or(range.end - start);
        let padding = text[start + digits..range.end]
            .iter()
            .take(2)
            .take_while(|byte| **byte == b'=')
            .count();
        let end = start + digits + padding;
        if digits >= MIN_DIGITS {
            stretch(text, start..end, sink);
        }
        start = end.max(start + digits + 1);
    }
}

/// Tries a stretch of base64; slashes may also belong to a path in front of it.
fn stretch(text: &[u8], range: Range<usize>, sink: &mut impl Sink) {
    if looks_decodable(&text[range.clone()]) {
        sink.wrapped(Layer::Base64, range);
        return;
    }
    let slashes = memchr::memchr_iter(b'/', &text[range.clone()]).take(MAX_LONG_PARTS);
    for at in slashes {
        let start = range.start + at + 1;
        if range.end - start >= MIN_DIGITS && looks_decodable(&text[start..range.end]) {
            sink.wrapped(Layer::Base64, start..range.end);
            return;
        }
    }
}

/// Whether a stretch is worth decoding: it begins as text would, or is too long to be a word.
fn looks_decodable(stretch: &[u8]) -> bool {
    let as_text = |at: usize| base64::may_be_text(stretch.get(at..).unwrap_or_default());
    as_text(0) && as_text(4) && as_text(8) || stretch.len() >= MIN_BINARY_DIGITS
}
