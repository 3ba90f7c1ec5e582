//! The write-back guard: a placeholder that was read must never be stored as a value.
//!
//! QStash's own consoles and clients show placeholders where originals were. Whoever updates a
//! schedule with what was read, or publishes a DLQ record again, would store their text, and the
//! originals would be lost.

use super::call::Call;
use super::lookalike;
use super::query;
use super::sealed::{Callback, Original, Sealed};
use super::target::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::fingerprint::Placeholder;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, header};

/// Keeps placeholders from being stored or sent as values.
///
/// With the stored original at hand, [`restore`](Self::restore) takes a placeholder that is the
/// original's as "unchanged" and puts the original back. Alone, [`check`](Self::check) and
/// [`check_request`](Self::check_request) refuse every placeholder.
///
/// Refused in both cases are values that look like a placeholder, or like what became of one: cut,
/// in other case, behind `Bearer`, inside a JSON or base64 text. Hex digits of either case make the
/// same placeholder. Refused is, too, an update that keeps a value and would send it elsewhere.
///
/// What is changed in QStash's own console passes through no guard.
///
/// ```
/// use qstash_redact::publish::{Call, Guard};
///
/// let publish = |body: &'static str| {
///     let mut headers = http::HeaderMap::new();
///     headers.insert("upstash-redact-fields", "body".parse().unwrap());
///     Call::from_headers(&headers)?.with_destination("https://example.com").seal(body)
/// };
/// let schedule = publish("hello")?;
/// let read_back = publish("REDACTED:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")?;
///
/// let guard = Guard::new();
/// assert_eq!(guard.restore(&schedule, read_back.clone())?.deliver().body, "hello");
/// assert_eq!(guard.check(&read_back).unwrap_err().field(), Some("body"));
/// # Ok::<(), qstash_redact::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    allows_lookalikes: bool,
    allows_new_destinations: bool,
}

impl Guard {
    /// A guard that refuses placeholders, and what looks like one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets values pass that only look like a placeholder: for texts that speak of placeholders.
    #[must_use]
    pub fn allow_lookalikes(mut self) -> Self {
        self.allows_lookalikes = true;
        self
    }

    /// Lets an update keep values by their placeholders and send them elsewhere: only for callers who may
    /// read the originals anyway. Whoever can do that can read them, at a host of their own.
    #[must_use]
    pub fn allow_new_destinations(mut self) -> Self {
        self.allows_new_destinations = true;
        self
    }

    /// What is to be stored where `stored` is, when `update` came in: placeholders of stored values
    /// become those values again.
    ///
    /// Where a value was kept, what was private stays so: the rule selects what either rule does. And
    /// all of it goes where it went: destination and callbacks, whose calls repeat the message, are the
    /// stored ones, or no callback is there any more.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Placeholder`], naming the [field](Error::field) and the [header](Error::header),
    /// when a placeholder is not the stored value's, when none is stored, when a value looks like
    /// a placeholder, or when a value was kept that would go elsewhere.
    pub fn restore(&self, stored: &Sealed, update: Sealed) -> Result<Sealed, Error> {
        let (fields, mut new) = update.into_parts();
        let mut restorer = Restorer {
            guard: self,
            kept: false,
        };
        restorer.original(&mut new, Some(stored.deliver()))?;
        if restorer.kept && !self.allows_new_destinations {
            require_same_places(stored.deliver(), &new)?;
        }
        let fields = match restorer.kept {
            true => fields.union(stored.fields()),
            false => fields,
        };
        Ok(Sealed::new(fields, new))
    }

    /// Makes sure that nothing in a message is a placeholder, where no original is at hand.
    ///
    /// # Errors
    ///
    /// As [`restore`](Self::restore).
    pub fn check(&self, message: &Sealed) -> Result<(), Error> {
        let mut restorer = Restorer {
            guard: self,
            kept: false,
        };
        restorer.original(&mut message.deliver().clone(), None)
    }

    /// Makes sure that nothing in a request to QStash is a placeholder, before it is sent: a publish,
    /// enqueue, batch or schedule call, or any other.
    ///
    /// # Errors
    ///
    /// As [`restore`](Self::restore), and when the call cannot be read; of a batch the error says which
    /// element it is about.
    pub fn check_request<B: AsRef<[u8]>>(&self, request: &Request<B>) -> Result<(), Error> {
        let call = Call::new(request.uri(), request.headers())?;
        let body = request.body().as_ref();
        for parameter in request
            .uri()
            .query()
            .into_iter()
            .flat_map(query::parameters)
        {
            self.value("query", &query::decode(parameter.value), [])?;
        }
        if call.endpoint() != Endpoint::Batch {
            return self.check_call(&call, body);
        }
        self.check_call(&call, b"")?;
        for (element, position) in call.batch(body)?.iter().zip(1..) {
            self.check_call(&element.call, element.clear_body())
                .map_err(|error| error.in_record(position))?;
        }
        Ok(())
    }

