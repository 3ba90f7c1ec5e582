//! What a run did, and what it left visible, as a table for people.

use super::console::printable;
use indicatif::{HumanBytes, HumanCount};
use qstash_redact::{GUESSABLE_BYTES, Group, Summary};

/// Where the second column begins, and where lines are wrapped.
const COLUMN: usize = 20;
const WIDTH: usize = 80;

/// The table, with a line break at its end.
pub(super) fn table(summary: &Summary) -> String {
    let mut table = Table(String::new());
    let count = |number: u64, noun: &str| {
        let plural = if number == 1 { "" } else { "s" };
        format!("{} {noun}{plural}", HumanCount(number))
    };
    table.row(
        "read",
        [
            count(summary.documents, "document"),
            count(summary.records, "record"),
            HumanBytes(summary.bytes_in).to_string(),
        ],
    );
    let replaced = Group::ALL
        .into_iter()
        .map(|group| (group.keyword(), summary.replaced(group)))
        .filter(|(_, number)| *number > 0);
    table.row("replaced", or_nothing(replaced.map(entry)));
    for (name, number, meaning) in [
        (
            "nothing selected",
            summary.unmatched,
            "records in which the rule selects nothing".to_owned(),
        ),
        ("quarantined", summary.quarantined, "bad lines".to_owned()),
        (
            "already redacted",
            summary.already_redacted,
            "placeholders that stay as they are".to_owned(),
        ),
        (
            "not base64",
            summary.not_base64,
            "where base64 was expected; hashed as text".to_owned(),
        ),
        (
            "guessable",
            summary.guessable,
            format!(
                "of {GUESSABLE_BYTES} bytes or less: their fingerprints can be found by trying"
            ),
        ),
    ] {
        if number > 0 {
            table.row(name, [format!("{} {meaning}", HumanCount(number))]);
        }
    }
    table.row("stays visible", or_nothing(summary.visible().map(entry)));
    table.row("", ["names of headers".to_owned()]);
    if summary.unknown > 0 {
        table.row("", [count(summary.unknown, "unknown member")]);
    }
    let names = summary.unknown_names().map(printable).collect::<Vec<_>>();
    if !names.is_empty() {
        table.row("unknown members", names);
    }
    if !summary.complete {
        table.row(
            "INCOMPLETE",
            ["what was asked for is not all written".to_owned()],
        );
    }
    table.0
}

fn entry((name, number): (&str, u64)) -> String {
    format!("{name} {}", HumanCount(number))
}

fn or_nothing(entries: impl Iterator<Item = String>) -> Vec<String> {
    let entries = entries.collect::<Vec<_>>();
    if entries.is_empty() {
        return vec!["nothing".to_owned()];
    }
    entries
}

struct Table(String);

impl Table {
    /// Adds a row: entries with commas between them, wrapped.
    fn row(&mut self, name: &str, entries: impl IntoIterator<Item = String>) {
        self.0.push_str(&format!("{name:COLUMN$}"));
        let mut width = COLUMN;
        let mut entries = entries.into_iter().peekable();
        while let Some(entry) = entries.next() {
            let length = entry.chars().count();
            if width > COLUMN && width + length + 2 > WIDTH {
                self.0.truncate(self.0.trim_end().len());
                self.0.push_str(&format!("\n{:COLUMN$}", ""));
                width = COLUMN;
            }
            self.0.push_str(&entry);
            width += length + 2;
            if entries.peek().is_some() {
                self.0.push_str(", ");
            }
        }
        self.0.push('\n');
    }
}
