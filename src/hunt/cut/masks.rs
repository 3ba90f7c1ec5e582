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
    pub(super) double_quote: u64,
    pub(super) single_quote: u64,
    pub(super) backtick: u64,
    pub(super) backslash: u64,
    pub(super) equals: u64,
    pub(super) colon: u64,
    pub(super) percent: u64,
    /// `#`, which may begin a comment.
    pub(super) hash: u64,
    /// `(` and `{`, behind which a value goes on to where they are closed.
    pub(super) opening: u64,
    /// Where a word ends as the names of schemes do: with `er`, `ic`, `en` or `ey` and a blank behind it.
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
        let [double_quote, single_quote, backtick] = [equal(b'"'), equal(b'\''), equal(b'`')];
        let [equals, colon, hash] = [equal(b'='), equal(b':'), equal(b'#')];
        // `[` and `{`, `\` and `|`, `]` and `}` differ in one bit; so do `(` and `)`, `<` and `>`.
        let lower = compare.with(block, 0x20);
        let letter = |byte| compare.equal(lower, byte);
        let round = compare.equal(compare.with(block, 1), b')');
        let angle = compare.equal(compare.with(block, 2), b'>');
        let brackets = or(or(letter(b'{'), letter(b'|')), or(letter(b'}'), round));
        let others = or(or(angle, equal(b',')), or(equal(b';'), equal(0x7F)));
        let quotes = or(or(double_quote, single_quote), or(backtick, blank));
        let url = or(or(equal(b'/'), equal(b'@')), or(equal(b'?'), equal(b'&')));
        let after_e = bits(or(or(letter(b'r'), letter(b'n')), letter(b'y')));
        let behind = |letter| bits(letter) << 1 | 1;
        let ending = behind(letter(b'e')) & after_e | behind(letter(b'i')) & bits(letter(b'c'));
        let blank = bits(blank);
        Self {
            newline: bits(equal(b'\n')),
            blank,
            separator: bits(or(or(brackets, others), quotes)),
            divider: bits(or(or(or(equals, colon), url), hash)),
            double_quote: bits(double_quote),
            single_quote: bits(single_quote),
            backtick: bits(backtick),
            backslash: bits(equal(b'\\')),
            equals: bits(equals),
            colon: bits(colon),
            percent: bits(equal(b'%')),
            hash: bits(hash),
            opening: bits(or(equal(b'('), equal(b'{'))),
            scheme: ending & (blank >> 1 | 1 << (BLOCK - 1)),
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
            double_quote: self.double_quote & kept,
            single_quote: self.single_quote & kept,
            backtick: self.backtick & kept,
            backslash: self.backslash & kept,
            equals: self.equals & kept,
            colon: self.colon & kept,
            percent: self.percent & kept,
            hash: self.hash & kept,
            opening: self.opening & kept,
            scheme: self.scheme & kept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
            let before = place.checked_sub(1).map(|before| block[before] | 0x20);
            let is_end = match block[place] | 0x20 {
                b'r' | b'n' | b'y' => before.is_none_or(|before| before == b'e'),
                b'c' => before.is_none_or(|before| before == b'i'),
                _ => false,
            };
            is_end && block.get(place + 1).is_none_or(|behind| *behind <= b' ')
        };
        Masks {
            newline: equal(b'\n'),
            blank: where_is(block, |byte| byte <= b' '),
            separator: class(SEPARATOR),
            divider: class(DIVIDER),
            double_quote: equal(b'"'),
            single_quote: equal(b'\''),
            backtick: equal(b'`'),
            backslash: equal(b'\\'),
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
        let schemes = *b"Bearer x basic y TOKEN z ApiKey  other\ter\nice fn my thin spic er";
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
    fn what_is_behind_the_end_separates() {
        let masks = Masks::of(Portable, &[b'='; BLOCK]);
        assert_eq!(masks.first(BLOCK), masks);
        assert_eq!(masks.first(3).equals, 0b111);
        assert_eq!(masks.first(3).separator, !0b111);
        assert_eq!(masks.first(0).equals, 0);
    }
}
