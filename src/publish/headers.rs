//! The headers of a call: which of them are the user's, and how they may be shown.

use crate::error::{Error, ErrorKind};
use crate::fields::RedactFields;
use crate::fingerprint::{Fingerprint, Placeholder};
use crate::members::{self, Group};
use crate::redact::Redactor;
use crate::sha256;
use crate::value::{Existing, REFUSED};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use std::fmt;

/// Prefixes of headers for somebody behind the call, in lower case as [`HeaderName`] has them.
const FORWARD: &str = "upstash-forward-";
const CALLBACK_FORWARD: &str = "upstash-callback-forward-";
const FAILURE_CALLBACK_FORWARD: &str = "upstash-failure-callback-forward-";

/// What the Python client puts before the names of headers for a callback.
const CALLBACK_PLAIN: &str = "upstash-callback-";
const FAILURE_CALLBACK_PLAIN: &str = "upstash-failure-callback-";

/// Settings of a callback, which begin like that, too, and are no headers for it. They are hidden only if a
/// rule selects them.
const CALLBACK_SETTINGS: [&str; 9] = [
    "delay",
    "flow-control-key",
    "flow-control-value",
    "label",
    "method",
    "not-before",
    "retries",
    "retry-delay",
    "timeout",
];

/// Headers with URLs of callbacks.
pub(super) const CALLBACK: &str = "upstash-callback";
pub(super) const FAILURE_CALLBACK: &str = "upstash-failure-callback";

/// Says that all headers are the user's, without prefix.
const HEADER_FORWARD: &str = "upstash-header-forward";

/// What opens the call's own doors: never shown, whatever the rule.
const CREDENTIALS: [HeaderName; 3] = [
    header::AUTHORIZATION,
    header::PROXY_AUTHORIZATION,
    header::COOKIE,
];

/// Headers that are about the call itself and are never the user's, though they have no prefix.
const OF_THE_CALL: [HeaderName; 3] = [
    header::AUTHORIZATION,
    header::PROXY_AUTHORIZATION,
    header::PROXY_AUTHENTICATE,
];

/// Headers that are about one connection, or say where a body ends: never forwarded, with a prefix or
/// without. Another message's length would cut the body, or hide a second request in it.
const OF_THE_CONNECTION: [HeaderName; 10] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::CONNECTION,
    header::EXPECT,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// The headers that go to the destination, without prefix.
pub(super) fn forwarded(headers: &HeaderMap) -> Result<HeaderMap, Error> {
    let mut forwarded = with_prefix(headers, FORWARD)?;
    let all = headers
        .get_all(HEADER_FORWARD)
        .iter()
        .any(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
    add_missing(&mut forwarded, headers, |name| {
        name == header::CONTENT_TYPE
            || all
                && !OF_THE_CALL.contains(name)
                && !OF_THE_CONNECTION.contains(name)
                && !name.as_str().starts_with("upstash-")
    })?;
    Ok(forwarded)
}

/// The headers with one of the forwarding prefixes, which is taken off.
fn with_prefix(headers: &HeaderMap, prefix: &str) -> Result<HeaderMap, Error> {
    let mut found = HeaderMap::new();
    for (name, value) in headers {
        if let Some(bare) = name.as_str().strip_prefix(prefix) {
            let bare = HeaderName::from_bytes(bare.as_bytes()).map_err(|_| {
                let what = "a forwarded header has no name behind its prefix";
                Error::new(ErrorKind::Call, what)
            })?;
            if !OF_THE_CONNECTION.contains(&bare) {
                append(&mut found, bare, value.clone())?;
            }
        }
    }
    Ok(found)
}

/// The headers for the callback whose URL is in the header `url`, without prefix.
pub(super) fn for_callback(headers: &HeaderMap, url: &str) -> Result<HeaderMap, Error> {
    let (forward, plain) = match url {
        CALLBACK => (CALLBACK_FORWARD, CALLBACK_PLAIN),
        _ => (FAILURE_CALLBACK_FORWARD, FAILURE_CALLBACK_PLAIN),
    };
    let mut found = with_prefix(headers, forward)?;
    add_missing(&mut found, &with_prefix(headers, plain)?, |name| {
        // The longer prefix begins with the shorter one.
        !name.as_str().starts_with("forward-") && !CALLBACK_SETTINGS.contains(&name.as_str())
    })?;
    Ok(found)
}

/// Adds those of `headers` that are meant and not there yet: what was given with its whole prefix stands
/// for what was given without.
fn add_missing(
    found: &mut HeaderMap,
    headers: &HeaderMap,
    is_meant: impl Fn(&HeaderName) -> bool,
) -> Result<(), Error> {
    for name in headers.keys() {
        if is_meant(name) && !found.contains_key(name) {
            for value in headers.get_all(name) {
                append(found, name.clone(), value.clone())?;
            }
        }
    }
    Ok(())
}

/// Appends a header, where a map can hold one more.
pub(super) fn append(
    headers: &mut HeaderMap,
    name: HeaderName,
    value: HeaderValue,
) -> Result<(), Error> {
    match headers.try_append(name, value) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::new(ErrorKind::TooLarge, "too many headers")),
    }
}

