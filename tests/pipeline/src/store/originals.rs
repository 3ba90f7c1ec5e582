//! Originals as the database holds them, without loss: in clear.

use crate::answer::{Answer, Refusal};
use crate::deliver::Reply;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use qstash_redact::publish::{Callback, Original, Sealed};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A sealed message but for its body, as JSON text.
#[derive(Serialize, Deserialize)]
struct Stored<'s> {
    rule: Cow<'s, str>,
    method: Cow<'s, str>,
    destination: Cow<'s, str>,
    headers: Headers,
    callback: Option<StoredCallback<'s>>,
    failure_callback: Option<StoredCallback<'s>>,
}

#[derive(Serialize, Deserialize)]
struct StoredCallback<'s> {
    url: Cow<'s, str>,
    headers: Headers,
}

/// What a destination answered, but for the body.
#[derive(Serialize, Deserialize)]
struct StoredReply {
    status: u16,
    headers: Headers,
}

/// Names and values in order; values in base64, since they can be any bytes.
#[derive(Serialize, Deserialize)]
struct Headers(Vec<(String, String)>);

impl Headers {
    fn of(headers: &HeaderMap) -> Self {
        let lines = headers.iter();
        Self(
            lines
                .map(|(name, value)| (name.to_string(), STANDARD.encode(value)))
                .collect(),
        )
    }

    fn read(self) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        for (name, value) in self.0 {
            let name: HeaderName = name.parse().ok()?;
            let value = HeaderValue::from_bytes(&STANDARD.decode(value).ok()?).ok()?;
            headers.try_append(name, value).ok()?;
        }
        Some(headers)
    }
}

impl<'s> StoredCallback<'s> {
    fn of(callback: &'s Callback) -> Self {
        Self {
            url: Cow::Borrowed(&callback.url),
            headers: Headers::of(&callback.headers),
        }
    }

    fn read(self) -> Option<Callback> {
        Some(Callback {
            url: self.url.into_owned(),
            headers: self.headers.read()?,
        })
    }
}

/// A sealed message but for its body, as text to store.
pub(super) fn freeze(sealed: &Sealed) -> Answer<String> {
    let original = sealed.deliver();
    to_text(&Stored {
        rule: sealed.fields().to_string().into(),
        method: original.method.as_str().into(),
        destination: Cow::Borrowed(&original.destination),
        headers: Headers::of(&original.headers),
        callback: original.callback.as_ref().map(StoredCallback::of),
        failure_callback: original.failure_callback.as_ref().map(StoredCallback::of),
    })
}

/// The sealed message that was stored as `text` and `body`.
pub(super) fn thaw(text: &str, body: Vec<u8>) -> Answer<Sealed> {
    let stored: Stored<'_> = from_text(text)?;
    let read = || {
        let callback = |stored: Option<StoredCallback<'_>>| match stored {
            None => Some(None),
            Some(stored) => stored.read().map(Some),
        };
        let original = Original {
            method: Method::from_bytes(stored.method.as_bytes()).ok()?,
            destination: stored.destination.into_owned(),
            headers: stored.headers.read()?,
            body: body.into(),
            callback: callback(stored.callback)?,
            failure_callback: callback(stored.failure_callback)?,
        };
        Some(Sealed::new(stored.rule.parse().ok()?, original))
    };
    read().ok_or_else(damaged)
}

/// What a destination answered, but for the body, as text to store.
pub(super) fn freeze_reply(reply: &Reply) -> Answer<String> {
    to_text(&StoredReply {
        status: reply.status,
        headers: Headers::of(&reply.headers),
    })
}

/// What a destination answered, stored as `text` and `body`.
pub(super) fn thaw_reply(text: &str, body: Vec<u8>) -> Answer<Reply> {
    let stored: StoredReply = from_text(text)?;
    Ok(Reply {
        status: stored.status,
        headers: stored.headers.read().ok_or_else(damaged)?,
        body: body.into(),
    })
}

/// Any value of ours as text to store.
pub(super) fn to_text(value: &impl Serialize) -> Answer<String> {
    serde_json::to_string(value).map_err(|_| Refusal::internal("the store", "cannot write a row"))
}

/// Reads what [`to_text`] wrote.
pub(super) fn from_text<'t, T: Deserialize<'t>>(text: &'t str) -> Answer<T> {
    // An error of serde's can quote the row.
    serde_json::from_str(text).map_err(|_| damaged())
}

fn damaged() -> Refusal {
    Refusal::internal("the store", "a row is damaged")
}
