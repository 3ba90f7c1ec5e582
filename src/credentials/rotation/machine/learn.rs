//! What the machine learns from answers: what was there before, what became of the call, what is new.

use super::{Phase, Rotation, Why};
use crate::credentials::answer::{Answer, Secrets};
use crate::credentials::ledger::{Event, Marks, Source, State};
use crate::credentials::name::{Id, Kind, SecretName, Target};
use crate::credentials::reply::Status;
use crate::credentials::rotation::compare::{Comparison, compare};
use crate::credentials::rotation::{Cause, Notice, Permit, Trouble};
use crate::credentials::shapes::RotateAnswer;
use zeroize::Zeroizing;

impl Rotation {
    /// What an answer to a read shows.
    pub(super) fn shown(&self, status: Status, body: Zeroizing<Vec<u8>>) -> Result<Secrets, Cause> {
        if status != Status::Ok {
            return Err(Cause::Status(status));
        }
        let kind = self.target.kind();
        let answer = Answer::from_json(kind, body).map_err(Cause::Body)?;
        if kind != Kind::SigningKeys && answer.id().is_some_and(|id| Some(id) != self.target.id()) {
            return Err(Cause::AnotherId);
        }
        let shown = answer.into_secrets();
        // Signing keys are always shown: an answer without them is none.
        if kind == Kind::SigningKeys && shown.len() != kind.secrets().len() {
            return Err(Cause::NoKeys);
        }
        Ok(shown)
    }

    pub(super) fn read_failed(&mut self, why: Why, cause: Cause) {
        match why {
            Why::Before => self.stop(Trouble::NotRead(cause)),
            Why::Resolve => self.stop(Trouble::OutcomeUnknown(cause)),
            Why::Recover => self.stop(Trouble::NotRecovered(cause)),
            Why::Back => {
                self.notices.push(Notice::NotReadBack);
                self.phase = self.storing();
            }
        }
    }

    pub(super) fn take_shown(&mut self, why: Why, shown: Secrets) {
        match why {
            Why::Before => self.begin(shown),
            Why::Resolve => self.resolve(shown),
            Why::Back => self.read_back(shown),
            Why::Recover => self.recover(shown),
        }
    }

    /// The old credentials are known as far as they are shown: rotate.
    fn begin(&mut self, shown: Secrets) {
        let known = self.state.old().cloned().unwrap_or_default();
        let unresolved = matches!(
            self.state,
            State::NewUnknown { .. } | State::Accepted { .. }
        );
        if unresolved && self.compare(&known, &shown) == Comparison::Different {
            // The service shows by now what it did not before; there is no need to rotate again.
            return self.take_new(shown, Source::Reading);
        }
        if self.may_be_late() && self.compare(&known, &shown) == Comparison::Different {
            self.notices.push(Notice::Late);
            return self.take_new(shown, Source::Reading);
        }
        if !self.shows(&shown) {
            self.notices.push(Notice::Hidden);
        }
        self.record(Event::Read {
            old: Marks::of(&shown),
        });
        self.record(Event::Sending {
            again: self.permit == Permit::Again,
        });
        self.old = shown;
        self.phase = Phase::Rotate;
    }

    /// Whether a call of an earlier run may have been carried out after that run looked. Rolling
    /// signing keys twice breaks applications, so that nothing permits that.
    fn may_be_late(&self) -> bool {
        matches!(self.state, State::NotRotated { lost: true, .. })
            && (self.permit == Permit::Once || self.target.kind() == Kind::SigningKeys)
    }

    /// Finds out what became of the call.
    fn resolve(&mut self, shown: Secrets) {
        let old = self.state.old().cloned().unwrap_or_default();
        match self.compare(&old, &shown) {
            Comparison::Different => self.take_new(shown, Source::Reading),
            Comparison::Mixed => self.stop(Trouble::Inconsistent),
            Comparison::Same if matches!(self.state, State::Sent { .. }) => {
                self.record(Event::Unchanged);
                self.stop(Trouble::NotRotated);
            }
            Comparison::Same => self.stop(Trouble::StillOld),
            // What is shown may be the old one as well as the new one.
            Comparison::Hidden | Comparison::Incomparable => {
                if !matches!(self.state, State::NewUnknown { .. }) {
                    self.record(Event::NewUnknown);
                }
                self.stop(Trouble::NewUnknown);
            }
        }
    }

    /// The call that rotates was answered.
    pub(super) fn take_rotated(&mut self, status: Status, body: Zeroizing<Vec<u8>>) {
        if let Some(code) = status.refusal() {
            self.record(Event::Refused { status: code });
            return self.stop(Trouble::Refused(status));
        }
        self.phase = Phase::Read(Why::Resolve);
        if status != Status::Ok {
            return;
        }
        let (id, secrets) = match RotateAnswer::read(self.target.kind(), body) {
            Err(_) => return,
            Ok(RotateAnswer::Accepted) => return self.record(Event::Accepted),
            Ok(RotateAnswer::Rotated { id, secrets }) => (id, secrets),
        };
        if let Some(id) = id.filter(|id| self.is_another(id)) {
            return self.rotated_another(id, &secrets);
        }
        let old = Marks::of(&self.old);
        let is_whole = self.target.kind() != Kind::SigningKeys || secrets.len() == 2;
        match self.compare(&old, &secrets) {
            Comparison::Different | Comparison::Incomparable if is_whole => {
                self.take_new(secrets, Source::Answer);
            }
            // It says that it was done and does not show what came of it.
            _ => self.record(Event::Accepted),
        }
    }

