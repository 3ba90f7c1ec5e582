//! Redact, verify and sanitize QStash messages.

mod error;
mod export;
mod fields;
mod fingerprint;
mod members;
mod redact;
mod scan;
mod select;
pub mod sha256;
mod splice;
mod summary;
mod value;
pub mod verify;

pub use error::{Error, ErrorKind};
pub use export::{BadLine, CopyError, Export};
pub use fields::RedactFields;
pub use fingerprint::{Fingerprint, Placeholder};
pub use members::{BodyEncoding, Group};
pub use redact::{Existing, Redacted, Redactor};
pub use summary::{GUESSABLE_BYTES, Summary};
