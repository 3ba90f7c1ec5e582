//! The bytes that were pushed in and are not written out yet.

use std::ops::Range;

/// A buffer that fills at its end and is released from its front.
#[derive(Default)]
pub(super) struct Input {
    /// Longer than what is in it, so that new space need not be cleared each time.
    buffer: Vec<u8>,
    filled: usize,
    /// Everything before is released.
    start: usize,
    /// Offset in the whole input of the buffer's first byte.
    offset: u64,
    /// How many lines of the whole input have ended before what is not released.
    lines: u64,
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

    /// Releases the bytes up to `end`, in which `lines` end, and says which they are.
    pub(super) fn take(&mut self, end: usize, lines: u64) -> Range<usize> {
        let span = self.start..end;
        debug_assert_eq!(lines, line_feeds(&self.buffer[span.clone()]));
        self.start = end;
        self.lines += lines;
        span
    }

    /// How many lines have ended in what was released.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    /// Drops the released bytes, and says how many went from the front of the buffer.
    pub(super) fn compact(&mut self) -> usize {
        let count = self.start;
        // In a large record nothing goes, and moving all of it to where it stands would be work.
        if count == 0 {
            return 0;
        }
        self.offset += count as u64;
        self.buffer.copy_within(count..self.filled, 0);
        self.filled -= count;
        self.start = 0;
        count
    }

    /// Goes on behind bytes of the whole input that were never in this buffer.
    pub(super) fn skip(&mut self, bytes: u64, lines: u64) {
        self.offset += bytes;
        self.lines += lines;
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
        let place = at.min(self.filled);
        let lines = if place >= self.start {
            self.lines + line_feeds(&self.buffer[self.start..place])
        } else {
            // What was released may turn out to hold something that is refused.
            self.lines - line_feeds(&self.buffer[place..self.start])
        };
        (lines + 1, self.offset + at as u64)
    }
}

/// How many lines end in `bytes`.
pub(super) fn line_feeds(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
