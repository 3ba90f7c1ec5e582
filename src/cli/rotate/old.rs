//! `--check-old`: are the secrets that the ledger calls old refused by now?

use super::super::console::say;
use super::super::exit::{Exit, Failure};
use super::check::{self, Prober};
use super::job::Job;
use super::ledger::Book;
use super::whereabouts::Whereabouts;
use super::{candidates, login, prompt, shown};
use qstash_redact::Fingerprint;
use qstash_redact::credentials::ledger::{Event, Ledger, Mark, Record, State};
use qstash_redact::credentials::{
    Access, Check, Kind, Secret, SecretName, Secrets, Target, Verdict,
};

pub(super) fn run(job: &Job) -> Result<Exit, Failure> {
    let mut book = Book::open(job.flags.ledger.ledger.as_deref())?;
    let (old, new) = known(book.ledger(), &job.target)?;
    let checks = if job.target.kind() == Kind::SigningKeys {
        old.iter()
            .map(|mark| Check::signing_key(mark.member, mark.fingerprint))
            .collect()
    } else {
        check_all(job, &old, &new)?
    };
    check::lines(&checks).for_each(say);
    let mut is_proven = knows_the_first(book.ledger(), &job.target);
    if !is_proven {
        say(format_args!(
            "{}: the service did not show all that was in use before the first rotation: the ledger does \
             not know it, so that it cannot be proven dead",
            job.target
        ));
    }
    for mark in &old {
        if let Some(is_dead) = is_dead(&checks, &mark.fingerprint) {
            is_proven &= is_dead;
        } else if was_dead(book.ledger(), &job.target, &mark.fingerprint) {
            say(format_args!(
                "old {}: dead when it was tried before; its value was not given",
                mark.member
            ));
        } else {
            say(format_args!(
                "old {}: not checked, since its value was not given",
                mark.member
            ));
            is_proven = false;
        }
    }
    book.add_now(&job.target, Event::Checked { checks })?;
    Ok(if is_proven {
        Exit::Done
    } else {
        Exit::Difference
    })
}

/// The marks of all secrets that are old, of every rotation that the ledger knows, and of those that are
/// in use.
fn known(ledger: &Ledger, target: &Target) -> Result<(Vec<Mark>, Vec<Mark>), Failure> {
    let events = || {
        let own = |record: &&Record| record.target == *target;
        ledger
            .records()
            .iter()
            .filter(own)
            .map(|record| &record.event)
    };
    let is_settled = matches!(
        ledger.state(target),
        State::Stored { .. } | State::Read { .. } | State::NotRotated { .. }
    );
    if !is_settled || events().all(|event| *event != Event::Stored) {
        return Err(Failure::usage(format!(
            "{target}: the ledger knows of no rotation that was finished; is --ledger right?"
        )));
    }
    let old = ledger
        .old_secrets()
        .filter_map(|(other, mark)| (other == target).then_some(mark))
        .collect::<Vec<_>>();
    if old.is_empty() {
        return Err(Failure::usage(format!(
            "{target}: the service did not show the old secrets when they were rotated, so that the \
             ledger does not know them"
        )));
    }
    let new = events()
        .filter_map(|event| match event {
            Event::Read { old: marks } | Event::Rotated { new: marks, .. } => Some(marks),
            _ => None,
        })
        .flat_map(|marks| marks.iter())
        .filter(|mark| old.iter().all(|old| old.fingerprint != mark.fingerprint))
        .copied()
        .collect();
    Ok((old, new))
}

/// Whether the ledger has all that a rotation changes as it was before the first one, which is what
/// leaked. What came later was recorded when it was made.
fn knows_the_first(ledger: &Ledger, target: &Target) -> bool {
    let mut records = ledger.records().iter();
    let first = records.find_map(|record| match &record.event {
        Event::Read { old } if record.target == *target => Some(old),
        _ => None,
    });
    let mut changing = target.kind().changing().iter();
    first.is_some_and(|old| changing.all(|member| old.get(*member).is_some()))
}

