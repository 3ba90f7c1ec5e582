//! The document of an incident: what was rotated when, what was tried, what was found. No secret is in
//! any of its sources, and nothing but what is known gets from them into it.

use super::super::exit::Failure;
use super::super::input::Input;
use super::super::output::Output;
use super::super::rotate;
use super::super::target::Target as Place;
use qstash_redact::Placeholder;
use qstash_redact::credentials::Target;
use qstash_redact::credentials::ledger::{Ledger, Marks, State};
use serde_json::{Map, Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

/// The version of the document.
const SCHEMA: u64 = 1;

/// The members of a line of `hunt --json` that get into the document.
const KNOWN: [&str; 16] = [
    "type",
    "path",
    "member",
    "repository",
    "commit",
    "object",
    "in_name",
    "line",
    "column",
    "offset",
    "kind",
    "name",
    "wrapped",
    "placeholder",
    "reason",
    "complete",
];

/// Writes the document to `file`.
pub(super) fn write(
    file: &Path,
    ledger: Option<&Path>,
    findings: &[PathBuf],
) -> Result<(), Failure> {
    let target = Place::find(file, "the report")?;
    if rotate::is_ledger(target.id(), ledger)? {
        return Err(Failure::usage(
            "the report must be another file than the ledger",
        ));
    }
    let ledger = rotate::look(ledger)?.ok_or_else(|| {
        Failure::nothing("there is no ledger: nothing was rotated, or --ledger names another file")
    })?;
    let found = findings
        .iter()
        .map(|path| read_findings(path))
        .collect::<Result<Vec<_>, _>>()?
        .concat();
    let document = json!({
        "schema": SCHEMA,
        "credentials": credentials(&ledger),
        "history": history(&ledger)?,
        "findings": found,
    });
    let failed = |error: &std::io::Error| Failure::write("the report", error);
    let mut output = Output::begin(&target).map_err(|error| failed(&error))?;
    writeln!(output, "{document:#}").map_err(|error| failed(&error))?;
    output.finish().map_err(|error| failed(&error))
}

/// Where each credential stands.
fn credentials(ledger: &Ledger) -> Vec<Value> {
    ledger
        .states()
        .map(|(target, state)| {
            let mut credential = Map::new();
            credential.insert("credential".to_owned(), name(target));
            credential.insert("state".to_owned(), state_name(state).into());
            if let Some(old) = state.old() {
                credential.insert("old".to_owned(), marks(old));
            }
            if let Some(new) = state.new_marks() {
                credential.insert("new".to_owned(), marks(new));
            }
            if let State::Stored { checks, .. } = state {
                let checks = checks.iter().map(|check| {
                    json!({
                        "member": check.member.as_str(),
                        "placeholder": Placeholder::from(check.old),
                        "way": check.way.as_str(),
                        "verdict": check.verdict.as_str(),
                    })
                });
                credential.insert("checks".to_owned(), checks.collect());
            }
            Value::Object(credential)
        })
        .collect()
}

fn name(target: &Target) -> Value {
    target.to_string().into()
}

fn state_name(state: &State) -> &'static str {
    match state {
        State::Untouched => "untouched",
        State::Read { .. } | State::NotRotated { .. } => "not rotated",
        State::Sent { .. } => "perhaps rotated: the call was sent, and its end is not known",
        State::Accepted { .. } => "rotated, the new secrets not read yet",
        State::Rotated { .. } => "rotated, the new secrets not stored yet",
        State::NewUnknown { .. } => "new unknown",
        State::Stored {
            confirmed: true, ..
        } => "rotated, stored and confirmed to be in use",
        State::Stored { .. } => "rotated and stored",
    }
}

fn marks(marks: &Marks) -> Value {
    marks
        .iter()
        .map(|mark| {
            json!({
                "member": mark.member.as_str(),
                "placeholder": Placeholder::from(mark.fingerprint),
                "bytes": mark.length,
            })
        })
        .collect()
}

/// The ledger's records, as they stand in it.
fn history(ledger: &Ledger) -> Result<Vec<Value>, Failure> {
    ledger
        .records()
        .iter()
        .map(|record| {
            serde_json::from_str(&record.to_line())
                .map_err(|_| Failure::fault("a record of the ledger is no JSON"))
        })
        .collect()
}

/// The findings of a search, of which what is not known is left out.
fn read_findings(path: &Path) -> Result<Vec<Value>, Failure> {
    let input = Input::find(path, "the findings")?;
    let opened = input
        .open_raw()
        .map_err(|error| Failure::read(&input.name(), &error))?;
    let mut found = Vec::new();
    for (number, line) in (1..).zip(BufReader::new(opened).lines()) {
        let line = line.map_err(|error| Failure::read(&input.name(), &error))?;
        // A parser's error would quote the line.
        let Ok(Value::Object(members)) = serde_json::from_str(&line) else {
            return Err(Failure::content(format!(
                "{}: line {number}: this is not what `hunt --json` writes",
                input.name()
            )));
        };
        found.push(finding(members));
    }
    Ok(found)
}

fn finding(members: Map<String, Value>) -> Value {
    members
        .into_iter()
        .filter(|(name, value)| match value {
            // The counts of the last line.
            Value::Number(_) => true,
            _ if name == "placeholder" => value
                .as_str()
                .is_some_and(|text| Placeholder::is_placeholder(text.as_bytes())),
            _ => KNOWN.contains(&name.as_str()),
        })
        .collect::<Map<_, _>>()
        .into()
}
