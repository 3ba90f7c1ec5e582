//! What a run did, and what it left visible, as a table for people.

use super::console::printable;
use indicatif::{HumanBytes, HumanCount};
use qstash_redact::{GUESSABLE_BYTES, Group, RedactFields, Summary};

/// Where the second column begins, and where lines are wrapped.
const COLUMN: usize = 20;
const WIDTH: usize = 80;

/// The table of a run by `fields`, with a line break at its end.
pub(super) fn table(summary: &Summary, fields: &RedactFields) -> String {
    let mut table = Table(String::new());
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
    table.row("replaced", or_nothing(replaced));
    table.counted(
        "already redacted",
        summary.already_redacted,
        "placeholder",
        "kept as found",
    );
    table.counted(
        "nothing selected",
        summary.unmatched,
        "record",
        "passed on as found",
    );
    table.counted("set aside", summary.quarantined, "bad line", "");
    table.counted(
        "not base64",
        summary.not_base64,
        "value",
        "hashed as text where base64 was expected",
    );
    table.counted(
        "guessable",
        summary.guessable,
        "value",
        &format!("of {GUESSABLE_BYTES} bytes or less: can be found by trying"),
    );
    // A URL that the rule selects, and that stays, has no private part.
    let urls_selected = fields.clone().with(Group::Url) == *fields;
    let (private, plain): (Vec<_>, Vec<_>) =
        (summary.visible()).partition(|(name, _)| match Group::of_member(name) {
            Some(Group::Url) => !urls_selected,
            group => group.is_some(),
        });
    if !private.is_empty() {
        table.row("left in clear", or_nothing(private.into_iter()));
    }
    table.row("stays visible", or_nothing(plain.iter().copied()));
    table.row("", ["the names of headers".to_owned()]);
    if plain
        .iter()
        .any(|(name, _)| Group::of_member(name).is_some())
    {
        table.row(
            "",
            ["of URLs, those without user info, query and fragment".to_owned()],
        );
    }
    if summary.unknown > 0 {
        table.row("", [count(summary.unknown, "unknown member")]);
    }
    let names = summary.unknown_names().map(printable).collect::<Vec<_>>();
    if !names.is_empty() {
        table.row("unknown members", names);
    }
    if !summary.complete {
        table.row("INCOMPLETE", ["not all of it was written".to_owned()]);
    }
    table.0
}

fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", HumanCount(number))
}

fn or_nothing<'n>(entries: impl Iterator<Item = (&'n str, u64)>) -> Vec<String> {
    let entries = entries
        .map(|(name, number)| format!("{name} {}", HumanCount(number)))
        .collect::<Vec<_>>();
    if entries.is_empty() {
        return vec!["nothing".to_owned()];
    }
    entries
}

struct Table(String);

impl Table {
    /// Adds a row on what there was any of.
    fn counted(&mut self, name: &str, number: u64, noun: &str, meaning: &str) {
        if number > 0 {
            let text = format!("{} {meaning}", count(number, noun));
            self.row(name, [text.trim_end().to_owned()]);
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use qstash_redact::{Export, Redactor};

    fn summary(rule: &str, input: &str) -> Summary {
        let mut export = Export::new(Redactor::new(rule.parse().unwrap())).with_unknown_names();
        let mut output = Vec::new();
        export.push(input.as_bytes(), &mut output).unwrap();
        export.finish(&mut output).unwrap();
        export.summary()
    }

    fn table_of(rule: &str, input: &str) -> String {
        table(&summary(rule, input), &rule.parse().unwrap())
    }

    #[test]
    fn a_url_that_was_selected_and_stays_is_harmless() {
        let input = r#"{"url":"https://x/","body":"x"}"#;
        assert!(table_of("body", input).contains("left in clear       url 1\n"));
        let selected = table_of("body,url", input);
        assert!(!selected.contains("left in clear"), "{selected}");
        assert!(
            selected.contains("stays visible       url 1\n"),
            "{selected}"
        );
        assert!(selected.contains("of URLs, those without"), "{selected}");
    }

    #[test]
    fn the_table_says_what_was_done_and_what_stays() {
        let input = r#"{"body":"pin","header":{"A":["x"]},"messageId":"m","\u001b[2J":1}
            {"messageId":"n"}"#;
        assert_eq!(
            table_of("body", input),
            "\
read                2 documents, 2 records, 95 B
replaced            body 1
nothing selected    1 record passed on as found
guessable           1 value of 8 bytes or less: can be found by trying
left in clear       header 1
stays visible       messageId 2
                    the names of headers
                    1 unknown member
unknown members     \u{fffd}[2J
"
        );
    }

    #[test]
    fn a_run_that_was_not_complete_says_so() {
        let mut summary = summary("body", "");
        let fields = RedactFields::everything();
        assert!(!table(&summary, &fields).contains("INCOMPLETE"));
        summary.complete = false;
        assert!(table(&summary, &fields).contains("INCOMPLETE"));
    }

    #[test]
    fn long_rows_are_wrapped() {
        let mut table = Table(String::new());
        table.row(
            "names",
            (10..40).map(|number| format!("member{number} 1,000")),
        );
        assert_eq!(table.0.matches("member").count(), 30);
        for line in table.0.lines() {
            assert!(line.len() <= WIDTH && line.trim_end() == line, "{line:?}");
        }
    }
}
