//! Brings the records of two inputs together, and has each pair compared.

use super::compare::{Compare, Inside};
use super::failure::{Failure, Side};
use super::identity::{self, Key};
use super::meaning::Rule;
use super::path::Step;
use super::records::{Element, Part, Records};
use super::report::Status;
use super::sink::Sink;
use std::cmp::Ordering;
use std::collections::{HashMap, VecDeque};
use std::io::Read;

/// How records find their partners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pairing {
    /// By their place; identifiers must agree. Needs no memory beyond the largest record.
    #[default]
    Position,
    /// By `messageId`, `dlqId` and `scheduleId`, whichever are there, and by `time` and `state`, which
    /// tell the log entries of one message apart; equal and missing ones by their order. For files in
    /// another order, or in other pages. Holds the redacted input in memory, several times its size
    /// where values are very small.
    Id,
}

/// One input, read a part at a time.
pub(super) struct Input<R> {
    records: Records<R>,
    side: Side,
    part: Part,
    /// Whether `part` was read and not yet used.
    is_full: bool,
}

impl<R: Read> Input<R> {
    pub(super) fn new(records: Records<R>, side: Side) -> Self {
        Self {
            records,
            side,
            part: Part::default(),
            is_full: false,
        }
    }

    /// The next part, the same until it was taken.
    fn peek(&mut self) -> Result<Option<&Part>, Failure> {
        if !self.is_full {
            let read = self.records.next(&mut self.part);
            self.is_full = read.map_err(|cause| cause.of(self.side))?;
        }
        Ok(self.is_full.then_some(&self.part))
    }

    /// Takes the next part, which stays until the one after it is read.
    fn take(&mut self) -> &Part {
        self.is_full = false;
        &self.part
    }

    pub(super) fn count(&self) -> u64 {
        self.records.count()
    }
}

/// Which input goes on.
enum Turn {
    Both,
    Original,
    Redacted,
}

/// Compares two inputs record by record as they stand.
pub(super) fn by_position<A: Read, B: Read>(
    rule: Rule<'_>,
    original: &mut Input<A>,
    redacted: &mut Input<B>,
    sink: &mut Sink<'_>,
) -> Result<(), Failure> {
    loop {
        let turn = match (original.peek()?, redacted.peek()?) {
            (None, None) => return Ok(()),
            (Some(left), Some(right)) => turn(left, right),
            (Some(_), None) => Turn::Original,
            (None, Some(_)) => Turn::Redacted,
        };
        match turn {
            Turn::Both => compare(rule, original.take(), redacted.take(), sink),
            Turn::Original => alone(original.take(), Side::Original, sink),
            Turn::Redacted => alone(redacted.take(), Side::Redacted, sink),
        }
    }
}

/// Whether two parts stand at the same place of their documents, or which of them comes first.
fn turn(left: &Part, right: &Part) -> Turn {
    match (&left.element, &right.element) {
        (None, None) => Turn::Both,
        (Some(_), None) => Turn::Original,
        (None, Some(_)) => Turn::Redacted,
        (Some(left), Some(right)) => {
            if left.index == right.index && left.array.is_called(&right.array) {
                Turn::Both
            } else if order(left, right) == Ordering::Greater {
                Turn::Redacted
            } else {
                Turn::Original
            }
        }
    }
}

fn order(left: &Element, right: &Element) -> Ordering {
    let places = |element: &Element| element.array.steps.iter().map(|step| step.before).collect();
    let (lefts, rights): (Vec<_>, Vec<_>) = (places(left), places(right));
    lefts.cmp(&rights).then(left.index.cmp(&right.index))
}

/// Compares two inputs, each record with the one of the same identifiers.
pub(super) fn by_id<A: Read, B: Read>(
    rule: Rule<'_>,
    original: &mut Input<A>,
    redacted: &mut Input<B>,
    sink: &mut Sink<'_>,
) -> Result<(), Failure> {
    let mut waiting: HashMap<Option<Key>, VecDeque<Part>> = HashMap::new();
    while redacted.peek()?.is_some() {
        let part = std::mem::take(&mut redacted.part);
        redacted.is_full = false;
        waiting.entry(key(&part)).or_default().push_back(part);
    }
    while let Some(part) = original.peek()? {
        match waiting.get_mut(&key(part)).and_then(VecDeque::pop_front) {
            Some(partner) => compare(rule, part, &partner, sink),
            None => alone(part, Side::Original, sink),
        }
        original.take();
    }
    let mut left: Vec<_> = waiting.into_values().flatten().collect();
    left.sort_by_key(|part| part.tree.root().position().offset);
    for part in &left {
        alone(part, Side::Redacted, sink);
    }
    Ok(())
}

/// What surrounds records has no key.
fn key(part: &Part) -> Option<Key> {
    part.record.map(|_| Key::of(part))
}

fn compare(rule: Rule<'_>, original: &Part, redacted: &Part, sink: &mut Sink<'_>) {
    let mut compare = Compare {
        rule,
        sink,
        path: path(original),
        original: original.record,
        redacted: redacted.record,
    };
    let (left, right) = (original.tree.root(), redacted.tree.root());
    if identity::agree(original, redacted) {
        let in_log = in_log(original);
        compare.value(left, right, Inside::Document { in_log });
    } else {
        let why = "the two have different identifiers and were not compared";
        compare.found(Status::Pairing, why, Some(left), Some(right));
    }
}

/// Reports a part that has no partner.
fn alone(part: &Part, side: Side, sink: &mut Sink<'_>) {
    let spot = Some((part.tree.root(), part.record));
    let path = path(part);
    match (side, part.record) {
        (Side::Original, Some(_)) => {
            sink.add(Status::Missing, "the record is gone", &path, spot, None);
        }
        (Side::Original, None) => {
            sink.add(Status::Missing, "the document is gone", &path, spot, None);
        }
        (Side::Redacted, Some(_)) => {
            sink.add(Status::Extra, "the record was added", &path, None, spot);
        }
        (Side::Redacted, None) => {
            sink.add(Status::Extra, "the document was added", &path, None, spot);
        }
    }
}

/// The way to a part from its document's beginning.
pub(super) fn path(part: &Part) -> Vec<Step<'static>> {
    let Some(Element { array, index }) = &part.element else {
        return Vec::new();
    };
    let members = array.steps.iter().map(|step| Step::member(&step.name));
    members.chain([Step::Index(*index)]).collect()
}

/// Whether a part is a log or event.
pub(super) fn in_log(part: &Part) -> bool {
    (part.element.as_ref()).is_some_and(|element| element.array.holds_logs())
}
