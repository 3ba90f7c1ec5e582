//! Lines of NDJSON that are not good, set aside without stopping.
//!
//! Here the line is the unit: everything on it is held until all of it is good, and a bad one is set
//! aside whole. That is only possible as long as nothing of the document was written and as long as
//! the document has not visibly gone on to another line; where it has, the input is no NDJSON, and
//! guessing where the next record begins could let a torn-off piece of a record through in clear.

use super::Export;
use super::input::line_feeds;
use crate::error::{Error, ErrorKind};
use crate::scan::{Fault, is_blank};
use crate::select::{Boundary, Stop, Walk};
use std::fmt;

/// A line that was set aside.
#[derive(Clone, PartialEq, Eq)]
pub struct BadLine {
    /// The line as it stood, private values included, with its line break if it had one. A long line
    /// comes in several parts.
    pub bytes: Vec<u8>,
    /// What is wrong with it; `None` for a further part of a line.
    pub error: Option<Error>,
}

impl fmt::Debug for BadLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BadLine")
            .field("length", &self.bytes.len())
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// Where the walk is, as seen by line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// On a line of which nothing is written.
    #[default]
    Held,
    /// In a document that did not end on its first line, which ends before this offset; nothing of
    /// it is written.
    Open(usize),
    /// In a document that cannot be taken back.
    Written,
    /// Behind such a document, on the line where it ends.
    Behind,
    /// On the rest of a bad line.
    Bad,
}

#[derive(Debug, Default)]
pub(super) struct Lines {
    state: State,
    /// No line ends between the beginning of the held bytes and here.
    searched: usize,
    /// Where the line ends, if that was found.
    break_at: Option<usize>,
    bad: Vec<BadLine>,
    /// The counts at the beginning of the held line.
    before: Mark,
}

/// Counts to go back to when a line turns out to be bad.
#[derive(Debug, Default)]
struct Mark {
    documents: u64,
    records: u64,
    unmatched: u64,
}

impl Lines {
    pub(super) fn take(&mut self) -> Vec<BadLine> {
        std::mem::take(&mut self.bad)
    }

    pub(super) fn forget(&mut self, count: usize) {
        self.searched = self.searched.saturating_sub(count);
        self.break_at = self.break_at.and_then(|at| at.checked_sub(count));
        if let State::Open(end) = &mut self.state {
            *end -= count;
        }
    }
}

impl Export {
    pub(super) fn walk_lines(
        &mut self,
        lines: &mut Lines,
        last: bool,
        output: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        loop {
            if lines.state == State::Bad && !self.skip_bad_line(lines) {
                return Ok(());
            }
            let filled = self.input.bytes().len();
            let break_at = self.find_break(lines);
            let end = break_at.unwrap_or(filled);
            let stop = self
                .run(end, last && end == filled)
                .and_then(|stop| self.check_bracket(lines.state, stop));
            match (lines.state, stop) {
                (state, Err(fault)) => self.set_aside(lines, state, fault, break_at)?,
                (State::Held | State::Behind, Ok(Stop::Between)) if break_at.is_some() || last => {
                    self.release(end, output)?;
                    self.begin_line(lines);
                    if end == filled {
                        return Ok(());
                    }
                }
                (State::Held, Ok(Stop::More)) if break_at.is_some() => {
                    lines.state = State::Open(end);
                }
                (State::Behind, Ok(Stop::More)) if break_at.is_some() => {
                    lines.state = State::Written;
                }
                (_, Ok(Stop::More | Stop::Between)) => return self.check_limit(filled),
                (
                    State::Held,
                    Ok(Stop::At(_, boundary @ (Boundary::Document | Boundary::RecordDocument))),
                ) => self.count(boundary),
                (_, Ok(Stop::At(end, boundary))) => {
                    lines.state = match boundary {
                        Boundary::Document | Boundary::RecordDocument => State::Behind,
                        Boundary::Records | Boundary::Record => State::Written,
                    };
                    self.release(end, output)?;
                    self.count(boundary);
                }
            }
        }
    }

