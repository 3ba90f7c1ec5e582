//! What will stop working, and the consent to that.

use super::super::console::say;
use super::super::exit::Failure;
use super::args::ConsentArg;
use super::job::Job;
use super::prompt;
use super::store::Store;
use qstash_redact::credentials::{Kind, RotatePath, Target};

/// Says what will happen.
pub(super) fn announce(job: &Job, store: &Store) {
    let target = &job.target;
    match target.kind() {
        Kind::Qstash => say(format_args!(
            "{target}: its token and read-only token stop working at once, in every application, and so \
             does everything that publishes with them"
        )),
        Kind::Redis => say(format_args!(
            "{target}: its password and REST tokens stop working at once, and connections with them \
             are closed"
        )),
        Kind::Vector | Kind::Search => say(format_args!(
            "{target}: its token and read-only token stop working at once"
        )),
        Kind::SigningKeys => say(format_args!(
            "{target}: the next key becomes the current one, the current one is no more, and a new next \
             one is made; applications go on with the keys they have until the keys are rolled again"
        )),
    }
    if job.path == RotatePath::First {
        say("the path that was documented first names no id: it rotates the account's own user");
    }
    say(format_args!(
        "the new ones go to {}, as {}",
        store.describe(),
        job.names().join(", ")
    ));
    let left = job.left_out();
    if !left.is_empty() {
        say(format_args!(
            "no variable takes the new {}: where the service shows credentials only once (Credential \
             Protection), they are lost; --as sets variables",
            left.join(", ")
        ));
    }
}

/// Asks to type the id, unless that was agreed to already.
pub(super) fn ask(target: &Target, consent: &ConsentArg) -> Result<(), Failure> {
    let word = match (target.kind(), target.id()) {
        (Kind::SigningKeys, _) | (_, None) => target.kind().as_str(),
        (_, Some(id)) => id.as_str(),
    };
    if consent.yes || prompt::typed(word, "--yes goes on without asking")? {
        return Ok(());
    }
    Err(Failure::usage(
        "this is not what was asked for; nothing was done",
    ))
}
