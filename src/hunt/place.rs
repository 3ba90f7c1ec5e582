//! Lines and columns.

use super::utf16;

/// A place in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    offset: u64,
    line: u64,
    /// Characters of the line before it.
    characters: u64,
    /// Whether the file is UTF-16, of which the decoded bytes are passed.
    utf16: bool,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            offset: 0,
            line: 1,
            characters: 0,
            utf16: false,
        }
    }
}

impl Place {
    /// The beginning of the text of a file that is UTF-16.
    pub(super) fn behind_mark() -> Self {
        Self {
            offset: utf16::MARK,
            utf16: true,
            ..Self::default()
        }
    }

    /// How many bytes of the file these are.
    pub(super) fn length(&self, bytes: &[u8]) -> u64 {
        match self.utf16 {
            true => utf16::encoded_length(bytes),
            false => bytes.len() as u64,
        }
    }

    /// The offset in the file, in bytes from 0.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Both counted from 1.
    pub(super) fn line_and_column(&self) -> (u64, u64) {
        (self.line, self.characters + 1)
    }

    /// Moves on by these bytes.
    pub(super) fn advance(&mut self, passed: &[u8]) {
        let line_feeds = memchr::memchr_iter(b'\n', passed).count();
        self.advance_lines(passed, line_feeds as u64);
    }

    /// Moves on by these bytes, of which so many are line feeds.
    pub(super) fn advance_lines(&mut self, passed: &[u8], line_feeds: u64) {
        let line_start = memchr::memrchr(b'\n', passed).map(|at| at + 1);
        if line_start.is_some() {
            self.line += line_feeds;
            self.characters = 0;
        }
        self.characters += characters(&passed[line_start.unwrap_or(0)..]);
        self.offset += self.length(passed);
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

    fn place(passed: &[u8]) -> Place {
        let mut place = Place::default();
        place.advance(passed);
        place
    }

    #[test]
    fn counts_lines_and_characters() {
        let text = "one\nzwölf: x\n".as_bytes();
        for (at, expected) in [(0, (1, 1)), (3, (1, 4)), (4, (2, 1))] {
            assert_eq!(place(&text[..at]).line_and_column(), expected);
        }
        // The letter before takes two bytes.
        assert_eq!(place(&text[..12]).line_and_column(), (2, 8));
        assert_eq!(place(b"\xff\xff").line_and_column(), (1, 3));
    }

    #[test]
    fn goes_on_in_the_middle_of_a_line() {
        let mut place = place("a\nbü".as_bytes());
        place.advance(b"x");
        assert_eq!((place.offset(), place.line_and_column()), (6, (2, 4)));
    }
}
