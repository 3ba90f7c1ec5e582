//! SHA-256 of one value, and of many: the safe door to the hashing backends.
//!
//! Knows bytes and digests, nothing of JSON or placeholders.

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest as raw bytes.
pub(crate) type Digest = [u8; 32];

/// The digest of one value.
pub(crate) fn hash(value: &[u8]) -> Digest {
    Sha256::digest(value).into()
}

/// Digests many values; `each` gets the position of a value in `values` and its digest, in any order.
pub(crate) fn hash_many<'a>(
    values: impl IntoIterator<Item = &'a [u8]>,
    mut each: impl FnMut(usize, Digest),
) {
    for (position, value) in values.into_iter().enumerate() {
        each(position, hash(value));
    }
}
