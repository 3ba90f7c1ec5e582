//! The bytes that were pushed in and are not written out yet.

use std::ops::Range;

/// A buffer that fills at its end and is released from its front.
#[derive(Debug)]
pub(super) struct Input {
    /// Longer than what is in it, so that new space need not be cleared each time.
    buffer: Vec<u8>,
    filled: usize,
    /// Everything before is released.
    start: usize,
    /// Offset in the whole input of the buffer's first byte.
    offset: u64,
    /// Line of the whole input that the buffer's first byte is on.
    line: u64,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            buffer: Vec::new(),
            filled: 0,
            start: 0,
            offset: 0,
            line: 1,
        }
    }
}

impl Input {
    /// Room for `length` more bytes, to be followed by [`advance`](Self::advance).
    pub(super) fn space(&mut self, length: usize) -> &mut [u8] {
        let end = self.filled + length;
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        &mut self.buffer[self.filled..end]
    }

    /// Says that `length` bytes of the space hold input now.
    pub(super) fn advance(&mut self, length: usize) {
        self.filled += length;
    }

    /// The buffer; a few bytes at its front may be released already.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    /// Where the bytes begin that are not released.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// Releases the bytes up to `end`, and says which they are.
    pub(super) fn take(&mut self, end: usize) -> Range<usize> {
        let span = self.start..end;
        self.start = end;
        span
    }

    /// Drops the released bytes, and says how many went from the front of the buffer.
    pub(super) fn compact(&mut self) -> usize {
        let count = self.start;
        let dropped = &self.buffer[..count];
        self.line += memchr::memchr_iter(b'\n', dropped).count() as u64;
        self.offset += count as u64;
        self.buffer.copy_within(count..self.filled, 0);
        self.filled -= count;
        self.start = 0;
        count
    }

    /// Line, from 1, and byte offset, from 0, in the whole input of an offset of the buffer.
    pub(super) fn locate(&self, at: usize) -> (u64, u64) {
        let before = &self.buffer[..at.min(self.filled)];
        let lines = memchr::memchr_iter(b'\n', before).count() as u64;
        (self.line + lines, self.offset + at as u64)
    }
}
