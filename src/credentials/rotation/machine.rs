//! The machine's phases, and what each event does to them.

mod learn;

use super::{Cause, Intent, Notice, Permit, RotatePath, Step, Trouble};
use crate::credentials::answer::Secrets;
use crate::credentials::check::Check;
use crate::credentials::endpoint::Endpoints;
use crate::credentials::ledger::{Event, Ledger, Record, State};
use crate::credentials::name::{Kind, Target};
use crate::credentials::reply::Status;
use crate::credentials::request::{Access, Call};
use crate::credentials::secret::Secret;
use crate::credentials::time::Time;
use crate::error::Error;
use http::Response;
use std::collections::VecDeque;
use std::mem;
use zeroize::Zeroizing;

/// The rotation of one credential, driven by its owner step by step.
pub struct Rotation {
    target: Target,
    read: Call,
    rotate: Call,
    endpoints: Endpoints,
    access: Access,
    permit: Permit,
    /// What the ledger says, with the records that were written since.
    state: State,
    phase: Phase,
    /// Events to be recorded before the phase begins.
    records: VecDeque<(Target, Event)>,
    /// Whether the ledger could not be written after the credentials were rotated.
    unrecorded: bool,
    /// The old secrets that were shown in this run.
    old: Secrets,
    /// The new ones.
    new: Secrets,
    notices: Vec<Notice>,
}

/// Where the machine stands.
#[derive(Debug)]
enum Phase {
    /// A read is to be sent.
    Read(Why),
    /// Its answer is awaited.
    Reading(Why),
    /// The call that rotates is to be sent.
    Rotate,
    /// Its answer is awaited.
    Rotating,
    Store,
    Check,
    Done,
    Stuck(Trouble),
}

/// What for the credentials are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// To know the old ones before rotating.
    Before,
    /// To find out what became of the call.
    Resolve,
    /// To read back what the call answered.
    Back,
    /// To have what an earlier run rotated and did not store.
    Recover,
}

impl Rotation {
    /// A rotation of `target` that goes on from where the ledger says it stands.
    ///
    /// `access` is a developer API key; for signing keys it is the QStash token.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`](crate::ErrorKind::Request) when `access` does not fit, or `path` is the
    /// first one and `target` no QStash user.
    pub fn new(
        target: Target,
        path: RotatePath,
        endpoints: Endpoints,
        access: Access,
        ledger: &Ledger,
        permit: Permit,
    ) -> Result<Self, Error> {
        let read = Call::read(&target);
        let rotate = Call::rotate_by(&target, path)?;
        // What cannot be sent is refused before anything is.
        read.request(&endpoints, &access)?;
        rotate.request(&endpoints, &access)?;
        let state = ledger.state(&target).clone();
        let phase = match intent(&target, &state, permit) {
            Intent::Rotate => Phase::Read(Why::Before),
            Intent::Resolve => Phase::Read(Why::Resolve),
            Intent::Recover => Phase::Read(Why::Recover),
            Intent::Finished => Phase::Stuck(Trouble::Finished),
            Intent::Unconfirmed => Phase::Stuck(Trouble::Unconfirmed),
        };
        Ok(Self {
            target,
            read,
            rotate,
            endpoints,
            access,
            permit,
            state,
            phase,
            records: VecDeque::new(),
            unrecorded: false,
            old: Secrets::new(),
            new: Secrets::new(),
            notices: Vec::new(),
        })
    }

    /// What a run would do, as the ledger stands.
    #[must_use]
    pub fn intent(target: &Target, ledger: &Ledger, permit: Permit) -> Intent {
        intent(target, ledger.state(target), permit)
    }

    /// What is rotated.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Where the rotation stands, as recorded.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What a person should know of how it went.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Hands over a secret that is at the place where new ones are stored. Where an earlier run may have
    /// stored what the service shows only once, it counts if it has a fingerprint of the ledger.
    pub fn found(&mut self, secret: &Secret) {
        let State::Rotated { new, .. } = &self.state else {
            return;
        };
        for mark in new.iter().filter(|mark| secret.matches(&mark.fingerprint)) {
            let copy = Secret::new(secret.expose().to_owned());
            self.new.insert(mark.member, copy);
        }
    }

