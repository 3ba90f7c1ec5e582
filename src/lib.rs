//! Redact, verify and sanitize QStash messages.

mod error;
mod fields;
mod fingerprint;
mod members;
mod sha256;

pub use error::{Error, ErrorKind};
pub use fields::RedactFields;
pub use fingerprint::{Fingerprint, Placeholder};
pub use members::Group;
