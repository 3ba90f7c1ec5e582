//! Walks an original and its redaction side by side.
//!
//! What the rule selects must be the placeholder of what the original has; everything else must be
//! the same tokens in the same order.

use super::meaning::{Held, How, Meaning, Rule, held};
use super::path::Step;
use super::report::Status;
use super::sink::Sink;
use super::tree::{Kind, Value};
use crate::members::Group;
use std::collections::{HashMap, VecDeque};

/// What the values that are being compared are inside of.
#[derive(Clone, Copy)]
pub(super) enum Inside {
    /// A document, whose members are looked up; `in_log` says that bodies are base64.
    Document { in_log: bool },
    /// A map of headers, whose members are names of headers.
    Headers(Group),
    /// A header that is not selected: nothing in it means anything.
    Header,
}

/// One comparison of two values, under way.
pub(super) struct Compare<'c, 's, 't> {
    pub(super) rule: Rule<'c>,
    pub(super) sink: &'c mut Sink<'s>,
    /// The way to where the comparison is now.
    pub(super) path: Vec<Step<'t>>,
    /// The number of the original's record.
    pub(super) original: Option<u64>,
    /// The number of the redacted record.
    pub(super) redacted: Option<u64>,
}

type Member<'t> = (Value<'t>, Value<'t>);

impl<'t> Compare<'_, '_, 't> {
    /// Compares two values that are not selected as a whole.
    pub(super) fn value(&mut self, left: Value<'t>, right: Value<'t>, inside: Inside) {
        match (left.kind(), right.kind()) {
            (Kind::Object, Kind::Object) => self.members(left, right, inside),
            (Kind::Array, Kind::Array) => {
                self.elements(left, right, |walk, left, right| {
                    walk.value(left, right, inside);
                });
            }
            _ => self.unchanged(left, right),
        }
    }

    fn members(&mut self, left: Value<'t>, right: Value<'t>, inside: Inside) {
        let (mut lefts, mut rights) = (left.members(), right.members());
        loop {
            match (lefts.next(), rights.next()) {
                (None, None) => return,
                (Some((name, left)), Some((same, right))) if name.is_same(same) => {
                    self.member(name, left, right, inside);
                }
                (next_left, next_right) => {
                    let lefts = next_left.into_iter().chain(lefts);
                    let rights = next_right.into_iter().chain(rights);
                    if !self.members_by_name(lefts, rights, inside) {
                        let why = "the members stand in another order";
                        self.found(Status::Differs, why, Some(left), Some(right));
                    }
                    return;
                }
            }
        }
    }

