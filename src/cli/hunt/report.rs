//! What is printed of a hunt: lines for people, JSON, or SARIF.

mod json;
mod sarif;
mod table;
mod text;

use super::entry::Entry;
use super::totals::Totals;
use std::io::{self, Write};

pub(super) use json::Json;
pub(super) use sarif::Sarif;
pub(super) use table::table;
pub(super) use text::Text;

/// A form of output. Entries are written as they come, so that a report takes no memory.
pub(super) trait Report {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()>;

    fn entry(&mut self, entry: &Entry, out: &mut dyn Write) -> io::Result<()>;

    /// After everything was searched.
    fn end(&mut self, totals: &Totals, out: &mut dyn Write) -> io::Result<()>;
}
