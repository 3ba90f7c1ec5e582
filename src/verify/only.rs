//! Looks at a redacted document alone: nothing that the rule selects may stand there in clear.

use super::meaning::{Held, How, Meaning, Rule, held};
use super::path::Step;
use super::report::Status;
use super::sink::Sink;
use super::tree::{Kind, Value};
use crate::members::Group;

/// One search of a value, under way.
pub(super) struct Only<'c, 's, 't> {
    pub(super) rule: Rule<'c>,
    pub(super) sink: &'c mut Sink<'s>,
    /// The way to where the search is now.
    pub(super) path: Vec<Step<'t>>,
    /// The number of the record.
    pub(super) record: Option<u64>,
}

impl<'t> Only<'_, '_, 't> {
    /// Searches a value that is not selected as a whole; `in_log` says that bodies inside are base64.
    pub(super) fn value(&mut self, value: Value<'t>, in_log: bool) {
        for (index, element) in (0..).zip(value.elements()) {
            self.path.push(Step::Index(index));
            self.value(element, in_log);
            self.path.pop();
        }
        for (name, value) in value.members() {
            let name = name.text();
            self.path.push(Step::member(&name));
            match self.rule.meaning(&name, value, in_log) {
                Meaning::Private(how) => self.private(value, how),
                Meaning::Headers(group) => self.headers(value, group),
                Meaning::Searched { in_log } => self.value(value, in_log),
            }
            self.path.pop();
        }
    }

    fn headers(&mut self, map: Value<'t>, group: Group) {
        for (name, value) in map.members() {
            if !self.rule.fields.selects_header(group, &name.text()) {
                continue;
            }
            self.path.push(Step::Header(name));
            if value.kind() == Kind::Array {
                for (index, element) in (0..).zip(value.elements()) {
                    self.path.push(Step::Index(index));
                    self.private(element, How::Text);
                    self.path.pop();
                }
            } else {
                self.private(value, How::Text);
            }
            self.path.pop();
        }
    }

    fn private(&mut self, value: Value<'t>, how: How) {
        let (status, why) = match held(value, how) {
            Held::Nothing => return,
            Held::Placeholder(_) => (Status::AlreadyRedacted, "a placeholder stands there"),
            Held::Private { not_base64, .. } => {
                self.sink.report.not_base64 += u64::from(not_base64);
                (Status::InClear, "the value is no placeholder")
            }
        };
        let spot = Some((value, self.record));
        self.sink.add(status, why, &self.path, None, spot);
    }
}
