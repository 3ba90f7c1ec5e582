//! Credentials of Upstash: answers whose secrets cannot print, and their rotation without I/O.
//!
//! After a platform that held credentials was broken into, each must be replaced, stored where it is
//! used, and the old one proven dead; and the replacing must not leak the new one. Here is what that
//! takes and can be tested without a network: a [`Secret`] that is never shown, the answers of the
//! services in which every secret member is one, requests for the documented calls, a [`Rotation`]
//! that can be interrupted anywhere, and the [`Ledger`](ledger::Ledger) that it goes on from, which
//! keeps fingerprints and lengths, and no secret.
//!
//! # What is not promised
//!
//! Secrets are overwritten in memory when they are dropped, and so are answers and the headers of
//! requests. What an HTTP client, the operating system or a caller copies elsewhere is not.

mod answer;
mod check;
mod endpoint;
mod json;
pub mod ledger;
mod name;
mod redact;
mod reply;
mod request;
mod rotation;
mod secret;
mod shapes;
mod time;

pub use answer::Secrets;
pub use check::{Check, Seen, Verdict, Way};
pub use endpoint::{Base, Endpoints};
pub use name::{Id, Kind, Region, SecretName, Target};
pub use redact::redact_answer;
pub use reply::Status;
pub use request::{Access, Call, probe_rest};
pub use rotation::{Cause, Intent, Notice, Permit, RotatePath, Rotation, Step, Trouble};
pub use secret::Secret;
pub use shapes::{QstashUser, RedisDatabase, RotateAnswer, SearchIndex, SigningKeys, VectorIndex};
pub use time::Time;
