//! What the hashing benches hash: the same bytes in every run, on every machine.

use qstash_redact::sha256::{Backend, Digest};
use qstash_redact::{Fingerprint, Placeholder};
use sha2::{Digest as _, Sha256};
use std::ops::Range;

/// Values to hash, one after the other in one buffer, as they stand in an export.
pub(crate) struct Work {
    pub(crate) name: &'static str,
    buffer: Vec<u8>,
    values: Vec<Range<usize>>,
    text: Text,
}

/// Whether placeholders are wanted, or digests alone.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Text {
    None,
    /// Written by this crate on one side, and with the crate `hex` on the side of `sha2`.
    Plain,
    /// Written alike on both sides.
    Fast,
}

/// Where results go; reused, so that no run pays for memory.
#[derive(Default)]
pub(crate) struct Output {
    digests: Vec<Digest>,
    text: Vec<u8>,
}

/// A small generator of our own: good enough for lengths, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    fn within(&mut self, range: &Range<usize>) -> usize {
        range.start + self.next() as usize % range.len()
    }
}

impl Work {
    fn new(name: &'static str, lengths: impl IntoIterator<Item = usize>) -> Self {
        let mut dice = Dice(0x51a5);
        let mut buffer = Vec::new();
        let values = lengths
            .into_iter()
            .map(|len| {
                // Values do not touch one another in an export either.
                buffer.extend(std::iter::repeat_n(b' ', dice.within(&(10..40))));
                let start = buffer.len();
                buffer.extend((0..len).map(|_| b'!' + (dice.next() % 90) as u8));
                start..start + len
            })
            .collect();
        Self {
            name,
            buffer,
            values,
            text: Text::None,
        }
    }

    fn random(name: &'static str, count: usize, lengths: Range<usize>) -> Self {
        let mut dice = Dice(0xd1ce);
        Self::new(name, (0..count).map(|_| dice.within(&lengths)))
    }

    fn records(name: &'static str, records: usize, text: Text) -> Self {
        let mut dice = Dice(0x5eed);
        let lengths: Vec<_> = (0..records)
            .flat_map(|_| {
                let mut lengths = vec![dice.within(&(1024..4097))];
                lengths.extend((0..20).map(|_| dice.within(&(20..201))));
                lengths
            })
            .collect();
        Self {
            text,
            ..Self::new(name, lengths)
        }
    }

    /// 10,000 header values.
    pub(crate) fn headers() -> Self {
        Self::random("10,000 header values, 20-200 B", 10_000, 20..201)
    }

    /// 10,000 values of one block.
    pub(crate) fn short() -> Self {
        Self::random("10,000 values up to 55 B", 10_000, 0..56)
    }

    /// 1,000 bodies.
    pub(crate) fn bodies() -> Self {
        Self::random("1,000 bodies, 1-4 KiB", 1000, 1024..4097)
    }

    /// Sixteen bodies of the same 33 blocks, in cache: no lane ever waits and nothing is fetched, so that
    /// no schedule of longer values can gain more.
    #[allow(dead_code, reason = "not every bench shows it")]
    pub(crate) fn full_lanes() -> Self {
        Self::random("16 bodies of 2,103 B, all lanes full", 16, 2103..2104)
    }

    /// 64 records with their placeholders' text.
    pub(crate) fn many_records(text: Text) -> Self {
        let name = match text {
            Text::Fast => "the same, `sha2` with our text",
            _ => "64 records of a body and 20 headers, with text",
        };
        Self::records(name, 64, text)
    }

    /// One record with its placeholders' text.
    pub(crate) fn one_record() -> Self {
        Self::records(
            "one record of a body and 20 headers, with text",
            1,
            Text::Plain,
        )
    }

    /// Values of one block, to be hashed one by one.
    pub(crate) fn single_short() -> Self {
        Self {
            name: "one value up to 55 B",
            ..Self::short()
        }
    }

    /// Values of 100 bytes, to be hashed one by one.
    pub(crate) fn single_100() -> Self {
        Self::random("one value of 100 B", 1000, 100..101)
    }

