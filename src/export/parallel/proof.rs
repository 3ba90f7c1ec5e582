//! What a worker makes of a chunk, and when that is what the main export would have made of it.

use crate::export::Export;
use crate::export::input::Input;
use crate::select::Walk;
use crate::summary::Summary;

/// A chunk of the input, and what was made of it.
pub(super) struct Work {
    pub(super) input: Input,
    /// How the walk stands before the chunk, if the guess is right.
    pub(super) start: Walk,
    output: Vec<u8>,
    outcome: Outcome,
}

enum Outcome {
    /// No worker has had it.
    New,
    /// It does not end between two records, or is bad, or does not begin where it was said to.
    Unclear,
    /// It is good from beginning to end, if the guess is right: all of it is in the output.
    Good(Box<Proof>),
}

struct Proof {
    /// How the walk stands behind the chunk.
    end: Walk,
    /// How many line breaks are in the chunk.
    lines: u64,
    counts: Summary,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            input: Input::default(),
            start: Walk::new(),
            output: Vec::new(),
            outcome: Outcome::New,
        }
    }
}

impl Work {
    /// Whether a worker has tried.
    pub(super) fn is_tried(&self) -> bool {
        !matches!(self.outcome, Outcome::New)
    }

    /// As new, but for the memory it has; nothing but the buffers is kept.
    pub(super) fn recycled(mut self) -> Self {
        self.output.clear();
        Self {
            input: self.input.recycled(),
            output: self.output,
            ..Self::default()
        }
    }
}

impl Export {
    /// One who works on chunks as this export would.
    pub(super) fn worker(&self) -> impl FnMut(&mut Work) + Send + use<> {
        let mut export = self.fork();
        move |work| export.try_out(work)
    }

    /// A new export with the same options.
    fn fork(&self) -> Self {
        let export = Self::new(self.redactor.clone()).with_record_limit(self.record_limit);
        if self.seen.unknown_names.is_some() {
            export.with_unknown_names()
        } else {
            export
        }
    }

    /// Works through a chunk as if the walk before it had ended as the work says. The chunk stays in
    /// the work, since it may have been in vain.
    fn try_out(&mut self, work: &mut Work) {
        self.walk = work.start.clone();
        std::mem::swap(&mut self.input, &mut work.input);
        let length = self.input.bytes().len();
        work.output.reserve(length);
        let walked = self.walk_input(false, &mut work.output);
        let is_good = walked.is_ok() && self.input.is_released();
        work.outcome = if is_good {
            self.walk.forget(length);
            let mut counts = std::mem::take(&mut self.counts);
            counts.bytes_in = length as u64;
            Outcome::Good(Box::new(Proof {
                end: self.walk.clone(),
                lines: self.input.lines(),
                counts,
            }))
        } else {
            Outcome::Unclear
        };
        std::mem::swap(&mut self.input, &mut work.input);
        if !is_good {
            // Whatever is half done goes.
            *self = self.fork();
        }
    }

    /// Takes over what a worker made, if it is what this export would have made of the chunk now.
    pub(super) fn adopt(&mut self, work: &mut Work, output: &mut Vec<u8>) -> bool {
        let Outcome::Good(proof) = &work.outcome else {
            return false;
        };
        if !self.input.bytes().is_empty() || self.walk != work.start {
            return false;
        }
        self.input.skip(proof.counts.bytes_in, proof.lines);
        self.walk.clone_from(&proof.end);
        self.counts.add(&proof.counts);
        if output.is_empty() {
            std::mem::swap(output, &mut work.output);
        } else {
            output.extend_from_slice(&work.output);
        }
        true
    }
}
