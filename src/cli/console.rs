//! What people read: the one door to stderr, and names as they are shown.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::Path;

/// Prints a line on stderr. Nobody is left to tell if that fails, so it is ignored.
pub(super) fn say(message: impl Display) {
    let _ = writeln!(io::stderr(), "qstash-redact: {message}");
}

/// Prints text on stderr as it is.
pub(super) fn print(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// The name of a file that exists. Names of others are never printed: `fingerprint VALUE` would put
/// the value into a log.
pub(super) fn name_of(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// Text without control characters, which could make a terminal do things.
pub(super) fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_steer_a_terminal() {
        assert_eq!(name_of(Path::new("dlq-märz.json")), "dlq-märz.json");
        assert_eq!(name_of(Path::new("a\x1b[2Jb\nc")), "a\u{fffd}[2Jb\u{fffd}c");
    }
}
