//! What a rotation would do: everything up to the call, and not the call.

use super::super::console::say;
use super::super::exit::{Exit, Failure};
use super::drive::{marks, refuse_others};
use super::job::Job;
use super::ledger::look;
use super::{consent, legacy, login, shown, trouble};
use qstash_redact::credentials::ledger::{Ledger, Marks};
use qstash_redact::credentials::{Intent, Notice, RotatePath, Rotation, Trouble};

pub(super) fn run(job: &Job) -> Result<Exit, Failure> {
    let store = job.store()?;
    store.prove(&job.names())?;
    let ledger = look(job.flags.ledger.ledger.as_deref())?.unwrap_or_else(Ledger::new);
    let intent = Rotation::intent(&job.target, &ledger, job.permit());
    let access = login::access(&job.target, &job.flags.login)?;
    if job.path == RotatePath::First {
        legacy::check(job, &access)?;
    }
    let whereabouts = job.whereabouts(&access)?;
    let secrets = shown::read(&job.client, &job.endpoints, &access, &job.target)?;
    if secrets.is_empty() {
        say(trouble::note(Notice::Hidden));
    }
    for (member, secret) in secrets.iter() {
        say(format_args!("now {member}: {}", secret.placeholder()));
    }
    let refused = |trouble: &_| trouble::failure(&job.target, ledger.state(&job.target), trouble);
    match intent {
        Intent::Rotate => {
            job.refuse_urls_to_nowhere(&whereabouts)?;
            refuse_others(job, &store, &ledger, &marks(Some(&Marks::of(&secrets))))?;
            consent::announce(job, &store);
        }
        Intent::Resolve => {
            say("the last rotation was interrupted; this would find out what became of it");
        }
        Intent::Recover => say("the last rotation was not stored; this would read and store it"),
        Intent::Finished => return Err(refused(&Trouble::Finished)),
        Intent::Unconfirmed => return Err(refused(&Trouble::Unconfirmed)),
    }
    say("this was a dry run: nothing was changed");
    Ok(Exit::Done)
}
