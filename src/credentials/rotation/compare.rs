//! What a reading shows, held against fingerprints.

use crate::credentials::answer::Secrets;
use crate::credentials::ledger::Marks;
use crate::credentials::name::Kind;

/// How what is shown compares with what is known, by the members that every rotation changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// Nothing is shown.
    Hidden,
    /// Nothing of what is shown is known.
    Incomparable,
    Same,
    Different,
    /// Some are the same and some are not.
    Mixed,
}

pub(super) fn compare(kind: Kind, known: &Marks, shown: &Secrets) -> Comparison {
    let (mut hidden, mut same, mut different) = (true, false, false);
    for name in kind.changing() {
        let Some(secret) = shown.get(*name) else {
            continue;
        };
        hidden = false;
        match known.get(*name) {
            Some(mark) if secret.matches(&mark.fingerprint) => same = true,
            Some(_) => different = true,
            None => {}
        }
    }
    match (same, different) {
        _ if hidden => Comparison::Hidden,
        (true, true) => Comparison::Mixed,
        (true, false) => Comparison::Same,
        (false, true) => Comparison::Different,
        (false, false) => Comparison::Incomparable,
    }
}
