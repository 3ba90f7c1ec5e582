//! One JSON object a line: findings, what was not searched, and the counts as the last one.

use super::super::entry::{Entry, Found, Unread};
use super::super::place::Place;
use super::super::totals::Totals;
use super::Report;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Value;
use std::io::{self, Write};

pub(in super::super) struct Json;

impl Report for Json {
    fn begin(&mut self, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
        match entry {
            Entry::Found(found) => line(out, &of_found(found)),
            Entry::Unread(unread) => line(out, &of_unread(unread)),
        }
    }

    fn end(&mut self, totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
        let mut members = vec![
            ("type", "summary".into()),
            ("complete", (totals.unread == 0).into()),
        ];
        members.extend(totals.named().map(|(name, number)| (name, number.into())));
        line(out, &Object(members))
    }
}

fn line(out: &mut dyn Write, object: &Object) -> io::Result<()> {
    serde_json::to_writer(&mut *out, object)?;
    out.write_all(b"\n")
}

/// An object whose members stay in order.
pub(super) struct Object(pub(super) Vec<(&'static str, Value)>);

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

fn of_found(found: &Found) -> Object {
    let finding = &found.finding;
    let mut members = vec![("type", "finding".into())];
    members.extend(of_place(&found.place));
    if found.in_name {
        members.push(("in_name", true.into()));
    } else {
        members.extend([
            ("line", finding.line.into()),
            ("column", finding.column.into()),
            ("offset", finding.offset.into()),
        ]);
    }
    members.push(("kind", finding.kind.name().into()));
    if let Some(name) = &finding.name {
        members.push(("name", name.as_str().into()));
    }
    members.push(("wrapped", found.wrapping().into()));
    members.push(("placeholder", finding.placeholder.as_str().into()));
    Object(members)
}

fn of_unread(unread: &Unread) -> Object {
    let mut members = vec![("type", "not_searched".into())];
    members.extend(of_place(&unread.place));
    members.push(("reason", unread.reason.as_str().into()));
    Object(members)
}

fn of_place(place: &Place) -> Vec<(&'static str, Value)> {
    let mut members = vec![("path", (&*place.path).into())];
    if let Some(member) = &place.member {
        members.push(("member", (&**member).into()));
    }
    if let Some(history) = &place.history {
        members.push(("repository", (&*history.repository).into()));
        members.push(("commit", history.commit.as_deref().into()));
        members.push(("object", (&*history.object).into()));
    }
    members
}
