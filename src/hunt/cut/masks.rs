//! What kind each byte is, sixty-four bytes at a time: a bit per byte in a word per kind.
//!
//! Cutting asks where a line ends, where its tokens and quotes are, and whether anything in it needs a
//! closer look. All of that is arithmetic on these words, so that a line is read once.

#[cfg(target_arch = "x86_64")]
pub(super) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(super) mod avx512;

use super::{CLASSES, DIVIDER, SEPARATOR};

/// Bytes that are looked at together.
pub(super) const BLOCK: usize = 64;

/// The kinds of the bytes of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::hunt) struct Masks {
    pub(in crate::hunt::cut) newline: u64,
    /// Blanks and control characters.
    pub(in crate::hunt::cut) blank: u64,
    /// What is in no token: blanks, too.
    pub(in crate::hunt::cut) separator: u64,
    pub(in crate::hunt::cut) divider: u64,
    pub(in crate::hunt::cut) double_quote: u64,
    pub(in crate::hunt::cut) single_quote: u64,
    pub(in crate::hunt::cut) backtick: u64,
    pub(in crate::hunt::cut) backslash: u64,
    pub(in crate::hunt::cut) equals: u64,
    pub(in crate::hunt::cut) colon: u64,
    pub(in crate::hunt::cut) percent: u64,
}

impl Masks {
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
        }
    }
}

/// Compares the bytes of a block.
pub(super) trait Kernel: Copy {
    type Block: Copy;
    /// A choice of bytes of a block.
    type Set: Copy;

    fn load(self, block: &[u8; BLOCK]) -> Self::Block;
    fn equal(self, block: Self::Block, byte: u8) -> Self::Set;
    fn at_most(self, block: Self::Block, byte: u8) -> Self::Set;
    /// Sets bits in all bytes.
    fn with(self, block: Self::Block, bits: u8) -> Self::Block;
    fn or(self, one: Self::Set, other: Self::Set) -> Self::Set;
    fn bits(self, set: Self::Set) -> u64;

    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        let block = self.load(block);
        let blank = self.at_most(block, b' ');
        let double_quote = self.equal(block, b'"');
        let single_quote = self.equal(block, b'\'');
        let backtick = self.equal(block, b'`');
        let equals = self.equal(block, b'=');
        let colon = self.equal(block, b':');
        // `[` and `{`, `\` and `|`, `]` and `}` differ in one bit; so do `(` and `)`, `<` and `>`.
        let upper = self.with(block, 0x20);
        let odd = self.with(block, 1);
        let second = self.with(block, 2);
        let brackets = self.or(
            self.or(self.equal(upper, b'{'), self.equal(upper, b'|')),
            self.or(self.equal(upper, b'}'), self.equal(odd, b')')),
        );
        let others = self.or(
            self.or(self.equal(second, b'>'), self.equal(block, b',')),
            self.or(self.equal(block, b';'), self.equal(block, 0x7F)),
        );
        let quotes = self.or(self.or(double_quote, single_quote), backtick);
        let separator = self.or(self.or(brackets, others), self.or(quotes, blank));
        let path = self.or(self.equal(block, b'/'), self.equal(block, b'@'));
        let query = self.or(self.equal(block, b'?'), self.equal(block, b'&'));
        let divider = self.or(
            self.or(self.or(equals, colon), self.or(path, query)),
            self.equal(block, b'#'),
        );
        Masks {
            newline: self.bits(self.equal(block, b'\n')),
            blank: self.bits(blank),
            separator: self.bits(separator),
            divider: self.bits(divider),
            double_quote: self.bits(double_quote),
            single_quote: self.bits(single_quote),
            backtick: self.bits(backtick),
            backslash: self.bits(self.equal(block, b'\\')),
            equals: self.bits(equals),
            colon: self.bits(colon),
            percent: self.bits(self.equal(block, b'%')),
        }
    }
}

