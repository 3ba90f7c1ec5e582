//! The pipeline: bytes → scan → select → fingerprint → splice → bytes.

mod redacted;

use crate::error::{Error, ErrorKind};
use crate::fields::RedactFields;
use crate::members::BodyEncoding;
use crate::scan::Fault;
use crate::select::{Pick, Rule, Seen, Stop, Walk};
use crate::splice::Splicer;
use crate::summary::Summary;
use crate::value::{self, Existing, Value};
use crate::view::{Clear, View};
pub use redacted::Redacted;
pub(crate) use redacted::Writer;
use std::borrow::Cow;
use std::ops::Range;

/// Replaces the values that a rule selects by their placeholders.
///
/// ```
/// use qstash_redact::Redactor;
///
/// let redactor = Redactor::new("header[Authorization]".parse()?);
/// let clean = redactor.redact_json(br#"{"header":{"Authorization":["Bearer my-token"]}}"#)?;
/// assert_eq!(
///     clean.as_str(),
///     concat!(
///         r#"{"header":{"Authorization":["REDACTED:"#,
///         r#"89561152c3f595f91dee15b0d8bf91457346c37c09fb804d2a9da1c5a3b481c1"]}}"#,
///     )
/// );
/// # Ok::<(), qstash_redact::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Redactor {
    fields: RedactFields,
    encoding: BodyEncoding,
    existing: Existing,
}

impl Redactor {
    /// A redactor for the fields that `fields` selects.
    #[must_use]
    pub fn new(fields: RedactFields) -> Self {
        Self {
            fields,
            encoding: BodyEncoding::default(),
            existing: Existing::default(),
        }
    }

    /// Says whether the bodies of an input are text or base64, where that depends on the place.
    #[must_use]
    pub fn with_body_encoding(mut self, encoding: BodyEncoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// Says what to do with placeholders that are found.
    #[must_use]
    pub fn with_existing(mut self, existing: Existing) -> Self {
        self.existing = existing;
        self
    }

    /// The rule.
    #[must_use]
    pub fn fields(&self) -> &RedactFields {
        &self.fields
    }

    /// How bodies are read whose encoding depends on the place.
    #[must_use]
    pub fn body_encoding(&self) -> BodyEncoding {
        self.encoding
    }

    /// What is done with placeholders that are found.
    #[must_use]
    pub fn existing(&self) -> Existing {
        self.existing
    }

    /// Redacts a sequence of JSON documents of any shape; every byte outside of the replaced values
    /// stays as it is. Borrows `input` where nothing was replaced.
    ///
    /// # Errors
    ///
    /// When `input` is not JSON as a whole, or holds a placeholder and those are refused.
    pub fn redact_json<'a>(&self, input: &'a [u8]) -> Result<Redacted<Cow<'a, [u8]>>, Error> {
        let mut output = Vec::new();
        Ok(Redacted(if self.redact_into(input, &mut output)? {
            Cow::Owned(output)
        } else {
            Cow::Borrowed(input)
        }))
    }

    /// The same, into a buffer of the caller's, which is cleared first and can be used again.
    ///
    /// # Errors
    ///
    /// As [`redact_json`](Self::redact_json); `output` is empty then.
    pub fn redact_json_into<'b>(
        &self,
        input: &[u8],
        output: &'b mut Vec<u8>,
    ) -> Result<Redacted<&'b [u8]>, Error> {
        output.clear();
        match self.redact_into(input, output) {
            Ok(true) => {}
            Ok(false) => output.extend_from_slice(input),
            Err(error) => {
                output.clear();
                return Err(error);
            }
        }
        Ok(Redacted(output))
    }

    /// Whether anything was replaced; `output` is written only then.
    fn redact_into(&self, input: &[u8], output: &mut Vec<u8>) -> Result<bool, Error> {
        let mut walk = Walk::new();
        let mut picks = Vec::new();
        let mut seen = Seen::new(false);
        let fault = |fault: Fault| fault.locate(input);
        while walk
            .run(self.rule(), input, true, &mut picks, &mut seen)
            .map_err(fault)?
            != Stop::Between
        {}
        if picks.is_empty() {
            return Ok(false);
        }
        let mut splicer = Splicer::default();
        let mut summary = Summary::default();
        output.reserve(input.len() + picks.len() * 8);
        self.splice(
            input,
            0..input.len(),
            &picks,
            &mut splicer,
            output,
            &mut summary,
        )
        .map_err(fault)?;
        splicer.fill(input, output).map_err(fault)?;
        if summary.replaced_total() == 0 {
            output.clear();
            return Ok(false);
        }
        Ok(true)
    }

    /// Shows a typed message, or a slice of them, redacted: it serializes as JSON with placeholders.
    ///
    /// Borrows `message` and allocates nothing, here or while it serializes: values are hashed then,
    /// where they stand. See [`View`].
    ///
    /// ```
    /// use qstash_redact::{Message, Redactor};
    ///
    /// let redactor = Redactor::new("body".parse()?);
    /// let message = Message::from_json(br#"{"messageId":"msg_1","body":"hello","createdAt":1}"#)?;
    /// assert_eq!(
    ///     serde_json::to_string(&redactor.view(&message)).unwrap(),
    ///     concat!(
    ///         r#"{"messageId":"msg_1","body":"REDACTED:"#,
    ///         r#"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824","createdAt":1}"#,
    ///     )
    /// );
    /// # Ok::<(), qstash_redact::Error>(())
    /// ```
    pub fn view<'v, M: Clear + ?Sized>(&'v self, message: &'v M) -> Redacted<View<'v, M>> {
        Redacted(View::new(message, self.rule(), self.existing))
    }

    /// Whether placeholders in the input are an error.
    pub(crate) fn refuses(&self) -> bool {
        self.existing == Existing::Refuse
    }

    pub(crate) fn rule(&self) -> Rule<'_> {
        Rule {
            fields: &self.fields,
            encoding: self.encoding,
        }
    }

    /// Writes `span` of the input with the places of `picks`, which lie in it, left to be filled in.
    pub(crate) fn splice(
        &self,
        input: &[u8],
        span: Range<usize>,
        picks: &[Pick],
        splicer: &mut Splicer,
        output: &mut Vec<u8>,
        summary: &mut Summary,
    ) -> Result<(), Fault> {
        let mut copied = span.start;
        for pick in picks {
            match value::resolve(pick, input, &mut splicer.arena) {
                Value::Private { source, not_base64 } => {
                    summary.count_replaced(pick.member.group, source.len(), not_base64);
                    output.extend_from_slice(&input[copied..pick.start]);
                    splicer.replace(source, output);
                    copied = pick.end;
                }
                Value::Placeholder if self.existing == Existing::Refuse => {
                    return Err(Fault {
                        kind: ErrorKind::Placeholder,
                        what: value::REFUSED,
                        at: pick.start,
                    });
                }
                Value::Placeholder => summary.already_redacted += 1,
                Value::PlainUrl => summary.visible[pick.member.id.index()] += 1,
            }
        }
        output.extend_from_slice(&input[copied..span.end]);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
