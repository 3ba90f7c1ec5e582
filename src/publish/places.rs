//! Values of one message where they stand, to be hashed together and replaced.

use crate::fingerprint::{Fingerprint, Placeholder};
use crate::sha256;
use bytes::Bytes;
use http::HeaderValue;

/// A value that is about to be replaced by its placeholder.
pub(super) enum Place<'v> {
    Header(&'v mut HeaderValue),
    Text(&'v mut String),
    Body(&'v mut Bytes),
}

impl Place<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Header(value) => value.as_bytes(),
            Self::Text(text) => text.as_bytes(),
            Self::Body(body) => body,
        }
    }

    fn put(&mut self, placeholder: Bytes) {
        match self {
            // What is put there is ASCII, whether a digest was filled in or not.
            Self::Header(value) => {
                **value = HeaderValue::from_maybe_shared(placeholder)
                    .unwrap_or(HeaderValue::from_static("REDACTED:"));
            }
            Self::Text(text) => **text = String::from_utf8_lossy(&placeholder).into_owned(),
            Self::Body(body) => **body = placeholder,
        }
    }
}

/// Replaces all values by their placeholders, which share one buffer.
pub(super) fn fill(places: &mut [Place<'_>]) {
    let mut text = Placeholder::PENDING.repeat(places.len());
    let (slots, _) = text.as_chunks_mut::<{ Placeholder::LEN }>();
    sha256::hash_many(places.iter().map(Place::bytes), |position, digest| {
        slots[position] = *Placeholder::from(Fingerprint::from_bytes(digest)).as_bytes();
    });
    let text = Bytes::from(text);
    for (position, place) in places.iter_mut().enumerate() {
        let start = position * Placeholder::LEN;
        place.put(text.slice(start..start + Placeholder::LEN));
    }
}
