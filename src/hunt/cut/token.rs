//! Tokens and their parts: unquoted values, URLs, words of a text.

use super::line::Line;
use super::masks::{self, BLOCK, Kind};
use super::{CLASSES, DIVIDER, ISSUED, Sink, Span};
use crate::hunt::base64;
use crate::hunt::finding::Layer;
use crate::scan::kernel::Kernel;
use std::ops::Range;

/// Longer tokens are tried as a whole, and behind their first dividers only.
const MAX_DIVIDED: usize = 4096;

/// How many parts of a token may be long.
const MAX_LONG_PARTS: usize = 8;

/// How long the other parts may be that hold dividers, in bytes.
const MAX_PART: usize = 256;

/// Of how many neighboring parts of a URL's path a run is tried.
const MAX_RUN: usize = 4;

/// Base64 with fewer digits is not decoded.
const MIN_DIGITS: usize = base64::BEGINNING;

/// Finds the tokens of lines.
#[inline(always)]
pub(super) fn find(
    kernel: impl Kernel,
    line: &Line<'_>,
    shortest: usize,
    edges: &mut Vec<usize>,
    found: &mut Vec<Span>,
) {
    edges.clear();
    // A byte is far from its token's end if as many bytes of the token follow as the shortest has behind
    // its first. The far bytes of a token begin with it; where they end, so many are left. A run that is
    // too short to be a token has none.
    let mut before = 0;
    let blocks = line.masks.blocks();
    for at in 0..blocks {
        let plain = |block| u128::from(!line.masks.word(Kind::Separator, block));
        let bits = plain(at + 1) << BLOCK | plain(at);
        let far = eroded(bits, shortest) as u64;
        let edge = far ^ (far << 1 | before);
        before = far >> (BLOCK - 1);
        masks::places(kernel, line.base + at * BLOCK, edge, edges);
    }
    edges.push(line.base + blocks * BLOCK);
    let left = shortest.min(BLOCK) - 1;
    let (tokens, _) = edges.as_chunks();
    found.clear();
    found.extend(tokens.iter().map(|&[start, end]| Span {
        start,
        end: end + left,
    }));
    if shortest > BLOCK {
        found.retain(|token| token.range().len() >= shortest);
    }
}

/// The bits at which as many bits begin that are set, up to 64.
#[inline(always)]
fn eroded(mut bits: u128, length: usize) -> u128 {
    let mut left = length.min(BLOCK) - 1;
    let mut step = 1;
    while left > 0 {
        let shift = step.min(left);
        bits &= bits >> shift;
        left -= shift;
        step *= 2;
    }
    bits
}

/// Cuts one token.
#[inline(always)]
pub(super) fn cut(line: &Line<'_>, range: Range<usize>, shortest: usize, sink: &mut impl Sink) {
    let text = line.text;
    // If it has neither a digit nor the length, its parts have not, either.
    let may_be_issued = range.len() >= ISSUED || line.has(Kind::Number, range.clone());
    let mut tokens = Tokens {
        sink,
        may_be_issued,
    };
    let bare = both(text, range.clone(), &mut tokens);
    if line.has(Kind::Inside, range.clone()) {
        // A name with a colon behind it was tried without.
        let is_name = bare.start == range.start && bare.end + 1 == range.end;
        let divided = if is_name { bare.clone() } else { range.clone() };
        if line.has(Kind::Divider, divided) {
            match line.is_code_path(range.clone()) {
                true => names(line, range.clone(), shortest, &mut tokens),
                false => parts(line, range.clone(), bare.end, shortest, &mut tokens),
            }
        }
        if line.has_percent(range.clone()) {
            percent_encoded(text, range.clone(), sink);
        }
    }
    if range.len() >= MIN_DIGITS {
        base64_in(line, range, sink);
    }
}

/// Says that a token is wrapped, if it holds a percent sign and two hex digits.
fn percent_encoded(text: &[u8], range: Range<usize>, sink: &mut impl Sink) {
    let is_encoded = |part: &[u8]| matches!(part, [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    if text[range.clone()].windows(3).any(is_encoded) {
        sink.wrapped(Layer::Percent, range);
    }
}

/// Takes the parts of one token.
struct Tokens<'s, S> {
    sink: &'s mut S,
    may_be_issued: bool,
}

impl<S: Sink> Tokens<'_, S> {
    #[inline(always)]
    fn token(&mut self, range: Range<usize>) {
        self.sink.token(range, self.may_be_issued);
    }
}

/// Tries a part with and without the punctuation around it; what is left without.
#[inline(always)]
fn both(text: &[u8], range: Range<usize>, tokens: &mut Tokens<'_, impl Sink>) -> Range<usize> {
    let bare = without_punctuation(text, range.clone());
    tokens.token(range.clone());
    if bare.end < range.end {
        tokens.token(range.start..bare.end);
    }
    if bare.start > range.start {
        tokens.token(bare.start..range.end);
        if bare.end < range.end {
            tokens.token(bare.clone());
        }
    }
    bare
}

