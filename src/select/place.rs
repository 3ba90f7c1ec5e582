//! Where a walk is in a document, and what its rule says of the values there.

use super::{Bytes, Pick, Rule, Seen};
use crate::members::{self, MemberId, Private, Shape};
use crate::scan::{Scanner, Text, string};

/// What the next value is, by the name it stands under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Neither private nor the value of a selected header: searched.
    Plain,
    /// The value of `logs` or `events`.
    Logs,
    /// The value of another member that envelopes have.
    Envelope,
    /// The value of a private member.
    Private(Private),
    /// The value of a header that the rule selects.
    Header,
    /// The value of a header that it does not.
    VisibleHeader,
}

impl Role {
    /// The role of the value of a member, if the contract knows that; counts its name.
    #[inline(always)]
    pub(super) fn of_member(member: Option<MemberId>, name: Text, seen: &mut Seen) -> Self {
        let Some(member) = member else {
            seen.see_unknown(name);
            return Self::Plain;
        };
        if let Some(private) = member.private() {
            return Self::Private(private);
        }
        seen.visible[member.index()] += 1;
        let name = member.name().as_bytes();
        if members::holds_logs(name) {
            Self::Logs
        } else if members::holds_records(name) {
            Self::Envelope
        } else {
            Self::Plain
        }
    }
}

/// The innermost thing the walk is in; the depths are those of its members or elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Map {
    pub(super) member: Private,
    depth: u32,
    /// Inside the array of a selected header.
    in_values: bool,
}

impl Map {
    /// The role of the value of the header called `name`; counts it.
    #[inline(always)]
    pub(super) fn role_of(self, rule: Rule<'_>, name: &[u8], seen: &mut Seen) -> Role {
        if rule.fields.selects_header(self.member.group, name) {
            seen.selected = true;
            return Role::Header;
        }
        seen.visible[self.member.id.index()] += 1;
        Role::VisibleHeader
    }
}

/// A container in which nothing is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Skip {
    depth: u32,
    /// Where it begins and whose value it is, if it is replaced as a whole.
    replaced: Option<(usize, Private)>,
}

/// A value that is neither object nor array, and where it stands.
#[derive(Clone, Copy)]
pub(super) enum Scalar {
    String(Text),
    /// A number, `true` or `false`.
    Other(usize, usize),
    Null,
}

/// Everything that a walk must remember of what it has come by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) role: Role,
    pub(super) map: Option<Map>,
    pub(super) skip: Option<Skip>,
    /// Depth of the elements of the outermost array of logs or events.
    pub(super) logs: Option<u32>,
    /// Depth of the inside of the outermost private value that is searched, not replaced.
    content: Option<u32>,
    /// Depth of the records of an array.
    pub(super) records: Option<u32>,
    /// An array has just begun whose first element tells whether it holds records; and whether it is
    /// one that envelopes have.
    pub(super) candidate: Option<bool>,
    /// The document had an array of records, or one that would have held them.
    pub(super) had_records: bool,
}

impl Place {
    /// Before a document.
    pub(super) fn new() -> Self {
        Self {
            role: Role::Envelope,
            map: None,
            skip: None,
            logs: None,
            content: None,
            records: None,
            candidate: None,
            had_records: false,
        }
    }

    /// Tells the place that `count` bytes went from the front of the buffer.
    pub(super) fn forget(&mut self, count: usize) {
        if let Some(Skip {
            replaced: Some((start, _)),
            ..
        }) = &mut self.skip
        {
            *start -= count;
        }
    }

    /// The role of the value under `name`; counts the name.
    #[inline(always)]
    pub(super) fn role_of(
        &self,
        rule: Rule<'_>,
        input: &[u8],
        name: Text,
        seen: &mut Seen,
    ) -> Role {
        let mut unescaped = Vec::new();
        let mut bytes = &input[name.start..name.end];
        if name.escaped {
            string::unescape(bytes, &mut unescaped);
            bytes = &unescaped;
        }
        match self.map {
            Some(map) => map.role_of(rule, bytes, seen),
            None => Role::of_member(members::find(bytes), name, seen),
        }
    }

