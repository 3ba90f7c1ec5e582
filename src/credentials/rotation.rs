//! Rotation as a machine without I/O: plan → read → rotate → read back → store → check → done.
//!
//! The machine says what to do next ([`Step`]), its owner does it and tells how it went. Where it
//! stands is derived from the ledger: a record comes before the step that it announces, so that a
//! rotation which was interrupted anywhere goes on from its records, and a call that may have been
//! carried out is never sent again. What became of it is found out by reading.
//!
//! One thing cannot be found out: whether a call whose answer was lost is still on its way. Where
//! reading shows the old credentials, only the next run sends the call again, after reading once more.

mod compare;
mod machine;
#[cfg(test)]
mod tests;

use super::answer::Secrets;
use super::ledger::Record;
use super::name::Id;
use super::reply::Status;
use http::Request;
pub use machine::Rotation;
use std::fmt;

/// What to do next.
#[derive(Debug)]
pub enum Step<'m> {
    /// Append this to the ledger and see that it is on the disk, then say
    /// [`recorded`](Rotation::recorded) or [`failed`](Rotation::failed).
    Record(Record),
    /// Send this, then give its [`answer`](Rotation::answer) or say [`failed`](Rotation::failed).
    /// Redirects must not be followed.
    Send {
        /// The request.
        request: Request<Vec<u8>>,
        /// Whether it only reads, so that it may be sent again where that can help. What is no read
        /// must be sent once at most.
        is_read: bool,
    },
    /// Store these, then say [`stored`](Rotation::stored) or [`failed`](Rotation::failed).
    Store(&'m Secrets),
    /// Try the old ones and the new ones on the same endpoints, then say
    /// [`checked`](Rotation::checked).
    Check {
        /// The old ones.
        old: &'m Secrets,
        /// The new ones.
        new: &'m Secrets,
    },
    /// The new credentials are stored. There is nothing more to do.
    Done,
    /// It goes no further in this run; what to do is said.
    Stuck(Trouble),
}

/// What a run will do, judged before anything is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Read the credentials and rotate them.
    Rotate,
    /// Find out by reading what became of a call that was sent; rotate nothing.
    Resolve,
    /// Read new credentials that were not stored yet; rotate nothing.
    Recover,
    /// Nothing: the credentials are rotated and stored, and only a person can ask for more.
    Finished,
    /// Nothing: signing keys were rolled, and nobody confirmed that the next one is in use everywhere.
    Unconfirmed,
}

/// What a person allows beyond the ordinary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permit {
    /// Nothing.
    #[default]
    Once,
    /// To rotate once more what was rotated and stored, or whose new value is unknown.
    Again,
}

/// By which path a QStash token is rotated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RotatePath {
    /// The path that is documented now, which names the user.
    #[default]
    Documented,
    /// The one that was documented first. It names nobody; use it on a person's word alone.
    First,
}

/// Why a rotation goes no further in this run. None of them holds a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The credentials could not be read before rotating; nothing was sent.
    NotRead(Cause),
    /// The service refused the call that rotates; nothing was rotated.
    Refused(Status),
    /// The call that rotates brought no usable answer, and reading shows the old credentials: nothing
    /// was rotated. Running again sends it once more.
    NotRotated,
    /// The call may have been carried out, and reading failed; running again reads again.
    OutcomeUnknown(Cause),
    /// The service said that it rotated, and still shows the old credentials; running again reads again.
    StillOld,
    /// Reading shows some old credentials and some new ones; running again reads again.
    Inconsistent,
    /// The credentials may have been rotated, and the service shows none. Only an explicit
    /// [`Permit::Again`] rotates once more.
    NewUnknown,
    /// New credentials are known and could not be read again to be stored.
    NotRecovered(Cause),
    /// The new credentials could not be stored; running again reads and stores them.
    NotStored,
    /// Everything is rotated and stored; [`Permit::Again`] begins anew.
    Finished,
    /// The signing keys were rolled, and nobody confirmed that the next one is in use everywhere:
    /// rolling them again would make applications refuse every request.
    Unconfirmed,
    /// The call named no id, and the service rotated another user's token, of this id.
    RotatedAnother(Id),
    /// The ledger could not be written. What was stored before is stored.
    NotRecorded,
    /// The machine was told of something it had not asked for.
    OutOfTurn,
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No answer came.
    NoAnswer,
    /// The answer's status says why.
    Status(Status),
    /// The answer could not be understood.
    Body(crate::Error),
    /// The answer is about another id.
    AnotherId,
    /// The answer holds no signing keys.
    NoKeys,
}

