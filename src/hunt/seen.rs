//! A memory of what was no secret: texts repeat their words and lines, and what was looked at once need
//! not be cut and hashed again.
//!
//! What is remembered of some bytes is a number of 64 bits, made of them with a key that is drawn for each
//! memory. Bytes that are taken for others by chance are not looked at, which happens to a given pair once
//! in about 2^63 runs; whoever writes the bytes does not know the key, and so cannot make it happen.

use super::cut::Rule;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

/// How many numbers are remembered; a later one takes the place of an earlier one. They fit in the second
/// cache.
const ENTRIES: usize = 1 << 15;

/// What some bytes were looked at as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum As {
    /// Hashed, as a whole.
    Candidate,
    /// Cut by a rule, and what was wrapped in them unwrapped.
    Cut { rule: Rule, layers_left: usize },
}

impl As {
    /// Another number for each.
    #[inline(always)]
    fn number(self) -> u64 {
        match self {
            Self::Candidate => 0,
            Self::Cut { rule, layers_left } => layers_left as u64 * 2 + rule as u64 + 1,
        }
    }
}

/// What was seen and is to be looked at no more.
pub(super) struct Seen {
    /// Zero where nothing is remembered.
    numbers: Box<[u64; ENTRIES]>,
    key: [u64; 4],
}

impl Seen {
    pub(super) fn new() -> Self {
        let random = RandomState::new();
        Self {
            numbers: Box::new([0; ENTRIES]),
            key: [0u64, 1, 2, 3].map(|place| random.hash_one(place)),
        }
    }

    /// Whether these bytes were looked at in this way before; from now on they were.
    #[inline(always)]
    pub(super) fn check(&mut self, how: As, bytes: &[u8]) -> bool {
        let number = self.number(how, bytes);
        let place = &mut self.numbers[number as usize % ENTRIES];
        let seen = *place == number;
        *place = number;
        seen
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.numbers.fill(0);
    }

    /// The number of some bytes, never zero.
    #[inline(always)]
    fn number(&self, how: As, bytes: &[u8]) -> u64 {
        let [one, two, three, four] = self.key;
        let mut mixed = one;
        let mut rest = bytes;
        while rest.len() > 16
            && let Some((pair, behind)) = rest.split_first_chunk::<16>()
        {
            let [first, second] = words(pair);
            mixed = folded(first ^ two, second ^ mixed);
            rest = behind;
        }
        // The last sixteen bytes, of which some may be mixed in by now, or all there are.
        let [first, second] = match bytes.last_chunk::<16>() {
            Some(pair) => words(pair),
            None => match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
                (Some(first), Some(last)) => {
                    [u64::from_le_bytes(*first), u64::from_le_bytes(*last)]
                }
                _ => {
                    let mut word = [0; 8];
                    word[..bytes.len()].copy_from_slice(bytes);
                    [u64::from_le_bytes(word), 0]
                }
            },
        };
        mixed = folded(first ^ three, second ^ mixed);
        // Apart from the bytes, so that no byte can stand for another length.
        let kind = (bytes.len() as u64) << 8 | how.number();
        folded(mixed ^ four, two ^ kind) | 1 << 63
    }
}

/// Both words of sixteen bytes.
#[inline(always)]
fn words(pair: &[u8; 16]) -> [u64; 2] {
    let both = u128::from_le_bytes(*pair);
    [both as u64, (both >> 64) as u64]
}

/// Both halves of the product, laid over one another.
#[inline(always)]
fn folded(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
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
    fn every_length_and_every_byte_counts() {
        let seen = Seen::new();
        let mut numbers = std::collections::BTreeSet::new();
        let text = [b'x'; 100];
        for length in 1..=text.len() {
            assert!(numbers.insert(seen.number(As::Candidate, &text[..length])));
            for place in 0..length {
                for other in [b'y', b'x' ^ 0x80, 0] {
                    let mut text = text;
                    text[place] = other;
                    let number = seen.number(As::Candidate, &text[..length]);
                    assert!(numbers.insert(number), "{place} of {length}");
                }
            }
        }
    }

    #[test]
    fn what_was_hashed_was_not_cut() {
        let mut seen = Seen::new();
        let cut = |rule, layers_left| As::Cut { rule, layers_left };
        for how in [
            As::Candidate,
            cut(Rule::Token, 0),
            cut(Rule::Line, 0),
            cut(Rule::Token, 1),
            cut(Rule::Line, 1),
        ] {
            // Another entry can have taken the place of the first.
            assert!(!seen.check(how, b"some-token"), "{how:?}");
            assert!(seen.check(how, b"some-token"), "{how:?}");
        }
        seen.clear();
        assert!(!seen.check(As::Candidate, b"some-token"));
    }

    #[test]
    fn two_memories_have_two_keys() {
        let [one, other] =
            [Seen::new(), Seen::new()].map(|seen| seen.number(As::Candidate, b"word"));
        assert_ne!(one, other);
    }
}
