//! How much a stream has grown: bombs are refused while they explode.

use super::{Limits, refusal};
use crate::error::ErrorKind;
use std::cell::Cell;
use std::io::{self, Read};

/// How much was read of the outermost input, and what may become of it.
pub(super) struct Raw {
    read: Cell<u64>,
    limits: Limits,
}

impl Raw {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            read: Cell::new(0),
            limits,
        }
    }

    /// Counts what is read of the outermost input.
    pub(super) fn count<'r>(&'r self, input: &'r mut dyn Read) -> Counted<'r> {
        Counted { input, raw: self }
    }

    /// How many bytes a stream may have by now.
    fn allowed(&self) -> u64 {
        let grown = self.read.get().saturating_mul(self.limits.growth);
        grown.max(self.limits.free)
    }
}

/// The outermost input.
pub(super) struct Counted<'r> {
    input: &'r mut dyn Read,
    raw: &'r Raw,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.raw.read.set(self.raw.read.get() + count as u64);
        Ok(count)
    }
}

/// A stream that was unpacked.
pub(super) struct Meter<'r, R> {
    input: R,
    given: u64,
    raw: &'r Raw,
}

impl<'r, R> Meter<'r, R> {
    pub(super) fn new(input: R, raw: &'r Raw) -> Self {
        Self {
            input,
            given: 0,
            raw,
        }
    }
}

impl<R: Read> Read for Meter<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.given += count as u64;
        if self.given > self.raw.allowed() {
            return Err(refusal(
                ErrorKind::TooLarge,
                "the archive grows beyond the limit as it is unpacked; raise the limit if it is not a bomb",
            ));
        }
        Ok(count)
    }
}
