//! The part of an input that is being looked at: read on demand, forgotten once taken.

use super::failure::Cause;
use super::lex::{self, Stop};
use super::tree::{Position, Token};
use crate::error::{Error, ErrorKind};
use std::io::Read;

/// How much is read at once, in bytes; more where a value needs it.
const CHUNK: usize = 256 * 1024;

pub(super) struct Window<R> {
    source: R,
    buffer: Vec<u8>,
    /// What of `buffer` was taken.
    taken: usize,
    /// What of `buffer` lies before `position`: lines are counted when someone asks.
    counted: usize,
    position: Position,
    /// Whether `source` has nothing more.
    complete: bool,
    /// The largest value, in bytes.
    limit: usize,
}

impl<R: Read> Window<R> {
    pub(super) fn new(source: R, limit: usize) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            taken: 0,
            counted: 0,
            position: Position { line: 1, offset: 0 },
            complete: false,
            limit,
        }
    }

    /// Where the next byte stands.
    pub(super) fn position(&mut self) -> Position {
        self.position = self.ahead(0);
        self.counted = self.taken;
        self.position
    }

    /// What was read and not yet taken.
    pub(super) fn rest(&self) -> &[u8] {
        &self.buffer[self.taken..]
    }

    /// Takes `length` bytes of [`rest`](Self::rest).
    pub(super) fn take(&mut self, length: usize) {
        self.taken += length;
    }

    /// Takes blanks; returns the byte behind them, which stays, or `None` at the end.
    pub(super) fn take_blanks(&mut self) -> Result<Option<u8>, Cause> {
        loop {
            let rest = self.rest();
            let blanks = blanks(rest);
            let next = rest.get(blanks).copied();
            self.take(blanks);
            if next.is_some() || self.complete {
                return Ok(next);
            }
            self.read_more()?;
        }
    }

    /// The first byte inside the bracket that comes next, blanks aside; takes nothing.
    pub(super) fn first_inside(&mut self) -> Result<Option<u8>, Cause> {
        loop {
            let inside = self.rest().get(1..).unwrap_or_default();
            let blanks = blanks(inside);
            if let Some(&byte) = inside.get(blanks) {
                return Ok(Some(byte));
            }
            if self.complete {
                return Ok(None);
            }
            self.must_fit(blanks)?;
            self.read_more()?;
        }
    }

    /// Lexes the value that comes next, inside `open` objects and arrays; takes nothing.
    ///
    /// Fills `tape` and returns the length of the value.
    pub(super) fn value(&mut self, open: usize, tape: &mut Vec<Token>) -> Result<usize, Cause> {
        loop {
            match lex::value(self.rest(), self.complete, open, tape) {
                Ok(length) => {
                    self.must_fit(length)?;
                    return Ok(length);
                }
                Err(Stop::Bad { kind, what, at }) => return Err(self.error(kind, what, at)),
                Err(Stop::More) => {
                    self.must_fit(self.rest().len())?;
                    self.read_more()?;
                }
            }
        }
    }

    /// An error about the byte `at` bytes ahead.
    pub(super) fn error(&self, kind: ErrorKind, what: &'static str, at: usize) -> Cause {
        let Position { line, offset } = self.ahead(at);
        Cause::Input(Error::new(kind, what).at(line, offset))
    }

    fn must_fit(&self, length: usize) -> Result<(), Cause> {
        if length <= self.limit {
            return Ok(());
        }
        Err(self.error(ErrorKind::TooLarge, "a record is larger than the limit", 0))
    }

    /// Where the byte `length` bytes ahead stands.
    fn ahead(&self, length: usize) -> Position {
        let passed = &self.buffer[self.counted..self.buffer.len().min(self.taken + length)];
        Position {
            line: self.position.line + memchr::memchr_iter(b'\n', passed).count() as u64,
            offset: self.position.offset + (self.taken + length - self.counted) as u64,
        }
    }

    /// Forgets what was taken and at least doubles the rest, so that lexing a value again each time
    /// costs no more than twice its length.
    fn read_more(&mut self) -> Result<(), Cause> {
        self.position();
        self.buffer.drain(..self.taken);
        self.taken = 0;
        self.counted = 0;
        let wanted = self.buffer.len().max(CHUNK);
        let read = self
            .source
            .by_ref()
            .take(wanted as u64)
            .read_to_end(&mut self.buffer)
            .map_err(Cause::Io)?;
        self.complete = read < wanted;
        Ok(())
    }
}

/// How many blanks `text` begins with.
fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| lex::is_blank(**byte)).count()
}
