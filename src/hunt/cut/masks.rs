//! What kind each byte is, sixty-four bytes at a time: a bit per byte in a word per kind.
//!
//! Cutting asks where a line ends, where its tokens and quotes are, and whether anything in it needs a
//! closer look. All of that is arithmetic on these words, so that a line is read once.

use crate::scan::kernel::Compare;

pub(super) use crate::scan::kernel::BLOCK;

/// The kinds of the bytes of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Masks {
    pub(super) newline: u64,
    /// Blanks and control characters.
    pub(super) blank: u64,
    /// What is in no token: blanks, too.
    pub(super) separator: u64,
    pub(super) divider: u64,
    /// `&`, `#`, `?` and `@`, which end a part of a token that may hold other dividers.
    pub(super) ending: u64,
    /// Digits of base64, of either alphabet.
    pub(super) digit: u64,
    pub(super) backslash: u64,
    /// Any quote, or a backslash.
    pub(super) quoting: u64,
    pub(super) equals: u64,
    pub(super) colon: u64,
    pub(super) percent: u64,
    /// `#`, which may begin a comment.
    pub(super) hash: u64,
    /// `(` and `{`, behind which a value goes on to where they are closed.
    pub(super) opening: u64,
    /// Where a word ends as the names of schemes do: with `rer`, `sic`, `ken` or `key` and a blank behind it.
    /// What other blocks have is taken for good.
    pub(super) scheme: u64,
}

impl Masks {
    #[inline(always)]
    pub(super) fn of<C: Compare>(compare: C, block: &[u8; BLOCK]) -> Self {
        let block = compare.load(block);
        let equal = |byte| compare.equal(block, byte);
        let or = |one, other| compare.or(one, other);
        let bits = |set| compare.bits(set);
        let blank = compare.at_most(block, b' ');
        let [equals, colon, hash] = [equal(b'='), equal(b':'), equal(b'#')];
        // `[` and `{`, `\` and `|`, `]` and `}` differ in one bit; so do `(` and `)`, `<` and `>`.
        let lower = compare.with(block, 0x20);
        let letter = |byte| compare.equal(lower, byte);
        let round = compare.equal(compare.with(block, 1), b')');
        let angle = compare.equal(compare.with(block, 2), b'>');
        let brackets = or(or(letter(b'{'), letter(b'|')), or(letter(b'}'), round));
        let others = or(or(angle, equal(b',')), or(equal(b';'), equal(0x7F)));
        let quotes = or(or(equal(b'"'), equal(b'\'')), equal(b'`'));
        let ending = or(or(hash, equal(b'@')), or(equal(b'?'), equal(b'&')));
        let (slash, underscore) = (equal(b'/'), equal(b'_'));
        let marks = or(or(slash, underscore), or(equal(b'+'), equal(b'-')));
        let letters = between(compare, lower, b'a', b'z');
        let digit = letters | between(compare, block, b'0', b'9') | bits(marks);
        let backslash = equal(b'\\');
        let e = bits(letter(b'e'));
        let r = bits(letter(b'r'));
        let scheme = ends(r, e, r)
            | ends(bits(letter(b's')), bits(letter(b'i')), bits(letter(b'c')))
            | ends(bits(letter(b'k')), e, bits(or(letter(b'n'), letter(b'y'))));
        let blank = bits(blank);
        Self {
            newline: bits(equal(b'\n')),
            blank,
            separator: blank | bits(or(or(brackets, others), quotes)),
            divider: bits(or(or(equals, colon), or(ending, slash))),
            ending: bits(ending),
            digit,
            backslash: bits(backslash),
            quoting: bits(or(quotes, backslash)),
            equals: bits(equals),
            colon: bits(colon),
            percent: bits(equal(b'%')),
            hash: bits(hash),
            opening: bits(or(equal(b'('), equal(b'{'))),
            scheme: scheme & (blank >> 1 | 1 << (BLOCK - 1)),
        }
    }

    /// The first `length` bytes, as if nothing but separators followed.
    #[inline(always)]
    pub(super) fn first(self, length: usize) -> Self {
        let Some(kept) = 1u64.checked_shl(length as u32).map(|bit| bit - 1) else {
            return self;
        };
        Self {
            newline: self.newline & kept,
            blank: self.blank | !kept,
            separator: self.separator | !kept,
            divider: self.divider & kept,
            ending: self.ending & kept,
            digit: self.digit & kept,
            backslash: self.backslash & kept,
            quoting: self.quoting & kept,
            equals: self.equals & kept,
            colon: self.colon & kept,
            percent: self.percent & kept,
            hash: self.hash & kept,
            opening: self.opening & kept,
            scheme: self.scheme & kept,
        }
    }
}

