//! No file plays two parts: what new secrets are written to is none of the files that are read.

use super::super::exit::Failure;
use super::super::target::Target as Place;
use super::job::Job;
use super::ledger;
use std::path::Path;

/// Refuses a FILE that is the ledger, or that something else is read from.
pub(super) fn check(job: &Job) -> Result<(), Failure> {
    let flags = &job.flags;
    let Some(out) = &flags.to.out else {
        return Ok(());
    };
    let ledger = ledger::place(flags.ledger.ledger.as_deref())?;
    let file = Place::find(out, "FILE")?;
    for (what, other) in [
        ("the ledger", Some(ledger.as_path())),
        ("that of --email-file", flags.login.email_file.as_deref()),
        (
            "that of --api-key-file",
            flags.login.api_key_file.as_deref(),
        ),
        ("that of --token-file", flags.login.token_file.as_deref()),
        ("that of --ca-file", flags.places.ca_file.as_deref()),
        ("that of --old", flags.check.old.as_deref()),
    ] {
        if other.is_some_and(|other| is_same(&file, other)) {
            return Err(Failure::usage(format!(
                "FILE is {what}; it must be another file"
            )));
        }
    }
    Ok(())
}

/// Whether both are one file, or will be. What cannot be found is not, and is told where it is read.
fn is_same(file: &Place, other: &Path) -> bool {
    let Ok(other) = Place::find(other, "FILE") else {
        return false;
    };
    let mut marks = other.marks();
    marks.any(|mark| file.marks().any(|own| own == mark))
}
