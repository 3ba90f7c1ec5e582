//! What makes a finding the same one when lines around it move: its place, its kind, its
//! placeholder, and how many alike are before it.

use super::entry::Found;
use qstash_redact::Fingerprint;
use std::collections::BTreeMap;

/// Without line, commit and wrapping.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) place: String,
    pub(super) kind: String,
    pub(super) placeholder: String,
}

impl Key {
    pub(super) fn of(found: &Found) -> Self {
        let finding = &found.finding;
        Self {
            place: found.place.lasting(),
            kind: finding.kind.name().to_owned(),
            placeholder: finding.placeholder.to_string(),
        }
    }
}

/// Gives findings identities, in the order in which they come.
#[derive(Default)]
pub(super) struct Identities {
    /// The place that is at hand, and what was in it. Findings come place by place.
    place: String,
    seen: BTreeMap<Key, u64>,
}

impl Identities {
    /// 64 hex digits.
    pub(super) fn of(&mut self, found: &Found) -> String {
        let key = Key::of(found);
        if key.place != self.place {
            self.seen.clear();
            self.place.clone_from(&key.place);
        }
        let text = format!("{}\n{}\n{}", key.place, key.kind, key.placeholder);
        let number = self.seen.entry(key).or_default();
        *number += 1;
        Fingerprint::of(format!("{text}\n{number}").as_bytes()).to_string()
    }
}
