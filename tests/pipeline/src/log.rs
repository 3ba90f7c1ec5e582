//! The one place that writes log lines.

use std::fmt;
use std::io::Write;

/// Writes a line to stderr. What is given must be safe to show: a redacted view, a name of ours, a number.
pub fn line(line: fmt::Arguments<'_>) {
    // Nobody is there to be told when the log itself cannot be written.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
