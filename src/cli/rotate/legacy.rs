//! The path that was documented first names no id. It is used only where there is one user that it
//! can mean.

use super::super::exit::Failure;
use super::job::Job;
use super::{refusal, shown};
use qstash_redact::credentials::{Access, Call, QstashUser};

/// Refuses to go on unless the account has the one user that is to be rotated.
pub(super) fn check(job: &Job, access: &Access) -> Result<(), Failure> {
    let target = &job.target;
    let body = shown::body(
        &job.client,
        &job.endpoints,
        access,
        target,
        &Call::qstash_users(),
    )?;
    let users = QstashUser::list_from_json(body)
        .map_err(|error| refusal::not_understood(target, &error))?;
    match &users[..] {
        [user] if user.id() == target.id() => Ok(()),
        _ => Err(Failure::usage(format!(
            "--legacy-path names no id, and {target} is not the only QStash user of the account: it \
             could rotate another one's token"
        ))),
    }
}
