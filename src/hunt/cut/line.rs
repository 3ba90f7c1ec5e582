//! Lines: the value of a variable, a header or a scalar that stands there without quotes.

use super::masks::{BLOCK, Masks};
use super::{Sink, Span, quoted, token, trimmed};
use std::ops::Range;

/// A line or several, and the kinds of the bytes. Places are in the text.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) text: &'a [u8],
    /// Where the masks begin.
    pub(super) base: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) words: &'a [Masks],
}

impl<'a> Line<'a> {
    /// A part of a text, with the masks of all of it.
    #[inline(always)]
    pub(super) fn new(text: &'a [u8], range: Range<usize>, words: &'a [Masks]) -> Self {
        Self {
            text,
            base: range.start,
            start: range.start,
            end: range.end,
            words,
        }
    }

    /// A part of it.
    #[inline(always)]
    pub(super) fn part(&self, range: Range<usize>) -> Self {
        Self {
            start: range.start,
            end: range.end,
            ..*self
        }
    }

    /// Finds the lines of at least `shortest` bytes, without the blanks at their ends.
    #[inline(always)]
    pub(super) fn lines(&self, shortest: usize, found: &mut Vec<Span>) {
        found.clear();
        let mut start = self.start;
        let mut line = |start, end| {
            if let Some(line) = self.part(start..end).without_blanks()
                && line.end - line.start >= shortest
            {
                found.push(line);
            }
        };
        for (at, word) in self.words.iter().enumerate() {
            let mut newlines = word.newline;
            while newlines != 0 {
                let end = self.base + at * BLOCK + newlines.trailing_zeros() as usize;
                newlines &= newlines - 1;
                line(start, end);
                start = end + 1;
            }
        }
        if start < self.end {
            line(start, self.end);
        }
    }

    /// Cuts a line, which has no blanks at its ends, by the rules for lines and quotes.
    pub(super) fn cut(&self, shortest: usize, sink: &mut impl Sink) {
        let found = self.start..self.end;
        let seen = self.kinds();
        let (mark, is_apart) = self.mark();
        if mark > 0 {
            self.whole(trimmed(self.text, found.start + mark..found.end), sink);
        }
        if !is_apart && !self.is_statement(found.clone()) {
            self.whole(found.clone(), sink);
        }
        if seen.equals != 0
            && let Some(at) = self.first(|word| word.equals, found.clone())
        {
            self.value(found.start, at + 1..found.end, sink);
        }
        if seen.colon != 0
            && let Some(at) = self.first(|word| word.colon, found.clone())
        {
            self.value(found.start, at + 1..found.end, sink);
        }
        if seen.scheme != 0 {
            for at in self.places(|word| word.scheme) {
                token::behind_scheme(self, at + 1, sink);
            }
        }
        if seen.double_quote | seen.single_quote | seen.backtick | seen.backslash != 0 {
            quoted::cut(self, &seen, shortest, sink);
        }
    }

    /// How long the mark of a list, a quotation, a comment or a changed line is with which the line
    /// begins, and whether it stands apart: then no value begins with it.
    fn mark(&self) -> (usize, bool) {
        let length = match &self.text[self.start..self.end] {
            [b'/', b'/', b'/' | b'!', ..] => 3,
            [b'/', b'/' | b'*', ..] => 2,
            [b'-' | b'+' | b'*' | b'>' | b'<' | b'#' | b'$', ..] => 1,
            _ => return (0, false),
        };
        let behind = self.text[self.start + length..self.end].first();
        (length, behind.is_some_and(|byte| *byte <= b' '))
    }

    /// Whether a line of several words ends as in code: with `{`, `(`, `;` or `,`. No passphrase and no
    /// body does, and a password that does has no blanks.
    fn is_statement(&self, found: Range<usize>) -> bool {
        matches!(self.text[found.end - 1], b'{' | b'(' | b';' | b',')
            && self.has(|word| word.blank, found)
    }

