//! The bytes that were pushed in and are not written out yet.

use std::ops::Range;

/// A buffer that fills at its end and is released from its front.
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

    /// Room for `bytes`, and the bytes in it.
    pub(super) fn append(&mut self, bytes: &[u8]) {
        self.space(bytes.len()).copy_from_slice(bytes);
        self.advance(bytes.len());
    }

    /// Drops what stands behind the first `length` bytes of the buffer.
    pub(super) fn truncate(&mut self, length: usize) {
        self.filled = self.filled.min(length);
    }

    /// The buffer; a few bytes at its front may be released already.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    /// Where the bytes begin that are not released.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// Whether all bytes are released.
    pub(super) fn is_released(&self) -> bool {
        self.start == self.filled
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
        // In a large record nothing goes, and moving all of it to where it stands would be work.
        if count == 0 {
            return 0;
        }
        let dropped = &self.buffer[..count];
        self.line += memchr::memchr_iter(b'\n', dropped).count() as u64;
        self.offset += count as u64;
        self.buffer.copy_within(count..self.filled, 0);
        self.filled -= count;
        self.start = 0;
        count
    }

    /// Goes on behind bytes of the whole input that were never in this buffer.
    pub(super) fn skip(&mut self, bytes: u64, lines: u64) {
        self.offset += bytes;
        self.line += lines;
    }

    /// As new, but for the memory it has.
    pub(super) fn recycled(self) -> Self {
        Self {
            buffer: self.buffer,
            ..Self::default()
        }
    }

    /// Line, from 1, and byte offset, from 0, in the whole input of an offset of the buffer.
    pub(super) fn locate(&self, at: usize) -> (u64, u64) {
        let before = &self.buffer[..at.min(self.filled)];
        let lines = memchr::memchr_iter(b'\n', before).count() as u64;
        (self.line + lines, self.offset + at as u64)
    }
}