/// What these checks say of a secret: whether it is dead wherever it was tried; nothing if it was not.
fn is_dead(checks: &[Check], secret: &Fingerprint) -> Option<bool> {
    let mut tried = checks
        .iter()
        .filter(|check| check.old == *secret)
        .map(|check| check.verdict)
        .filter(|verdict| *verdict != Verdict::NotTaken)
        .peekable();
    tried.peek()?;
    Some(tried.all(|verdict| verdict == Verdict::Dead))
}

/// What the last check before this run said.
fn was_dead(ledger: &Ledger, target: &Target, secret: &Fingerprint) -> bool {
    let mut earlier = ledger.records().iter().rev();
    earlier
        .find_map(|record| match &record.event {
            Event::Checked { checks } if record.target == *target => is_dead(checks, secret),
            _ => None,
        })
        .unwrap_or(false)
}

fn check_all(job: &Job, old: &[Mark], new: &[Mark]) -> Result<Vec<Check>, Failure> {
    let old = given(job, old)?;
    let is_qstash = job.target.kind() == Kind::Qstash;
    // The token of QStash proves itself; where a database is, only the developer API knows.
    let access = if is_qstash && job.flags.to.out.is_some() {
        None
    } else {
        Some(login::access(&job.target, &job.flags.login)?)
    };
    let whereabouts = match &access {
        Some(access) => job.whereabouts(access)?,
        None => Whereabouts::default(),
    };
    let new = in_use(job, access.as_ref(), new)?;
    Prober {
        client: &job.client,
        trust: &job.trust,
        patience: job.patience(),
        endpoints: &job.endpoints,
        target: &job.target,
        whereabouts: &whereabouts,
    }
    .check(old.iter().map(|(member, secret)| (*member, secret)), &new)
}

/// `secret` for each of the marks that it matches.
fn matching(marks: &[Mark], secret: &Secret) -> impl Iterator<Item = (SecretName, Secret)> {
    marks
        .iter()
        .filter(|mark| secret.matches(&mark.fingerprint))
        .map(|mark| (mark.member, Secret::new(secret.expose().to_owned())))
}

/// The old secrets, from the file of `--old` or from the terminal, as far as they match the ledger.
fn given(job: &Job, marks: &[Mark]) -> Result<Vec<(SecretName, Secret)>, Failure> {
    let mut found = Vec::<(SecretName, Secret)>::new();
    let mut take = |secret: &Secret| {
        for given in matching(marks, secret) {
            // A file may have it several times.
            if !found.contains(&given) {
                found.push(given);
            }
        }
    };
    match &job.flags.check.old {
        Some(file) => {
            let content = login::read(file, "the old secrets")?;
            candidates::of(&content).iter().for_each(&mut take);
        }
        None => {
            for (index, mark) in (1..).zip(marks) {
                let what = format!(
                    "{index} of {}: an old {} of {}; nothing leaves it out",
                    marks.len(),
                    mark.member,
                    job.target
                );
                take(&prompt::line(&what, "give --old FILE")?);
            }
        }
    }
    if found.is_empty() {
        return Err(Failure::content(format!(
            "none of the secrets that were given has the fingerprint of an old secret of {} in the ledger",
            job.target
        )));
    }
    Ok(found)
}

/// The new secrets, from the file where they were stored or from the service; they must be those of
/// the ledger.
fn in_use(job: &Job, access: Option<&Access>, marks: &[Mark]) -> Result<Secrets, Failure> {
    let mut found = Secrets::new();
    let mut take = |secret: &Secret| {
        for (member, secret) in matching(marks, secret) {
            found.insert(member, secret);
        }
    };
    if let Some(file) = &job.flags.to.out {
        let content = login::read(file, "the new secrets")?;
        candidates::of(&content).iter().for_each(&mut take);
    }
    if let Some(access) = access {
        let shown = shown::read(&job.client, &job.endpoints, access, &job.target)?;
        shown.iter().for_each(|(_, secret)| take(secret));
    }
    if found.is_empty() {
        return Err(Failure::content(format!(
            "neither FILE nor the service has the new secrets of {} that are in the ledger; were they \
             rotated since by somebody else?",
            job.target
        )));
    }
    Ok(found)
}