/// Something that a person should know, though the rotation went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The service does not show the credentials, so the old ones are not known, and the new ones
    /// cannot be read back.
    Hidden,
    /// Neither the answer nor reading shows all of the new credentials: those that are missing are
    /// unknown, and the old ones of them may be dead.
    Incomplete,
    /// Reading the new credentials back failed; those of the answer are stored.
    NotReadBack,
    /// Reading back still showed the old ones; those of the answer are stored.
    ReadBackOld,
    /// Reading showed others than were expected: somebody else rotated, too. Those are stored.
    Replaced,
    /// The call of an earlier run, whose answer was lost, was carried out after that run looked, or
    /// somebody else rotated them: what is shown now was taken, and nothing was rotated in this run.
    Late,
    /// Of the signing keys before, not even the next one is left: applications that have only the
    /// keys of before refuse every request now.
    RolledTwice,
}

impl fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRead(cause) => write!(
                formatter,
                "the credentials could not be read, so nothing was rotated: {cause}"
            ),
            Self::Refused(status) => {
                write!(formatter, "the service refused to rotate, and nothing was rotated: {status}")
            }
            Self::NotRotated => formatter.write_str(
                "no usable answer came, and reading shows that nothing was rotated; run this again to \
                 rotate",
            ),
            Self::OutcomeUnknown(cause) => write!(
                formatter,
                "whether the credentials were rotated is unknown, and reading them failed: {cause}; run \
                 this again to read them, which rotates nothing a second time"
            ),
            Self::StillOld => formatter.write_str(
                "the service says that it rotated, and still shows the old credentials; run this again \
                 to read them once more",
            ),
            Self::Inconsistent => formatter.write_str(
                "the service shows some old credentials and some new ones; run this again to read them \
                 once more",
            ),
            Self::NewUnknown => formatter.write_str(
                "the credentials may have been rotated, and the service does not show the new ones \
                 (Credential Protection): they are unknown, and only rotating again, explicitly, makes \
                 new ones",
            ),
            Self::NotRecovered(cause) => write!(
                formatter,
                "the credentials were rotated and not stored, and reading them failed: {cause}; run this \
                 again to read and store them"
            ),
            Self::NotStored => formatter.write_str(
                "the new credentials could not be stored; run this again to read and store them",
            ),
            Self::Finished => formatter.write_str(
                "the ledger says that these credentials are rotated and stored; rotating them again must \
                 be asked for explicitly",
            ),
            Self::Unconfirmed => formatter.write_str(
                "the signing keys were rolled before, and nobody confirmed that the next key is in use \
                 everywhere; rolling again would make applications refuse every request",
            ),
            Self::RotatedAnother(id) => write!(
                formatter,
                "the service rotated the token of another user, {id}: rotate that one to read and store \
                 its new token"
            ),
            Self::NotRecorded => formatter.write_str("the ledger could not be written"),
            Self::OutOfTurn => {
                formatter.write_str("a fault of this program: the rotation was told of what it had not asked for")
            }
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer => formatter.write_str("no answer came"),
            Self::Status(status) => status.fmt(formatter),
            Self::Body(error) => write!(formatter, "the answer was not understood: {error}"),
            Self::AnotherId => formatter.write_str("the answer is about another id"),
            Self::NoKeys => formatter.write_str("the answer holds no signing keys"),
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Hidden => {
                "the service does not show these credentials (Credential Protection): the old ones are not \
                 recorded, and the new ones are shown only once"
            }
            Self::Incomplete => {
                "not all of the new credentials are shown: those that are missing are unknown, and the old \
                 ones of them may be dead"
            }
            Self::NotReadBack => {
                "the new credentials could not be read back; those of the answer are taken"
            }
            Self::ReadBackOld => {
                "reading back still showed the old credentials; those of the answer are taken"
            }
            Self::Replaced => {
                "the service shows other credentials than were expected: somebody else rotated them, too; \
                 those that it shows are taken"
            }
            Self::Late => {
                "the credentials are others than when the last call had no answer: it was carried out \
                 late, or somebody else rotated them; those that are valid now are taken, and nothing \
                 was rotated in this run"
            }
            Self::RolledTwice => {
                "the signing keys were rolled more than once: applications that know only the keys of \
                 before refuse every request; give them the new ones at once"
            }
        })
    }
}
