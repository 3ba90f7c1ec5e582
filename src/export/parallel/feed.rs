//! Reads chunks, and cuts them where a record is guessed to end.

use super::landmarks::Guess;
use super::proof::Work;
use crate::export::copy::read;
use crate::export::input::Input;
use std::io::{self, Read};

/// Gives the input piece by piece.
pub(super) struct Feed {
    /// How many bytes are looked at for a place to cut, and how many at most if there is none.
    chunk: usize,
    max: usize,
    /// What was read behind the last piece.
    rest: Input,
    /// The rest begins at a cut.
    is_at_cut: bool,
    end: End,
    /// Memory to be used again.
    spare: Vec<Work>,
}

/// A piece of the input.
pub(super) enum Piece {
    /// It begins and ends where the guess says that records end.
    Cut(Work),
    /// It does not.
    Uncut(Work),
}

/// How the reader has ended.
pub(super) enum End {
    /// It has not.
    Open,
    Input,
    Error(io::Error),
}

impl Feed {
    pub(super) fn new(chunk: usize, max: usize) -> Self {
        Self {
            chunk,
            max,
            rest: Input::default(),
            is_at_cut: false,
            end: End::Open,
            spare: Vec::new(),
        }
    }

    /// The next piece, or `None` when nothing is left to read.
    ///
    /// Once the input is cut somewhere, pieces are as long as may be; to get there, as short.
    pub(super) fn next(&mut self, reader: &mut impl Read, guess: Option<&Guess>) -> Option<Piece> {
        let mut wanted = self.chunk;
        let mut searched = 0;
        loop {
            self.fill(reader, wanted);
            let bytes = self.rest.bytes();
            if bytes.is_empty() {
                return None;
            }
            let cut = match guess {
                Some(guess) if self.is_at_cut => guess.last_cut(bytes, searched),
                Some(guess) => guess.first_cut(bytes),
                None => None,
            };
            let length = bytes.len();
            if let Some(cut) = cut {
                let work = self.split(cut);
                return Some(if std::mem::replace(&mut self.is_at_cut, true) {
                    Piece::Cut(work)
                } else {
                    Piece::Uncut(work)
                });
            }
            if !self.is_at_cut || length >= self.max || length < wanted {
                self.is_at_cut = false;
                return Some(Piece::Uncut(self.split(length)));
            }
            searched = length;
            // In smaller steps, since what is behind the cut has to be moved.
            wanted = self.max.min(length + self.chunk.div_ceil(4));
        }
    }

    /// Whether the last piece has ended where the guess says that records end.
    pub(super) fn is_at_cut(&self) -> bool {
        self.is_at_cut
    }

    /// How the reader has ended; after an error it may be asked again.
    pub(super) fn take_end(&mut self) -> End {
        std::mem::replace(&mut self.end, End::Open)
    }

    /// All that was read and not given out.
    pub(super) fn take_rest(&mut self) -> Input {
        self.is_at_cut = false;
        std::mem::take(&mut self.rest)
    }

    /// Takes memory back.
    pub(super) fn recycle(&mut self, work: Work) {
        self.spare.push(work.recycled());
    }

    /// Reads until there are as many bytes as wanted, or no more.
    fn fill(&mut self, reader: &mut impl Read, wanted: usize) {
        while matches!(self.end, End::Open) {
            let missing = wanted.saturating_sub(self.rest.bytes().len());
            if missing == 0 {
                return;
            }
            match read(reader, self.rest.space(missing)) {
                Ok(0) => self.end = End::Input,
                Ok(length) => self.rest.advance(length),
                Err(error) => self.end = End::Error(error),
            }
        }
    }

    /// Takes the first `length` bytes of the rest.
    fn split(&mut self, length: usize) -> Work {
        let mut work = self.spare.pop().unwrap_or_default();
        work.input.append(&self.rest.bytes()[length..]);
        self.rest.truncate(length);
        std::mem::swap(&mut self.rest, &mut work.input);
        work
    }
}
