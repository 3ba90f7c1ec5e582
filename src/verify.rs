//! An independent check of a redaction: is what should be private really replaced, by the right
//! placeholder, and is everything else what it was?
//!
//! Written for obviousness, as the judge of the code that redacts: of that it shares only the table of
//! members, what a rule's names mean, and the hash. It has its own lexer and its own walk.
//!
//! For a value that a rule selects, the redacted document must have the placeholder of the bytes that
//! the original has, its hex digits in either case. Everything else must be the same tokens in the same
//! order: strings by what they stand for, numbers by their text. So a document that was written anew,
//! with other blanks or escapes, is accepted, but its private numbers, objects and arrays are not: their
//! placeholder is over their text as it stood.
//!
//! Whether one value belongs to one placeholder is [`Placeholder::matches`](crate::Placeholder::matches).

mod base64;
mod compare;
mod failure;
mod identity;
mod lex;
mod meaning;
mod only;
mod pairing;
mod path;
mod records;
mod report;
mod sink;
mod string;
mod tree;
mod window;

use crate::fields::RedactFields;
use crate::members::BodyEncoding;
use meaning::Rule;
use only::Only;
use pairing::Input;
use records::{Part, Records};
use sink::Sink;
use std::io::Read;

pub use failure::{Failure, Side};
pub use pairing::Pairing;
pub use report::{Finding, Place, Report, Status};

/// The largest record, in bytes, unless said otherwise.
const RECORD_LIMIT: usize = 256 << 20;

/// Checks redacted documents, with or without their originals.
///
/// Inputs are sequences of documents of any kind, as an export takes them, and are streamed: memory is
/// bounded by the largest record (a few times its size; some twenty times where it is nothing but tiny
/// members), whatever the size of a document.
///
/// ```
/// use qstash_redact::verify::{Status, Verifier};
///
/// let original = r#"{"messages":[{"messageId":"m1","body":"hello"}]}"#;
/// let redacted = original.replace("hello", "hullo");
/// let verifier = Verifier::new("body".parse()?);
/// let report = verifier.documents(original.as_bytes(), redacted.as_bytes(), &mut |finding| {
///     assert_eq!(finding.status(), Status::Mismatch);
///     assert_eq!(finding.field(), "messages[0].body");
/// })?;
/// assert!(!report.is_clean());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Verifier {
    fields: RedactFields,
    body_encoding: BodyEncoding,
    pairing: Pairing,
    record_limit: usize,
}

impl Verifier {
    /// A verifier of what `fields` should have redacted.
    #[must_use]
    pub fn new(fields: RedactFields) -> Self {
        Self {
            fields,
            body_encoding: BodyEncoding::default(),
            pairing: Pairing::default(),
            record_limit: RECORD_LIMIT,
        }
    }

    /// Says what the members `body` and `responseBody` hold, as it was said to the redactor.
    #[must_use]
    pub fn with_body_encoding(mut self, encoding: BodyEncoding) -> Self {
        self.body_encoding = encoding;
        self
    }

    /// Says how records find their partners.
    #[must_use]
    pub fn with_pairing(mut self, pairing: Pairing) -> Self {
        self.pairing = pairing;
        self
    }

    /// Sets the largest record, in bytes; 256 MiB unless said, 2 GiB at most.
    #[must_use]
    pub fn with_record_limit(mut self, bytes: usize) -> Self {
        self.record_limit = bytes;
        self
    }

    /// Compares `redacted` with the `original` it was made from.
    ///
    /// Calls `found` for every field that was to be replaced, with good and bad news, and for every
    /// other difference. Findings come record by record, and those outside of a document's records
    /// after its last.
    ///
    /// # Errors
    ///
    /// [`Failure`] when an input cannot be read, is not JSON, ends too early or has a record over the
    /// limit.
    pub fn documents(
        &self,
        original: impl Read,
        redacted: impl Read,
        found: &mut dyn FnMut(Finding<'_>),
    ) -> Result<Report, Failure> {
        let mut original = Input::new(self.records(original), Side::Original);
        let mut redacted = Input::new(self.records(redacted), Side::Redacted);
        let mut sink = Sink::new(found);
        match self.pairing {
            Pairing::Position => {
                pairing::by_position(self.rule(), &mut original, &mut redacted, &mut sink)?;
            }
            Pairing::Id => pairing::by_id(self.rule(), &mut original, &mut redacted, &mut sink)?,
        }
        sink.report.original_records = original.count();
        sink.report.redacted_records = redacted.count();
        Ok(sink.report)
    }

    /// Checks `redacted` alone: every selected field must be a placeholder or hold nothing.
    ///
    /// Whether a placeholder is the right one cannot be known without the original: each counts as
    /// [`Status::AlreadyRedacted`], and everything else as [`Status::InClear`].
    ///
    /// # Errors
    ///
    /// [`Failure`] as for [`documents`](Self::documents), with [`Side::Redacted`].
    pub fn only(
        &self,
        redacted: impl Read,
        found: &mut dyn FnMut(Finding<'_>),
    ) -> Result<Report, Failure> {
        let mut records = self.records(redacted);
        let mut sink = Sink::new(found);
        let mut part = Part::default();
        while (records.next(&mut part)).map_err(|cause| cause.of(Side::Redacted))? {
            let mut only = Only {
                rule: self.rule(),
                sink: &mut sink,
                path: pairing::path(&part),
                record: part.record,
            };
            only.value(part.tree.root(), pairing::in_log(&part));
        }
        sink.report.redacted_records = records.count();
        Ok(sink.report)
    }

    fn rule(&self) -> Rule<'_> {
        Rule {
            fields: &self.fields,
            body_encoding: self.body_encoding,
        }
    }

    fn records<R: Read>(&self, source: R) -> Records<R> {
        Records::new(source, self.record_limit)
    }
}

/// Compares one redacted message with its original, and says of every selected field what is true of
/// it; other differences are among the findings, too.
///
/// Takes any documents, as [`Verifier::documents`] does.
///
/// ```
/// use qstash_redact::verify::{self, Status};
/// use qstash_redact::Placeholder;
///
/// let redacted = format!(r#"{{"body":"{}"}}"#, Placeholder::of(b"hello"));
/// let findings = verify::message(br#"{"body":"hello"}"#, redacted.as_bytes(), &"body".parse()?)?;
/// assert_eq!(findings.len(), 1);
/// assert_eq!(findings[0].status(), Status::Match);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Failure`] when one of the two is not JSON.
pub fn message(
    original: &[u8],
    redacted: &[u8],
    fields: &RedactFields,
) -> Result<Vec<Finding<'static>>, Failure> {
    let mut findings = Vec::new();
    Verifier::new(fields.clone()).documents(original, redacted, &mut |finding| {
        findings.push(finding.into_owned());
    })?;
    Ok(findings)
}
