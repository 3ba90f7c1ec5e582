//! One record as one line of JSON, both ways. Reading is strict: what is not understood is refused.

use super::{Event, Mark, Marks, Record, SCHEMA, Source};
use crate::credentials::check::{Check, Verdict, Way};
use crate::credentials::json::{self, Document, Element, Member, Value};
use crate::credentials::name::{Id, Kind, Region, SecretName, Target};
use crate::credentials::time::Time;
use crate::fingerprint::Fingerprint;
use std::fmt::Write as _;

/// Why a line is no record.
pub(super) struct Fault {
    pub(super) what: &'static str,
    /// Whether the line is the beginning of one.
    pub(super) cut: bool,
}

const STRANGE: Fault = fault("a record was not understood");
const NEWER: Fault = fault("a record has a newer schema; use a newer qstash-redact");

const fn fault(what: &'static str) -> Fault {
    Fault { what, cut: false }
}

/// Writes a record. No value needs an escape: each is a name, a number, or text of letters, digits
/// and dashes.
pub(super) fn write(record: &Record) -> String {
    let mut line = format!(
        r#"{{"schema":{SCHEMA},"time":"{}","kind":"{}""#,
        record.time,
        record.target.kind()
    );
    let mut text = |name: &str, value: &dyn std::fmt::Display| {
        // Writing to a string cannot fail.
        let _ = write!(line, r#","{name}":"{value}""#);
    };
    if let Some(id) = record.target.id() {
        text("id", id);
    }
    if let Some(region) = record.target.region() {
        text("region", region);
    }
    text("event", &event_name(&record.event));
    let _ = match &record.event {
        Event::Read { old } => write!(line, r#","secrets":{}"#, marks(old)),
        Event::Rotated { new, source } => {
            let source = match source {
                Source::Answer => "answer",
                Source::Reading => "reading",
            };
            write!(line, r#","source":"{source}","secrets":{}"#, marks(new))
        }
        Event::Sending { again } => write!(line, r#","again":{again}"#),
        Event::Refused { status } => write!(line, r#","status":{status}"#),
        Event::Checked { checks } => {
            write!(line, r#","checks":{}"#, array(checks.iter().map(check)))
        }
        Event::Unchanged
        | Event::Accepted
        | Event::NewUnknown
        | Event::Stored
        | Event::Confirmed => Ok(()),
    };
    line.push_str("}\n");
    line
}

fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Read { .. } => "read",
        Event::Sending { .. } => "sending",
        Event::Refused { .. } => "refused",
        Event::Unchanged => "unchanged",
        Event::Accepted => "accepted",
        Event::Rotated { .. } => "rotated",
        Event::NewUnknown => "new-unknown",
        Event::Stored => "stored",
        Event::Checked { .. } => "checked",
        Event::Confirmed => "confirmed",
    }
}

fn marks(marks: &Marks) -> String {
    array(marks.iter().map(|mark| {
        format!(
            r#"{{"member":"{}","sha256":"{}","length":{}}}"#,
            mark.member, mark.fingerprint, mark.length
        )
    }))
}

fn check(check: &Check) -> String {
    let region = match &check.region {
        Some(region) => format!(r#","region":"{region}""#),
        None => String::new(),
    };
    format!(
        r#"{{"member":"{}","sha256":"{}","way":"{}"{region},"verdict":"{}"}}"#,
        check.member,
        check.old,
        check.way.as_str(),
        check.verdict.as_str()
    )
}

fn array(elements: impl Iterator<Item = String>) -> String {
    let elements: Vec<String> = elements.collect();
    format!("[{}]", elements.join(","))
}

/// Reads a line without its line feed.
pub(super) fn read(line: &[u8]) -> Result<Record, Fault> {
    let members = match json::document(line) {
        Ok(Document::Object(members)) => members,
        Ok(_) => return Err(STRANGE),
        Err(error) => {
            return Err(Fault {
                what: "a line is no JSON document",
                cut: error.is_truncated(),
            });
        }
    };
    let mut object = Object::new(line, &members)?;
    match object.number("schema") {
        Some(SCHEMA) => {}
        Some(newer) if newer > SCHEMA => return Err(NEWER),
        _ => return Err(STRANGE),
    }
    read_record(&mut object).ok_or(STRANGE)
}

fn read_record(object: &mut Object<'_>) -> Option<Record> {
    let time = Time::read(&object.text("time")?)?;
    let kind: Kind = object.text("kind")?.parse().ok()?;
    let id: Option<Id> = object
        .optional_text("id")?
        .map(|id| id.parse())
        .transpose()
        .ok()?;
    let region = object.optional_region()?;
    let target = Target::from_parts(kind, id, region)?;
    let event = match object.text("event")?.as_str() {
        "read" => Event::Read {
            old: object.marks(kind)?,
        },
        "sending" => Event::Sending {
            again: object.flag("again")?,
        },
        "refused" => Event::Refused {
            status: u16::try_from(object.number("status")?).ok()?,
        },
        "unchanged" => Event::Unchanged,
        "accepted" => Event::Accepted,
        "rotated" => Event::Rotated {
            source: match object.text("source")?.as_str() {
                "answer" => Source::Answer,
                "reading" => Source::Reading,
                _ => return None,
            },
            new: object.marks(kind)?,
        },
        "new-unknown" => Event::NewUnknown,
        "stored" => Event::Stored,
        "checked" => Event::Checked {
            checks: object.checks(kind)?,
        },
        "confirmed" => Event::Confirmed,
        _ => return None,
    };
    object.is_used_up().then_some(Record {
        time,
        target,
        event,
    })
}

/// An object whose members are taken one by one; `None` from any of these means: not understood.
struct Object<'a> {
    json: &'a [u8],
    members: Vec<(String, &'a Member)>,
}

impl<'a> Object<'a> {
    fn new(json: &'a [u8], members: &'a [Member]) -> Result<Self, Fault> {
        let mut named: Vec<(String, &Member)> = Vec::new();
        for member in members {
            let name = member.name.read(json);
            if named.iter().any(|(other, _)| *other == name) {
                return Err(fault("a member of a record occurs twice"));
            }
            named.push((name, member));
        }
        Ok(Self {
            json,
            members: named,
        })
    }

    fn is_used_up(&self) -> bool {
        self.members.is_empty()
    }

    fn take(&mut self, name: &str) -> Option<&'a Member> {
        let at = self.members.iter().position(|(other, _)| other == name)?;
        Some(self.members.swap_remove(at).1)
    }

    fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)?.value {
            Value::Text(text) => Some(text.read(self.json)),
            _ => None,
        }
    }

    /// The inner `None` is a member that is not there.
    fn optional_text(&mut self, name: &str) -> Option<Option<String>> {
        if self.members.iter().any(|(other, _)| other == name) {
            self.text(name).map(Some)
        } else {
            Some(None)
        }
    }

    fn optional_region(&mut self) -> Option<Option<Region>> {
        let region = self.optional_text("region")?;
        region.map(|region| region.parse()).transpose().ok()
    }

    fn number(&mut self, name: &str) -> Option<u64> {
        let member = self.take(name)?;
        match member.value {
            Value::Number => {
                let digits = self.json.get(member.span.clone())?;
                std::str::from_utf8(digits).ok()?.parse().ok()
            }
            _ => None,
        }
    }

    fn flag(&mut self, name: &str) -> Option<bool> {
        match self.take(name)?.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Reads every element of the array `name`.
    fn each<T>(
        &mut self,
        name: &str,
        read: impl Fn(&mut Object<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let span = self.take(name)?.span.clone();
        let json = self.json.get(span)?;
        let Document::Array(elements) = json::document(json).ok()? else {
            return None;
        };
        let each = elements.iter().map(|element| {
            let Element::Object(_, members) = element else {
                return None;
            };
            let mut object = Object::new(json, members).ok()?;
            let value = read(&mut object)?;
            object.is_used_up().then_some(value)
        });
        each.collect()
    }

    /// The member of an answer about `kind` that is named here.
    fn secret_name(&mut self, kind: Kind) -> Option<SecretName> {
        let name = SecretName::find(&self.text("member")?)?;
        kind.secrets().contains(&name).then_some(name)
    }

    fn fingerprint(&mut self) -> Option<Fingerprint> {
        Fingerprint::from_hex(self.text("sha256")?.as_bytes()).ok()
    }

    fn marks(&mut self, kind: Kind) -> Option<Marks> {
        let marks = self.each("secrets", |object| {
            Some(Mark {
                member: object.secret_name(kind)?,
                fingerprint: object.fingerprint()?,
                length: object.number("length")?,
            })
        })?;
        let twice = |(at, mark): (usize, &Mark)| {
            marks[..at].iter().any(|other| other.member == mark.member)
        };
        if marks.iter().enumerate().any(twice) {
            return None;
        }
        Some(Marks(marks))
    }

    fn checks(&mut self, kind: Kind) -> Option<Vec<Check>> {
        self.each("checks", |object| {
            Some(Check {
                member: object.secret_name(kind)?,
                old: object.fingerprint()?,
                way: Way::find(&object.text("way")?)?,
                region: object.optional_region()?,
                verdict: Verdict::find(&object.text("verdict")?)?,
            })
        })
    }
}