    /// Where the line ends that the walk may not leave, if it may not and if the end is known.
    fn find_break(&self, lines: &mut Lines) -> Option<usize> {
        let from = match lines.state {
            State::Held => self.input.start(),
            State::Behind => self.walk.position(),
            State::Open(_) | State::Written | State::Bad => return None,
        };
        // Many documents can share a line, which is searched once.
        if lines.break_at.is_none_or(|at| at < from) {
            let input = self.input.bytes();
            let from = from.max(lines.searched);
            lines.break_at = memchr::memchr(b'\n', &input[from..]).map(|at| from + at + 1);
            lines.searched = lines.break_at.unwrap_or(input.len());
        }
        lines.break_at
    }

    /// A line that is a bare string or number is likelier a torn-off piece than a record.
    fn check_bracket(&self, state: State, stop: Stop) -> Result<Stop, Fault> {
        if let (State::Held, Stop::At(end, Boundary::RecordDocument)) = (state, stop)
            && !matches!(self.input.bytes()[end - 1], b'}' | b']')
        {
            return Err(Fault::syntax("expected an object or array", end - 1));
        }
        Ok(stop)
    }

    /// Sets the held line aside if it is what is bad; else gives the fault back.
    fn set_aside(
        &mut self,
        lines: &mut Lines,
        state: State,
        fault: Fault,
        break_at: Option<usize>,
    ) -> Result<(), Fault> {
        let end = match state {
            // How much of too large a line is there yet depends on how it was pushed.
            _ if fault.kind == ErrorKind::TooLarge => return Err(fault),
            State::Held => break_at,
            // The next line cannot go on with the document, so it ended too early.
            State::Open(end) if self.is_first_after(end, fault) => Some(end),
            _ => return Err(fault),
        };
        let error = self.locate(fault);
        self.take_bad(lines, end, Some(error));
        lines.before.restore(self);
        self.counts.quarantined += 1;
        self.picks.clear();
        self.seen.clear();
        if end.is_some() {
            self.begin_line(lines);
        } else {
            lines.state = State::Bad;
        }
        Ok(())
    }

    /// Whether nothing but blanks stands between `end` and the fault.
    fn is_first_after(&self, end: usize, fault: Fault) -> bool {
        self.input.bytes()[end..fault.at.max(end)]
            .iter()
            .copied()
            .all(is_blank)
    }

    /// Moves the input up to `end`, or all there is, to the bad lines.
    fn take_bad(&mut self, lines: &mut Lines, end: Option<usize>, error: Option<Error>) {
        let end = end.unwrap_or(self.input.bytes().len());
        let bytes = self.input.bytes()[self.input.start()..end].to_vec();
        self.input.take(end, line_feeds(&bytes));
        lines.bad.push(BadLine { bytes, error });
        self.walk = Walk::at(end);
    }

    /// Goes on with a bad line; says whether its end was reached.
    fn skip_bad_line(&mut self, lines: &mut Lines) -> bool {
        let start = self.input.start();
        let end = memchr::memchr(b'\n', &self.input.bytes()[start..]).map(|at| start + at + 1);
        if start < self.input.bytes().len() {
            self.take_bad(lines, end, None);
        }
        if end.is_some() {
            self.begin_line(lines);
        }
        end.is_some()
    }

    /// Uncounts what was held and will not be written.
    pub(super) fn take_back(&mut self, lines: &Lines) {
        if let State::Held | State::Open(_) = lines.state {
            lines.before.restore(self);
        }
    }

    fn begin_line(&mut self, lines: &mut Lines) {
        lines.state = State::Held;
        lines.searched = self.input.start();
        lines.break_at = None;
        lines.before = Mark {
            documents: self.counts.documents,
            records: self.counts.records,
            unmatched: self.counts.unmatched,
        };
    }
}

impl Mark {
    fn restore(&self, export: &mut Export) {
        export.counts.documents = self.documents;
        export.counts.records = self.records;
        export.counts.unmatched = self.unmatched;
    }
}
