//! Lines: the value of a variable, a header or a scalar that stands there without quotes.

use super::masks::{BLOCK, Kind, Masks};
use super::{Sink, Span, Syntax, quoted, token, trimmed};
use std::ops::Range;

/// A line or several, and the kinds of the bytes. Places are in the text.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) text: &'a [u8],
    /// Where the masks begin.
    pub(super) base: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) masks: &'a Masks,
}

impl<'a> Line<'a> {
    /// A part of a text, with the masks of all of it.
    #[inline(always)]
    pub(super) fn new(text: &'a [u8], range: Range<usize>, masks: &'a Masks) -> Self {
        Self {
            text,
            base: range.start,
            start: range.start,
            end: range.end,
            masks,
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

    /// Finds the lines of at least `shortest` bytes in which something is to be cut, without the blanks
    /// at their ends. Says how many line feeds there are.
    #[inline(always)]
    pub(super) fn lines(&self, syntax: Syntax, shortest: usize, found: &mut Vec<Span>) -> u64 {
        found.clear();
        let mut line_feeds = 0;
        let mut start = self.start;
        let mut clean = Clean::default();
        for at in 0..self.masks.blocks() {
            let newline = self.masks.word(Kind::Newline, at);
            line_feeds += u64::from(newline.count_ones());
            let looked_for = match syntax {
                Syntax::Any => !self.masks.word(Kind::Blank, at),
                Syntax::Code => self.masks.word(Kind::Marked, at),
            };
            let mut wanted = newline & !clean.lines(newline, looked_for);
            let base = self.base + at * BLOCK;
            while wanted != 0 {
                let end = wanted.trailing_zeros();
                wanted &= wanted - 1;
                // Behind the last line that ended before, wanted or not.
                let earlier = newline & ((1 << end) - 1);
                if earlier != 0 {
                    start = base + BLOCK - earlier.leading_zeros() as usize;
                }
                self.line(start..base + end as usize, shortest, found);
            }
            if newline != 0 {
                start = base + BLOCK - newline.leading_zeros() as usize;
            }
        }
        if start < self.end {
            self.line(start..self.end, shortest, found);
        }
        line_feeds
    }

    /// Adds a line, without the blanks at its ends.
    #[inline(always)]
    fn line(&self, range: Range<usize>, shortest: usize, found: &mut Vec<Span>) {
        let line = self.part(range).without_blanks();
        found.push(line);
        // Nobody can foresee how long it is, so that is not branched on.
        let is_short = line.end < line.start + shortest;
        found.truncate(found.len() - usize::from(is_short));
    }

    /// Cuts a line, which has no blanks at its ends, by the rules for lines.
    #[inline(always)]
    pub(super) fn cut(&self, sink: &mut impl Sink) {
        let found = self.start..self.end;
        let (mark, is_apart) = self.mark();
        if mark > 0 {
            self.whole(trimmed(self.text, found.start + mark..found.end), sink);
        }
        if !is_apart && !self.is_statement() {
            self.whole(found.clone(), sink);
        }
        if let Some(at) = self.first(Kind::Equals, found.clone()) {
            self.value(found.start, at + 1..found.end, sink);
        }
        if let Some(at) = self.first(Kind::Colon, found.clone()) {
            self.value(found.start, at + 1..found.end, sink);
        }
    }

    /// Cuts it by the rules for quotes and for words before a token.
    #[inline(always)]
    pub(super) fn cut_marked(&self, shortest: usize, sink: &mut impl Sink) {
        if self.has(Kind::Scheme, self.start..self.end) {
            for at in self.places(Kind::Scheme) {
                token::behind_scheme(self, at + 1, sink);
            }
        }
        if self.has(Kind::Quoting, self.start..self.end) {
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
            && self.has(Kind::Blank, self.start..self.end)
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
        if is_operator || self.has(Kind::Opening, start..range.start - 1) {
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
    fn comment(&self, range: Range<usize>) -> Option<usize> {
        let value = &self.text[range.clone()];
        let begins = |at: &usize| {
            at.checked_sub(1)
                .is_some_and(|before| value[before] == b' ')
        };
        let at = memchr::memchr_iter(b'#', value).find(begins)?;
        Some(range.start + at)
    }

    /// Tries a part as a whole, unless it is one token and so is tried anyway.
    #[inline(always)]
    pub(super) fn whole(&self, range: Range<usize>, sink: &mut impl Sink) {
        if self.first(Kind::Separator, range.clone()).is_some() {
            sink.candidate(range);
        }
    }

    /// The line without the blanks at its ends.
    #[inline(always)]
    fn without_blanks(&self) -> Span {
        let range = self.start..self.end;
        let start = self.first_other(Kind::Blank, range).unwrap_or(self.end);
        let mut end = self.end;
        while end > start && self.text[end - 1] <= b' ' {
            end -= 1;
        }
        Span { start, end }
    }

    /// The first byte of a kind in a range.
    #[inline(always)]
    pub(super) fn first(&self, kind: Kind, range: Range<usize>) -> Option<usize> {
        self.find(range, |place| self.masks.from(kind, place))
    }

    /// The first byte in a range that is not of a kind.
    #[inline(always)]
    pub(super) fn first_other(&self, kind: Kind, range: Range<usize>) -> Option<usize> {
        self.find(range, |place| !self.masks.from(kind, place))
    }

    /// Whether the dividers in a range of up to a block are colons, none of them alone.
    #[inline(always)]
    pub(super) fn is_code_path(&self, range: Range<usize>) -> bool {
        let kept = u64::MAX >> BLOCK.saturating_sub(range.len()).min(BLOCK - 1);
        let of = |kind| self.masks.from(kind, range.start - self.base) & kept;
        let colons = of(Kind::Colon);
        let pairs = colons & colons >> 1;
        range.len() <= BLOCK && of(Kind::Divider) == colons && pairs | pairs << 1 == colons
    }

    /// Whether there is a percent sign in a range: what is inside of tokens and is no divider.
    #[inline(always)]
    pub(super) fn has_percent(&self, range: Range<usize>) -> bool {
        let from = |kind, place| self.masks.from(kind, place);
        let signs = |place| from(Kind::Inside, place) & !from(Kind::Divider, place);
        self.find(range, signs).is_some()
    }

    #[inline(always)]
    fn find(&self, range: Range<usize>, bits_from: impl Fn(usize) -> u64) -> Option<usize> {
        let mut start = range.start;
        let mut bits = bits_from(start - self.base);
        while bits == 0 && start + BLOCK < range.end {
            start += BLOCK;
            bits = bits_from(start - self.base);
        }
        let found = start + bits.trailing_zeros() as usize;
        (found < range.end).then_some(found)
    }

    /// Whether a range holds a byte of a kind.
    #[inline(always)]
    pub(super) fn has(&self, kind: Kind, range: Range<usize>) -> bool {
        self.first(kind, range).is_some()
    }

    /// The places of all bytes of a kind.
    #[inline(always)]
    pub(super) fn places(&self, kind: Kind) -> impl Iterator<Item = usize> {
        let (base, from, to) = (self.base, self.start - self.base, self.end - self.base);
        let masks = self.masks;
        let blocks = to.div_ceil(BLOCK).min(masks.blocks());
        let mut at = from / BLOCK;
        let bits_of = move |at| masks.word(kind, at) & within(at, from, to);
        let mut bits = if at < blocks { bits_of(at) } else { 0 };
        std::iter::from_fn(move || {
            while bits == 0 {
                at += 1;
                if at >= blocks {
                    return None;
                }
                bits = bits_of(at);
            }
            let place = base + at * BLOCK + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            Some(place)
        })
    }
}

/// Which lines are clean of some bytes, block by block.
struct Clean {
    /// Whether the line that the next block begins with or goes on is clean so far.
    so_far: bool,
}

impl Default for Clean {
    fn default() -> Self {
        Self { so_far: true }
    }
}

impl Clean {
    /// At the ends of which lines there was none of some bytes on the line: one is carried from where
    /// the line begins through all other bytes.
    #[inline(always)]
    fn lines(&mut self, newline: u64, bytes: u64) -> u64 {
        let begins = newline << 1 | u64::from(self.so_far);
        let (carried, is_clean) = begins.overflowing_add(!(newline | bytes));
        self.so_far = is_clean || newline >> (BLOCK - 1) == 1;
        carried & newline
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
