//! What a service's refusal means, and what to do about it.

use super::super::exit::Failure;
use qstash_redact::Error;
use qstash_redact::credentials::{Kind, Status, Target};

/// A refusal to let `target` be read.
pub(super) fn of_read(target: &Target, status: Status) -> Failure {
    Failure::refused(format!(
        "reading {target}: {}",
        explain(target.kind(), status)
    ))
}

/// An answer about `target` that is not as documented.
pub(super) fn not_understood(target: &Target, error: &Error) -> Failure {
    Failure::content(format!(
        "the answer about {target} was not understood: {error}"
    ))
}

/// What a status says to whoever sent the request.
pub(super) fn explain(kind: Kind, status: Status) -> String {
    match status {
        Status::Ok => "the service agreed".to_owned(),
        Status::Unauthorized if kind == Kind::SigningKeys => {
            "401: the QStash token is not accepted; is it of this region?".to_owned()
        }
        Status::Unauthorized => "401: e-mail address and API key are not accepted".to_owned(),
        Status::Forbidden => {
            "403: they are accepted, and may not do this; is the key read-only, or \
                              of a team without the right to it?"
                .to_owned()
        }
        Status::NotFound => {
            "404: there is nothing of this id in the account; is it another kind's, or a team's?"
                .to_owned()
        }
        Status::RateLimited(_) => "429: too many requests; wait, and run this again".to_owned(),
        Status::ServerError(code) => {
            format!("{code}: the service has a fault; run this again later")
        }
        Status::Refused(code) => format!("{code}: the service refused the request"),
        Status::NotUnderstood(code) => {
            format!(
                "{code}: this is no answer of the service; is a proxy in between, or --endpoint wrong?"
            )
        }
    }
}