    fn check_call(&self, call: &Call, body: &[u8]) -> Result<(), Error> {
        // All headers, since each of them is stored or sent on.
        self.value("destination", call.clear_destination().as_bytes(), [])?;
        for (name, value) in call.clear_headers() {
            self.value("header", value.as_bytes(), [])
                .map_err(|error| error.in_header(name.clone()))?;
        }
        self.value("body", body, [])?;
        Ok(())
    }

    /// The stored value to put in the place of `value`; `None` if `value` is one itself.
    fn value<'o>(
        &self,
        field: &'static str,
        value: &[u8],
        stored: impl IntoIterator<Item = &'o [u8]>,
    ) -> Result<Option<&'o [u8]>, Error> {
        let error = |what| Err(Error::new(ErrorKind::Placeholder, what).in_field(field));
        let mut stored = stored.into_iter().peekable();
        if let Ok(placeholder) = Placeholder::from_bytes(value) {
            let has_original = stored.peek().is_some();
            return match stored.find(|stored| placeholder.matches(stored)) {
                Some(original) => Ok(Some(original)),
                None if has_original => error(
                    "a placeholder that is not the stored value's; \
                     give the value itself, or what was read, unchanged",
                ),
                None => error(
                    "a placeholder, and no value is stored that it could stand for; \
                     give the value itself",
                ),
            };
        }
        if !self.allows_lookalikes
            && (lookalike::is_found(value)
                || stored.any(|stored| lookalike::holds_digits(value, stored)))
        {
            return error(
                "the value looks like a placeholder, or a part of one; \
                 give the value itself, or allow lookalikes if it is meant so",
            );
        }
        Ok(None)
    }
}

/// Makes sure that `new`, which keeps values of `stored`, goes nowhere where those did not go.
fn require_same_places(stored: &Original, new: &Original) -> Result<(), Error> {
    let error = |field| {
        Error::new(
            ErrorKind::Placeholder,
            "values are kept by their placeholders, but would go elsewhere; \
             give all private values themselves, or change nothing here",
        )
        .in_field(field)
    };
    if new.destination != stored.destination {
        return Err(error("destination"));
    }
    let callbacks = [
        ("callback", &stored.callback, &new.callback),
        (
            "failureCallback",
            &stored.failure_callback,
            &new.failure_callback,
        ),
    ];
    for (field, stored, new) in callbacks {
        if let Some(new) = new
            && stored.as_ref().is_none_or(|stored| stored.url != new.url)
        {
            return Err(error(field));
        }
    }
    // One address can serve many hosts.
    if new.headers.get(header::HOST) != stored.headers.get(header::HOST) {
        return Err(error("header").in_header(header::HOST));
    }
    Ok(())
}

/// Goes through what came in, and puts stored values back.
struct Restorer<'g> {
    guard: &'g Guard,
    /// Whether any value was put back.
    kept: bool,
}

impl Restorer<'_> {
    fn original(&mut self, new: &mut Original, stored: Option<&Original>) -> Result<(), Error> {
        let url = stored.map(|stored| &*stored.destination);
        self.text("destination", &mut new.destination, url)?;
        let headers = stored.map(|stored| &stored.headers);
        self.headers("header", &mut new.headers, headers)?;
        let body = stored.map(|stored| &*stored.body);
        if self.guard.value("body", &new.body, body)?.is_some()
            && let Some(stored) = stored
        {
            new.body = Bytes::clone(&stored.body);
            self.kept = true;
        }
        self.callback(
            ["callback", "callbackHeader"],
            &mut new.callback,
            stored.and_then(|stored| stored.callback.as_ref()),
        )?;
        self.callback(
            ["failureCallback", "failureCallbackHeader"],
            &mut new.failure_callback,
            stored.and_then(|stored| stored.failure_callback.as_ref()),
        )
    }

    fn callback(
        &mut self,
        [url, headers]: [&'static str; 2],
        new: &mut Option<Callback>,
        stored: Option<&Callback>,
    ) -> Result<(), Error> {
        let Some(new) = new else {
            return Ok(());
        };
        self.text(url, &mut new.url, stored.map(|stored| &*stored.url))?;
        self.headers(
            headers,
            &mut new.headers,
            stored.map(|stored| &stored.headers),
        )
    }

    fn text(
        &mut self,
        field: &'static str,
        new: &mut String,
        stored: Option<&str>,
    ) -> Result<(), Error> {
        let original = stored.map(str::as_bytes);
        if self.guard.value(field, new.as_bytes(), original)?.is_some()
            && let Some(stored) = stored
        {
            stored.clone_into(new);
            self.kept = true;
        }
        Ok(())
    }

    fn headers(
        &mut self,
        field: &'static str,
        new: &mut HeaderMap,
        stored: Option<&HeaderMap>,
    ) -> Result<(), Error> {
        for (name, value) in new.iter_mut() {
            let originals = || stored.into_iter().flat_map(|stored| stored.get_all(name));
            let original = self
                .guard
                .value(
                    field,
                    value.as_bytes(),
                    originals().map(HeaderValue::as_bytes),
                )
                .map_err(|error| error.in_header(name.clone()))?;
            if let Some(original) = original
                && let Some(stored) = originals().find(|stored| stored.as_bytes() == original)
            {
                *value = stored.clone();
                self.kept = true;
            }
        }
        Ok(())
    }
}