    /// An object or array begins at `at`.
    #[inline(always)]
    pub(super) fn begin(
        &mut self,
        rule: Rule<'_>,
        scanner: &Scanner,
        at: usize,
        object: bool,
        seen: &mut Seen,
    ) {
        let role = std::mem::replace(&mut self.role, Role::Plain);
        if self.skip.is_some() {
            return;
        }
        let depth = scanner.depth();
        if let Some(map) = &mut self.map {
            // A header's array of values; what is no string in it is replaced as a whole.
            if role == Role::Header && !object && !map.in_values {
                map.in_values = true;
                return;
            }
            let replaced = (role != Role::VisibleHeader).then_some((at, map.member));
            self.skip = Some(Skip { depth, replaced });
            return;
        }
        match role {
            Role::Private(member) => self.begin_private(rule, member, depth, at, object, seen),
            Role::Logs if !object && self.logs.is_none() => self.logs = Some(depth),
            _ => {}
        }
        if !object
            && self.skip.is_none()
            && self.records.is_none()
            && self.content.is_none()
            && scanner.is_enclosed_by_objects()
        {
            self.candidate = Some(matches!(role, Role::Logs | Role::Envelope));
        }
    }

    fn begin_private(
        &mut self,
        rule: Rule<'_>,
        member: Private,
        depth: u32,
        at: usize,
        object: bool,
        seen: &mut Seen,
    ) {
        let selected = rule.fields.selects(member.group);
        if member.shape == Shape::Headers && object {
            seen.selected |= rule.fields.selects_all(member.group);
            self.map = Some(Map {
                member,
                depth,
                in_values: false,
            });
        } else if selected {
            seen.selected = true;
            self.skip = Some(Skip {
                depth,
                replaced: Some((at, member)),
            });
        } else {
            seen.visible[member.id.index()] += 1;
            if self.content.is_none() {
                self.content = Some(depth);
            }
        }
    }

    /// An object or array has ended before `end`, whose members or elements were `inside`.
    #[inline(always)]
    pub(super) fn end(&mut self, inside: u32, end: usize, picks: &mut Vec<Pick>) {
        if let Some(skip) = self.skip {
            if skip.depth == inside {
                self.skip = None;
                if let Some((start, member)) = skip.replaced {
                    picks.push(Pick {
                        start,
                        end,
                        member,
                        bytes: Bytes::Raw,
                        escaped: false,
                    });
                }
            }
            return;
        }
        if let Some(map) = &mut self.map {
            if map.depth == inside {
                self.map = None;
            } else {
                map.in_values = false;
            }
            return;
        }
        for mark in [&mut self.logs, &mut self.content, &mut self.records] {
            if *mark == Some(inside) {
                *mark = None;
            }
        }
    }

    /// A value that is neither object nor array.
    #[inline(always)]
    pub(super) fn scalar(
        &mut self,
        rule: Rule<'_>,
        value: Scalar,
        picks: &mut Vec<Pick>,
        seen: &mut Seen,
    ) {
        if self.skip.is_some() {
            return;
        }
        let role = std::mem::replace(&mut self.role, Role::Plain);
        let (member, text_bytes) = match (self.map, role) {
            (Some(map), Role::Header) => (map.member, Bytes::Text),
            (Some(map), _) if map.in_values => (map.member, Bytes::Text),
            (None, Role::Private(member)) => {
                if !rule.fields.selects(member.group) {
                    seen.visible[member.id.index()] += 1;
                    return;
                }
                seen.selected = true;
                (member, rule.bytes(member.shape, self.logs.is_some()))
            }
            _ => return,
        };
        pick(member, text_bytes, value, picks);
    }
}

/// Picks a selected value, if it holds anything.
#[inline(always)]
pub(super) fn pick(member: Private, text_bytes: Bytes, value: Scalar, picks: &mut Vec<Pick>) {
    let (start, end, bytes, escaped) = match value {
        Scalar::Null => return,
        Scalar::String(text) if text.is_empty() => return,
        Scalar::String(text) => (text.start - 1, text.end + 1, text_bytes, text.escaped),
        Scalar::Other(start, end) => (start, end, Bytes::Raw, false),
    };
    picks.push(Pick {
        start,
        end,
        member,
        bytes,
        escaped,
    });
}
