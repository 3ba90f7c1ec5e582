//! A sealed message as it is shown: the members that QStash shows, values already redacted.

use super::base64::Base64;
use super::sealed::{Callback, Original};
use crate::fingerprint::Placeholder;
use crate::redact::{Redacted, Writer};
use http::{HeaderMap, HeaderName};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;

/// The redacted view of a [`Sealed`](super::Sealed) message.
///
/// Serializes as an object, and so can be flattened into a struct with the members that the pipeline
/// knows: identifiers, times, states. `Display` writes it as JSON.
#[derive(Clone, Copy)]
pub struct Shown<'m> {
    redacted: &'m Original,
    names: &'static Names,
    encoding: Encoding,
}

/// How a body is shown, and under which name.
#[derive(Clone, Copy)]
enum Encoding {
    Text,
    Base64,
}

/// What the members are called.
struct Names {
    destination: &'static str,
    callback_headers: &'static str,
    failure_callback_headers: &'static str,
    base64_body: &'static str,
}

static MESSAGE: Names = Names {
    destination: "url",
    callback_headers: "callbackHeader",
    failure_callback_headers: "failureCallbackHeader",
    base64_body: "bodyBase64",
};

static SCHEDULE: Names = Names {
    destination: "destination",
    ..MESSAGE
};

static LOG: Names = Names {
    callback_headers: "callbackHeaders",
    failure_callback_headers: "failureCallbackHeaders",
    base64_body: "body",
    ..MESSAGE
};

impl<'m> Shown<'m> {
    pub(super) fn message(redacted: &'m Original, is_binary: bool) -> Self {
        Self::with(redacted, &MESSAGE, is_binary)
    }

    pub(super) fn schedule(redacted: &'m Original, is_binary: bool) -> Self {
        Self::with(redacted, &SCHEDULE, is_binary)
    }

    pub(super) fn log(redacted: &'m Original) -> Self {
        Self::with(redacted, &LOG, true)
    }

    fn with(redacted: &'m Original, names: &'static Names, is_base64: bool) -> Self {
        Self {
            redacted,
            names,
            encoding: match is_base64 {
                true => Encoding::Base64,
                false => Encoding::Text,
            },
        }
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
        let Original {
            method,
            destination,
            headers,
            body,
            callback,
            failure_callback,
        } = self.redacted;
        let names = self.names;
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry(names.destination, destination)?;
        out.serialize_entry("method", method.as_str())?;
        out.serialize_entry("header", &Map(headers))?;
        match self.encoding {
            // A placeholder stands for the bytes, not for their base64.
            Encoding::Base64 if !Placeholder::is_placeholder(body) => {
                out.serialize_entry(names.base64_body, &Encoded(body))?;
            }
            Encoding::Base64 => out.serialize_entry(names.base64_body, &Lossy(body))?,
            Encoding::Text => out.serialize_entry("body", &Lossy(body))?,
        }
        serialize_callback(&mut out, callback, ["callback", names.callback_headers])?;
        serialize_callback(
            &mut out,
            failure_callback,
            ["failureCallback", names.failure_callback_headers],
        )?;
        out.end()
    }
}

fn serialize_callback<M: SerializeMap>(
    out: &mut M,
    callback: &Option<Callback>,
    [url, headers]: [&'static str; 2],
) -> Result<(), M::Error> {
    if let Some(callback) = callback {
        out.serialize_entry(url, &callback.url)?;
        if !callback.headers.is_empty() {
            out.serialize_entry(headers, &Map(&callback.headers))?;
        }
    }
    Ok(())
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
struct Map<'h>(&'h HeaderMap);

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(Some(self.0.keys_len()))?;
        for name in self.0.keys() {
            out.serialize_entry(&Canonical(name), &Values(self.0, name))?;
        }
        out.end()
    }
}

/// The values of one header.
struct Values<'h>(&'h HeaderMap, &'h HeaderName);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = self.0.get_all(self.1).iter();
        serializer.collect_seq(values.map(|value| Lossy(value.as_bytes())))
    }
}

/// A header's name in Go's spelling, which QStash shows: `X-Api-Key`.
struct Canonical<'h>(&'h HeaderName);

impl Serialize for Canonical<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut begins = true;
        let name: String = self
            .0
            .as_str()
            .chars()
            .map(|letter| {
                let spelled = match begins {
                    true => letter.to_ascii_uppercase(),
                    false => letter,
                };
                begins = letter == '-';
                spelled
            })
            .collect();
        serializer.serialize_str(&name)
    }
}

/// Text, with bytes that are no UTF-8 replaced: it is shown, not delivered.
struct Lossy<'b>(&'b [u8]);

impl Serialize for Lossy<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(self.0))
    }
}

/// Bytes as base64.
struct Encoded<'b>(&'b [u8]);

impl Serialize for Encoded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64(self.0))
    }
}
