//! What is hunted: fingerprints, and what is known of the values behind them.

use super::syntax::Syntax;
use crate::fingerprint::Fingerprint;
use crate::sha256::Digest;
use std::fmt;

/// Values shorter than this are not looked for, unless a length is asked for.
pub const MIN_LENGTH: usize = 8;

/// Values longer than this, in bytes, are not looked for.
pub const MAX_LENGTH: usize = 1 << 20;

/// What stands before a token in the value of a header.
pub(super) const SCHEME: &[u8] = b"Bearer ";

/// Bits of a digest that tell a place in the filter.
const FILTER_BITS: usize = 16;

/// The fingerprints to hunt, and how.
///
/// ```
/// use qstash_redact::hunt::Targets;
/// use qstash_redact::{Fingerprint, Placeholder};
///
/// let pasted: Placeholder =
///     "REDACTED:89561152c3f595f91dee15b0d8bf91457346c37c09fb804d2a9da1c5a3b481c1".parse()?;
/// let mut targets = Targets::new();
/// targets.insert(pasted.fingerprint());
/// targets.insert_with_length(Fingerprint::of(b"another secret"), 14);
/// assert_eq!(targets.len(), 2);
/// # Ok::<(), qstash_redact::Error>(())
/// ```
#[derive(Clone)]
pub struct Targets {
    /// In order.
    digests: Vec<Digest>,
    /// Two bits for each digest: nearly all digests that are not hunted end here.
    filter: Box<[u64]>,
    /// In order.
    lengths: Vec<usize>,
    /// Some fingerprint came without a length.
    any_length: bool,
    min_length: usize,
    known: bool,
    every_offset: Vec<usize>,
    every_line: bool,
}

impl Targets {
    /// Nothing to hunt yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            digests: Vec::new(),
            filter: vec![0; (1 << FILTER_BITS) / 64].into(),
            lengths: Vec::new(),
            any_length: false,
            min_length: MIN_LENGTH,
            known: false,
            every_offset: Vec::new(),
            every_line: false,
        }
    }

    /// Hunts the value with this fingerprint, however long it is.
    pub fn insert(&mut self, fingerprint: Fingerprint) {
        self.any_length = true;
        self.insert_digest(fingerprint);
    }

    /// Hunts the value with this fingerprint, which is `length` bytes long.
    ///
    /// As long as every length is known, nothing of another length is hashed, and a value may be
    /// shorter than the minimum.
    pub fn insert_with_length(&mut self, fingerprint: Fingerprint, length: usize) {
        if let Err(place) = self.lengths.binary_search(&length) {
            self.lengths.insert(place, length);
        }
        self.insert_digest(fingerprint);
    }

    fn insert_digest(&mut self, fingerprint: Fingerprint) {
        let digest = *fingerprint.as_bytes();
        if let Err(place) = self.digests.binary_search(&digest) {
            self.digests.insert(place, digest);
            for bit in filter_bits(&digest) {
                self.filter[bit / 64] |= 1 << (bit % 64);
            }
        }
    }

    /// Also reports credentials of Upstash of which no fingerprint is known, by name and by form.
    #[must_use]
    pub fn with_known(mut self) -> Self {
        self.known = true;
        self
    }

    /// Looks for values of at least so many bytes, [`MIN_LENGTH`] if never called; at least one.
    ///
    /// The lower, the more there is to hash, and the slower the hunt.
    #[must_use]
    pub fn with_min_length(mut self, bytes: usize) -> Self {
        self.min_length = bytes.max(1);
        self
    }

    /// Tries every offset for each of these lengths, and for those that fingerprints came with, instead
    /// of trusting the rules by which candidates are cut.
    ///
    /// Each length costs a hash per byte of input. Lengths of zero or above [`MAX_LENGTH`] are left out.
    #[must_use]
    pub fn with_every_offset(mut self, lengths: impl IntoIterator<Item = usize>) -> Self {
        self.every_offset.extend(lengths);
        self.every_offset.extend(&self.lengths);
        self.every_offset
            .retain(|length| (1..=MAX_LENGTH).contains(length));
        self.every_offset.sort_unstable();
        self.every_offset.dedup();
        self
    }

    /// Tries lines as values also in texts that are said to be [code](super::Syntax::Code).
    #[must_use]
    pub fn with_every_line(mut self) -> Self {
        self.every_line = true;
        self
    }

    /// How many fingerprints are hunted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.digests.len()
    }

    /// Whether no fingerprint is hunted; unknown credentials may be nonetheless.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// Whether unknown credentials are reported.
    #[must_use]
    pub fn hunts_known(&self) -> bool {
        self.known
    }

    /// The lengths that are tried at every offset.
    #[must_use]
    pub fn every_offset(&self) -> &[usize] {
        &self.every_offset
    }

    /// How a text with this syntax is to be read.
    pub(super) fn reading(&self, syntax: Syntax) -> Syntax {
        if self.every_line { Syntax::Any } else { syntax }
    }

    /// Whether a value of this length can be hunted at all.
    #[inline]
    pub(super) fn accepts(&self, length: usize) -> bool {
        if self.any_length {
            (self.min_length..=MAX_LENGTH).contains(&length)
        } else {
            let is_known = |length: usize| self.lengths.binary_search(&length).is_ok();
            length <= MAX_LENGTH
                && (is_known(length)
                    || length >= self.min_length && is_known(length + SCHEME.len()))
        }
    }

    /// No value shorter than this is accepted.
    pub(super) fn shortest(&self) -> usize {
        match self.lengths.first() {
            Some(first) if !self.any_length => {
                let token = first.saturating_sub(SCHEME.len()).max(self.min_length);
                token.min(*first)
            }
            _ => self.min_length,
        }
        .max(1)
    }

    /// Whether a digest is hunted.
    #[inline]
    pub(super) fn contains(&self, digest: &Digest) -> bool {
        let is_set = |bit: usize| self.filter[bit / 64] >> (bit % 64) & 1 == 1;
        filter_bits(digest).into_iter().all(is_set) && self.digests.binary_search(digest).is_ok()
    }
}

/// The places of a digest in the filter.
#[inline]
fn filter_bits(digest: &Digest) -> [usize; 2] {
    let bit = |at: usize| usize::from(u16::from_le_bytes([digest[at], digest[at + 1]]));
    [bit(0), bit(2)]
}

impl Default for Targets {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Targets {
    /// Shows how much is hunted.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Targets")
            .field("fingerprints", &self.digests.len())
            .field("known", &self.known)
            .field("min_length", &self.min_length)
            .finish_non_exhaustive()
    }
}
