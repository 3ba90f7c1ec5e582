//! Why a rotation went no further, and what to do next.

use super::super::exit::Failure;
use super::refusal::explain;
use qstash_redact::credentials::ledger::State;
use qstash_redact::credentials::{Cause, Kind, Notice, Target, Trouble};

/// The failure that a trouble is, where the ledger has come to `state`.
pub(super) fn failure(target: &Target, state: &State, trouble: &Trouble) -> Failure {
    let kind = target.kind();
    match trouble {
        Trouble::NotRead(Cause::NoAnswer) => Failure::outside(format!(
            "reading {target}: no answer came; nothing was rotated"
        )),
        Trouble::NotRead(cause) => Failure::refused(format!(
            "reading {target}: {}; nothing was rotated",
            why(kind, cause)
        )),
        Trouble::Refused(status) => Failure::refused(format!(
            "rotating {target}: {}; nothing was rotated",
            explain(kind, *status)
        )),
        Trouble::NotRotated => Failure::outside(format!(
            "rotating {target}: no usable answer came, and reading shows the old credentials: nothing \
             was rotated; run this again to try again"
        )),
        Trouble::OutcomeUnknown(cause) => Failure::refused(format!(
            "rotating {target}: no usable answer came, and reading failed ({}): whether it was rotated \
             is unknown; run this again, which reads, and does not rotate a second time",
            why(kind, cause)
        )),
        Trouble::StillOld => Failure::refused(format!(
            "rotating {target}: the service says that it was done, and still shows the old credentials; \
             run this again in a while, which reads, and does not rotate a second time"
        )),
        Trouble::Inconsistent => Failure::refused(format!(
            "{target}: the service shows some old credentials and some new ones; run this again in a \
             while, which reads, and does not rotate a second time"
        )),
        Trouble::NewUnknown => Failure::refused(format!(
            "{target}: new unknown: the old credentials may be dead, and the service does not show the \
             new ones; --again rotates once more, so that there are new ones that are known"
        )),
        Trouble::NotRecovered(cause) => Failure::refused(format!(
            "{target} was rotated, and reading the new credentials failed ({}); run this again, which \
             reads, and does not rotate a second time",
            why(kind, cause)
        )),
        Trouble::NotStored => Failure::outside(format!(
            "{target} was rotated, and the new credentials could not be stored; run this again, which \
             reads and stores them, and does not rotate a second time"
        )),
        Trouble::Finished => Failure::usage(format!(
            "{target} was rotated, and the new credentials were stored, as the ledger says; --again \
             rotates once more"
        )),
        Trouble::Unconfirmed => Failure::usage(format!(
            "{target}: the keys were rolled, and nobody has said that every application has the new \
             ones; rolled again now, applications would reject every request. Deploy them first, then \
             say so: qstash-redact rotate confirm"
        )),
        Trouble::RotatedAnother(id) => Failure::refused(format!(
            "the service rotated the token of another user, {id}; run `rotate qstash {id}`, which reads \
             and stores it"
        )),
        Trouble::NotRecorded => not_recorded(target, state),
        _ => Failure::fault(format!("{target}: the rotation lost its way")),
    }
}

/// A call is sent only once its record is on the disk.
fn not_recorded(target: &Target, state: &State) -> Failure {
    let what = match state {
        State::Untouched | State::Read { .. } | State::NotRotated { .. } => {
            "nothing was rotated; make room for it, and run this again"
        }
        _ => {
            "it does not say all that was done; what was to be stored is. Make room for it, and run \
             this again, which reads, and does not rotate a second time"
        }
    };
    Failure::outside(format!("{target}: the ledger could not be written: {what}"))
}

/// The failure that variables are for which the service shows no new secret.
pub(super) fn stale(target: &Target, names: &[String]) -> Failure {
    Failure::refused(format!(
        "{target}: NOT set: {}: the service shows no new secret for it, and what it held before may be \
         dead; take it out, or, where the service shows secrets only once, rotate again with --again",
        names.join(", ")
    ))
}

fn why(kind: Kind, cause: &Cause) -> String {
    match cause {
        Cause::NoAnswer => "no answer came".to_owned(),
        Cause::Status(status) => explain(kind, *status),
        Cause::Body(error) => format!("the answer was not understood: {error}"),
        Cause::AnotherId => "the answer is about another id".to_owned(),
        Cause::NoKeys => "the answer holds no signing keys".to_owned(),
    }
}

/// What a person should know though it went on.
pub(super) fn note(notice: Notice) -> String {
    let text = match notice {
        Notice::Hidden => {
            "the service does not show these credentials: the old ones are not known, so they cannot be \
             searched for, and new ones that are lost cannot be read back"
        }
        Notice::NotReadBack => {
            "reading the new credentials back failed; those of the answer are stored"
        }
        Notice::ReadBackOld => {
            "reading back still showed the old credentials; the new ones of the answer are stored"
        }
        Notice::Replaced => {
            "reading showed other credentials than were expected: somebody else rotated them, too; \
             those that are valid now are stored"
        }
        Notice::RolledTwice => {
            "the keys were rolled more than once: applications that have only the old ones reject \
             every request now; deploy the new ones at once"
        }
        Notice::Late => {
            "the call of an earlier run, whose answer was lost, was carried out later, or somebody else \
             rotated them: what is valid now is stored, and nothing was rotated a second time; if it \
             was not this program, --again rotates"
        }
        other => return other.to_string(),
    };
    text.to_owned()
}