/// A part without the punctuation around it. What follows a word ends with a sentence or with markup;
/// what precedes it is markup, or the mark of a changed line.
#[inline(always)]
fn without_punctuation(text: &[u8], range: Range<usize>) -> Range<usize> {
    let is_before = |byte: u8| {
        matches!(
            byte,
            b'*' | b'~' | b'_' | b'$' | b'+' | b'-' | b'@' | b'#' | 0x80..
        )
    };
    let is_after = |byte: u8| {
        matches!(
            byte,
            b'.' | b':' | b'!' | b'?' | b'*' | b'~' | b'_' | b'%' | 0x80..
        )
    };
    let mut bare = range.clone();
    while bare.start < bare.end && is_before(text[bare.start]) {
        bare.start += 1;
    }
    while bare.start < bare.end && is_after(text[bare.end - 1]) {
        bare.end -= 1;
    }
    if bare.is_empty() { range } else { bare }
}

/// Tries the value of a header: a word for how it authenticates, which ends at `word_end`, blanks, and
/// a token.
pub(super) fn behind_scheme(line: &Line<'_>, word_end: usize, sink: &mut impl Sink) {
    let text = line.text;
    let before = &text[line.start..word_end];
    let is_before = |scheme: &&&[u8]| {
        let word = before.len().checked_sub(scheme.len());
        word.is_some_and(|start| before[start..].eq_ignore_ascii_case(scheme))
    };
    let schemes = [&b"bearer"[..], b"basic", b"token", b"apikey"];
    let Some(scheme) = schemes.iter().find(is_before) else {
        return;
    };
    let behind = &text[word_end..line.end];
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
    let blanks = behind.iter().take_while(is_blank).count();
    if blanks == 0 {
        return;
    }
    let start = word_end + blanks;
    let end = line.first(Kind::Separator, start..line.end);
    let token = start..end.unwrap_or(line.end);
    let bare_end = without_punctuation(text, token.clone()).end;
    let start = word_end - scheme.len();
    sink.candidate(start..token.end);
    if bare_end < token.end {
        sink.candidate(start..bare_end);
    }
}

/// Tries the names of a path of code: what [`parts`] would.
#[inline(always)]
fn names(
    line: &Line<'_>,
    range: Range<usize>,
    shortest: usize,
    tokens: &mut Tokens<'_, impl Sink>,
) {
    let token = line.part(range.clone());
    let mut start = range.start;
    for at in token.places(Kind::Colon).chain([range.end]) {
        if at - start >= shortest {
            both(line.text, start..at, tokens);
        }
        start = at + 1;
    }
}

/// Tries what stands between the dividers of a token.
#[inline(always)]
fn parts(
    line: &Line<'_>,
    range: Range<usize>,
    bare_end: usize,
    shortest: usize,
    tokens: &mut Tokens<'_, impl Sink>,
) {
    let text = line.text;
    let token = line.part(range.clone());
    let dividers = token.places(Kind::Divider);
    let mut start = range.start;
    let mut long = 0;
    let mut path_end = start;
    for at in dividers.chain([range.end]) {
        if at - start >= shortest && range != (start..at) {
            both(text, start..at, tokens);
        }
        if let Some(end) = padding(&text[..range.end], at)
            && range != (start..end)
            && end - start >= shortest
        {
            tokens.token(start..end);
        }
        // What begins here may hold dividers itself.
        if begins_value(text, range.start, start) && at < range.end {
            let is_url = start >= path_end && text[range.start..start].ends_with(b"://");
            if is_url && range.len() <= MAX_DIVIDED {
                path_end = path(text, start..bare_end, shortest, tokens);
            }
            let limit = if long < MAX_LONG_PARTS {
                usize::MAX
            } else {
                MAX_PART
            };
            if long < MAX_LONG_PARTS || range.len() <= MAX_DIVIDED {
                long_part(&token, start, at, bare_end, limit, tokens);
            }
            long += 1;
        }
        start = at + 1;
    }
}

/// Where the padding of base64 ends that begins at `at`: before another divider, or with the token.
#[inline(always)]
fn padding(token: &[u8], at: usize) -> Option<usize> {
    let is_end = |end: usize| {
        token
            .get(end)
            .is_none_or(|byte| CLASSES[usize::from(*byte)] == DIVIDER)
    };
    match token.get(at..)? {
        [b'=', b'=', b'=', ..] => None,
        [b'=', b'=', ..] => is_end(at + 2).then_some(at + 2),
        [b'=', ..] => is_end(at + 1).then_some(at + 1),
        _ => None,
    }
}

