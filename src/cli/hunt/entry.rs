//! What a hunt has to say, one place at a time.

use super::place::Place;
use qstash_redact::hunt::Finding;
use std::cmp::Ordering;

/// Something to be reported.
#[derive(Debug)]
pub(super) enum Entry {
    Found(Found),
    Unread(Unread),
}

/// A copy of a secret, or a credential.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) place: Place,
    /// Whether it is in the name and not in the contents.
    pub(super) in_name: bool,
    pub(super) finding: Finding,
}

/// Something that should have been searched and was not, or not to its end.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) place: Place,
    /// Why; fit to be shown.
    pub(super) reason: String,
}

impl Entry {
    pub(super) fn place(&self) -> &Place {
        match self {
            Self::Found(found) => &found.place,
            Self::Unread(unread) => &unread.place,
        }
    }

    /// By place; within one, names first and the rest by position.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let within = |entry: &Self| match entry {
            Self::Found(found) => (
                u8::from(!found.in_name),
                found.finding.offset,
                Some(found.finding.kind),
            ),
            Self::Unread(_) => (2, 0, None),
        };
        (self.place().cmp(other.place())).then_with(|| within(self).cmp(&within(other)))
    }
}

impl Found {
    /// How it is wrapped, the outermost layer first: `base64 in escapes` reads from the inside.
    pub(super) fn wrapping(&self) -> Vec<&'static str> {
        self.finding
            .layers
            .iter()
            .map(|layer| layer.name())
            .collect()
    }
}
