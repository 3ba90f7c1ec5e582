//! A memory of what was no secret: texts repeat their tokens and lines, and what was cut once need not be
//! cut and hashed again.
//!
//! Single candidates are not remembered: three in four that are cut of what is new are new themselves, and
//! to hash the fourth costs less than to look all of them up.
//!
//! Some bytes make a number of 64 bits, with a key that is drawn for each memory. Half of it is remembered,
//! in a place that other 16 bits tell and that has room for two. Bytes that are taken for others by chance
//! are not looked at, which happens about once in 2^31 times that new bytes are looked up; whoever writes the
//! bytes does not know the key, and so cannot make it happen.

use super::cut::{Rule, Span};
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

/// How many places there are, for two numbers each; a later number takes the place of the earlier of two.
/// They fit in the second cache.
const PLACES: usize = 1 << 16;

/// What some bytes were cut as, and how deep what was wrapped in them could be unwrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct As {
    pub(super) rule: Rule,
    pub(super) layers_left: usize,
}

impl As {
    /// Another number for each.
    #[inline(always)]
    fn number(self) -> u64 {
        self.layers_left as u64 * 4 + self.rule as u64
    }
}

/// What was seen and is to be looked at no more.
pub(super) struct Seen {
    /// In the lower half of each the number that came last, in the upper half the one before; zero where
    /// nothing is remembered.
    places: Box<[u64; PLACES]>,
    key: [u64; 6],
    /// Those that are to be looked up.
    waiting: Vec<u64>,
}

impl Seen {
    pub(super) fn new() -> Self {
        let random = RandomState::new();
        Self {
            places: Box::new([0; PLACES]),
            key: [0u64, 1, 2, 3, 4, 5].map(|place| random.hash_one(place)),
            waiting: Vec::new(),
        }
    }

    /// Leaves those parts of a text that were not cut in this way before; from now on they were.
    pub(super) fn keep_new(&mut self, how: As, text: &[u8], parts: &mut Vec<Span>) {
        let mut numbers = std::mem::take(&mut self.waiting);
        // All numbers come first, so that the processor waits for many entries at a time.
        numbers.extend(
            parts
                .iter()
                .map(|part| self.number(how, &text[part.range()])),
        );
        let mut kept = 0;
        for (at, number) in numbers.drain(..).enumerate() {
            let seen = self.check(number);
            // Nobody can foresee whether it is new, so that is not branched on.
            parts[kept] = parts[at];
            kept += usize::from(!seen);
        }
        parts.truncate(kept);
        self.waiting = numbers;
    }

    /// Whether a number is remembered; from now on it is.
    #[inline(always)]
    fn check(&mut self, number: u64) -> bool {
        let place = &mut self.places[number as usize % PLACES];
        let half = (number >> 32).max(1);
        let is_last = *place & u64::from(u32::MAX) == half;
        let is_before = *place >> 32 == half;
        *place = if is_last { *place } else { *place << 32 | half };
        is_last | is_before
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.places.fill(0);
    }

    /// The number of some bytes.
    #[inline(always)]
    fn number(&self, how: As, bytes: &[u8]) -> u64 {
        let [one, two, three, four, five, six] = self.key;
        let (mut left, mut right) = (two, four);
        let mut rest = bytes;
        while rest.len() > 32
            && let Some((chunk, behind)) = rest.split_first_chunk::<32>()
        {
            let [first, second, third, fourth] = words(chunk);
            left = folded(first ^ one, second ^ left);
            right = folded(third ^ three, fourth ^ right);
            rest = behind;
        }
        // The last 32 bytes, of which some may be mixed in by now, or all there are.
        let [first, second, third, fourth] = last_words(bytes);
        left = folded(first ^ one, second ^ left);
        right = folded(third ^ three, fourth ^ right);
        // Apart from the bytes, so that no byte can stand for another length.
        let kind = (bytes.len() as u64) << 8 | how.number();
        folded(left ^ five, right ^ six ^ kind)
    }
}

/// The words of 32 bytes.
#[inline(always)]
fn words(chunk: &[u8; 32]) -> [u64; 4] {
    let (words, _) = chunk.as_chunks();
    std::array::from_fn(|place| u64::from_le_bytes(words[place]))
}

/// The last 32 bytes, or all there are: four words, which overlap where there are fewer bytes. How many
/// there are cannot be foreseen, so that is not branched on from eight bytes on.
#[inline(always)]
fn last_words(bytes: &[u8]) -> [u64; 4] {
    let tail = &bytes[bytes.len().saturating_sub(32)..];
    let word = |start: usize| {
        let word = tail[start..].first_chunk().copied();
        u64::from_le_bytes(word.unwrap_or_default())
    };
    match tail.len().checked_sub(8) {
        Some(last) => [
            word(0),
            word(last.min(8)),
            word(tail.len().max(16) - 16),
            word(last),
        ],
        None => {
            let mut word = [0; 8];
            word[..tail.len()].copy_from_slice(tail);
            [u64::from_le_bytes(word), 0, 0, 0]
        }
    }
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

    const TOKEN: As = As {
        rule: Rule::Token,
        layers_left: 0,
    };

    #[test]
    fn every_length_and_every_byte_counts() {
        let seen = Seen::new();
        let mut numbers = std::collections::BTreeSet::new();
        let text = [b'x'; 100];
        for length in 1..=text.len() {
            assert!(numbers.insert(seen.number(TOKEN, &text[..length])));
            for place in 0..length {
                for other in [b'y', b'x' ^ 0x80, 0] {
                    let mut text = text;
                    text[place] = other;
                    let number = seen.number(TOKEN, &text[..length]);
                    assert!(numbers.insert(number), "{place} of {length}");
                }
            }
        }
    }

    #[test]
    fn what_was_cut_in_one_way_was_not_cut_in_another() {
        let mut seen = Seen::new();
        let cut = |rule, layers_left| As { rule, layers_left };
        for how in [
            cut(Rule::Token, 0),
            cut(Rule::Line, 0),
            cut(Rule::Token, 1),
            cut(Rule::Line, 1),
        ] {
            // Another entry can have taken the place of the first.
            let number = seen.number(how, b"some-token");
            assert!(!seen.check(number), "{how:?}");
            assert!(seen.check(number), "{how:?}");
        }
        seen.clear();
        assert!(!seen.check(seen.number(TOKEN, b"some-token")));
    }

    #[test]
    fn a_place_remembers_the_last_two() {
        let mut seen = Seen::new();
        let numbers = [1, 2, 3].map(|half| half << 32 | 7);
        let mut check = |at: usize| seen.check(numbers[at]);
        assert_eq!(
            [0, 0, 1, 0, 1, 1, 2, 1, 0].map(&mut check),
            [false, true, false, true, true, true, false, true, false]
        );
        // Other bits tell another place.
        assert!(!seen.check(numbers[0] + 1));
    }

    #[test]
    fn two_memories_have_two_keys() {
        let [one, other] = [Seen::new(), Seen::new()].map(|seen| seen.number(TOKEN, b"word"));
        assert_ne!(one, other);
    }
}
