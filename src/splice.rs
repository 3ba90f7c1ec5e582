//! Copying through with values swapped for placeholders.
//!
//! A placeholder is always as long as any other, so its place is written first, with fixed bytes, and
//! filled in later: values of many records are hashed together.

use crate::error::ErrorKind;
use crate::fingerprint::{Fingerprint, Placeholder};
use crate::scan::Fault;
use crate::sha256;
use crate::value::{Source, bytes_of};
use std::ops::Range;

/// A place for a placeholder, and the quotes around it.
const QUOTED: [u8; Placeholder::LEN + 2] = {
    let mut quoted = [b'"'; Placeholder::LEN + 2];
    let (_, place) = quoted.split_at_mut(1);
    let (place, _) = place.split_at_mut(Placeholder::LEN);
    place.copy_from_slice(&Placeholder::PENDING);
    quoted
};

/// Places written whose placeholders are not filled in yet.
#[derive(Default)]
pub(crate) struct Splicer {
    /// Bytes of values that had to be unescaped or decoded.
    pub(crate) arena: Vec<u8>,
    jobs: Vec<Job>,
}

#[derive(Debug)]
struct Job {
    source: Source,
    /// Where the placeholder goes, as an offset of the output.
    place: usize,
}

impl Splicer {
    /// Writes `"REDACTED:…"` with its digits to be filled in.
    pub(crate) fn replace(&mut self, source: Source, output: &mut Vec<u8>) {
        self.jobs.push(Job {
            source,
            place: output.len() + 1,
        });
        output.extend_from_slice(&QUOTED);
    }

    /// How many bytes are waiting to be hashed, not counting those that stand in the input.
    pub(crate) fn waiting(&self) -> usize {
        self.arena.len()
    }

    /// How long the longest value is that waits to be hashed.
    pub(crate) fn longest(&self) -> Option<usize> {
        self.jobs.iter().map(|job| job.source.len()).max()
    }

    /// Forgets the places at `place` of the output and behind it.
    pub(crate) fn forget_from(&mut self, place: usize) {
        self.jobs
            .truncate(self.jobs.partition_point(|job| job.place < place));
    }

    /// Hashes what is waiting and fills every place in; `input` and `output` are those that the
    /// places were written with.
    pub(crate) fn fill(&mut self, input: &[u8], output: &mut [u8]) -> Result<(), Fault> {
        let Self { arena, jobs } = self;
        let mut filled = 0;
        sha256::hash_many(
            jobs.iter().map(|job| bytes_of(&job.source, input, arena)),
            |position, digest| {
                // The prefix stands there already.
                let digits = Fingerprint::from_bytes(digest).digits();
                output[digits_of(&jobs[position])].copy_from_slice(&digits);
                filled += 1;
            },
        );
        if filled != jobs.len() {
            return Err(Fault {
                kind: ErrorKind::Internal,
                what: "a placeholder was left unfilled; please report this",
                at: 0,
            });
        }
        jobs.clear();
        arena.clear();
        Ok(())
    }
}

fn digits_of(job: &Job) -> Range<usize> {
    let end = job.place + Placeholder::LEN;
    end - 64..end
}
