//! A rotation, step by step: the machine says what is next, and this does it.

use super::super::console::{printable, say};
use super::super::exit::{Exit, Failure};
use super::check::{self, Prober};
use super::job::Job;
use super::ledger::{Book, now};
use super::store::Store;
use super::variables::Source;
use super::whereabouts::Whereabouts;
use super::{candidates, consent, legacy, login, trouble};
use qstash_redact::credentials::ledger::{Event, Ledger, Mark, Marks, State};
use qstash_redact::credentials::{
    Intent, Kind, RotatePath, Rotation, Secret, SecretName, Secrets, Step, Trouble, Verdict,
};

pub(super) fn run(job: &Job) -> Result<Exit, Failure> {
    let store = job.store()?;
    store.prove(&job.names())?;
    let mut book = Book::open(job.flags.ledger.ledger.as_deref())?;
    let intent = Rotation::intent(&job.target, book.ledger(), job.permit());
    let refused = |trouble: &_| trouble::failure(&job.target, book.state(&job.target), trouble);
    match intent {
        Intent::Finished => return Err(refused(&Trouble::Finished)),
        Intent::Unconfirmed => return Err(refused(&Trouble::Unconfirmed)),
        _ => {}
    }
    let access = login::access(&job.target, &job.flags.login)?;
    if job.path == RotatePath::First {
        legacy::check(job, &access)?;
    }
    let whereabouts = job.whereabouts(&access)?;
    match intent {
        Intent::Rotate => {
            job.refuse_urls_to_nowhere(&whereabouts)?;
            consent::announce(job, &store);
            consent::ask(&job.target, &job.flags.consent)?;
        }
        _ => {
            let state = book.state(&job.target);
            let known = [marks(state.old()), marks(state.new_marks())].concat();
            refuse_others(job, &store, book.ledger(), &known)?;
            say(format_args!(
                "{}: going on with the rotation that was interrupted",
                job.target
            ));
        }
    }
    let mut rotation = Rotation::new(
        job.target.clone(),
        job.path,
        job.endpoints.clone(),
        access,
        book.ledger(),
        job.permit(),
    )
    .map_err(|error| Failure::input("the request", &error))?;
    if intent == Intent::Recover {
        // A run that was interrupted behind its last step has stored them there.
        let found = store.candidates()?;
        found.iter().for_each(|secret| rotation.found(secret));
    }
    let drive = Drive {
        job,
        store: &store,
        whereabouts: &whereabouts,
    };
    let ended = drive.all(&mut rotation, &mut book);
    for notice in rotation.notices() {
        say(trouble::note(*notice));
    }
    ended
}

struct Drive<'a> {
    job: &'a Job,
    store: &'a Store,
    whereabouts: &'a Whereabouts,
}

