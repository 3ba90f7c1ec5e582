//! The calls of a batch: one per element of its body.

use super::call::Call;
use super::headers::append;
use super::sealed::Sealed;
use crate::error::{Error, ErrorKind};
use crate::fields::RedactFields;
use crate::model::{BatchRequest, Json};
use crate::redact::Redactor;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::value::RawValue;

/// One call of a batch: its own headers and rule, its queue and its body.
///
/// `Debug` shows what may be shown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BatchCall {
    /// The call, as if it had come in alone.
    pub call: Call,
    /// The queue it goes to; `None` for none.
    pub queue: Option<String>,
    body: Body,
}

/// A body that does not show.
#[derive(Clone)]
struct Body(Bytes);

impl std::fmt::Debug for Body {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Body({} bytes)", self.0.len())
    }
}

impl BatchCall {
    /// The body in clear: not to be shown.
    #[must_use]
    pub fn clear_body(&self) -> &Bytes {
        &self.body.0
    }

    /// Puts the message under its rule.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Call`] when the element names no destination.
    pub fn seal(self) -> Result<Sealed, Error> {
        self.call.seal(self.body.0)
    }
}

/// Reads the body of a batch call; what `floor` selects is private in all of its messages.
pub(super) fn read(body: &[u8], floor: &RedactFields) -> Result<Vec<BatchCall>, Error> {
    let elements: Vec<&RawValue> = match serde_json::from_slice(body) {
        Ok(elements) => elements,
        Err(_) => {
            // Only what is said here is safe to say, and it knows the place better.
            Redactor::default().redact_json(body)?;
            let what = "a batch is one JSON array of requests";
            return Err(Error::new(ErrorKind::Call, what));
        }
    };
    let positions = 1..;
    elements
        .into_iter()
        .zip(positions)
        .map(|(element, position)| {
            read_element(element.get(), floor).map_err(|error| error.in_record(position))
        })
        .collect()
}

fn read_element(json: &str, floor: &RedactFields) -> Result<BatchCall, Error> {
    let request = BatchRequest::from_json(json.as_bytes())?;
    let mut headers = HeaderMap::new();
    for (name, values) in request.headers().into_iter().flatten() {
        let error = |what| Error::new(ErrorKind::Call, what).in_field("headers");
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| error("a header's name is none that HTTP has"))?;
        for value in values {
            let value = HeaderValue::from_bytes(value.as_bytes())
                .map_err(|_| error("a header's value holds control characters"))?;
            append(&mut headers, name.clone(), value)?;
        }
    }
    let body = match request.body() {
        None => Bytes::new(),
        Some(Json::Text(text) | Json::Raw(text)) => Bytes::copy_from_slice(text.as_bytes()),
    };
    Ok(BatchCall {
        call: Call::from_headers(&headers)?
            .with_destination(request.destination().unwrap_or_default())
            .with_floor(floor),
        queue: request.queue().map(str::to_owned),
        body: Body(body),
    })
}
