//! The ledger: what was rotated when, by fingerprints alone, one JSON document a line.
//!
//! A ledger is only ever appended to. Whoever writes it puts a record on the disk before the step
//! that the record announces, so that [`State`], folded from the records, is never behind what may
//! have happened: an interrupted rotation goes on from there.

mod line;
mod state;

use super::answer::Secrets;
use super::check::Check;
use super::name::{SecretName, Target};
use super::time::Time;
use crate::error::{Error, ErrorKind};
use crate::fingerprint::Fingerprint;
pub use state::State;
use std::collections::BTreeMap;

/// The version of the records that this crate writes, and the newest that it reads.
pub const SCHEMA: u64 = 1;

/// What the ledger keeps of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Which secret.
    pub member: SecretName,
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// Its length in bytes.
    pub length: u64,
}

/// What the ledger keeps of some secrets, each member at most once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(Vec<Mark>);

impl Marks {
    /// The marks of `secrets`.
    #[must_use]
    pub fn of(secrets: &Secrets) -> Self {
        let mark = |(member, secret): (SecretName, &super::Secret)| Mark {
            member,
            fingerprint: secret.fingerprint(),
            length: secret.len() as u64,
        };
        Self(secrets.iter().map(mark).collect())
    }

    /// The mark of the secret called `member`.
    #[must_use]
    pub fn get(&self, member: SecretName) -> Option<&Mark> {
        self.iter().find(|mark| mark.member == member)
    }

    /// All marks.
    pub fn iter(&self) -> impl Iterator<Item = &Mark> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// From where new secrets are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// From the answer to the call that rotated them.
    Answer,
    /// From reading them afterwards.
    Reading,
}

/// What happened, or is about to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The credentials were read before rotating them: what the service showed, perhaps nothing.
    Read {
        /// What it showed.
        old: Marks,
    },
    /// The call that rotates is about to be sent; from here on it may have been carried out.
    Sending {
        /// Whether a person asked for one more rotation.
        again: bool,
    },
    /// The service refused the call, with this HTTP status: nothing was rotated.
    Refused {
        /// The status.
        status: u16,
    },
    /// No usable answer came, and reading shows the old credentials: nothing was rotated.
    Unchanged,
    /// The service said that it was done, and did not show the new credentials.
    Accepted,
    /// New credentials are known.
    Rotated {
        /// What they are.
        new: Marks,
        /// From where they are known.
        source: Source,
    },
    /// They may have been rotated, and the service does not show the new ones.
    NewUnknown,
    /// The new credentials were stored.
    Stored,
    /// The old ones were tried.
    Checked {
        /// What was found out.
        checks: Vec<Check>,
    },
    /// A person says that the next signing key is in use everywhere.
    Confirmed,
}

/// One line of a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// When.
    pub time: Time,
    /// What it is about.
    pub target: Target,
    /// What happened.
    pub event: Event,
}

impl Record {
    /// The record as one line of JSON, with its line feed. It holds no secret.
    #[must_use]
    pub fn to_line(&self) -> String {
        line::write(self)
    }
}

/// How a ledger ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// With a line feed, or it is empty: the next record can be appended.
    Whole,
    /// With a record whose line feed is missing: it counts, and one must be written before the next.
    NoLineFeed,
    /// With the beginning of a record, which a crash has cut: it does not count, since nothing is
    /// done before its record is written. Before the next one the file must be cut at this offset
    /// in bytes.
    Cut(u64),
}

/// Whether a file system made room for this, and nothing was written there before the power failed.
fn is_unwritten(text: &[u8]) -> bool {
    text.iter().all(|byte| *byte == 0)
}

/// The records of a ledger file, read strictly.
#[derive(Clone, Debug)]
pub struct Ledger {
    records: Vec<Record>,
    states: BTreeMap<Target, State>,
    tail: Tail,
}

impl Default for Ledger {
    fn default() -> Self {
        Self::new()
    }
}

impl Ledger {
    /// A ledger without records.
    #[must_use]
    pub fn new() -> Self {
        Self {
            records: Vec::new(),
            states: BTreeMap::new(),
            tail: Tail::Whole,
        }
    }

    /// Reads a ledger.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Ledger`] when a line is no record, is of a newer schema, or cannot follow those
    /// before it. The error names the line. A line that a crash has cut at the very end is no error:
    /// see [`tail`](Self::tail).
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut ledger = Self::new();
        let mut offset = 0;
        for (number, text) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
            let content = text.strip_suffix(b"\n");
            let record = match line::read(content.unwrap_or(text)) {
                Ok(record) => record,
                Err(fault) if content.is_none() && (fault.cut || is_unwritten(text)) => {
                    ledger.tail = Tail::Cut(offset);
                    return Ok(ledger);
                }
                Err(fault) => {
                    return Err(Error::new(ErrorKind::Ledger, fault.what).at(number, offset));
                }
            };
            ledger
                .append(record)
                .map_err(|error| error.at(number, offset))?;
            if content.is_none() {
                ledger.tail = Tail::NoLineFeed;
            }
            offset += text.len() as u64;
        }
        Ok(ledger)
    }

    /// Adds a record, as it was added to the file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Ledger`] when it cannot follow the records before it.
    pub fn append(&mut self, record: Record) -> Result<(), Error> {
        let state = self
            .state(&record.target)
            .clone()
            .after(record.target.kind(), &record.event)
            .ok_or_else(|| {
                let what = "a record cannot follow those before it; is a line missing?";
                Error::new(ErrorKind::Ledger, what)
            })?;
        self.states.insert(record.target.clone(), state);
        self.records.push(record);
        self.tail = Tail::Whole;
        Ok(())
    }

    /// All records in order.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Every credential that has records, with its state.
    pub fn states(&self) -> impl Iterator<Item = (&Target, &State)> {
        self.states.iter()
    }

    /// The state of one credential.
    #[must_use]
    pub fn state(&self, target: &Target) -> &State {
        self.states.get(target).unwrap_or(&State::Untouched)
    }

    /// How the file ends.
    #[must_use]
    pub fn tail(&self) -> Tail {
        self.tail
    }

    /// The marks of every secret that is old by now, of all rotations: what to hunt for. A signing
    /// key that became the current one by rolling is still in use and is none of them.
    pub fn old_secrets(&self) -> impl Iterator<Item = (&Target, Mark)> {
        let mut found: Vec<(&Target, Mark)> = Vec::new();
        let mut read: BTreeMap<&Target, &Marks> = BTreeMap::new();
        let mut known: BTreeMap<&Target, &Marks> = BTreeMap::new();
        for Record { target, event, .. } in &self.records {
            match event {
                Event::Read { old } => {
                    read.insert(target, old);
                }
                Event::Rotated { .. } | Event::NewUnknown => {
                    // What an earlier record took for new, and was replaced since, is old as well.
                    let before = [read.get(target).copied(), known.remove(target)];
                    for mark in before.into_iter().flatten().flat_map(|marks| marks.iter()) {
                        found.push((target, *mark));
                    }
                    // After a loss nothing that is known can be taken to be in use.
                    if let Event::Rotated { new, .. } = event {
                        known.insert(target, new);
                    }
                }
                _ => {}
            }
        }
        let in_use = |target: &Target, mark: &Mark| {
            known.get(target).is_some_and(|new| {
                new.iter()
                    .any(|other| other.fingerprint == mark.fingerprint)
            })
        };
        found.retain(|(target, mark)| !in_use(target, mark));
        let mut seen = std::collections::HashSet::new();
        found.retain(|(target, mark)| seen.insert((*target, *mark)));
        found.into_iter()
    }
}

#[cfg(test)]
mod tests;
