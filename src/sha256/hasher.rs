//! One value that arrives in pieces.

use super::Digest;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Hashes one value that arrives in pieces, such as a body while it is received.
///
/// ```
/// use qstash_redact::sha256::{self, Hasher};
///
/// let mut hasher = Hasher::new();
/// hasher.update(b"Bearer ");
/// hasher.update(b"my-token");
/// assert_eq!(hasher.finish(), sha256::hash(b"Bearer my-token"));
/// ```
#[derive(Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Begins with the empty value.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The digest of all pieces together.
    #[must_use]
    pub fn finish(self) -> Digest {
        self.0.finalize().into()
    }
}

impl fmt::Debug for Hasher {
    /// Shows no state: it is made of the value.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Hasher").finish_non_exhaustive()
    }
}