/// One byte after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable;

impl Kernel for Portable {
    type Block = [u8; BLOCK];
    type Set = u64;

    fn load(self, block: &[u8; BLOCK]) -> Self::Block {
        *block
    }

    fn equal(self, block: Self::Block, byte: u8) -> u64 {
        bits_where(&block, |other| other == byte)
    }

    fn at_most(self, block: Self::Block, byte: u8) -> u64 {
        bits_where(&block, |other| other <= byte)
    }

    fn with(self, block: Self::Block, bits: u8) -> Self::Block {
        block.map(|byte| byte | bits)
    }

    fn or(self, one: u64, other: u64) -> u64 {
        one | other
    }

    fn bits(self, set: u64) -> u64 {
        set
    }

    /// By the table that says what the kinds are, which the tests hold the comparisons against.
    fn masks(self, block: &[u8; BLOCK]) -> Masks {
        let mut masks = Masks::default();
        for (place, byte) in block.iter().enumerate() {
            let bit = 1 << place;
            match CLASSES[usize::from(*byte)] {
                SEPARATOR => {
                    masks.separator |= bit;
                    match byte {
                        b'\n' => masks.newline |= bit,
                        b'"' => masks.double_quote |= bit,
                        b'\'' => masks.single_quote |= bit,
                        b'`' => masks.backtick |= bit,
                        b'\\' => masks.backslash |= bit,
                        _ => {}
                    }
                    if *byte <= b' ' {
                        masks.blank |= bit;
                    }
                }
                DIVIDER => {
                    masks.divider |= bit;
                    match byte {
                        b'=' => masks.equals |= bit,
                        b':' => masks.colon |= bit,
                        _ => {}
                    }
                }
                _ if *byte == b'%' => masks.percent |= bit,
                _ => {}
            }
        }
        masks
    }
}

fn bits_where(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
    block
        .iter()
        .rev()
        .fold(0, |bits, byte| bits << 1 | u64::from(is(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte at every place, compared with the table.
    fn agrees(kernel: impl Kernel) {
        for first in 0..=255u8 {
            let block: [u8; BLOCK] = std::array::from_fn(|place| {
                first
                    .wrapping_mul(7)
                    .wrapping_add((place as u8).wrapping_mul(5))
            });
            assert_eq!(kernel.masks(&block), Portable.masks(&block), "{first}");
        }
    }

    #[test]
    fn every_kernel_finds_what_the_table_says() {
        #[cfg(target_arch = "x86_64")]
        {
            if let Some(kernel) = avx512::Avx512::new() {
                agrees(kernel);
            }
            if let Some(kernel) = avx2::Avx2::new() {
                agrees(kernel);
            }
        }
        /// The comparisons, on any machine.
        #[derive(Clone, Copy)]
        struct Compared;
        impl Kernel for Compared {
            type Block = [u8; BLOCK];
            type Set = u64;
            fn load(self, block: &[u8; BLOCK]) -> Self::Block {
                *block
            }
            fn equal(self, block: Self::Block, byte: u8) -> u64 {
                Portable.equal(block, byte)
            }
            fn at_most(self, block: Self::Block, byte: u8) -> u64 {
                Portable.at_most(block, byte)
            }
            fn with(self, block: Self::Block, bits: u8) -> Self::Block {
                Portable.with(block, bits)
            }
            fn or(self, one: u64, other: u64) -> u64 {
                one | other
            }
            fn bits(self, set: u64) -> u64 {
                set
            }
        }
        agrees(Compared);
    }

    #[test]
    fn what_is_behind_the_end_separates() {
        let masks = Portable.masks(&[b'='; BLOCK]);
        assert_eq!(masks.first(BLOCK), masks);
        assert_eq!(masks.first(3).equals, 0b111);
        assert_eq!(masks.first(3).separator, !0b111);
        assert_eq!(masks.first(0).equals, 0);
    }
}
