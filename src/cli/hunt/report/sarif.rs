//! A SARIF 2.1.0 log, written as it comes: nothing of it is held but what could not be searched.

use super::super::entry::{Entry, Found, Unread};
use super::super::identity::Identities;
use super::super::place::Place;
use super::super::totals::Totals;
use super::Report;
use qstash_redact::hunt::Kind;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, Write};

/// How many notes of what was not searched a log can have; the rest is counted.
const MAX_NOTES: usize = 10_000;

#[derive(Default)]
pub(in super::super) struct Sarif {
    notes: Vec<Value>,
    identities: Identities,
    any: bool,
}

impl Report for Sarif {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        write!(
            out,
            r#"{{"version":"2.1.0","$schema":"https://json.schemastore.org/sarif-2.1.0.json","#
        )?;
        write!(out, r#""runs":[{{"tool":{{"driver":"#)?;
        serde_json::to_writer(
            &mut *out,
            &json!({
                "name": "qstash-redact",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": Kind::ALL.map(rule),
            }),
        )?;
        write!(out, r#"}},"columnKind":"unicodeCodePoints","results":["#)
    }

    fn entry(&mut self, entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
        match entry {
            Entry::Found(found) => {
                let separator = if self.any { "," } else { "" };
                self.any = true;
                writeln!(out, "{separator}")?;
                serde_json::to_writer(&mut *out, &result(found, &self.identities.of(found)))?;
            }
            Entry::Unread(unread) if self.notes.len() < MAX_NOTES => {
                self.notes.push(note(unread));
            }
            Entry::Unread(_) => {}
        }
        Ok(())
    }

    fn end(&mut self, totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
        write!(out, r#"],"invocations":["#)?;
        let numbers: serde_json::Map<_, _> = (totals.named().into_iter())
            .map(|(name, number)| (name.to_owned(), number.into()))
            .collect();
        serde_json::to_writer(
            &mut *out,
            &json!({
                "executionSuccessful": totals.unread == 0,
                "toolExecutionNotifications": self.notes,
                "properties": numbers,
            }),
        )?;
        writeln!(out, "]}}]}}")
    }
}

fn rule(kind: Kind) -> Value {
    json!({
        "id": kind.name(),
        "shortDescription": {"text": format!("Here is {}.", kind.description())},
        "help": {"text": "Rotate what this is, unless that was done; then remove it here."},
        "defaultConfiguration": {"level": level(kind)},
        "properties": {"tags": ["security"], "security-severity": if kind == Kind::Email { "3.0" } else { "9.0" }},
    })
}

fn level(kind: Kind) -> &'static str {
    if kind == Kind::Email { "note" } else { "error" }
}

fn result(found: &Found, identity: &str) -> Value {
    let finding = &found.finding;
    let mut text = format!(
        "Here is {}: {}",
        finding.kind.description(),
        finding.placeholder
    );
    if !finding.layers.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(text, ", wrapped in {}", found.wrapping().join(", "));
    }
    if found.in_name {
        text.push_str(", in the name");
    }
    let mut properties = json!({
        "placeholder": finding.placeholder.as_str(),
        "wrapped": found.wrapping(),
    });
    if let Some(name) = &finding.name {
        properties["name"] = name.as_str().into();
    }
    if let Some(history) = &found.place.history {
        properties["commit"] = history.commit.as_deref().into();
        properties["object"] = (&*history.object).into();
    }
    json!({
        "ruleId": finding.kind.name(),
        "ruleIndex": Kind::ALL.iter().position(|kind| *kind == finding.kind),
        "level": level(finding.kind),
        "message": {"text": format!("{text}.")},
        "locations": [location(found)],
        "partialFingerprints": {"qstashRedactHunt/v1": identity},
        "properties": properties,
    })
}

/// A place in a file is a region of it; one in an archive or in history is named beside it, since the
/// lines of the file are others.
fn location(found: &Found) -> Value {
    let finding = &found.finding;
    let place = &found.place;
    let mut physical = json!({"artifactLocation": {"uri": uri(&place.path)}});
    if found.in_name {
        return json!({"physicalLocation": physical});
    }
    if place.member.is_none() && place.history.is_none() {
        physical["region"] = json!({"startLine": finding.line, "startColumn": finding.column});
        return json!({"physicalLocation": physical});
    }
    let within = format!("{place}:{}:{}", finding.line, finding.column);
    json!({"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": within}]})
}

fn note(unread: &Unread) -> Value {
    let place: &Place = &unread.place;
    json!({
        "level": "error",
        "message": {"text": format!("{place}: not searched: {}", unread.reason)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(&place.path)}}}],
    })
}

/// A path as a URI reference, which a `:` in its first part would make an absolute one.
fn uri(shown: &str) -> String {
    let mut uri = String::with_capacity(shown.len());
    for byte in shown.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    if uri.starts_with("//") {
        uri.insert_str(0, "/.");
    }
    uri
}