    /// What to do next. `now` is the time of a record.
    ///
    /// A call that rotates is handed out once; whoever asks for the next step without saying what
    /// became of it is taken to have had no answer.
    pub fn next(&mut self, now: Time) -> Step<'_> {
        if let Some((target, event)) = self.records.front() {
            return Step::Record(Record {
                time: now,
                target: target.clone(),
                event: event.clone(),
            });
        }
        self.phase = match mem::replace(&mut self.phase, Phase::Done) {
            Phase::Read(why) | Phase::Reading(why) => Phase::Reading(why),
            Phase::Rotating => Phase::Reading(Why::Resolve),
            phase => phase,
        };
        match self.phase {
            Phase::Reading(_) => self.send(true),
            Phase::Rotate => {
                self.phase = Phase::Rotating;
                self.send(false)
            }
            // Replaced above.
            Phase::Read(_) | Phase::Rotating => Step::Stuck(Trouble::OutOfTurn),
            Phase::Store => Step::Store(&self.new),
            Phase::Check => Step::Check {
                old: &self.old,
                new: &self.new,
            },
            Phase::Done if self.unrecorded => Step::Stuck(Trouble::NotRecorded),
            Phase::Done => Step::Done,
            Phase::Stuck(ref trouble) => Step::Stuck(trouble.clone()),
        }
    }

    fn send(&self, is_read: bool) -> Step<'_> {
        let call = if is_read { &self.read } else { &self.rotate };
        match call.request(&self.endpoints, &self.access) {
            Ok(request) => Step::Send { request, is_read },
            // The same request was built at the beginning.
            Err(_) => Step::Stuck(Trouble::OutOfTurn),
        }
    }

    /// The record of the last step is in the ledger, and on the disk.
    pub fn recorded(&mut self) {
        let Some((target, event)) = self.records.pop_front() else {
            return self.stop(Trouble::OutOfTurn);
        };
        if target != self.target {
            return;
        }
        match mem::take(&mut self.state).after(self.target.kind(), &event) {
            Some(state) => self.state = state,
            None => self.stop(Trouble::OutOfTurn),
        }
    }

    /// The request of the last step was answered. Its body is overwritten in the end.
    pub fn answer(&mut self, response: Response<Vec<u8>>) {
        let status = Status::of(&response);
        let body = Zeroizing::new(response.into_body());
        match self.phase {
            _ if !self.records.is_empty() => self.stop(Trouble::OutOfTurn),
            Phase::Reading(why) => match self.shown(status, body) {
                Ok(shown) => self.take_shown(why, shown),
                Err(cause) => self.read_failed(why, cause),
            },
            Phase::Rotating => self.take_rotated(status, body),
            _ => self.stop(Trouble::OutOfTurn),
        }
    }

    /// The last step failed: no answer came, or nothing could be recorded or stored.
    pub fn failed(&mut self) {
        if !self.records.is_empty() {
            return self.not_recorded();
        }
        match self.phase {
            Phase::Reading(why) => self.read_failed(why, Cause::NoAnswer),
            Phase::Rotating => self.phase = Phase::Read(Why::Resolve),
            Phase::Store => self.stop(Trouble::NotStored),
            Phase::Check => self.phase = Phase::Done,
            _ => self.stop(Trouble::OutOfTurn),
        }
    }

    /// The new credentials are stored, durably.
    pub fn stored(&mut self) {
        if !self.records.is_empty() || !matches!(self.phase, Phase::Store) {
            return self.stop(Trouble::OutOfTurn);
        }
        self.record(Event::Stored);
        self.phase = if self.old.is_empty() {
            Phase::Done
        } else {
            Phase::Check
        };
    }

    /// What was found out about the old credentials.
    pub fn checked(&mut self, checks: Vec<Check>) {
        if !self.records.is_empty() || !matches!(self.phase, Phase::Check) {
            return self.stop(Trouble::OutOfTurn);
        }
        if !checks.is_empty() {
            self.record(Event::Checked { checks });
        }
        self.phase = Phase::Done;
    }

    fn stop(&mut self, trouble: Trouble) {
        self.phase = Phase::Stuck(trouble);
    }

    fn record(&mut self, event: Event) {
        if !self.unrecorded {
            self.records.push_back((self.target.clone(), event));
        }
    }

    /// New credentials in hand are worth more than their record: they are still stored.
    fn not_recorded(&mut self) {
        self.records.clear();
        if self.new.is_empty() {
            self.stop(Trouble::NotRecorded);
        } else {
            self.unrecorded = true;
        }
    }
}

fn intent(target: &Target, state: &State, permit: Permit) -> Intent {
    match state {
        State::Untouched | State::Read { .. } | State::NotRotated { .. } => Intent::Rotate,
        State::Sent { .. } => Intent::Resolve,
        State::Accepted { .. } | State::NewUnknown { .. } => match permit {
            Permit::Again if target.kind() != Kind::SigningKeys => Intent::Rotate,
            // Signing keys can always be read, and rolling them twice breaks applications.
            _ => Intent::Resolve,
        },
        State::Rotated { .. } => Intent::Recover,
        State::Stored { confirmed, .. } if target.kind() == Kind::SigningKeys => {
            if *confirmed {
                Intent::Rotate
            } else {
                Intent::Unconfirmed
            }
        }
        State::Stored { .. } => match permit {
            Permit::Once => Intent::Finished,
            Permit::Again => Intent::Rotate,
        },
    }
}
