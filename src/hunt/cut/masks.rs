//! What kind each byte is, sixty-four bytes at a time: a bit per byte in a word per kind.
//!
//! Cutting asks where a line ends, where its tokens and quotes are, and whether anything in it needs a
//! closer look. All of that is arithmetic on these words, so that a line is read once.

use super::{CLASSES, DIVIDER, SEPARATOR};
use crate::scan::kernel::{Compare, Kernel};

pub(super) use crate::scan::kernel::BLOCK;

/// What a byte can be, several of it at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Newline,
    /// Blanks and control characters.
    Blank,
    /// What is in no token: blanks, too.
    Separator,
    Divider,
    /// `&`, `#`, `?` and `@`, which end a part of a token that may hold other dividers.
    Ending,
    /// Digits of base64, of either alphabet.
    Digit,
    Backslash,
    /// Any quote, or a backslash.
    Quoting,
    Equals,
    Colon,
    /// A divider or `%`: there is more to a token with one.
    Inside,
    /// Digits of numbers.
    Number,
    /// `(` and `{`, behind which a value goes on to where they are closed.
    Opening,
    /// Where a word ends about as the names of schemes do, with a blank behind it: as with `rer`, `sic`,
    /// `ken` or `key`.
    Scheme,
    /// Any quote, a backslash, or the end of a scheme.
    Marked,
}

/// How many kinds there are, made up to a power of two.
const KINDS: usize = (Kind::Marked as usize + 1).next_power_of_two();

/// The words of a block, one for each kind.
type Words = [u64; KINDS];

/// The kinds of the bytes of a text.
#[derive(Default)]
pub(super) struct Masks(Vec<Words>);

impl Masks {
    /// Finds out the kinds of a text's bytes; a block of blanks follows.
    #[inline(always)]
    pub(super) fn fill<C: Compare>(&mut self, compare: C, text: &[u8]) {
        let (blocks, rest) = text.as_chunks();
        self.0.clear();
        self.0.reserve(blocks.len() + 2);
        self.0
            .extend(blocks.iter().map(|block| words_of(compare, block)));
        let mut last = [b' '; BLOCK];
        if !rest.is_empty() {
            last[..rest.len()].copy_from_slice(rest);
            self.0.push(words_of(compare, &last));
        }
        self.0.push(words_of(compare, &[b' '; BLOCK]));
    }

    /// How many blocks there are.
    #[inline(always)]
    pub(super) fn blocks(&self) -> usize {
        self.0.len() - 1
    }

    /// Which bytes of a block are of a kind.
    #[inline(always)]
    pub(super) fn word(&self, kind: Kind, block: usize) -> u64 {
        self.0[block][kind as usize]
    }

    /// Which bytes from a place on are of a kind.
    #[inline(always)]
    pub(super) fn from(&self, kind: Kind, place: usize) -> u64 {
        let skipped = place % BLOCK;
        match self.0.get(place / BLOCK..) {
            Some([this, next, ..]) => {
                this[kind as usize] >> skipped | next[kind as usize] << 1 << (BLOCK - 1 - skipped)
            }
            // Nobody asks for what is behind the last block.
            _ => 0,
        }
    }
}

/// What kinds the bytes of a block are.
#[inline(always)]
fn words_of<C: Compare>(compare: C, block: &[u8; BLOCK]) -> Words {
    let block = compare.load(block);
    let equal = |byte| compare.bits(compare.equal(block, byte));
    let first = compare.look_up(block, &TABLES[0]);
    let second = compare.look_up(block, &TABLES[1]);
    let is = |class| compare.in_class(first, class);
    let other = |class| compare.in_class(second, class);
    let blank = compare.bits(compare.at_most(block, b' '));
    // What other blocks have is taken for good.
    let scheme = (other(THIRD_LAST) << 2 | 3)
        & (other(SECOND_LAST) << 1 | 1)
        & other(LAST)
        & (blank >> 1 | 1 << (BLOCK - 1));
    let mut words = [0; KINDS];
    for (kind, word) in [
        (Kind::Newline, equal(b'\n')),
        (Kind::Blank, blank),
        (Kind::Separator, is(SEPARATING)),
        (Kind::Divider, is(DIVIDING)),
        (Kind::Ending, is(ENDING)),
        (Kind::Digit, is(DIGIT)),
        (Kind::Backslash, equal(b'\\')),
        (Kind::Quoting, is(QUOTING)),
        (Kind::Equals, equal(b'=')),
        (Kind::Colon, equal(b':')),
        (Kind::Inside, is(DIVIDING) | equal(b'%')),
        (Kind::Number, other(NUMBER)),
        (Kind::Opening, is(OPENING)),
        (Kind::Scheme, scheme),
        (Kind::Marked, scheme | is(QUOTING)),
    ] {
        words[kind as usize] = word;
    }
    words
}

