//! A memory of candidates that were no secret: texts repeat their words, and a word need not be hashed
//! twice.
//!
//! A candidate is compared with what is remembered byte for byte, so that no collision can hide a secret.

use std::fmt;

/// Longer candidates are not remembered: with its length an entry fills a line of the cache.
const MAX_LENGTH: usize = 55;

/// How many candidates are remembered; a later one takes the place of an earlier one.
const ENTRIES: usize = 4096;

/// A candidate, zeros behind it, and its length as the last byte.
type Entry = [u64; 8];

/// What was seen and is to be hashed no more.
pub(super) struct Seen(Box<[Entry]>);

impl Seen {
    pub(super) fn new() -> Self {
        Self(vec![[0; 8]; ENTRIES].into())
    }

    /// Whether the first `length` bytes of `text` were seen before; from now on they were.
    #[inline]
    pub(super) fn check(&mut self, text: &[u8], length: usize) -> bool {
        if !(1..=MAX_LENGTH).contains(&length) {
            return false;
        }
        // Most texts go on behind a candidate, so that a copy has a fixed length.
        let mut bytes = [0; 64];
        match text.first_chunk::<64>() {
            Some(block) => bytes = *block,
            None => bytes[..length].copy_from_slice(&text[..length]),
        }
        let mut entry: Entry = [0; 8];
        let (words, _) = bytes.as_chunks::<8>();
        for (place, (word, bytes)) in entry.iter_mut().zip(words).enumerate() {
            let kept = length.saturating_sub(place * 8).min(8);
            let mask = u64::MAX.checked_shr(64 - 8 * kept as u32).unwrap_or(0);
            *word = u64::from_le_bytes(*bytes) & mask;
        }
        entry[7] |= (length as u64) << 56;
        let place = &mut self.0[place_of(&entry)];
        // Word by word: as one comparison of memory it would wait for the words just written.
        let difference = place
            .iter()
            .zip(&entry)
            .fold(0, |sum, (one, other)| sum | (one ^ other));
        let seen = difference == 0;
        *place = entry;
        seen
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.0.fill([0; 8]);
    }
}

/// Where a candidate is remembered.
#[inline]
fn place_of(entry: &Entry) -> usize {
    let (pairs, _) = entry.as_chunks::<2>();
    let mixed = pairs.iter().fold(0, |mixed, [one, other]| {
        let (one, other) = (one ^ 0x9E37_79B9_7F4A_7C15, other ^ 0xD1B5_4A32_D192_ED03);
        let product = u128::from(one) * u128::from(other);
        (mixed ^ product as u64 ^ (product >> 64) as u64).rotate_left(17)
    });
    (mixed ^ mixed >> 32) as usize % ENTRIES
}

impl fmt::Debug for Seen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Seen").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_exactly_what_it_saw() {
        let mut seen = Seen::new();
        let text = [b'x'; 100];
        for length in 1..=MAX_LENGTH {
            for text in [&text[..], &text[..length]] {
                let before = seen.check(text, length);
                assert_eq!(before, text.len() == length, "{length}");
            }
        }
        // As long, with one other byte; as many zeros as the padding has.
        let mut other = text;
        other[54] = b'y';
        assert!(!seen.check(&other, 55));
        assert!(!seen.check(b"word", 4));
        assert!(!seen.check(b"word\0", 5));
        assert!(seen.check(b"word", 4));
        // Too long to be remembered.
        assert!(!seen.check(&text, 56));
        assert!(!seen.check(&text, 56));
        seen.clear();
        assert!(!seen.check(b"word", 4));
    }
}
