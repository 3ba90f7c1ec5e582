//! Lines and columns.

/// Where a window begins in its file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    offset: u64,
    line: u64,
    /// Characters of the line before the window.
    characters: u64,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            offset: 0,
            line: 1,
            characters: 0,
        }
    }
}

impl Place {
    /// The offset in the file, in bytes from 0.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The line and the column of the byte at `at` of a window that begins here.
    pub(super) fn of(&self, window: &[u8], at: usize) -> (u64, u64) {
        let mut place = *self;
        place.advance(window, at);
        (place.line, place.characters + 1)
    }

    /// Moves on by `count` bytes of a window that begins here.
    pub(super) fn advance(&mut self, window: &[u8], count: usize) {
        let passed = &window[..count];
        let line_start = memchr::memrchr(b'\n', passed).map(|at| at + 1);
        if let Some(start) = line_start {
            self.line += memchr::memchr_iter(b'\n', &passed[..start]).count() as u64;
            self.characters = 0;
        }
        self.characters += characters(&passed[line_start.unwrap_or(0)..]);
        self.offset += count as u64;
    }
}

/// How many characters bytes have; bytes that are no UTF-8 count one each.
fn characters(bytes: &[u8]) -> u64 {
    bytes
        .utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        .sum::<usize>() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters() {
        let text = "one\nzwölf: x\n".as_bytes();
        let place = Place::default();
        assert_eq!(place.of(text, 0), (1, 1));
        assert_eq!(place.of(text, 3), (1, 4));
        assert_eq!(place.of(text, 4), (2, 1));
        // The letter before takes two bytes.
        assert_eq!(place.of(text, 12), (2, 8));
        assert_eq!(place.of(b"\xff\xffx", 2), (1, 3));
    }

    #[test]
    fn goes_on_in_the_middle_of_a_line() {
        let mut place = Place::default();
        place.advance("a\nbü".as_bytes(), 5);
        assert_eq!((place.offset(), place.of(b"xy", 1)), (5, (2, 4)));
    }
}
