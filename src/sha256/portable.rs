//! What every machine has: the `sha2` crate, which itself knows the SHA instructions of x86-64 and aarch64.

use super::Digest;
use sha2::{Digest as _, Sha256};

/// The digest of one value.
pub(super) fn hash(value: &[u8]) -> Digest {
    Sha256::digest(value).into()
}

/// One value after the other: without vector instructions of our own there is nothing to share.
pub(super) fn hash_many<'a>(
    values: impl IntoIterator<Item = &'a [u8]>,
    mut each: impl FnMut(usize, Digest),
) {
    for (position, value) in values.into_iter().enumerate() {
        each(position, hash(value));
    }
}
