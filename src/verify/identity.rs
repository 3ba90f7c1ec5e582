//! What tells one record from another.

use super::records::Part;
use super::tree::{Kind, Value};

/// The members whose values must agree in two records that belong together.
const IDS: [&[u8]; 3] = [b"messageId", b"dlqId", b"scheduleId"];

/// With the identifiers, these tell the log entries of one message apart.
const MOMENT: [&[u8]; 2] = [b"time", b"state"];

/// Whether the identifiers of two records allow them to belong together.
///
/// They do not if one is in both and differs, or if each has some and none is in both.
pub(super) fn agree(left: &Part, right: &Part) -> bool {
    let [left, right] = [left, right].map(|part| find(part.tree.root(), IDS));
    let is_common = |name: &usize| left[*name].is_some() && right[*name].is_some();
    let mut common = (0..IDS.len()).filter(is_common).peekable();
    if common.peek().is_none() {
        return [left, right]
            .iter()
            .any(|ids| ids.iter().all(Option::is_none));
    }
    common.all(|name| match (left[name], right[name]) {
        (Some(left), Some(right)) => left.is_same(right),
        _ => true,
    })
}

/// What a record is looked up by: its identifiers, time and state, as far as it has them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key([Option<Box<[u8]>>; 5]);

impl Key {
    pub(super) fn of(part: &Part) -> Self {
        let [message, dlq, schedule] = find(part.tree.root(), IDS);
        let [time, state] = find(part.tree.root(), MOMENT);
        Self([message, dlq, schedule, time, state].map(|value| Some(value?.text().into())))
    }
}

/// The first members of these names. One that is an object or array identifies nothing, and may itself
/// have been redacted inside.
fn find<'t, const N: usize>(record: Value<'t>, names: [&[u8]; N]) -> [Option<Value<'t>>; N] {
    let mut found = [None; N];
    for (name, value) in record.members() {
        let name = name.text();
        for (slot, wanted) in found.iter_mut().zip(names) {
            let is_one = !matches!(value.kind(), Kind::Object | Kind::Array);
            if slot.is_none() && is_one && *name == *wanted {
                *slot = Some(value);
            }
        }
    }
    found
}