/// The bytes from `first` to `last`.
#[inline(always)]
fn between<C: Compare>(compare: C, block: C::Block, first: u8, last: u8) -> u64 {
    let before = compare.bits(compare.at_most(block, first - 1));
    compare.bits(compare.at_most(block, last)) & !before
}

/// Where three letters stand in a row. What other blocks have is taken for good.
#[inline(always)]
fn ends(first: u64, second: u64, last: u64) -> u64 {
    (first << 2 | 3) & (second << 1 | 1) & last
}

/// Appends the places of bits, the lowest of which stands for `start`.
///
/// How many there are nobody can foresee, so `N` are written at a time, whether or not they are there.
#[inline(always)]
pub(super) fn places<const N: usize>(start: usize, mut bits: u64, found: &mut Vec<usize>) {
    let count = found.len() + bits.count_ones() as usize;
    loop {
        let next = [(); N].map(|()| {
            let place = start + bits.trailing_zeros() as usize;
            bits &= bits.wrapping_sub(1);
            place
        });
        found.extend_from_slice(&next);
        if bits == 0 {
            break;
        }
    }
    found.truncate(count);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hunt::base64;
    use crate::hunt::cut::{CLASSES, DIVIDER, SEPARATOR};
    use crate::scan::kernel::{self, Best, Kernel, Portable, Task};

    /// A block, for a kernel to take.
    struct Block<'a>(&'a [u8; BLOCK]);

    impl Task for Block<'_> {
        type Outcome = Masks;

        fn run<K: Kernel>(self, kernel: K) -> Masks {
            Masks::of(kernel.compare(), self.0)
        }
    }

    fn where_is(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
        let bits = block.iter().rev();
        bits.fold(0, |bits, byte| bits << 1 | u64::from(is(*byte)))
    }

    /// By the table that says what the kinds are, one byte after the other.
    fn by_table(block: &[u8; BLOCK]) -> Masks {
        let class = |class: u8| where_is(block, |byte| CLASSES[usize::from(byte)] == class);
        let equal = |byte: u8| where_is(block, |other| other == byte);
        let ends = |place: usize| {
            // What is in another block is any letter.
            let letter = |back: usize| place.checked_sub(back).map(|at| block[at] | 0x20);
            let is_end = |ending: &[u8; 3]| {
                let letters = ending.iter().zip([letter(2), letter(1), letter(0)]);
                letters
                    .into_iter()
                    .all(|(one, other)| other.is_none_or(|other| *one == other))
            };
            [b"rer", b"sic", b"ken", b"key"].into_iter().any(is_end)
                && block.get(place + 1).is_none_or(|behind| *behind <= b' ')
        };
        Masks {
            newline: equal(b'\n'),
            blank: where_is(block, |byte| byte <= b' '),
            separator: class(SEPARATOR),
            divider: class(DIVIDER),
            ending: where_is(block, |byte| b"&#?@".contains(&byte)),
            digit: where_is(block, base64::is_digit),
            backslash: equal(b'\\'),
            quoting: where_is(block, |byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\')),
            equals: equal(b'='),
            colon: equal(b':'),
            percent: equal(b'%'),
            hash: equal(b'#'),
            opening: equal(b'(') | equal(b'{'),
            scheme: (0..BLOCK).fold(0, |bits, place| bits | u64::from(ends(place)) << place),
        }
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
                assert_eq!(
                    kernel::run_with(kernel, Block(block)),
                    by_table(block),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn every_bit_has_its_place() {
        let mut found = vec![7];
        for bits in [0, 1, 0b1011, u64::MAX, 1 << 63] {
            let expected: Vec<_> = (0..64).filter(|bit| bits >> bit & 1 == 1).collect();
            found.truncate(1);
            places::<4>(100, bits, &mut found);
            let ours = found[1..].iter().map(|place| place - 100);
            assert!(ours.eq(expected), "{bits:b}");
        }
        assert_eq!(found[0], 7);
    }

    #[test]
    fn what_is_behind_the_end_separates() {
        let masks = Masks::of(Portable, &[b'='; BLOCK]);
        assert_eq!(masks.first(BLOCK), masks);
        assert_eq!(masks.first(3).equals, 0b111);
        assert_eq!(masks.first(3).separator, !0b111);
        assert_eq!(masks.first(0).equals, 0);
    }
}
