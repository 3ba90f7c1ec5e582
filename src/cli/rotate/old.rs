//! `--check-old`: are the secrets that the ledger calls old refused by now?

use super::super::console::say;
use super::super::exit::{Exit, Failure};
use super::check::{self, Prober};
use super::job::Job;
use super::ledger::Book;
use super::whereabouts::Whereabouts;
use super::{candidates, login, prompt, shown};
use qstash_redact::credentials::ledger::{Event, Mark, Marks, State};
use qstash_redact::credentials::{Access, Check, Kind, Secret, Secrets, Verdict};

pub(super) fn run(job: &Job) -> Result<Exit, Failure> {
    let mut book = Book::open(job.flags.ledger.ledger.as_deref())?;
    let State::Stored {
        old,
        new,
        checks: before,
        ..
    } = book.state(&job.target)
    else {
        return Err(Failure::usage(format!(
            "{}: the ledger knows of no rotation that was finished; is --ledger right?",
            job.target
        )));
    };
    let (old, new, before) = (gone(old, new), new.clone(), before.clone());
    if old.is_empty() {
        return Err(Failure::usage(format!(
            "{}: the service did not show the old secrets when they were rotated, so that the ledger \
             does not know them",
            job.target
        )));
    }
    let checks = if job.target.kind() == Kind::SigningKeys {
        old.iter()
            .map(|mark| Check::signing_key(mark.member, mark.fingerprint))
            .collect()
    } else {
        check_all(job, &old, &new)?
    };
    check::lines(&checks).for_each(say);
    let mut is_proven = checks.iter().all(|check| check.verdict == Verdict::Dead);
    for mark in &old {
        if checks.iter().any(|check| check.member == mark.member) {
            continue;
        }
        let was_dead =
            |check: &Check| check.old == mark.fingerprint && check.verdict == Verdict::Dead;
        if before.iter().any(was_dead) {
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

/// The marks of the secrets that are not in use any more.
fn gone(old: &Marks, new: &Marks) -> Vec<Mark> {
    let in_use = |mark: &Mark| {
        new.iter()
            .any(|other| other.fingerprint == mark.fingerprint)
    };
    old.iter().filter(|mark| !in_use(mark)).copied().collect()
}

fn check_all(job: &Job, old: &[Mark], new: &Marks) -> Result<Vec<Check>, Failure> {
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
    .check(&old, &new)
}

/// The old secrets, from the file of `--old` or from the terminal, as far as they match the ledger.
fn given(job: &Job, marks: &[Mark]) -> Result<Secrets, Failure> {
    let mut found = Secrets::new();
    let mut take = |secret: &Secret| {
        for mark in marks
            .iter()
            .filter(|mark| secret.matches(&mark.fingerprint))
        {
            found.insert(mark.member, Secret::new(secret.expose().to_owned()));
        }
    };
    match &job.flags.check.old {
        Some(file) => {
            let content = login::read(file, "the old secrets")?;
            candidates::of(&content).iter().for_each(&mut take);
        }
        None => {
            for mark in marks {
                let what = format!(
                    "the old {} of {}; nothing leaves it out",
                    mark.member, job.target
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
fn in_use(job: &Job, access: Option<&Access>, marks: &Marks) -> Result<Secrets, Failure> {
    let mut found = Secrets::new();
    let mut take = |secret: &Secret| {
        for mark in marks
            .iter()
            .filter(|mark| secret.matches(&mark.fingerprint))
        {
            found.insert(mark.member, Secret::new(secret.expose().to_owned()));
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
