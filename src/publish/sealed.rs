//! A message or schedule with its rule: originals for delivery, the redacted view for everybody else.

use super::rows::Rows;
use super::show::Shown;
use crate::fields::RedactFields;
use crate::fingerprint::Fingerprint;
use crate::members::Group;
use crate::sha256;
use bytes::Bytes;
use http::{HeaderMap, Method};
use std::fmt;
use std::sync::OnceLock;

/// What a publisher gave to be delivered, in clear.
///
/// It has neither `Serialize` nor a `Debug` that shows values.
#[derive(Clone, PartialEq, Eq)]
pub struct Original {
    /// The method that the destination is called with.
    pub method: Method,
    /// The URL, or the URL group, that the message goes to.
    pub destination: String,
    /// The headers for the destination, without forwarding prefix.
    pub headers: HeaderMap,
    /// The body for the destination.
    pub body: Bytes,
    /// Who is told the destination's answer.
    pub callback: Option<Callback>,
    /// Who is told that all deliveries failed.
    pub failure_callback: Option<Callback>,
}

/// Who is told how a delivery went, in clear.
#[derive(Clone, PartialEq, Eq)]
pub struct Callback {
    /// The URL that is called.
    pub url: String,
    /// The headers for it, without forwarding prefix.
    pub headers: HeaderMap,
}

impl fmt::Debug for Original {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Original")
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Callback")
            .field("headers", &self.headers.len())
            .finish_non_exhaustive()
    }
}

impl Original {
    /// The callbacks there are.
    fn callbacks_mut(&mut self) -> impl Iterator<Item = &mut Callback> {
        self.callback
            .iter_mut()
            .chain(self.failure_callback.iter_mut())
    }

    /// Marks sensitive what `fields` selects, for whoever else gets to see the headers.
    fn mark(&mut self, fields: &RedactFields) {
        let mark = |headers: &mut HeaderMap| {
            for (name, value) in headers.iter_mut() {
                if fields.selects_header(Group::Header, name.as_str().as_bytes()) {
                    value.set_sensitive(true);
                }
            }
        };
        mark(&mut self.headers);
        self.callbacks_mut()
            .for_each(|callback| mark(&mut callback.headers));
    }
}

/// A message or schedule together with its rule.
///
/// [`deliver`](Self::deliver) gives the originals. Everything else shows the redacted view: `Debug`,
/// `Display`, `Serialize` (the members of a message; [`as_schedule`](Self::as_schedule) and
/// [`as_log`](Self::as_log) for the others), and a DLQ record made of any of them. Private are the
/// fields that the rule selects; headers that are marked sensitive; and URLs with user info, query or
/// fragment, whatever the rule.
///
/// It owns all it has, shares bodies when it is cloned, and can be sent and used across threads.
/// Values are hashed once, all together, when they are first shown; those of a whole page by
/// [`hash_together`](Self::hash_together).
///
/// To keep it in a database take it apart with [`into_parts`](Self::into_parts), or read
/// [`deliver`](Self::deliver) and [`fields`](Self::fields), and put it together again with
/// [`new`](Self::new). What is stored then holds the originals: guard it.
///
/// ```
/// use qstash_redact::publish::Call;
/// use serde::Serialize;
///
/// /// A record of a DLQ: what the pipeline knows, and the message as it may be shown.
/// #[derive(Serialize)]
/// struct Failed<'m> {
///     #[serde(rename = "dlqId")]
///     dlq_id: &'m str,
///     #[serde(flatten)]
///     message: qstash_redact::publish::Shown<'m>,
/// }
///
/// let mut headers = http::HeaderMap::new();
/// headers.insert("upstash-redact-fields", "body".parse()?);
/// let message = Call::from_headers(&headers)?
///     .with_destination("https://example.com?token=secret")
///     .seal("hello")?;
/// let record = serde_json::to_string(&Failed { dlq_id: "1-0", message: message.as_message() })?;
/// assert!(!record.contains("secret") && !record.contains("hello"));
/// assert_eq!(message.deliver().body, "hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Sealed {
    fields: RedactFields,
    original: Original,
    /// Of the private values in the order of [`Rows`], made when they are first asked for.
    fingerprints: OnceLock<Box<[Fingerprint]>>,
}

impl Sealed {
    /// Puts an original under a rule.
    ///
    /// Headers that the rule selects are marked sensitive.
    #[must_use]
    pub fn new(fields: RedactFields, mut original: Original) -> Self {
        original.mark(&fields);
        Self {
            fields,
            original,
            fingerprints: OnceLock::new(),
        }
    }

    /// The rule.
    #[must_use]
    pub fn fields(&self) -> &RedactFields {
        &self.fields
    }

    /// The originals, for delivery; not to be shown.
    #[must_use]
    pub fn deliver(&self) -> &Original {
        &self.original
    }

    /// The rule and the originals, to be stored; not to be shown.
    #[must_use]
    pub fn into_parts(self) -> (RedactFields, Original) {
        (self.fields, self.original)
    }

    /// The message that a schedule makes when it is due: it inherits the rule.
    #[must_use]
    pub fn fire(&self) -> Self {
        self.clone()
    }

    /// The redacted view with the members of a message, or of a DLQ message.
    #[must_use]
    pub fn as_message(&self) -> Shown<'_> {
        Shown::message(self)
    }

    /// The redacted view with the members of a schedule.
    #[must_use]
    pub fn as_schedule(&self) -> Shown<'_> {
        Shown::schedule(self)
    }

    /// The redacted view with the members of a log, whose body is base64.
    #[must_use]
    pub fn as_log(&self) -> Shown<'_> {
        Shown::log(self)
    }

    /// Hashes the private values of many messages together, where they were not hashed before: what to
    /// do with a page that is about to be shown. Without it, each message hashes its own when it is
    /// first shown, which takes longer.
    pub fn hash_together<'m>(messages: impl IntoIterator<Item = &'m Self>) {
        let unhashed = |message: &&Self| message.fingerprints.get().is_none();
        let values: Vec<(&Self, Vec<&[u8]>)> = messages
            .into_iter()
            .filter(unhashed)
            .map(|message| (message, message.clear_rows().private_values()))
            .collect();
        let all = || values.iter().flat_map(|(_, values)| values.iter().copied());
        let mut fingerprints = vec![Fingerprint::from_bytes([0; 32]); all().count()];
        sha256::hash_many(all(), |position, digest| {
            fingerprints[position] = Fingerprint::from_bytes(digest);
        });
        let mut rest = &*fingerprints;
        for (message, values) in &values {
            let (own, behind) = rest.split_at(values.len());
            rest = behind;
            // Whoever was first has set the same.
            let _ = message.fingerprints.set(own.into());
        }
    }

    /// The values as they are shown.
    pub(super) fn rows(&self) -> Rows<'_> {
        Self::hash_together([self]);
        let fingerprints = self.fingerprints.get().map_or(&[][..], |all| all);
        self.clear_rows().hashed(fingerprints)
    }

    fn clear_rows(&self) -> Rows<'_> {
        Rows::of(&self.original, &self.fields)
    }
}

impl serde::Serialize for Sealed {
    /// Serializes the redacted view with the members of a message.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_message().serialize(serializer)
    }
}

impl fmt::Display for Sealed {
    /// Writes the redacted view as JSON.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_message().fmt(formatter)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sealed({}, {self})", self.fields)
    }
}