/// Tries runs of the parts of a URL's path, since a value there can hold `/`, `=` and other dividers;
/// `url` begins with the host. Says where the path ends: no other begins before.
fn path(
    text: &[u8],
    url: Range<usize>,
    shortest: usize,
    tokens: &mut Tokens<'_, impl Sink>,
) -> usize {
    // Punctuation at the end of a token can leave nothing.
    if url.is_empty() {
        return url.start;
    }
    let behind = memchr::memchr2(b'?', b'#', &text[url.clone()]);
    let end = behind.map_or(url.end, |at| url.start + at);
    let slash = |from: usize| memchr::memchr(b'/', text.get(from..end)?).map(|at| from + at);
    let is_divider = |byte: &u8| CLASSES[usize::from(*byte)] == DIVIDER;
    let mut before = slash(url.start);
    while let Some(at) = before {
        let start = at + 1;
        before = slash(start);
        let mut next = before;
        for _ in 0..MAX_RUN {
            let stop = next.unwrap_or(end);
            // What holds no divider was tried as a part.
            if stop - start >= shortest && text[start..stop].iter().any(is_divider) {
                tokens.token(start..stop);
            }
            let Some(at) = next else { break };
            next = slash(at + 1);
        }
    }
    end
}

/// Whether a value that holds dividers may begin at `start`: at the beginning of a token, and behind
/// what no path has within.
#[inline(always)]
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

/// Tries the parts of a token that begin at `start` and hold the divider at `divider`.
#[inline(always)]
fn long_part(
    token: &Line<'_>,
    start: usize,
    divider: usize,
    bare_end: usize,
    limit: usize,
    tokens: &mut Tokens<'_, impl Sink>,
) {
    let end = token.end;
    let reach = end.min(start.saturating_add(limit));
    if divider >= reach {
        return;
    }
    if token.has(Kind::Ending, divider + 1..reach) {
        ended_parts(&token.text[..reach], start, divider, tokens);
    }
    // What begins with the token was tried when the token was.
    if reach == end && start > token.start {
        tokens.token(start..end);
        if (divider + 1..end).contains(&bare_end) {
            tokens.token(start..bare_end);
        }
    }
}

/// Tries what begins at `start` up to where a parameter, a query, a fragment or the user info ends: with
/// the first of its signs behind the divider. A password can hold the sign that ends the user info.
fn ended_parts(text: &[u8], start: usize, divider: usize, tokens: &mut Tokens<'_, impl Sink>) {
    let behind = &text[divider..];
    let ends = [
        memchr::memchr(b'&', behind),
        memchr::memchr(b'#', behind),
        memchr::memchr(b'?', behind),
        memchr::memchr(b'@', behind),
        memchr::memrchr(b'@', behind),
    ];
    for (place, end) in ends.iter().enumerate() {
        // There may be only one of the last sign.
        let is_other = place < 4 || ends[3] != ends[4];
        if let Some(at) = end.filter(|at| *at > 0 && is_other) {
            tokens.token(start..divider + at);
        }
    }
}

/// Finds base64 in a token: stretches of its digits, with padding.
#[inline(always)]
fn base64_in(line: &Line<'_>, range: Range<usize>, sink: &mut impl Sink) {
    let mut from = range.start;
    while let Some(start) = line.first(Kind::Digit, from..range.end) {
        let end = line.first_other(Kind::Digit, start..range.end);
        let end = end.unwrap_or(range.end);
        from = end;
        // Most words end here. Of the digits only the slash is a divider.
        if end - start >= MIN_DIGITS
            && (base64::may_begin_text(line.text[start])
                || end - start >= base64::MIN_BINARY_DIGITS - 2
                || line.has(Kind::Divider, start..end))
        {
            let behind = line.text[end..range.end].iter().take(2);
            let padding = behind.take_while(|byte| **byte == b'=').count();
            stretch(line, start..end + padding, sink);
        }
    }
}

/// Tries a stretch of base64; slashes may also belong to a path in front of it.
#[inline(always)]
fn stretch(line: &Line<'_>, range: Range<usize>, sink: &mut impl Sink) {
    let is_worth_it = |start: &usize| looks_decodable(&line.text[*start..range.end]);
    let mut start = Some(range.start).filter(is_worth_it);
    if start.is_none() {
        // Of the digits only the slash is a divider.
        let part = line.part(range.clone());
        let slashes = part.places(Kind::Divider);
        start = slashes
            .take(MAX_LONG_PARTS)
            .map(|at| at + 1)
            .find(is_worth_it);
    }
    if let Some(start) = start {
        sink.wrapped(Layer::Base64, start..range.end);
    }
}

/// Whether a stretch is worth decoding: it begins as text would, or is too long and too mixed to be a
/// word.
fn looks_decodable(stretch: &[u8]) -> bool {
    base64::may_be_text(stretch) || base64::may_be_binary(stretch)
}