    /// Pairs members that do not stand in the same order, the first of a name with the first of that
    /// name and so on; returns whether those that have a partner do stand in the same order.
    fn members_by_name(
        &mut self,
        lefts: impl Iterator<Item = Member<'t>>,
        rights: impl Iterator<Item = Member<'t>>,
        inside: Inside,
    ) -> bool {
        let mut waiting: HashMap<_, VecDeque<(usize, Member<'t>)>> = HashMap::new();
        for (place, member) in rights.enumerate() {
            let same_name = waiting.entry(member.0.text()).or_default();
            same_name.push_back((place, member));
        }
        let mut is_ordered = true;
        let mut last = None;
        for (name, left) in lefts {
            let partner = waiting.get_mut(&name.text()).and_then(VecDeque::pop_front);
            if let Some((place, (_, right))) = partner {
                is_ordered &= last < Some(place);
                last = Some(place);
                self.member(name, left, right, inside);
            } else {
                self.path.push(step(name, inside));
                self.found(Status::Missing, "the member is gone", Some(left), None);
                self.path.pop();
            }
        }
        let mut added: Vec<_> = waiting.into_values().flatten().collect();
        added.sort_unstable_by_key(|(place, _)| *place);
        for (_, (name, right)) in added {
            self.path.push(step(name, inside));
            self.found(Status::Extra, "the member was added", None, Some(right));
            self.path.pop();
        }
        is_ordered
    }

    /// Compares the values of two members called `name`.
    fn member(&mut self, name: Value<'t>, left: Value<'t>, right: Value<'t>, inside: Inside) {
        self.path.push(step(name, inside));
        match inside {
            Inside::Document { in_log } => match self.rule.meaning(&name.text(), left, in_log) {
                Meaning::Private(how) => self.private(left, right, |value| held(value, how)),
                Meaning::Headers(group) => self.headers(left, right, group),
                Meaning::Searched { in_log } => {
                    self.value(left, right, Inside::Document { in_log });
                }
            },
            Inside::Headers(group) if self.rule.fields.selects_header(group, &name.text()) => {
                self.header(left, right);
            }
            Inside::Headers(_) | Inside::Header => self.value(left, right, Inside::Header),
        }
        self.path.pop();
    }

    fn headers(&mut self, left: Value<'t>, right: Value<'t>, group: Group) {
        if right.kind() == Kind::Object {
            self.members(left, right, Inside::Headers(group));
        } else if self.rule.fields.selects(group) {
            let why = "a map of headers is a map no more";
            self.found(Status::Mismatch, why, Some(left), Some(right));
        } else {
            self.unchanged(left, right);
        }
    }

    /// Compares the values of a header that the rule selects.
    fn header(&mut self, left: Value<'t>, right: Value<'t>) {
        let text = |value| held(value, How::Text);
        match (left.kind(), right.kind()) {
            (Kind::Array, Kind::Array) => self.elements(left, right, |walk, left, right| {
                walk.private(left, right, text);
            }),
            (Kind::Array, _) if left.elements().next().is_some() => {
                let why = "a header's values are a list no more";
                self.found(Status::Mismatch, why, Some(left), Some(right));
            }
            (Kind::Array, _) => self.unchanged(left, right),
            _ => self.private(left, right, text),
        }
    }

    fn elements(
        &mut self,
        left: Value<'t>,
        right: Value<'t>,
        mut each: impl FnMut(&mut Self, Value<'t>, Value<'t>),
    ) {
        let (mut lefts, mut rights) = (left.elements(), right.elements());
        for index in 0.. {
            self.path.push(Step::Index(index));
            let pair = (lefts.next(), rights.next());
            match pair {
                (Some(left), Some(right)) => each(self, left, right),
                (Some(left), None) => {
                    self.found(Status::Missing, "the element is gone", Some(left), None);
                }
                (None, Some(right)) => {
                    self.found(Status::Extra, "the element was added", None, Some(right));
                }
                (None, None) => {}
            }
            self.path.pop();
            if let (None, None) = pair {
                return;
            }
        }
    }

    /// Compares two values in a place that the rule selects; `held` says what each holds.
    fn private<'v>(
        &mut self,
        left: Value<'t>,
        right: Value<'t>,
        held: impl Fn(Value<'t>) -> Held<'v>,
    ) where
        't: 'v,
    {
        let (status, why) = match (held(left), held(right)) {
            (Held::Nothing, _) => return self.unchanged(left, right),
            (Held::Placeholder(_), _) if left.is_same(right) => (
                Status::AlreadyRedacted,
                "the placeholder stood there already",
            ),
            (Held::Placeholder(_), _) => (
                Status::Mismatch,
                "the original has a placeholder, which was changed",
            ),
            (Held::Private { bytes, not_base64 }, now) => {
                self.sink.report.not_base64 += u64::from(not_base64);
                match now {
                    Held::Placeholder(placeholder) if placeholder.matches(&bytes) => {
                        (Status::Match, "the placeholder of the original")
                    }
                    Held::Placeholder(_) => (Status::Mismatch, "the placeholder of another value"),
                    Held::Private { bytes: now, .. } if now == bytes || left.is_same(right) => {
                        (Status::InClear, "the value is still in clear")
                    }
                    Held::Nothing if matches!(right.raw(), b"null" | b"\"\"") => {
                        (Status::Missing, "the value was emptied, not replaced")
                    }
                    Held::Private { .. } | Held::Nothing => {
                        (Status::Mismatch, "another value, which is no placeholder")
                    }
                }
            }
        };
        self.found(status, why, Some(left), Some(right));
    }

    /// Compares two values that must be the same.
    fn unchanged(&mut self, left: Value<'t>, right: Value<'t>) {
        if left.is_same(right) {
            return;
        }
        let (status, why) = match held(right, How::Text) {
            Held::Placeholder(_) => (
                Status::Extra,
                "a placeholder stands where nothing was to be replaced",
            ),
            _ => (Status::Differs, "the value is not the same"),
        };
        self.found(status, why, Some(left), Some(right));
    }

    pub(super) fn found(
        &mut self,
        status: Status,
        why: &'static str,
        original: Option<Value<'t>>,
        redacted: Option<Value<'t>>,
    ) {
        let original = original.map(|value| (value, self.original));
        let redacted = redacted.map(|value| (value, self.redacted));
        self.sink.add(status, why, &self.path, original, redacted);
    }
}

/// The step to the member called `name`.
fn step<'t>(name: Value<'t>, inside: Inside) -> Step<'t> {
    match inside {
        Inside::Document { .. } => Step::member(&name.text()),
        Inside::Headers(_) => Step::Header(name),
        Inside::Header => Step::Member(None),
    }
}
