//! Whole members, read in one go: what the token loop would make of them, without it.

use super::place::{Role, Scalar, pick};
use super::{Bytes, Pick, Rule, Seen, Walk};
use crate::members;
use crate::scan::kernel::Kernel;
use crate::scan::{Ahead, Members, Simple, Text};

impl Walk {
    /// Walks on over the members that stand here, up to one that is not of the commonest forms, or to
    /// the value of one.
    ///
    /// The two kinds of objects have loops of their own, in which nothing is decided but what the next
    /// byte is and whether the rule selects the name.
    #[inline(always)]
    pub(super) fn take_members<K: Kernel>(
        &mut self,
        kernel: K,
        ahead: &mut Ahead,
        rule: Rule<'_>,
        input: &[u8],
        picks: &mut Vec<Pick>,
        seen: &mut Seen,
    ) {
        let Some(mut members) = self.scanner.members() else {
            return;
        };
        let reader = Reader {
            kernel,
            ahead,
            input,
            members: &mut members,
        };
        if self.place.skip.is_some() {
            reader.skip_members();
        } else if self.place.map.is_some() {
            self.take_headers(reader, rule, picks, seen);
        } else {
            self.take_plain_members(reader, rule, picks, seen);
        }
        self.scanner.resume(members);
    }

    #[inline(always)]
    fn take_headers<K: Kernel>(
        &mut self,
        mut reader: Reader<'_, K>,
        rule: Rule<'_>,
        picks: &mut Vec<Pick>,
        seen: &mut Seen,
    ) {
        let Some(map) = self.place.map else { return };
        while let Some(name) = reader.name() {
            let role = map.role_of(rule, &reader.input[name.start..name.end], seen);
            let Some(value) = reader.value() else {
                self.place.role = role;
                return;
            };
            if role == Role::Header {
                let value = match value {
                    Simple::String(text) | Simple::OneString(text) => Scalar::String(text),
                    Simple::Number(start, end) => Scalar::Other(start, end),
                };
                pick(map.member, Bytes::Text, value, picks);
            }
        }
    }

    /// What the rule does not select is only counted, whatever its role.
    #[inline(always)]
    fn take_plain_members<K: Kernel>(
        &mut self,
        mut reader: Reader<'_, K>,
        rule: Rule<'_>,
        picks: &mut Vec<Pick>,
        seen: &mut Seen,
    ) {
        let groups = rule.fields.group_bits();
        while let Some(name) = reader.name() {
            let member = members::find_at(reader.input, name.start..name.end);
            let Some(value) = reader.value() else {
                self.place.role = Role::of_member(member, name, seen);
                return;
            };
            let Some(member) = member else {
                seen.see_unknown(name);
                continue;
            };
            if groups & member.group_bit() == 0 {
                seen.visible[member.index()] += 1;
                continue;
            }
            if let Some(private) = member.private() {
                seen.selected = true;
                let text_bytes = rule.bytes(private.shape, self.place.logs.is_some());
                let value = match value {
                    Simple::String(text) => Scalar::String(text),
                    Simple::OneString(text) => Scalar::Other(text.start - 2, text.end + 2),
                    Simple::Number(start, end) => Scalar::Other(start, end),
                };
                pick(private, text_bytes, value, picks);
            }
        }
    }
}

/// Members, and what it takes to read them.
struct Reader<'m, K> {
    kernel: K,
    ahead: &'m mut Ahead,
    input: &'m [u8],
    members: &'m mut Members,
}

impl<K: Kernel> Reader<'_, K> {
    #[inline(always)]
    fn name(&mut self) -> Option<Text> {
        self.members.name(self.kernel, self.ahead, self.input)
    }

    #[inline(always)]
    fn value(&mut self) -> Option<Simple> {
        self.members.value(self.kernel, self.ahead, self.input)
    }

    #[inline(always)]
    fn skip_members(mut self) {
        while self.name().is_some() && self.value().is_some() {}
    }
}