    fn is_another(&self, id: &Id) -> bool {
        self.target.kind() != Kind::SigningKeys && self.target.id() != Some(id)
    }

    /// Files what was rotated under the user that it belongs to, from where it can be resumed.
    fn rotated_another(&mut self, id: Id, secrets: &Secrets) {
        let (kind, region) = (self.target.kind(), self.target.region().cloned());
        if let Some(other) = Target::from_parts(kind, Some(id.clone()), region) {
            let event = Event::Rotated {
                new: Marks::of(secrets),
                source: Source::Answer,
            };
            self.records.push_back((other, event));
        }
        self.stop(Trouble::RotatedAnother(id));
    }

    /// New credentials are in hand: they are recorded at once.
    fn take_new(&mut self, secrets: Secrets, source: Source) {
        if self.target.kind() == Kind::SigningKeys && self.rolled_twice(&secrets) {
            self.notices.push(Notice::RolledTwice);
        }
        self.record(Event::Rotated {
            new: Marks::of(&secrets),
            source,
        });
        self.new = secrets;
        // What the service does not show cannot be read back, and would be lost with this process:
        // it is stored at once.
        self.phase = if source == Source::Answer && self.shows(&self.old) {
            Phase::Read(Why::Back)
        } else {
            self.storing()
        };
    }

    /// New credentials are complete as far as they can be.
    fn storing(&mut self) -> Phase {
        let is_missing = |name: &&SecretName| self.new.get(**name).is_none();
        if self
            .target
            .kind()
            .changing()
            .iter()
            .any(|name| is_missing(&name))
        {
            self.notices.push(Notice::Incomplete);
        }
        Phase::Store
    }

    /// Whether any of what a rotation changes is shown.
    fn shows(&self, shown: &Secrets) -> bool {
        self.compare(&Marks::default(), shown) != Comparison::Hidden
    }

    fn rolled_twice(&self, keys: &Secrets) -> bool {
        let before = self.state.old().and_then(|old| old.get(SecretName::Next));
        match (before, keys.get(SecretName::Current)) {
            (Some(before), Some(current)) => !current.matches(&before.fingerprint),
            _ => false,
        }
    }

    /// Holds what the call answered against what is shown now.
    fn read_back(&mut self, shown: Secrets) {
        let (old, new) = (Marks::of(&self.old), Marks::of(&self.new));
        match self.compare(&new, &shown) {
            Comparison::Same => self.complete(shown),
            Comparison::Different if self.compare(&old, &shown) == Comparison::Different => {
                self.notices.push(Notice::Replaced);
                return self.take_new(shown, Source::Reading);
            }
            Comparison::Different => self.notices.push(Notice::ReadBackOld),
            Comparison::Hidden | Comparison::Incomparable | Comparison::Mixed => {
                self.notices.push(Notice::NotReadBack);
            }
        }
        self.phase = self.storing();
    }

    /// Takes over what the answer did not hold and reading shows.
    fn complete(&mut self, shown: Secrets) {
        let before = Marks::of(&self.new);
        for (name, secret) in shown.into_parts() {
            if self.new.get(name).is_none() {
                self.new.insert(name, secret);
            }
        }
        let new = Marks::of(&self.new);
        if new != before {
            self.record(Event::Rotated {
                new,
                source: Source::Reading,
            });
        }
    }

    /// Has again what an earlier run rotated and did not store.
    fn recover(&mut self, shown: Secrets) {
        let old = self.state.old().cloned().unwrap_or_default();
        let new = self.state.new_marks().cloned().unwrap_or_default();
        match self.compare(&new, &shown) {
            Comparison::Same => {
                self.new = shown;
                self.phase = self.storing();
                if Marks::of(&self.new) != new {
                    self.record(Event::Rotated {
                        new: Marks::of(&self.new),
                        source: Source::Reading,
                    });
                }
            }
            Comparison::Different if self.compare(&old, &shown) == Comparison::Same => {
                self.stop(Trouble::StillOld);
            }
            Comparison::Different | Comparison::Incomparable => {
                self.notices.push(Notice::Replaced);
                self.take_new(shown, Source::Reading);
            }
            Comparison::Mixed => self.stop(Trouble::Inconsistent),
            Comparison::Hidden if !self.new.is_empty() => {
                self.phase = self.storing();
            }
            Comparison::Hidden => {
                self.record(Event::NewUnknown);
                self.stop(Trouble::NewUnknown);
            }
        }
    }

    fn compare(&self, known: &Marks, shown: &Secrets) -> Comparison {
        compare(self.target.kind(), known, shown)
    }
}
