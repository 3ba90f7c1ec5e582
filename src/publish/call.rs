//! A call that publishes, read once: the rule, what is delivered, and what may be shown.

#[cfg(feature = "tower")]
use super::headers;
use super::headers::{CALLBACK, FAILURE_CALLBACK, RedactedHeaders, for_callback, forwarded};
use super::sealed::{Callback, Original, Sealed};
use super::target::{self, Endpoint, Foreign};
use super::{BatchCall, batch, query, rule};
use crate::error::{Error, ErrorKind};
use crate::fields::RedactFields;
use crate::redact::Redactor;
use bytes::Bytes;
use http::{HeaderMap, Method, Uri, header, request};
use std::fmt;

/// The header with the method that the destination is called with.
const METHOD: &str = "upstash-method";

/// A publish, enqueue, batch or schedule call as it came in, without its body.
///
/// `Debug` shows what may be shown.
#[derive(Clone)]
pub struct Call {
    fields: RedactFields,
    endpoint: Endpoint,
    original: Original,
    headers: HeaderMap,
    uri: Option<Uri>,
}

impl Call {
    /// Reads a call from the parts of its request. A call that publishes nothing can be read, too.
    ///
    /// The rule is that of the header lines `Upstash-Redact-Fields`, which are one list, together with
    /// that of the query parameter of the same name: what either selects is private.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rule`] when a rule is not understood, or would be forwarded instead of obeyed;
    /// [`ErrorKind::Call`] when the headers cannot be read.
    pub fn read(parts: &request::Parts) -> Result<Self, Error> {
        Self::new(&parts.uri, &parts.headers)
    }

    /// Reads a call from its URI and headers: [`read`](Self::read) for whoever has no parts.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn new(uri: &Uri, headers: &HeaderMap) -> Result<Self, Error> {
        let fields = rule::read(headers, uri.query())?;
        let (endpoint, destination) = target::read(uri);
        let mut call = Self::from_known(fields, headers)?;
        call.endpoint = endpoint;
        call.original.destination = destination;
        call.uri = Some(uri.clone());
        Ok(call)
    }

    /// Reads a call from its headers alone; say where it goes by
    /// [`with_destination`](Self::with_destination).
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, Error> {
        Self::from_known(rule::read(headers, None)?, headers)
    }

    fn from_known(fields: RedactFields, headers: &HeaderMap) -> Result<Self, Error> {
        let callback = |name| match headers.get(name) {
            None => Ok(None),
            Some(value) => {
                let url = str::from_utf8(value.as_bytes()).map_err(|_| {
                    Error::new(ErrorKind::Call, "a callback's URL is not UTF-8").in_field(
                        match name {
                            CALLBACK => "callback",
                            _ => "failureCallback",
                        },
                    )
                })?;
                let headers = for_callback(headers, name)?;
                let url = url.to_owned();
                Ok(Some(Callback { url, headers }))
            }
        };
        let method = match headers.get(METHOD) {
            None => Method::POST,
            Some(value) => Method::from_bytes(value.as_bytes())
                .map_err(|_| Error::new(ErrorKind::Call, "`Upstash-Method` is no method"))?,
        };
        let original = Original {
            method,
            destination: String::new(),
            headers: forwarded(headers)?,
            body: Bytes::new(),
            callback: callback(CALLBACK)?,
            failure_callback: callback(FAILURE_CALLBACK)?,
        };
        Ok(Self {
            fields,
            endpoint: Endpoint::Other,
            original,
            headers: headers.clone(),
            uri: None,
        })
    }

    /// Says where the message goes: a URL, or a URL group.
    #[must_use]
    pub fn with_destination(mut self, destination: impl Into<String>) -> Self {
        self.original.destination = destination.into();
        self
    }

    /// Adds fields that are private whatever the call says: a floor of the service, say.
    #[must_use]
    pub fn with_floor(mut self, floor: &RedactFields) -> Self {
        self.fields = self.fields.union(floor);
        self
    }

    /// The rule.
    #[must_use]
    pub fn fields(&self) -> &RedactFields {
        &self.fields
    }

    /// What is asked for.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// The destination in clear, not to be shown; empty if the call names none.
    #[must_use]
    pub fn clear_destination(&self) -> &str {
        &self.original.destination
    }

    /// The token in clear that the call came with, not to be shown: a bearer token of the header
    /// `Authorization`, or else the query parameter `qstash_token`.
    #[must_use]
    pub fn clear_token(&self) -> Option<String> {
        let header = self.headers.get(header::AUTHORIZATION);
        let bearer = header.and_then(|value| {
            let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
            scheme
                .eq_ignore_ascii_case("Bearer")
                .then(|| token.trim().to_owned())
        });
        bearer.or_else(|| {
            let query = self.uri.as_ref()?.query()?;
            query::parameters(query)
                .find(|parameter| parameter.name == query::TOKEN)
                .and_then(|parameter| String::from_utf8(query::decode(parameter.value)).ok())
        })
    }

    /// The call's headers in clear, for the options among them; not to be shown.
    #[must_use]
    pub fn clear_headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The call's headers as they may be shown: see [`Redactor::redact_headers`].
    #[must_use]
    pub fn shown_headers(&self) -> RedactedHeaders {
        Redactor::new(self.fields.clone())
            .redact_headers(&self.headers)
            // Placeholders are kept, so that nothing is left to refuse; and nothing shown is safe.
            .unwrap_or_default()
    }

    /// The call's URI as it may be shown. A destination with user info, query or fragment is its
    /// placeholder; so are all parameters but the rule, the token's among them.
    #[must_use]
    pub fn shown_uri(&self) -> String {
        self.uri
            .as_ref()
            .map(|uri| target::show(uri, Foreign::Hide))
            .unwrap_or_default()
    }

    /// The call's URI with nothing private in it that an endpoint would not ask the call for.
    #[cfg(feature = "tower")]
    pub(super) fn safe_uri(&self) -> String {
        self.uri
            .as_ref()
            .map(|uri| target::show(uri, Foreign::Keep))
            .unwrap_or_default()
    }

    /// Marks sensitive what must not be shown of the call's headers.
    #[cfg(feature = "tower")]
    pub(super) fn mark_sensitive(&self, headers: &mut HeaderMap) {
        headers::mark(headers, &self.fields);
    }

    /// Puts the message, with the body that came in, under its rule.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Call`] when no destination is known, as in a batch.
    pub fn seal(self, body: impl Into<Bytes>) -> Result<Sealed, Error> {
        if self.original.destination.is_empty() {
            let what = "the call names no destination";
            return Err(Error::new(ErrorKind::Call, what));
        }
        let original = Original {
            body: body.into(),
            ..self.original
        };
        Ok(Sealed::new(self.fields, original))
    }

    /// Reads the calls of a batch, each with its own rule and that of the batch call itself, if any.
    ///
    /// `body` is a JSON array of `{destination, queue, headers, body}`; a body that is no string is
    /// delivered as the JSON text it is, `null` as no body.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), and when `body` is no such array. The error says which element it is
    /// about, as [`record`](Error::record).
    pub fn batch(&self, body: &[u8]) -> Result<Vec<BatchCall>, Error> {
        batch::read(body, &self.fields)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Call")
            .field("uri", &self.shown_uri())
            .field("headers", &self.shown_headers())
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}
