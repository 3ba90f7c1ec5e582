//! Lines for people: `place:line:column: what`.

use super::super::entry::{Entry, Found};
use super::super::totals::Totals;
use super::Report;
use crate::cli::console::say;
use qstash_redact::hunt::Kind;
use std::io::{self, Write};

pub(in super::super) struct Text;

impl Report for Text {
    fn begin(&mut self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
        match entry {
            Entry::Found(found) => writeln!(out, "{}", line(found)),
            Entry::Unread(unread) => {
                say(format_args!(
                    "{}: not searched: {}",
                    unread.place, unread.reason
                ));
                Ok(())
            }
        }
    }

    fn end(&mut self, _: &Totals, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

fn line(found: &Found) -> String {
    let finding = &found.finding;
    let mut line = found.place.to_string();
    if found.in_name {
        line.push_str(": in the name: ");
    } else {
        line.push_str(&format!(":{}:{}: ", finding.line, finding.column));
    }
    line.push_str(finding.placeholder.as_str());
    line.push_str(&remarks(found));
    line
}

/// What is known of it, in brackets.
fn remarks(found: &Found) -> String {
    let finding = &found.finding;
    let mut remarks = Vec::new();
    if finding.kind != Kind::Target {
        remarks.push(finding.kind.description().to_owned());
    }
    if let Some(name) = &finding.name {
        remarks.push(name.clone());
    }
    if !finding.layers.is_empty() {
        remarks.push(format!("in {}", found.wrapping().join(", ")));
    }
    if remarks.is_empty() {
        String::new()
    } else {
        format!(" ({})", remarks.join("; "))
    }
}
