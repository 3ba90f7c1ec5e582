//! Quoted text: strings of JSON and of programming languages, spans of Markdown, words of a shell.

use super::line::Line;
use super::masks::Masks;
use super::{Sink, trimmed};
use crate::hunt::finding::Layer;
use std::ops::Range;

/// Cuts what stands between quotes on a line, and says where escapes are.
pub(super) fn cut(line: &Line<'_>, shortest: usize, sink: &mut impl Sink) {
    let escapes = line.has(|word| word.backslash, line.start..line.end);
    let mut quotes = Quotes {
        line,
        escapes,
        shortest,
        sink,
    };
    let mut rest = line.start..line.end;
    if let Some(strings) = quotes.cut(|word| word.double_quote, true)
        && escapes
    {
        // Between double quotes escapes are taken off string by string.
        quotes.unwrap(line.start..strings.start);
        rest = strings.end..line.end;
    }
    quotes.cut(|word| word.single_quote, false);
    quotes.cut(|word| word.backtick, false);
    if escapes {
        quotes.unwrap(rest);
    }
}

/// The quotes of a line.
struct Quotes<'l, 'a, S> {
    line: &'l Line<'a>,
    escapes: bool,
    shortest: usize,
    sink: &'l mut S,
}

impl<S: Sink> Quotes<'_, '_, S> {
    /// Cuts what stands between two quotes of a kind; where the first is, and where the last ends.
    #[inline(always)]
    fn cut(&mut self, kind: impl Fn(&Masks) -> u64, is_double: bool) -> Option<Range<usize>> {
        let line = self.line;
        let mut found: Option<Range<usize>> = None;
        for at in line.places(kind) {
            if self.escapes && is_escaped(&line.text[line.start..at]) {
                continue;
            }
            if let Some(before) = &found
                && at - before.end >= self.shortest
            {
                self.content(before.end..at, is_double);
            }
            found = Some(found.map_or(at, |found| found.start)..at + 1);
        }
        found
    }

    fn content(&mut self, range: Range<usize>, is_double: bool) {
        let line = self.line;
        if !line.has(|word| word.separator, range.clone()) {
            return;
        }
        self.sink.candidate(range.clone());
        let dividers = [
            line.first(|word| word.colon, range.clone()),
            line.first(|word| word.equals, range.clone()),
        ];
        for at in dividers.into_iter().flatten() {
            line.whole(trimmed(line.text, at + 1..range.end), self.sink);
        }
        if self.escapes && (is_double || !line.has(|word| word.double_quote, range.clone())) {
            self.unwrap(range);
        }
    }

    /// Says that a part is wrapped, if it holds an escape.
    fn unwrap(&mut self, range: Range<usize>) {
        if self.line.has(|word| word.backslash, range.clone()) {
            self.sink.wrapped(Layer::Escapes, range);
        }
    }
}

/// Whether what precedes a byte ends with an odd number of backslashes.
fn is_escaped(before: &[u8]) -> bool {
    let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\');
    backslashes.count() % 2 == 1
}