impl Drive<'_> {
    fn all(&self, rotation: &mut Rotation, book: &mut Book) -> Result<Exit, Failure> {
        let mut exit = Exit::Done;
        let mut stale = Vec::new();
        loop {
            match rotation.next(now()) {
                Step::Record(record) => {
                    if let Some(known) = to_replace(rotation.state(), &record.event) {
                        // Nothing was sent in this run that changes anything.
                        refuse_others(self.job, self.store, book.ledger(), &known)?;
                    }
                    match book.add(record) {
                        Ok(()) => rotation.recorded(),
                        Err(failure) => {
                            failure.tell();
                            rotation.failed();
                        }
                    }
                }
                Step::Send { request, is_read } => {
                    let client = &self.job.client;
                    let sent = if is_read {
                        client.read(&request)
                    } else {
                        client.send(&request)
                    };
                    drop(request);
                    match sent {
                        Ok(answer) => rotation.answer(answer),
                        Err(no_answer) => {
                            say(format_args!("{}: {no_answer}", self.job.target));
                            rotation.failed();
                        }
                    }
                }
                Step::Store(new) => match self.keep(new) {
                    Ok(left) => {
                        stale = left;
                        self.tell_of_copies(&marks(book.state(&self.job.target).old()), new);
                        rotation.stored();
                    }
                    Err(failure) => {
                        failure.tell();
                        rotation.failed();
                    }
                },
                Step::Check { old, new } => match self.prober().check(old.iter(), new) {
                    Ok(checks) => {
                        check::lines(&checks).for_each(say);
                        if checks.iter().any(|check| check.verdict == Verdict::Alive) {
                            exit = Exit::Difference;
                        }
                        rotation.checked(checks);
                    }
                    Err(failure) => {
                        failure.tell();
                        rotation.failed();
                    }
                },
                Step::Done => {
                    let next = match self.job.target.kind() {
                        Kind::SigningKeys => {
                            "deploy what uses them; once every application has them, say so with \
                             `rotate confirm`"
                        }
                        _ => {
                            "deploy what uses it, then search for copies of the old ones with `hunt \
                             --ledger`, and prove that they are dead with --check-old"
                        }
                    };
                    say(format_args!(
                        "{}: rotated and stored; {next}",
                        self.job.target
                    ));
                    if !stale.is_empty() {
                        return Err(trouble::stale(&self.job.target, &stale));
                    }
                    return Ok(exit);
                }
                Step::Stuck(trouble) => {
                    return Err(trouble::failure(
                        &self.job.target,
                        rotation.state(),
                        &trouble,
                    ));
                }
            }
        }
    }

    /// Stores the new secrets, and says by placeholders what they are. What is left are the variables
    /// that somebody relies on, and that the service shows no secret for.
    fn keep(&self, new: &Secrets) -> Result<Vec<String>, Failure> {
        let values = self.job.values(new, self.whereabouts);
        if values.known.is_empty() {
            return Err(Failure::content(
                "the service shows none of the secrets that are to be stored; choose others with --as",
            ));
        }
        let held = self.store.held(&self.job.names())?;
        let is_asked = |name: &String| {
            let mut variables = self.job.flags.to.variables.iter();
            variables.any(|variable| variable.name == *name)
        };
        let is_held = |name: &String| held.iter().any(|(other, _)| other == name);
        let (stale, unset): (Vec<_>, Vec<_>) = values
            .missing
            .iter()
            .cloned()
            .partition(|name| is_asked(name) || is_held(name));
        self.store.store(&values.as_refs())?;
        for (name, secret) in &values.known {
            say(format_args!("{name}: {}", secret.placeholder()));
        }
        for name in &unset {
            say(format_args!(
                "{name}: the service shows no such secret; it is not set"
            ));
        }
        Ok(stale)
    }

    /// Says under which other names FILE has old secrets: it is used with them.
    fn tell_of_copies(&self, old: &[Mark], new: &Secrets) {
        let is_old = |secret: &Secret| {
            let mut marks = old.iter();
            marks.any(|mark| secret.matches(&mark.fingerprint))
                && new.iter().all(|(_, new)| new != secret)
        };
        // What cannot be read by now was stored before.
        for (name, value) in self.store.variables().unwrap_or_default() {
            if is_old(&value) || candidates::password(&value).is_some_and(|part| is_old(&part)) {
                say(format_args!(
                    "{}: FILE still holds an old secret there; --as would set it",
                    printable(&name)
                ));
            }
        }
    }

    fn prober(&self) -> Prober<'_> {
        Prober {
            client: &self.job.client,
            trust: &self.job.trust,
            patience: self.job.patience(),
            endpoints: &self.job.endpoints,
            target: &self.job.target,
            whereabouts: self.whereabouts,
        }
    }
}

/// Marks as a list.
pub(super) fn marks(marks: Option<&Marks>) -> Vec<Mark> {
    marks.into_iter().flat_map(Marks::iter).copied().collect()
}

/// What FILE may hold when `event` follows upon `state`, where that decides what will be stored.
fn to_replace(state: &State, event: &Event) -> Option<Vec<Mark>> {
    match (state, event) {
        (_, Event::Read { old }) => Some(marks(Some(old))),
        // An earlier run rotated them, perhaps with another FILE.
        (State::NotRotated { old, .. }, Event::Rotated { new, .. }) => {
            Some([marks(Some(old)), marks(Some(new))].concat())
        }
        _ => None,
    }
}

/// Refuses to overwrite what may be the only copy of another secret: FILE must hold the old secrets
/// under the names that will be set, or nothing.
pub(super) fn refuse_others(
    job: &Job,
    store: &Store,
    ledger: &Ledger,
    known: &[Mark],
) -> Result<(), Failure> {
    if job.flags.to.overwrite {
        return Ok(());
    }
    let is_in = |marks: &[Mark], held: &Secret| {
        let mut marks = marks.iter();
        marks.any(|mark| held.matches(&mark.fingerprint))
    };
    let others = ledger
        .states()
        .filter(|(target, _)| **target != job.target)
        .flat_map(|(_, state)| marks(state.new_marks()))
        .collect::<Vec<_>>();
    let knows_password = known.iter().any(|mark| mark.member == SecretName::Password);
    for (name, held) in store.held(&job.names())? {
        let is_url = job
            .variables
            .iter()
            .any(|variable| variable.name == name && variable.source == Source::Url);
        // Of what the service hides nothing is known, and FILE is what was agreed to.
        let (held, is_comparable) = match candidates::password(&held) {
            _ if !is_url => (held, !known.is_empty()),
            Some(password) => (password, knows_password),
            // A URL without a password is no secret.
            None => continue,
        };
        if !is_in(known, &held) && (is_comparable || is_in(&others, &held)) {
            return Err(Failure::usage(format!(
                "FILE: {name} holds another secret than the one to be rotated; is it another database's? \
                 Choose other names with --as or --prefix, or replace it with --overwrite"
            )));
        }
    }
    Ok(())
}