const SEPARATING: u8 = 1 << 0;
const DIVIDING: u8 = 1 << 1;
const ENDING: u8 = 1 << 2;
const DIGIT: u8 = 1 << 3;
const QUOTING: u8 = 1 << 4;
const OPENING: u8 = 1 << 5;
// In the second table.
const THIRD_LAST: u8 = 1 << 0;
const SECOND_LAST: u8 = 1 << 1;
const LAST: u8 = 1 << 2;
const NUMBER: u8 = 1 << 3;

/// The classes of ASCII.
static TABLES: [[u8; 128]; 2] = {
    let mut tables = [[0; 128]; 2];
    let mut byte = 0;
    while byte < 128 {
        [tables[0][byte], tables[1][byte]] = classes(byte as u8);
        byte += 1;
    }
    tables
};

const fn classes(byte: u8) -> [u8; 2] {
    let mut first = match CLASSES[byte as usize] {
        SEPARATOR => SEPARATING,
        DIVIDER => DIVIDING,
        _ => 0,
    };
    if matches!(byte, b'@' | b'?' | b'&' | b'#') {
        first |= ENDING;
    }
    if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'/' | b'_') {
        first |= DIGIT;
    }
    if matches!(byte, b'"' | b'\'' | b'`' | b'\\') {
        first |= QUOTING;
    }
    if matches!(byte, b'(' | b'{') {
        first |= OPENING;
    }
    let letter = match byte.to_ascii_lowercase() {
        b'r' => THIRD_LAST | LAST,
        b's' | b'k' => THIRD_LAST,
        b'e' | b'i' => SECOND_LAST,
        b'c' | b'n' | b'y' => LAST,
        _ => 0,
    };
    let number = if byte.is_ascii_digit() { NUMBER } else { 0 };
    [first, letter | number]
}

