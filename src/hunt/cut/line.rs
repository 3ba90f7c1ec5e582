//! Lines: the value of a variable, a header or a scalar that stands there without quotes.

use super::masks::{self, BLOCK, Masks};
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
    pub(super) fn lines(&self, shortest: usize, ends: &mut Vec<usize>, found: &mut Vec<Span>) {
        ends.clear();
        for (at, word) in self.words.iter().enumerate() {
            masks::places::<4>(self.base + at * BLOCK, word.newline, ends);
        }
        ends.push(self.end);
        found.clear();
        let mut start = self.start;
        for end in &*ends {
            let line = self.part(start..*end).without_blanks();
            found.push(line);
            // Nobody can foresee how long it is, so that is not branched on.
            let is_short = line.end < line.start + shortest;
            let is_left = is_short || self.part(line.range()).has_nothing();
            found.truncate(found.len() - usize::from(is_left));
            start = end + 1;
        }
    }

    /// Cuts a line, which has no blanks at its ends, by the rules for lines and quotes.
    #[inline(always)]
    pub(super) fn cut(&self, shortest: usize, sink: &mut impl Sink) {
        let found = self.start..self.end;
        if !self.is_statement() {
            let (mark, is_apart) = self.mark();
            if mark > 0 {
                self.whole(trimmed(self.text, found.start + mark..found.end), sink);
            }
            if !is_apart {
                self.whole(found.clone(), sink);
            }
            if let Some(at) = self.first(|word| word.equals, found.clone()) {
                self.value(found.start, at + 1..found.end, sink);
            }
            if let Some(at) = self.first(|word| word.colon, found.clone()) {
                self.value(found.start, at + 1..found.end, sink);
            }
        }
        if self.has(|word| word.scheme, found.clone()) {
            for at in self.places(|word| word.scheme) {
                token::behind_scheme(self, at + 1, sink);
            }
        }
        if self.has(|word| word.quoting, found) {
            quoted::cut(self, shortest, sink);
        }
    }

    /// How long the mark of a list, a quotation, a comment or a changed line is with which the line
    /// begins, and whether it stands apart: then no value begins with it.
    #[inline(always)]
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
    #[inline(always)]
    fn is_statement(&self) -> bool {
        matches!(self.text[self.end - 1], b'{' | b'(' | b';' | b',')
            && self.has(|word| word.blank, self.start..self.end)
    }

    /// Whether nothing in a line is to be cut by these rules.
    #[inline(always)]
    fn has_nothing(&self) -> bool {
        self.is_statement() && !self.has(|word| word.quoting | word.scheme, self.start..self.end)
    }

    /// What stands behind a divider, with and without what may follow a value on its line.
    ///
    /// It is no value if the divider is doubled, or the first half of an arrow, with a blank or a path
    /// behind it; nor if there is a `(` or `{` on the line before: then the value ends where that is
    /// closed, not with the line.
    #[inline(always)]
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
    #[inline(always)]
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

    /// The line without the blanks at its ends.
    #[inline(always)]
    fn without_blanks(&self) -> Span {
        let range = self.start..self.end;
        let start = self.first(|word| !word.blank, range).unwrap_or(self.end);
        let mut end = self.end;
        while end > start && self.text[end - 1] <= b' ' {
            end -= 1;
        }
        Span { start, end }
    }

    /// The first byte of a kind in a range.
    #[inline(always)]
    pub(super) fn first(&self, kind: impl Fn(&Masks) -> u64, range: Range<usize>) -> Option<usize> {
        let mut start = range.start;
        let mut bits = self.bits(&kind, start);
        while bits == 0 && range.end.saturating_sub(start) > BLOCK {
            start += BLOCK;
            bits = self.bits(&kind, start);
        }
        let found = start + bits.trailing_zeros() as usize;
        (found < range.end).then_some(found)
    }

    /// Which of the bytes from `start` on are of a kind.
    #[inline(always)]
    fn bits(&self, kind: impl Fn(&Masks) -> u64, start: usize) -> u64 {
        let (at, skipped) = ((start - self.base) / BLOCK, (start - self.base) % BLOCK);
        let word = |at: usize| self.words.get(at).map_or(0, &kind);
        word(at) >> skipped | word(at + 1) << 1 << (BLOCK - 1 - skipped)
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
