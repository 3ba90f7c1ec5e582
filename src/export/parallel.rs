//! Several threads for one input: the splitter guesses, the workers prove.
//!
//! Where a chunk of JSON begins says nothing about where in a document that is. So the one export
//! that the caller has, here the *main* one, first walks a little and learns what stands between two
//! records ([`Landmarks`]). From then on the input is cut where that is found ([`Feed`]), and each
//! chunk goes to a worker, which takes it for granted that the walk before it ended between two
//! records, and works through it ([`Crew`]). In the order of the input, the main export takes over
//! what the workers made: if its own walk stands where the worker assumed, and the worker's ended
//! between two records with nothing left, then that is what the main export would have made itself.
//! In every other case it works through the chunk on its own. So a wrong guess costs time and nothing
//! else, and the main export alone tells what an error is and where.
//!
//! A chunk is cut right behind a record, where the main export would have released all it holds. That
//! is why the parts make up the whole byte for byte, and why limits hold as they do for one thread.

mod crew;
mod feed;
mod landmarks;
mod proof;

use super::{CopyError, Export};
use crate::error::{Error, ErrorKind};
use crew::{Crew, Ticket};
use feed::{End, Feed, Piece};
use landmarks::Guess;
pub(super) use landmarks::Landmarks;
use proof::Work;
use std::collections::VecDeque;
use std::fmt;
use std::io::Read;

/// How many bytes a chunk has, if they hold a place to cut.
const CHUNK: usize = 512 << 10;

/// How many bytes a chunk may have before it is given up to find a place to cut.
const MAX_CHUNK: usize = 4 << 20;

/// How many chunks may wait for each other beyond one for each worker.
const AHEAD: usize = 2;

/// How many chunks at most are worked on without a guess after guesses were wrong.
const MAX_PAUSE: u32 = 64;

/// What is between the reader and the main export.
pub(super) struct Parallel {
    crew: Option<Crew>,
    feed: Feed,
    /// Where chunks are cut, once it is learned.
    guess: Option<Guess>,
    /// What is being worked on, in the order of the input.
    queue: VecDeque<Item>,
    /// How many chunks the main export works on after the next wrong guess.
    pause: u32,
    /// How many of them are left.
    paused: u32,
    /// How many chunks workers have made, and how many in vain.
    adopted: u64,
    refused: u64,
}

#[expect(clippy::large_enum_variant, reason = "there are a handful of them")]
enum Item {
    /// Work of the main export.
    Own(Work),
    /// Work that a worker has.
    Given(Ticket),
}

impl Default for Parallel {
    fn default() -> Self {
        Self {
            crew: None,
            feed: Feed::new(CHUNK, MAX_CHUNK),
            guess: None,
            queue: VecDeque::new(),
            pause: 0,
            paused: 0,
            adopted: 0,
            refused: 0,
        }
    }
}

impl Parallel {
    /// [`Export::step`] with several threads: reads as far ahead as may be, and finishes one chunk.
    pub(super) fn step(
        &mut self,
        export: &mut Export,
        reader: &mut impl Read,
        output: &mut Vec<u8>,
    ) -> Result<bool, CopyError> {
        // Where nothing is cut, nothing is read ahead: first, the main export has to learn.
        while self.queue.len() < export.jobs.get() + AHEAD
            && (self.feed.is_at_cut() || self.queue.is_empty())
            && let Some(piece) = self.feed.next(reader, self.guess.as_ref())
        {
            self.begin(export, piece);
        }
        if let Some(item) = self.queue.pop_front() {
            self.finish(item, export, output)?;
            return Ok(true);
        }
        match self.feed.take_end() {
            End::Error(error) => Err(CopyError::Read(error)),
            End::Input | End::Open => {
                export.complete(output)?;
                Ok(false)
            }
        }
    }

    /// Works on everything that was read.
    pub(super) fn catch_up(
        &mut self,
        export: &mut Export,
        output: &mut Vec<u8>,
    ) -> Result<(), Error> {
        while let Some(item) = self.queue.pop_front() {
            self.finish(item, export, output)?;
        }
        export.take_in(self.feed.take_rest().bytes(), output)
    }

    /// Gives a piece of the input to a worker if it can be, and to the main export if not.
    fn begin(&mut self, export: &mut Export, piece: Piece) {
        let item = match (piece, &self.guess) {
            (Piece::Cut(mut work), Some(guess)) => {
                if self.crew.is_none() {
                    self.crew = Crew::new(export.jobs, || export.worker());
                }
                match &self.crew {
                    Some(crew) => {
                        work.start.clone_from(&guess.start);
                        Item::Given(crew.give(work))
                    }
                    None => Item::Own(work),
                }
            }
            (Piece::Cut(work) | Piece::Uncut(work), _) => Item::Own(work),
        };
        self.queue.push_back(item);
        if self.feed.is_at_cut() {
            export.landmarks = None;
        } else {
            export.landmarks.get_or_insert_default();
        }
    }

    fn finish(
        &mut self,
        item: Item,
        export: &mut Export,
        output: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut work = match item {
            Item::Own(work) => work,
            Item::Given(ticket) => match ticket.wait() {
                Some(work) => work,
                None => return Err(self.lose()),
            },
        };
        if export.adopt(&mut work, output) {
            self.pause /= 2;
            self.adopted += 1;
        } else {
            if work.is_tried() {
                self.refused += 1;
                self.doubt(export);
            }
            export.take_in(work.input.bytes(), output)?;
            self.learn(export);
        }
        self.feed.recycle(work);
        Ok(())
    }

    /// A worker has worked in vain.
    fn doubt(&mut self, export: &mut Export) {
        // Only the first of several says something new.
        if self.guess.take().is_some() {
            export.landmarks = Some(Landmarks::default());
            self.pause = (2 * self.pause + 1).min(MAX_PAUSE);
            self.paused = self.pause;
        }
    }

    /// Makes a guess of what the main export has seen, if it was to look.
    fn learn(&mut self, export: &mut Export) {
        if self.paused > 0 {
            self.paused -= 1;
        } else if self.queue.is_empty()
            && let Some(guess) = export.landmarks.as_ref().and_then(Landmarks::guess)
        {
            self.guess = Some(guess);
            export.landmarks = None;
        }
    }

    /// A worker has not come back: goes on with its panic.
    fn lose(&mut self) -> Error {
        if let Some(crew) = self.crew.take() {
            crew.rethrow();
        }
        Error::new(
            ErrorKind::Internal,
            "a thread ended early; please report this",
        )
    }
}

impl Export {
    /// Works on what was read ahead.
    pub(super) fn catch_up(&mut self, output: &mut Vec<u8>) -> Result<(), Error> {
        self.with_parallel(|parallel, export| parallel.catch_up(export, output))
            .unwrap_or(Ok(()))
    }

    /// Hands this export to its threads, if it has any.
    pub(super) fn with_parallel<T>(
        &mut self,
        work: impl FnOnce(&mut Parallel, &mut Self) -> T,
    ) -> Option<T> {
        let mut parallel = self.parallel.take()?;
        let result = work(&mut parallel, self);
        self.parallel = Some(parallel);
        Some(result)
    }
}

impl fmt::Debug for Parallel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Parallel")
            .field("adopted", &self.adopted)
            .field("refused", &self.refused)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