/// Appends the places of bits, the lowest of which stands for `start`.
#[inline(always)]
pub(super) fn places(kernel: impl Kernel, start: usize, bits: u64, found: &mut Vec<usize>) {
    // How many there are nobody can foresee, so eight are written at a time, whether or not they are there.
    const TOGETHER: usize = 8;
    let count = found.len() + bits.count_ones() as usize;
    let mut places = [0; BLOCK];
    kernel.list(bits, 0, &mut places);
    for places in places.as_chunks::<TOGETHER>().0 {
        found.extend_from_slice(&places.map(|place| start + usize::from(place)));
        if found.len() >= count {
            break;
        }
    }
    found.truncate(count);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::base64;
    use crate::scan::kernel::{self, Best, Portable, Task};

    /// A text, for a kernel to fill masks with.
    struct Filled<'a>(&'a [u8]);

    impl Task for Filled<'_> {
        type Outcome = Masks;

        fn run<K: Kernel>(self, kernel: K) -> Masks {
            let mut masks = Masks::default();
            masks.fill(kernel.compare(), self.0);
            masks
        }
    }

    /// By the table that says what the kinds are, one byte after the other. What is in another block may
    /// be anything that makes a scheme.
    fn by_table(block: &[u8; BLOCK]) -> Words {
        let where_is = |is: &dyn Fn(usize) -> bool| {
            (0..BLOCK).fold(0, |bits, place| bits | u64::from(is(place)) << place)
        };
        let within = |bytes: &[u8]| where_is(&|place| bytes.contains(&block[place]));
        let class = |class| where_is(&|place| CLASSES[usize::from(block[place])] == class);
        let blank = |place: usize| block.get(place).is_none_or(|byte| *byte <= b' ');
        let letter = |place: Option<usize>, letters: &[u8]| {
            place.is_none_or(|place| letters.contains(&(block[place] | 0x20)))
                && place.is_none_or(|place| block[place].is_ascii_alphabetic())
        };
        let ends = |place: usize| {
            letter(place.checked_sub(2), b"rsk")
                && letter(place.checked_sub(1), b"ei")
                && letter(Some(place), b"rcny")
                && blank(place + 1)
        };
        let mut words = [0; KINDS];
        for (kind, word) in [
            (Kind::Newline, within(b"\n")),
            (Kind::Blank, where_is(&blank)),
            (Kind::Separator, class(SEPARATOR)),
            (Kind::Divider, class(DIVIDER)),
            (Kind::Ending, within(b"&#?@")),
            (
                Kind::Digit,
                where_is(&|place| base64::is_digit(block[place])),
            ),
            (Kind::Backslash, within(b"\\")),
            (Kind::Quoting, within(b"\"'`\\")),
            (Kind::Equals, within(b"=")),
            (Kind::Colon, within(b":")),
            (Kind::Inside, class(DIVIDER) | within(b"%")),
            (Kind::Number, within(b"0123456789")),
            (Kind::Opening, within(b"({")),
            (Kind::Scheme, where_is(&ends)),
            (Kind::Marked, where_is(&ends) | within(b"\"'`\\")),
        ] {
            words[kind as usize] = word;
        }
        words
    }

    #[test]
    fn every_kernel_finds_what_the_table_says() {
        let schemes = *b"Bearer x basic y TOKEN z ApiKey  other\ter\nice fn my thin sic key";
        let mut blocks = vec![schemes];
        // Every byte at every place.
        blocks.extend((0..=255u8).map(|first| {
            let step = |place: usize| (place as u8).wrapping_mul(5);
            std::array::from_fn(|place| first.wrapping_mul(7).wrapping_add(step(place)))
        }));
        for block in &blocks {
            for (name, kernel) in Best::available() {
                let masks = kernel::run_with(kernel, Filled(block));
                assert_eq!(masks.0[0], by_table(block), "{name}");
            }
        }
    }

    #[test]
    fn every_scheme_ends_as_schemes_do() {
        for scheme in ["Bearer", "basic", "TOKEN", "ApiKey"] {
            let masks = kernel::run(Filled(format!("{scheme} x").as_bytes()));
            assert_eq!(
                masks.word(Kind::Scheme, 0),
                1 << (scheme.len() - 1),
                "{scheme}"
            );
        }
    }

    #[test]
    fn every_bit_has_its_place() {
        let mut found = vec![7];
        for bits in [0, 1, 0b1011, 0x1FF, u64::MAX, 1 << 63] {
            let expected: Vec<_> = (0..64).filter(|bit| bits >> bit & 1 == 1).collect();
            found.truncate(1);
            places(Portable, 100, bits, &mut found);
            let ours = found[1..].iter().map(|place| place - 100);
            assert!(ours.eq(expected), "{bits:b}");
        }
        assert_eq!(found[0], 7);
    }

    #[test]
    fn bits_are_read_from_any_place_on() {
        let text: Vec<u8> = (0..300)
            .map(|at| if at * at % 7 < 3 { b'=' } else { b'x' })
            .collect();
        for length in [0, 1, 63, 64, 65, 128, 300] {
            let masks = kernel::run(Filled(&text[..length]));
            assert_eq!(masks.blocks(), length.div_ceil(BLOCK));
            for place in 0..length {
                let bits = masks.from(Kind::Equals, place);
                for bit in 0..BLOCK {
                    let is_equals = text[..length].get(place + bit) == Some(&b'=');
                    assert_eq!(bits >> bit & 1 == 1, is_equals, "{length} {place} {bit}");
                }
            }
            // Blanks follow.
            assert_eq!(masks.word(Kind::Separator, masks.blocks()), u64::MAX);
        }
    }
}
