//! Redact, verify and sanitize QStash messages.
//!
//! QStash shows a private field of a message as `REDACTED:` and the SHA-256 of its value, where the
//! publisher asked for it. This crate does the same wherever messages are shown, stored or handed on,
//! and proves that it was done. One idea holds it together: a *fingerprint* stands in for a private
//! value; it replaces the value, is compared with it, and reveals nothing that cannot be guessed.
//!
//! # A tour
//!
//! A rule says what is private, in every spelling of `Upstash-Redact-Fields`: [`RedactFields`]. A
//! [`Redactor`] applies it, to JSON of any shape:
//!
//! ```
//! use qstash_redact::Redactor;
//!
//! let redactor = Redactor::new("body, header[Authorization]".parse()?);
//! let clean = redactor.redact_json(br#"{"messages":[{"messageId":"msg_1","body":"hello"}]}"#)?;
//! assert!(clean.as_str().starts_with(r#"{"messages":[{"messageId":"msg_1","body":"REDACTED:2cf24d"#));
//! # Ok::<(), qstash_redact::Error>(())
//! ```
//!
//! In a pipeline the original is needed for delivery, and everything else gets a view of it. Clear types
//! do not serialize and show no values in `Debug`, so that showing one by mistake does not compile:
//!
//! ```
//! use qstash_redact::{Message, Redactor};
//!
//! let redactor = Redactor::new("body".parse()?);
//! let message = Message::from_json(br#"{"messageId":"msg_1","body":"hello"}"#)?;
//! assert_eq!(message.message_id(), Some("msg_1"));
//! let shown = serde_json::to_string(&redactor.view(&message))?;
//! assert!(shown.starts_with(r#"{"messageId":"msg_1","body":"REDACTED:2cf24d"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Exports of any size go through an [`Export`], which does no I/O of its own: bytes are pushed in, clean
//! records come out, and a [`Summary`] says what was replaced and what stays visible.
//!
//! Whoever has both documents can have them compared by [`verify`], which shares no code with what
//! redacts; whoever has one value asks its [`Placeholder`]:
//!
//! ```
//! use qstash_redact::Placeholder;
//!
//! assert!(Placeholder::of(b"Bearer my-token").matches(b"Bearer my-token"));
//! ```
//!
//! # Publishing
//!
//! Where messages are published, [`publish::Call`] reads the rule of a call, and [`publish::Sealed`]
//! keeps a message with it: the originals for delivery, the redacted view for everybody else.
//! [`publish::Guard`] keeps placeholders that were read from being stored as values. With the feature
//! `tower` a layer does the reading and bodies are hashed while they flow through; with `signature`,
//! what was delivered is compared with a placeholder. `docs/embed.md` in the repository walks through
//! all of it.
//!
//! # What it promises
//!
//! - What is not understood is an [`Error`], and no error, `Debug` output or report holds a value.
//! - Every byte outside of the replaced values stays: order, blanks, spelling of numbers, escapes.
//! - Redacting twice changes nothing: a value that is a placeholder stays as it is.
//! - Input is strict JSON (RFC 8259, UTF-8), with up to 128 objects and arrays open at once.
//!
//! # What it does not
//!
//! A fingerprint is unsalted, as the service's is: whoever can guess a value can confirm the guess, and
//! equal values look equal. Identifiers, names of queues and headers, times, and members that nobody knew
//! when this was written stay visible; the summary counts them.
//!
//! # Features
//!
//! None is on by default. `rotate` adds the module `credentials`: answers that hold credentials of Upstash,
//! and their rotation without I/O. `cli` adds the program `qstash-redact` and what only it needs.

#[cfg(feature = "rotate")]
pub mod credentials;
mod error;
mod export;
mod fields;
mod fingerprint;
pub mod hunt;
mod members;
mod model;
pub mod publish;
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

/// Runs the examples of the page about embedding.
#[cfg(all(doctest, feature = "signature", feature = "tower"))]
#[doc = include_str!("../docs/embed.md")]
struct Embedding;