    /// Bodies of 1 MiB.
    pub(crate) fn large(name: &'static str, count: usize) -> Self {
        Self::random(name, count, 1 << 20..(1 << 20) + 1)
    }

    /// More bodies of 16 MiB than caches hold, to be hashed one by one.
    pub(crate) fn cold() -> Self {
        Self::random("one cold body of 16 MiB", 5, 16 << 20..(16 << 20) + 1)
    }

    /// A body that stays in the first cache.
    pub(crate) fn cached() -> Self {
        Self::random("one body of 16 KiB in cache", 1, 16 << 10..(16 << 10) + 1)
    }

    /// How many bytes one run hashes.
    #[allow(dead_code, reason = "not every bench shows it")]
    pub(crate) fn bytes(&self) -> usize {
        self.values.iter().map(Range::len).sum()
    }

    /// How many values one run hashes.
    #[allow(dead_code, reason = "not every bench shows it")]
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    fn values(&self) -> impl Iterator<Item = &[u8]> {
        self.values.iter().map(|range| &self.buffer[range.clone()])
    }

    /// `sha2`, called once per value: what every ratio is against.
    pub(crate) fn by_sha2(&self, output: &mut Output) {
        let hash = |value: &[u8]| -> Digest { Sha256::digest(value).into() };
        if self.text == Text::Plain {
            output.make_room(self);
            for (position, value) in self.values().enumerate() {
                let digits = place_of(&mut output.text, position);
                plain_hex::encode_to_slice(hash(value), digits).expect("64 digits");
            }
        } else {
            self.each_alone(output, hash);
        }
    }

    /// Each value on its own.
    pub(crate) fn one_by_one(&self, backend: Backend, output: &mut Output) {
        self.each_alone(output, |value| backend.hash(value));
    }

    /// All values together.
    pub(crate) fn together(&self, backend: Backend, output: &mut Output) {
        output.make_room(self);
        if self.text != Text::None {
            backend.hash_many(self.values(), |position, digest| {
                write_placeholder(&mut output.text, position, digest);
            });
        } else {
            backend.hash_many(self.values(), |position, digest| {
                output.digests[position] = digest;
            });
        }
    }

    fn each_alone(&self, output: &mut Output, hash: impl Fn(&[u8]) -> Digest) {
        output.make_room(self);
        if self.text != Text::None {
            for (position, value) in self.values().enumerate() {
                write_placeholder(&mut output.text, position, hash(value));
            }
        } else {
            for (position, value) in self.values().enumerate() {
                output.digests[position] = hash(value);
            }
        }
    }

    /// Asserts that a way of hashing gives what `sha2` gives.
    pub(crate) fn check(&self, way: impl Fn(&Self, &mut Output)) {
        let (mut expected, mut found) = (Output::default(), Output::default());
        self.by_sha2(&mut expected);
        way(self, &mut found);
        assert!(expected.digests == found.digests, "{}", self.name);
        assert!(expected.text == found.text, "{}", self.name);
    }
}

impl Output {
    fn make_room(&mut self, work: &Work) {
        let places = work.values.len();
        let (digests, text) = match work.text {
            Text::None => (places, 0),
            _ => (0, places),
        };
        self.digests.resize(digests, [0; 32]);
        self.text.resize(text * Placeholder::LEN, 0);
    }
}

/// Writes a placeholder where it belongs, as back-patching an export does.
fn write_placeholder(text: &mut [u8], position: usize, digest: Digest) {
    let placeholder = Placeholder::from(Fingerprint::from_bytes(digest));
    text[position * Placeholder::LEN..][..Placeholder::LEN].copy_from_slice(placeholder.as_bytes());
}

/// The place of a placeholder's digits; the prefix before them is written.
fn place_of(text: &mut [u8], position: usize) -> &mut [u8] {
    let place = &mut text[position * Placeholder::LEN..][..Placeholder::LEN];
    let (prefix, digits) = place.split_at_mut(9);
    prefix.copy_from_slice(b"REDACTED:");
    digits
}
