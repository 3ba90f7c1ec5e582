//! What a run did, and what it left visible.

use crate::members::{self, Group, MEMBERS};
use serde::ser::{Serialize, SerializeMap as _, SerializeStruct as _, Serializer};
use std::collections::BTreeSet;

/// Values of at most this many bytes can be guessed from their fingerprint by trying them all.
pub const GUESSABLE_BYTES: usize = 8;

/// How many names of unknown members are kept at most.
const MAX_UNKNOWN_NAMES: usize = 1000;

/// How many bytes of such a name are kept at most.
const MAX_UNKNOWN_NAME: usize = 256;

/// What a redaction did: counts, and no value.
///
/// Serializes as a JSON object with a `schema` version.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// JSON documents read: lines of NDJSON, or pages.
    pub documents: u64,
    /// Records among them: elements of an envelope's array, or whole documents.
    pub records: u64,
    /// Records in which the rule selected nothing.
    pub unmatched: u64,
    /// Values that were placeholders already and stayed as they were.
    pub already_redacted: u64,
    /// Values of base64 members that were no base64, hashed as text.
    pub not_base64: u64,
    /// Replaced values of [`GUESSABLE_BYTES`] or less.
    pub guessable: u64,
    /// Members whose names the contract does not know; they were passed on in clear.
    pub unknown: u64,
    /// Lines that were set aside as no JSON.
    pub quarantined: u64,
    /// Bytes read; after an error, those before its place.
    pub bytes_in: u64,
    /// Bytes written.
    pub bytes_out: u64,
    /// Whether the whole input was read and written.
    pub complete: bool,
    replaced: [u64; Group::ALL.len()],
    pub(crate) visible: [u64; members::COUNT],
    unknown_names: BTreeSet<String>,
}

impl Default for Summary {
    fn default() -> Self {
        Self {
            documents: 0,
            records: 0,
            unmatched: 0,
            already_redacted: 0,
            not_base64: 0,
            guessable: 0,
            unknown: 0,
            quarantined: 0,
            bytes_in: 0,
            bytes_out: 0,
            complete: false,
            replaced: [0; Group::ALL.len()],
            visible: [0; members::COUNT],
            unknown_names: BTreeSet::new(),
        }
    }
}

impl Summary {
    /// How many values of `group` were replaced.
    #[must_use]
    pub fn replaced(&self, group: Group) -> u64 {
        self.replaced[group as usize]
    }

    /// How many values were replaced in all.
    #[must_use]
    pub fn replaced_total(&self) -> u64 {
        self.replaced.iter().sum()
    }

    /// The members of the contract that were passed on in clear, and how often; of a header map, how
    /// many of its headers.
    pub fn visible(&self) -> impl Iterator<Item = (&'static str, u64)> {
        MEMBERS
            .iter()
            .zip(self.visible)
            .filter(|(_, count)| *count > 0)
            .map(|(member, count)| (member.name, count))
    }

    /// Names of unknown members, if they were asked for, in order; the first 1000 if there are more.
    pub fn unknown_names(&self) -> impl Iterator<Item = &str> {
        self.unknown_names.iter().map(String::as_str)
    }

    /// Adds what another run did; complete only if both were.
    pub fn add(&mut self, other: &Self) {
        for (sum, part) in [
            (&mut self.documents, other.documents),
            (&mut self.records, other.records),
            (&mut self.unmatched, other.unmatched),
            (&mut self.already_redacted, other.already_redacted),
            (&mut self.not_base64, other.not_base64),
            (&mut self.guessable, other.guessable),
            (&mut self.unknown, other.unknown),
            (&mut self.quarantined, other.quarantined),
            (&mut self.bytes_in, other.bytes_in),
            (&mut self.bytes_out, other.bytes_out),
        ] {
            *sum += part;
        }
        self.complete &= other.complete;
        for (sum, part) in self.replaced.iter_mut().zip(other.replaced) {
            *sum += part;
        }
        for (sum, part) in self.visible.iter_mut().zip(other.visible) {
            *sum += part;
        }
        for name in &other.unknown_names {
            self.add_unknown_name(name);
        }
    }

    pub(crate) fn count_replaced(&mut self, group: Group, length: usize, not_base64: bool) {
        self.replaced[group as usize] += 1;
        self.guessable += u64::from(length <= GUESSABLE_BYTES);
        self.not_base64 += u64::from(not_base64);
    }

    pub(crate) fn add_unknown_name(&mut self, name: &str) {
        if self.unknown_names.contains(name) {
            return;
        }
        let kept = &name[..name.floor_char_boundary(MAX_UNKNOWN_NAME)];
        let mark = if kept.len() < name.len() { "…" } else { "" };
        // Which names stay does not depend on which came first.
        self.unknown_names.insert(format!("{kept}{mark}"));
        if self.unknown_names.len() > MAX_UNKNOWN_NAMES {
            self.unknown_names.pop_last();
        }
    }
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Summary", 15)?;
        out.serialize_field("schema", &1)?;
        out.serialize_field("complete", &self.complete)?;
        out.serialize_field("documents", &self.documents)?;
        out.serialize_field("records", &self.records)?;
        out.serialize_field("records_without_match", &self.unmatched)?;
        out.serialize_field("quarantined_lines", &self.quarantined)?;
        out.serialize_field("replaced", &Replaced(self))?;
        out.serialize_field("already_redacted", &self.already_redacted)?;
        out.serialize_field("not_base64", &self.not_base64)?;
        out.serialize_field("guessable", &self.guessable)?;
        out.serialize_field("bytes_in", &self.bytes_in)?;
        out.serialize_field("bytes_out", &self.bytes_out)?;
        out.serialize_field("visible", &Visible(self))?;
        out.serialize_field("unknown_members", &self.unknown)?;
        out.serialize_field("unknown_names", &self.unknown_names)?;
        out.end()
    }
}

struct Replaced<'a>(&'a Summary);

impl Serialize for Replaced<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Group::ALL.map(|group| (group.keyword(), self.0.replaced(group))))
    }
}

struct Visible<'a>(&'a Summary);

impl Serialize for Visible<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(None)?;
        for (name, count) in self.0.visible() {
            out.serialize_entry(name, &count)?;
        }
        out.end()
    }
}
