//! What a verification finds: one finding per field, and the count of each kind.

use super::path::Path;
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};
use std::fmt;

/// What is true of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// The placeholder of the original value stands there.
    Match,
    /// A placeholder stood there already and is unchanged; without an original: a placeholder stands there.
    AlreadyRedacted,
    /// What stands there is not the placeholder of the original value.
    Mismatch,
    /// The rule selects the value, and it stands there as it was.
    InClear,
    /// What the original has is gone.
    Missing,
    /// Something was added, or a placeholder stands where the rule selects nothing.
    Extra,
    /// The rule does not select it, and it is not what it was.
    Differs,
    /// Two records at the same place have different identifiers, and were not compared.
    Pairing,
}

impl Status {
    /// Every status, in the order of a report.
    pub const ALL: [Self; 8] = [
        Self::Match,
        Self::AlreadyRedacted,
        Self::Mismatch,
        Self::InClear,
        Self::Missing,
        Self::Extra,
        Self::Differs,
        Self::Pairing,
    ];

    /// The name for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::AlreadyRedacted => "already_redacted",
            Self::Mismatch => "mismatch",
            Self::InClear => "in_clear",
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Differs => "differs",
            Self::Pairing => "pairing",
        }
    }

    /// Whether this is as it should be.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Match | Self::AlreadyRedacted)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::AlreadyRedacted => "already redacted",
            Self::InClear => "in clear",
            other => other.as_str(),
        })
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Where in one input a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The record, from 1; `None` in what surrounds the records of a document.
    pub record: Option<u64>,
    /// The line, from 1.
    pub line: u64,
    /// The offset in bytes, from 0.
    pub offset: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(record) = self.record {
            write!(formatter, "record {record}, ")?;
        }
        write!(formatter, "line {}, byte {}", self.line, self.offset)
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Place", 3)?;
        fields.serialize_field("record", &self.record)?;
        fields.serialize_field("line", &self.line)?;
        fields.serialize_field("offset", &self.offset)?;
        fields.end()
    }
}

/// What was found of one field of one record. Holds no value.
///
/// Prints as one line for people and serializes for machines.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    pub(super) status: Status,
    pub(super) why: &'static str,
    pub(super) path: Path<'a>,
    pub(super) original: Option<Place>,
    pub(super) redacted: Option<Place>,
}

impl Finding<'_> {
    /// What is true of the field.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// A few words on why the status is what it is.
    #[must_use]
    pub fn why(&self) -> &'static str {
        self.why
    }

    /// The field as a path from the document's beginning, like `messages[2].header[Accept][0]`.
    ///
    /// Made of the contract's member names, header names and indices; other names print as `?`.
    #[must_use]
    pub fn field(&self) -> String {
        self.path.to_string()
    }

    /// Where it is in the original, if it is there.
    #[must_use]
    pub fn original(&self) -> Option<Place> {
        self.original
    }

    /// Where it is in the redacted input, if it is there.
    #[must_use]
    pub fn redacted(&self) -> Option<Place> {
        self.redacted
    }

    /// The same, to keep.
    #[must_use]
    pub fn into_owned(self) -> Finding<'static> {
        Finding {
            status: self.status,
            why: self.why,
            path: self.path.into_owned(),
            original: self.original,
            redacted: self.redacted,
        }
    }
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}: {}", self.status, self.path, self.why)?;
        let mut separator = " (";
        for (name, place) in [("original", self.original), ("redacted", self.redacted)] {
            if let Some(place) = place {
                write!(formatter, "{separator}{name} {place}")?;
                separator = "; ";
            }
        }
        formatter.write_str(if separator == "; " { ")" } else { "" })
    }
}

impl Serialize for Finding<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Finding", 5)?;
        fields.serialize_field("status", &self.status)?;
        fields.serialize_field("field", &format_args!("{}", self.path))?;
        fields.serialize_field("why", self.why)?;
        fields.serialize_field("original", &self.original)?;
        fields.serialize_field("redacted", &self.redacted)?;
        fields.end()
    }
}

/// The counts of a finished verification.
///
/// Serializes as an object of counts, with `schema` as the version of its layout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub(super) counts: [u64; Status::ALL.len()],
    pub(super) original_records: u64,
    pub(super) redacted_records: u64,
    pub(super) not_base64: u64,
}

impl Report {
    pub(super) fn add(&mut self, status: Status) {
        self.counts[status as usize] += 1;
    }

    /// How many fields have this status.
    #[must_use]
    pub fn count(&self, status: Status) -> u64 {
        self.counts[status as usize]
    }

    /// Whether no difference was found. True of two empty inputs, too: look at the counts.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        Status::ALL
            .into_iter()
            .all(|status| status.is_good() || self.count(status) == 0)
    }

    /// How many records the original has; 0 where there was no original.
    #[must_use]
    pub fn original_records(&self) -> u64 {
        self.original_records
    }

    /// How many records the redacted input has.
    #[must_use]
    pub fn redacted_records(&self) -> u64 {
        self.redacted_records
    }

    /// Originals that should be base64 and are not, so that their text was compared.
    #[must_use]
    pub fn not_base64(&self) -> u64 {
        self.not_base64
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (original, redacted) = (self.original_records, self.redacted_records);
        write!(
            formatter,
            "{original} original and {redacted} redacted records"
        )?;
        for status in Status::ALL {
            write!(formatter, ", {} {status}", self.count(status))?;
        }
        Ok(())
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("schema", &1)?;
        fields.serialize_entry("clean", &self.is_clean())?;
        fields.serialize_entry("original_records", &self.original_records)?;
        fields.serialize_entry("redacted_records", &self.redacted_records)?;
        for status in Status::ALL {
            fields.serialize_entry(status.as_str(), &self.count(status))?;
        }
        fields.serialize_entry("not_base64", &self.not_base64)?;
        fields.end()
    }
}
