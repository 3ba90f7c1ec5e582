//! The values of a message in the order in which they are shown, and which of them are private.
//!
//! There is one traversal, for hashing as for showing, so that both mean the same values.

use super::sealed::{Callback, Original};
use crate::fields::RedactFields;
use crate::fingerprint::{Fingerprint, Placeholder};
use crate::members::{self, Group};
use http::{HeaderMap, HeaderName};

/// A value, and how it is shown.
pub(super) struct Value<'m> {
    pub(super) bytes: &'m [u8],
    privacy: Privacy,
}

enum Privacy {
    Clear,
    Private,
    /// Private, and hashed already.
    Hashed(Fingerprint),
}

/// All values of a message.
pub(super) struct Rows<'m> {
    pub(super) destination: Value<'m>,
    pub(super) headers: Lines<'m>,
    pub(super) body: Value<'m>,
    /// Of the callback, then of the failure callback.
    pub(super) callbacks: [Option<(Value<'m>, Lines<'m>)>; 2],
}

/// A line of headers.
pub(super) type Line<'m> = (&'m HeaderName, Value<'m>);

/// Lines of headers; those of one name stand together.
pub(super) type Lines<'m> = Vec<Line<'m>>;

impl<'m> Value<'m> {
    fn new(bytes: &'m [u8], is_private: bool) -> Self {
        // Where nothing or a placeholder stands there is nothing to hide.
        let is_private = is_private && !bytes.is_empty() && !Placeholder::is_placeholder(bytes);
        Self {
            bytes,
            privacy: match is_private {
                true => Privacy::Private,
                false => Privacy::Clear,
            },
        }
    }

    fn url(url: &'m str) -> Self {
        Self::new(url.as_bytes(), members::is_private_url(url.as_bytes()))
    }

    fn is_private(&self) -> bool {
        !matches!(self.privacy, Privacy::Clear)
    }

    /// What is shown in its place; `None` if it is shown itself.
    pub(super) fn placeholder(&self) -> Option<Placeholder> {
        match self.privacy {
            Privacy::Clear => None,
            Privacy::Private => Some(Placeholder::of(self.bytes)),
            Privacy::Hashed(fingerprint) => Some(fingerprint.into()),
        }
    }
}

impl<'m> Rows<'m> {
    /// The rows of a message whose private headers are marked sensitive.
    pub(super) fn of(original: &'m Original, fields: &RedactFields) -> Self {
        let callback = |callback: &'m Option<Callback>| {
            let callback = callback.as_ref()?;
            Some((Value::url(&callback.url), lines(&callback.headers)))
        };
        Self {
            destination: Value::url(&original.destination),
            headers: lines(&original.headers),
            body: Value::new(&original.body, fields.selects(Group::Body)),
            callbacks: [
                callback(&original.callback),
                callback(&original.failure_callback),
            ],
        }
    }

    /// The private values, in the order in which [`hashed`](Self::hashed) wants their fingerprints.
    pub(super) fn private_values(&mut self) -> Vec<&'m [u8]> {
        self.private().map(|value| value.bytes).collect()
    }

    /// The same rows with the fingerprints of its private values.
    pub(super) fn hashed(mut self, fingerprints: &[Fingerprint]) -> Self {
        for (value, fingerprint) in self.private().zip(fingerprints) {
            value.privacy = Privacy::Hashed(*fingerprint);
        }
        self
    }

    /// The private values, in order.
    fn private(&mut self) -> impl Iterator<Item = &mut Value<'m>> {
        let callbacks = self.callbacks.iter_mut().flatten();
        let of_callbacks = callbacks.flat_map(|(url, headers)| {
            let headers = headers.iter_mut().map(|(_, value)| value);
            std::iter::once(url).chain(headers)
        });
        [&mut self.destination, &mut self.body]
            .into_iter()
            .chain(self.headers.iter_mut().map(|(_, value)| value))
            .chain(of_callbacks)
            .filter(|value| value.is_private())
    }
}

fn lines(headers: &HeaderMap) -> Lines<'_> {
    headers
        .iter()
        .map(|(name, value)| (name, Value::new(value.as_bytes(), value.is_sensitive())))
        .collect()
}
