//! Whole members of an object, of the commonest forms: most of what a document consists of.
//!
//! Tokens are what a scan stops between: for each of them it asks what may stand here, and keeps what
//! it was. A member that stands in the buffer as a whole, without blanks and escapes, needs none of
//! that. What is different, faults included, is left to the token loop: nothing is accepted or refused
//! here.

use super::ahead::Ahead;
use super::kernel::Kernel;
use super::string::Partial;
use super::{Expect, MAX_DEPTH, Scanner, Text, number};

/// A value that was read in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Simple {
    String(Text),
    /// An array of nothing but this string, whose quotes its brackets touch.
    OneString(Text),
    /// A number, from the first offset to before the second.
    Number(usize, usize),
}

/// Reads the members of the open object from where the scanner is, for it to go on from where they
/// end: its position is kept in a register meanwhile.
pub(crate) struct Members {
    at: usize,
    expect: Expect,
    has_room_for_array: bool,
}

impl Scanner {
    /// The members from here on, if one can begin here.
    #[inline(always)]
    pub(crate) fn members(&self) -> Option<Members> {
        let is_at_member = match self.expect {
            Expect::FirstKey => true,
            Expect::Next => self.objects & 1 == 1,
            _ => false,
        };
        (is_at_member && self.partial.is_none()).then_some(Members {
            at: self.position,
            expect: self.expect,
            has_room_for_array: self.depth < MAX_DEPTH,
        })
    }

    /// Goes on behind what was read of `members`.
    #[inline(always)]
    pub(crate) fn resume(&mut self, members: Members) {
        self.position = members.at;
        self.expect = members.expect;
    }
}

impl Members {
    /// Reads a name and its colon, behind the comma that separates it from the member before.
    #[inline(always)]
    pub(crate) fn name<K: Kernel>(
        &mut self,
        kernel: K,
        ahead: &mut Ahead,
        input: &[u8],
    ) -> Option<Text> {
        let mut at = self.at;
        if self.expect != Expect::FirstKey {
            if input.get(at) != Some(&b',') {
                return None;
            }
            at += 1;
        }
        let name = ahead.plain_string(kernel, input, at)?;
        if input.get(name.end + 1) != Some(&b':') {
            return None;
        }
        self.at = name.end + 2;
        self.expect = Expect::Value;
        Some(name)
    }

    /// Reads the value behind a name.
    #[inline(always)]
    pub(crate) fn value<K: Kernel>(
        &mut self,
        kernel: K,
        ahead: &mut Ahead,
        input: &[u8],
    ) -> Option<Simple> {
        let at = self.at;
        let (value, end) = match input.get(at)? {
            b'"' => {
                let text = string(kernel, ahead, input, at)?;
                (Simple::String(text), text.end + 1)
            }
            b'[' if self.has_room_for_array && input.get(at + 1) == Some(&b'"') => {
                let text = string(kernel, ahead, input, at + 1)?;
                if input.get(text.end + 1) != Some(&b']') {
                    return None;
                }
                (Simple::OneString(text), text.end + 2)
            }
            b'-' | b'0'..=b'9' => {
                let end = number::end_of_member(input, at)?;
                (Simple::Number(at, end), end)
            }
            _ => return None,
        };
        self.at = end;
        self.expect = Expect::Next;
        Some(value)
    }
}

/// The string that begins with the quote at `at`, if it is good and as a whole in the buffer.
#[inline(always)]
fn string<K: Kernel>(kernel: K, ahead: &mut Ahead, input: &[u8], at: usize) -> Option<Text> {
    match ahead.plain_string(kernel, input, at) {
        None => Partial::new(at + 1).finish(kernel, input).ok()?,
        plain => plain,
    }
}