/// Whether a header of a call must not be shown.
fn is_private(name: &HeaderName, value: &HeaderValue, rule: &RedactFields) -> bool {
    let has_private_url = || match name.as_str() {
        CALLBACK | FAILURE_CALLBACK => members::is_private_url(value.as_bytes()),
        _ => false,
    };
    let is_for_callback = || {
        let mut prefixes = [CALLBACK_PLAIN, FAILURE_CALLBACK_PLAIN].into_iter();
        let bare = prefixes.find_map(|prefix| name.as_str().strip_prefix(prefix));
        bare.is_some_and(|bare| rule.selects_header(Group::Header, bare.as_bytes()))
    };
    rule.selects_header(Group::Header, name.as_str().as_bytes())
        || is_for_callback()
        || value.is_sensitive()
        || CREDENTIALS.contains(name)
        || has_private_url()
}

/// Marks sensitive what must not be shown of a call's headers.
#[cfg(feature = "tower")]
pub(super) fn mark(headers: &mut HeaderMap, rule: &RedactFields) {
    for (name, value) in headers.iter_mut() {
        if is_private(name, value, rule) {
            value.set_sensitive(true);
        }
    }
}

/// Headers that a redactor has redacted: safe to show, as far as its rule goes. `Debug` shows them.
#[derive(Clone, Default)]
pub struct RedactedHeaders(HeaderMap);

impl RedactedHeaders {
    /// The map.
    #[must_use]
    pub fn get(&self) -> &HeaderMap {
        &self.0
    }

    /// The map, without the proof.
    #[must_use]
    pub fn into_inner(self) -> HeaderMap {
        self.0
    }
}

impl fmt::Debug for RedactedHeaders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Redactor {
    /// Redacts a map of headers: of a call, with forwarding prefixes or without, or of a message.
    ///
    /// Replaced are the values of the headers that the rule selects and, whatever the rule, values
    /// that are marked [sensitive](HeaderValue::is_sensitive); the call's own `Authorization`,
    /// `Proxy-Authorization` and `Cookie`; URLs of callbacks with user info, query or fragment. The
    /// bytes of a value are hashed as they are, UTF-8 or not; empty ones stay.
    ///
    /// All other values are shared with `headers`, not copied.
    ///
    /// ```
    /// use qstash_redact::Redactor;
    ///
    /// let mut headers = http::HeaderMap::new();
    /// headers.insert("authorization", "Bearer qstash-token".parse()?);
    /// headers.insert("upstash-forward-x-key", "secret".parse()?);
    /// headers.insert("upstash-delay", "5s".parse()?);
    ///
    /// let shown = Redactor::new("header[X-Key]".parse()?).redact_headers(&headers)?.into_inner();
    /// assert!(shown["authorization"].to_str()?.starts_with("REDACTED:"));
    /// assert!(shown["upstash-forward-x-key"].to_str()?.starts_with("REDACTED:2bb80d537b1da3e3"));
    /// assert_eq!(shown["upstash-delay"], "5s");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Placeholder`] when a selected value is a placeholder already and those are refused.
    pub fn redact_headers(&self, headers: &HeaderMap) -> Result<RedactedHeaders, Error> {
        let mut shown = headers.clone();
        let mut places = Vec::new();
        for (name, value) in shown.iter_mut() {
            if !is_private(name, value, self.fields()) || value.is_empty() {
                continue;
            }
            if Placeholder::is_placeholder(value.as_bytes()) {
                if self.existing() == Existing::Refuse {
                    return Err(Error::new(ErrorKind::Placeholder, REFUSED).in_field("header"));
                }
                value.set_sensitive(false);
                continue;
            }
            places.push(value);
        }
        fill(&mut places);
        Ok(RedactedHeaders(shown))
    }
}

/// Replaces values by their placeholders, which are hashed together and share one buffer.
fn fill(places: &mut [&mut HeaderValue]) {
    let mut text = Placeholder::PENDING.repeat(places.len());
    let (slots, _) = text.as_chunks_mut::<{ Placeholder::LEN }>();
    let values = places.iter().map(|value| value.as_bytes());
    sha256::hash_many(values, |position, digest| {
        slots[position] = *Placeholder::from(Fingerprint::from_bytes(digest)).as_bytes();
    });
    let text = Bytes::from(text);
    for (position, place) in places.iter_mut().enumerate() {
        let start = position * Placeholder::LEN;
        let placeholder = text.slice(start..start + Placeholder::LEN);
        // All of the buffer is ASCII, whether a digest was filled in or not.
        **place = HeaderValue::from_maybe_shared(placeholder)
            .unwrap_or(HeaderValue::from_static("REDACTED:"));
    }
}
