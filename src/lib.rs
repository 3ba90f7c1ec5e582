//! Redact, verify and sanitize QStash messages.

mod error;
mod export;
mod fields;
mod fingerprint;
mod members;
mod model;
mod redact;
mod scan;
mod select;
pub mod sha256;
mod splice;
mod summary;
mod value;
pub mod verify;
mod view;

pub use error::{Error, ErrorKind};
pub use export::{BadLine, CopyError, Export};
pub use fields::RedactFields;
pub use fingerprint::{Fingerprint, Placeholder};
pub use members::{BodyEncoding, Group};
pub use model::{
    BatchRequest, DlqMessage, Headers, Json, LogEntry, Message, Number, Schedule, Texts,
};
pub use redact::{Redacted, Redactor};
pub use summary::{GUESSABLE_BYTES, Summary};
pub use value::Existing;
pub use view::{Clear, View};

/// Runs the README's examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
