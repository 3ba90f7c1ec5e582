//! Lines: the value of a variable, a header or a scalar that stands there without quotes.

use super::masks::{BLOCK, Masks};
use super::{Sink, quoted, token, trimmed};
use std::ops::Range;

/// A line, and the kinds of its bytes. Places are in the text; the masks begin with the line.
pub(super) struct Line<'a> {
    pub(super) text: &'a [u8],
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) words: &'a [Masks],
}

impl<'a> Line<'a> {
    #[inline(always)]
    pub(super) fn new(text: &'a [u8], start: usize, length: usize, words: &'a [Masks]) -> Self {
        Self {
            text,
            start,
            end: start + length,
            words,
        }
    }

    /// Cuts the line by all rules.
    #[inline(always)]
    pub(super) fn cut(&self, shortest: usize, sink: &mut impl Sink) {
        token::cut(self, shortest, sink);
        let Some(found) = self.without_blanks() else {
            return;
        };
        if found.len() < shortest {
            return;
        }
        let seen = self
            .words
            .iter()
            .fold(Masks::default(), |seen, word| Masks {
                double_quote: seen.double_quote | word.double_quote,
                single_quote: seen.single_quote | word.single_quote,
                backtick: seen.backtick | word.backtick,
                backslash: seen.backslash | word.backslash,
                equals: seen.equals | word.equals,
                colon: seen.colon | word.colon,
                ..seen
            });
        self.whole(found.clone(), sink);
        if let b'-' | b'+' | b'*' | b'>' | b'<' | b'#' | b'$' = self.text[found.start] {
            // Behind the mark of a list, a quotation, a comment or a changed line.
            self.whole(trimmed(self.text, found.start + 1..found.end), sink);
        }
        if seen.equals != 0
            && let Some(at) = self.first(|word| word.equals, found.clone())
        {
            self.value(at + 1..found.end, sink);
        }
        if seen.colon != 0
            && let Some(at) = self.first(|word| word.colon, found.clone())
        {
            self.value(at + 1..found.end, sink);
        }
        if seen.double_quote | seen.single_quote | seen.backtick | seen.backslash != 0 {
            quoted::cut(self, seen.backslash != 0, shortest, sink);
        }
    }

    /// What stands behind a divider, with and without what may follow a value on its line.
    fn value(&self, range: Range<usize>, sink: &mut impl Sink) {
        let found = trimmed(self.text, range);
        self.whole(found.clone(), sink);
        let bytes = &self.text[found.clone()];
        if let Some(comment) = memchr::memchr(b'#', bytes)
            && let Some(comment) = memchr::memmem::find(&bytes[comment.saturating_sub(1)..], b" #")
                .map(|at| comment.saturating_sub(1) + at)
        {
            let value = trimmed(self.text, found.start..found.start + comment);
            self.whole(value, sink);
        }
        if let [.., b',' | b';'] = bytes {
            self.whole(trimmed(self.text, found.start..found.end - 1), sink);
        }
    }

    /// Tries a part as a whole, unless it is one token and so is tried anyway.
    #[inline(always)]
    pub(super) fn whole(&self, range: Range<usize>, sink: &mut impl Sink) {
        if self.first(|word| word.separator, range.clone()).is_some() {
            sink.candidate(range);
        }
    }

    /// The line without the blanks at its ends, if it is not blank.
    #[inline(always)]
    fn without_blanks(&self) -> Option<Range<usize>> {
        let place = |word: usize| self.start + word * BLOCK;
        let mut words = self.words.iter().enumerate();
        let start = words.find(|(_, word)| word.blank != u64::MAX)?;
        let mut words = self.words.iter().enumerate();
        let end = words.rfind(|(_, word)| word.blank != u64::MAX)?;
        let start = place(start.0) + start.1.blank.trailing_ones() as usize;
        Some(start..place(end.0 + 1) - end.1.blank.leading_ones() as usize)
    }

    /// The first byte of a kind in a range.
    #[inline(always)]
    pub(super) fn first(&self, kind: impl Fn(&Masks) -> u64, range: Range<usize>) -> Option<usize> {
        let (from, to) = (range.start - self.start, range.end - self.start);
        let mut at = from / BLOCK;
        let mut bits = kind(self.words.get(at)?) & (u64::MAX << (from % BLOCK));
        loop {
            if bits != 0 {
                let found = at * BLOCK + bits.trailing_zeros() as usize;
                return (found < to).then_some(self.start + found);
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
        let start = self.start;
        self.words.iter().enumerate().flat_map(move |(at, word)| {
            let mut bits = kind(word);
            std::iter::from_fn(move || {
                let place = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
                bits &= bits - 1;
                Some(start + at * BLOCK + place)
            })
        })
    }
}