    /// What stands behind a divider, with and without what may follow a value on its line.
    ///
    /// It is no value if the divider is doubled, or the first half of an arrow, with a blank or a path
    /// behind it; nor if there is a `(` or `{` on the line before: then the value ends where that is
    /// closed, not with the line.
    fn value(&self, start: usize, range: Range<usize>, sink: &mut impl Sink) {
        let is_operator = matches!(
            &self.text[range.start - 1..range.end],
            [b':', b':', ..] | [b'=', b'=' | b'>', b' ', ..]
        );
        if is_operator || self.has(|word| word.opening, start..range.start - 1) {
            return;
        }
        let found = trimmed(self.text, range);
        self.whole(found.clone(), sink);
        let bytes = &self.text[found.clone()];
        if let Some(comment) = self.comment(found.clone()) {
            self.whole(trimmed(self.text, found.start..comment), sink);
        }
        if let [.., b',' | b';'] = bytes {
            self.whole(trimmed(self.text, found.start..found.end - 1), sink);
        }
    }

    /// Where a comment begins in a value: with the first `#` behind a blank.
    fn comment(&self, mut range: Range<usize>) -> Option<usize> {
        loop {
            let at = self.first(|word| word.hash, range.clone())?;
            if at > range.start && self.text[at - 1] == b' ' {
                return Some(at);
            }
            range.start = at + 1;
        }
    }

    /// Tries a part as a whole, unless it is one token and so is tried anyway.
    #[inline(always)]
    pub(super) fn whole(&self, range: Range<usize>, sink: &mut impl Sink) {
        if self.first(|word| word.separator, range.clone()).is_some() {
            sink.candidate(range);
        }
    }

    /// Which of the kinds that rules ask for are on the line.
    #[inline(always)]
    fn kinds(&self) -> Masks {
        let (from, to) = (self.start - self.base, self.end - self.base);
        let (first, last) = (from / BLOCK, to.div_ceil(BLOCK));
        let words = self.words.get(first..last).unwrap_or_default();
        let mut seen = Masks::default();
        for (at, word) in words.iter().enumerate() {
            let kept = within(first + at, from, to);
            seen.double_quote |= word.double_quote & kept;
            seen.single_quote |= word.single_quote & kept;
            seen.backtick |= word.backtick & kept;
            seen.backslash |= word.backslash & kept;
            seen.equals |= word.equals & kept;
            seen.colon |= word.colon & kept;
            seen.scheme |= word.scheme & kept;
        }
        seen
    }

    /// The line without the blanks at its ends, if it is not blank.
    #[inline(always)]
    fn without_blanks(&self) -> Option<Span> {
        let start = self.first(|word| !word.blank, self.start..self.end)?;
        let mut end = self.end;
        while end > start && self.text[end - 1] <= b' ' {
            end -= 1;
        }
        Some(Span { start, end })
    }

    /// The first byte of a kind in a range.
    #[inline(always)]
    pub(super) fn first(&self, kind: impl Fn(&Masks) -> u64, range: Range<usize>) -> Option<usize> {
        let (from, to) = (range.start - self.base, range.end - self.base);
        let mut at = from / BLOCK;
        let mut bits = kind(self.words.get(at)?) & (u64::MAX << (from % BLOCK));
        loop {
            if bits != 0 {
                let found = at * BLOCK + bits.trailing_zeros() as usize;
                return (found < to).then_some(self.base + found);
            }
            at += 1;
            if at * BLOCK >= to {
                return None;
            }
            bits = kind(self.words.get(at)?);
        }
    }

    /// Whether a range holds a byte of a kind.
    #[inline(always)]
    pub(super) fn has(&self, kind: impl Fn(&Masks) -> u64, range: Range<usize>) -> bool {
        self.first(kind, range).is_some()
    }

    /// The places of all bytes of a kind.
    #[inline(always)]
    pub(super) fn places(&self, kind: impl Fn(&Masks) -> u64) -> impl Iterator<Item = usize> {
        let (base, from, to) = (self.base, self.start - self.base, self.end - self.base);
        let words = &self.words[..to.div_ceil(BLOCK).min(self.words.len())];
        let mut at = from / BLOCK;
        let mut bits = words
            .get(at)
            .map_or(0, |word| kind(word) & within(at, from, to));
        std::iter::from_fn(move || {
            while bits == 0 {
                at += 1;
                bits = kind(words.get(at)?) & within(at, from, to);
            }
            let place = base + at * BLOCK + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            Some(place)
        })
    }
}

/// The bits of a word that stand for places from `from` on and before `to`.
#[inline(always)]
fn within(word: usize, from: usize, to: usize) -> u64 {
    let begin = word * BLOCK;
    let not_before = u64::MAX << from.saturating_sub(begin).min(BLOCK - 1);
    let before = u64::MAX >> (BLOCK - to.saturating_sub(begin).clamp(1, BLOCK));
    not_before & before
}
