//! Typed messages as a redactor shows them: redacted while they are serialized.
//!
//! The same rules as the raw path's, applied to nodes instead of tokens. What stays is written as it
//! was parsed, what is selected as its placeholder: its bytes are hashed where they stand.

mod shown;

use crate::members::BodyEncoding;
use crate::model::{BatchRequest, DlqMessage, LogEntry, Message, Record, Schedule};
use crate::select::Rule;
use crate::value::Existing;
use serde::ser::{Serialize, Serializer};
use shown::{Shown, Terms};

/// What [`Redactor::view`](crate::Redactor::view) can show: the typed shapes, and slices, arrays and
/// vectors of them or of references to them.
///
/// Only this crate can implement it.
pub trait Clear: sealed::Show {}

impl<M: sealed::Show + ?Sized> Clear for M {}

mod sealed {
    use super::{Serializer, Terms};

    pub trait Show {
        /// Serializes what may be shown.
        fn show<S: Serializer>(&self, terms: Terms<'_>, serializer: S) -> Result<S::Ok, S::Error>;
    }
}

/// A view of a message `M`, or of several: what [`Redactor::view`](crate::Redactor::view) makes.
///
/// It serializes through the [`Redacted`](crate::Redacted) around it only: members in order, numbers
/// as they were spelled, members that the shape does not know as raw JSON if nothing in them is
/// private; blanks and escapes elsewhere are serde_json's. As tokens it is the JSON that
/// [`redact_json`](crate::Redactor::redact_json) makes of the same text. Nothing is allocated, and no
/// value copied but to decode base64 piece by piece.
///
/// Made for serde_json: what is raw is passed to other formats in a way that only serde_json reads
/// as JSON.
///
/// A [`LogEntry`] is read as what it is, with bodies in base64, unless the redactor was told their
/// encoding. If the redactor refuses placeholders, serializing one in a selected place is an error,
/// which comes when what stands before it is already written.
///
/// ```
/// use qstash_redact::{DlqMessage, Redactor};
///
/// let page = [
///     DlqMessage::from_json(br#"{"dlqId":"1-0","body":"hello"}"#)?,
///     DlqMessage::from_json(br#"{"dlqId":"1-1","body":null,"rate":9223372036854775808}"#)?,
/// ];
/// let redactor = Redactor::new("body".parse()?);
/// assert_eq!(
///     serde_json::to_string(&redactor.view(&page)).unwrap(),
///     concat!(
///         r#"[{"dlqId":"1-0","body":"REDACTED:"#,
///         r#"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},"#,
///         r#"{"dlqId":"1-1","body":null,"rate":9223372036854775808}]"#,
///     )
/// );
/// # Ok::<(), qstash_redact::Error>(())
/// ```
///
/// A message in clear does not serialize, so it cannot be shown by mistake:
///
/// ```compile_fail,E0277
/// let message = qstash_redact::Message::from_json(b"{}").unwrap();
/// serde_json::to_string(&message).unwrap();
/// ```
pub struct View<'v, M: ?Sized> {
    message: &'v M,
    terms: Terms<'v>,
}

impl<'v, M: Clear + ?Sized> View<'v, M> {
    pub(crate) fn new(message: &'v M, rule: Rule<'v>, existing: Existing) -> Self {
        Self {
            message,
            terms: Terms { rule, existing },
        }
    }

    pub(crate) fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.message.show(self.terms, serializer)
    }

    /// The same view, but showing placeholders that serializing would refuse.
    pub(crate) fn keeping_placeholders(&self) -> Self {
        Self::new(self.message, self.terms.rule, Existing::Keep)
    }
}

fn show<S: Serializer>(
    record: &Record<'_>,
    mut terms: Terms<'_>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if record.shape.is_log && terms.rule.encoding == BodyEncoding::Auto {
        terms.rule.encoding = BodyEncoding::Base64;
    }
    serializer.collect_map(Shown::members(record, terms))
}

macro_rules! show {
    ($($shape:ident)+) => { $(
        impl sealed::Show for $shape<'_> {
            fn show<S: Serializer>(&self, terms: Terms<'_>, serializer: S) -> Result<S::Ok, S::Error> {
                show(self.record(), terms, serializer)
            }
        }
    )+ };
}

show! { Message DlqMessage Schedule LogEntry BatchRequest }

impl<M: Clear> sealed::Show for [M] {
    fn show<S: Serializer>(&self, terms: Terms<'_>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|message| Element { message, terms }))
    }
}

impl<M: Clear, const N: usize> sealed::Show for [M; N] {
    fn show<S: Serializer>(&self, terms: Terms<'_>, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().show(terms, serializer)
    }
}

impl<M: Clear + ?Sized> sealed::Show for &M {
    fn show<S: Serializer>(&self, terms: Terms<'_>, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).show(terms, serializer)
    }
}

impl<M: Clear> sealed::Show for Vec<M> {
    fn show<S: Serializer>(&self, terms: Terms<'_>, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().show(terms, serializer)
    }
}

/// One of several messages.
struct Element<'v, M> {
    message: &'v M,
    terms: Terms<'v>,
}

impl<M: Clear> Serialize for Element<'_, M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.message.show(self.terms, serializer)
    }
}

#[cfg(test)]
mod tests;
