//! A sealed message as it is shown: the members that QStash shows, values already redacted.

use super::base64::Base64;
use super::rows::{Line, Lines, Value};
use super::sealed::Sealed;
use crate::fingerprint::Placeholder;
use crate::redact::{Redacted, Writer};
use http::HeaderName;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;

/// The redacted view of a [`Sealed`] message.
///
/// Serializes as an object, and so can be flattened into a struct with the members that the pipeline
/// knows: identifiers, times, states. `Display` writes it as JSON.
#[derive(Clone, Copy)]
pub struct Shown<'m> {
    sealed: &'m Sealed,
    names: &'static Names,
}

/// What the members are called.
struct Names {
    destination: &'static str,
    /// The name of a body that is text; none where all bodies are base64.
    text_body: Option<&'static str>,
    base64_body: &'static str,
    /// Callback and failure callback, each with its headers.
    callbacks: [[&'static str; 2]; 2],
}

static MESSAGE: Names = Names {
    destination: "url",
    text_body: Some("body"),
    base64_body: "bodyBase64",
    callbacks: [
        ["callback", "callbackHeader"],
        ["failureCallback", "failureCallbackHeader"],
    ],
};

static SCHEDULE: Names = Names {
    destination: "destination",
    ..MESSAGE
};

static LOG: Names = Names {
    destination: "url",
    text_body: None,
    base64_body: "body",
    callbacks: [
        ["callback", "callbackHeaders"],
        ["failureCallback", "failureCallbackHeaders"],
    ],
};

impl<'m> Shown<'m> {
    pub(super) fn message(sealed: &'m Sealed) -> Self {
        let names = &MESSAGE;
        Self { sealed, names }
    }

    pub(super) fn schedule(sealed: &'m Sealed) -> Self {
        let names = &SCHEDULE;
        Self { sealed, names }
    }

    pub(super) fn log(sealed: &'m Sealed) -> Self {
        let names = &LOG;
        Self { sealed, names }
    }

    /// The view as JSON text that stands on its own: for a DLQ record, say, that outlives the message.
    #[must_use]
    pub fn to_json(&self) -> Redacted<String> {
        // Nothing in it can fail to serialize; an empty text would show nothing.
        Redacted::proven(serde_json::to_string(self).unwrap_or_default())
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = self.names;
        let rows = self.sealed.rows();
        let method = &self.sealed.deliver().method;
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry(names.destination, &Text(&rows.destination))?;
        out.serialize_entry("method", method.as_str())?;
        out.serialize_entry("header", &Map(&rows.headers))?;
        match names.text_body {
            // A placeholder is shown under the name that its bytes would have.
            Some(name) if str::from_utf8(rows.body.bytes).is_ok() => {
                out.serialize_entry(name, &Text(&rows.body))?;
            }
            _ => out.serialize_entry(names.base64_body, &Encoded(&rows.body))?,
        }
        for (callback, [url, headers]) in rows.callbacks.iter().zip(names.callbacks) {
            if let Some((value, lines)) = callback {
                out.serialize_entry(url, &Text(value))?;
                if !lines.is_empty() {
                    out.serialize_entry(headers, &Map(lines))?;
                }
            }
        }
        out.end()
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        serde_json::to_writer(Writer(formatter), self).map_err(|_| fmt::Error)
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Shown({self})")
    }
}

/// Headers as QStash shows them: each name with an array of values.
struct Map<'r>(&'r Lines<'r>);

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let same_name = |(left, _): &Line<'_>, (right, _): &Line<'_>| left == right;
        serializer.collect_map(self.0.chunk_by(same_name).filter_map(|lines| {
            let (name, _) = lines.first()?;
            Some((Canonical(name), Values(lines)))
        }))
    }
}

/// The values of one header.
struct Values<'r>(&'r [Line<'r>]);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(_, value)| Text(value)))
    }
}

/// A header's name in Go's spelling, which QStash shows: `X-Api-Key`.
struct Canonical<'h>(&'h HeaderName);

impl Serialize for Canonical<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Few names are longer, and only those need an allocation.
        let mut short = [0; 64];
        let mut long = Vec::new();
        let name = self.0.as_str().as_bytes();
        let spelled = match short.get_mut(..name.len()) {
            Some(short) => short,
            None => {
                long.resize(name.len(), 0);
                &mut long
            }
        };
        let mut begins = true;
        for (spelled, letter) in spelled.iter_mut().zip(name) {
            *spelled = match begins {
                true => letter.to_ascii_uppercase(),
                false => *letter,
            };
            begins = *letter == b'-';
        }
        serializer.serialize_str(&String::from_utf8_lossy(spelled))
    }
}

/// A value that is shown as text, with bytes that are no UTF-8 replaced.
struct Text<'r>(&'r Value<'r>);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.placeholder() {
            Some(placeholder) => placeholder.serialize(serializer),
            None => serializer.serialize_str(&String::from_utf8_lossy(self.0.bytes)),
        }
    }
}

/// A value that is shown as base64, but for a placeholder.
struct Encoded<'r>(&'r Value<'r>);

impl Serialize for Encoded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.placeholder() {
            Some(placeholder) => placeholder.serialize(serializer),
            None if Placeholder::is_placeholder(self.0.bytes) => Text(self.0).serialize(serializer),
            None => serializer.collect_str(&Base64(self.0.bytes)),
        }
    }
}
