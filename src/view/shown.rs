//! One value as it is shown: as it is, or as its placeholder.

use crate::error::{Error, ErrorKind};
use crate::fingerprint::{Fingerprint, Placeholder};
use crate::members::{self, Private, Shape};
use crate::model::{Record, Tree, Value};
use crate::scan::base64;
use crate::select::{Bytes, Rule};
use crate::sha256::Hasher;
use crate::value::{self, Existing, Verdict};
use serde::ser::{Error as _, Serialize, Serializer};

/// On which terms values are shown.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'v> {
    pub(super) rule: Rule<'v>,
    pub(super) existing: Existing,
}

/// A value as it is shown.
#[derive(Clone, Copy)]
pub(super) struct Shown<'v> {
    tree: Tree<'v>,
    terms: Terms<'v>,
    place: Place,
    in_log: bool,
}

/// Where a value stands, which tells what is looked for.
#[derive(Clone, Copy)]
enum Place {
    /// In nothing private: private members are looked for.
    Searched,
    /// In a header map: selected headers are looked for.
    Map(Private),
    /// In the array of a selected header.
    Values(Private),
    /// In a header that is not selected: nothing is looked for.
    Passed,
}

/// How a value is shown.
enum Treatment {
    /// As it is; what is in it stands in this place.
    Pass(Place),
    /// As the placeholder of these bytes.
    Replace(Private, Bytes),
}

impl<'v> Shown<'v> {
    /// The members of a message, by name.
    pub(super) fn members(
        record: &'v Record<'v>,
        terms: Terms<'v>,
    ) -> impl Iterator<Item = (&'v str, Self)> {
        record.members().map(move |tree| {
            let shown = Self {
                tree,
                terms,
                place: Place::Searched,
                in_log: false,
            };
            (tree.name(), shown)
        })
    }

    /// What is in this value, standing in `place`.
    fn inside(self, place: Place) -> impl Iterator<Item = Self> {
        let in_log = self.in_log || self.holds_logs();
        self.tree.inside.map(move |tree| Self {
            tree,
            place,
            in_log,
            ..self
        })
    }

    fn holds_logs(self) -> bool {
        matches!(self.tree.node.value, Value::Array(_))
            && members::holds_logs(self.tree.name().as_bytes())
    }

    fn treatment(self) -> Treatment {
        let rule = self.terms.rule;
        let value = &self.tree.node.value;
        match self.place {
            Place::Passed => Treatment::Pass(Place::Passed),
            Place::Searched => match self.tree.node.id().and_then(|id| id.private()) {
                Some(member) if member.shape == Shape::Headers && is_object(value) => {
                    Treatment::Pass(Place::Map(member))
                }
                Some(member) if rule.fields.selects(member.group) => {
                    Treatment::Replace(member, rule.bytes(member.shape, self.in_log))
                }
                _ => Treatment::Pass(Place::Searched),
            },
            Place::Map(map) => {
                let name = self.tree.name().as_bytes();
                match value {
                    _ if !rule.fields.selects_header(map.group, name) => {
                        Treatment::Pass(Place::Passed)
                    }
                    Value::Array(_) => Treatment::Pass(Place::Values(map)),
                    _ => Treatment::Replace(map, Bytes::Text),
                }
            }
            Place::Values(map) => Treatment::Replace(map, Bytes::Text),
        }
    }

    /// The placeholder to show; `None` if the value stays.
    fn placeholder(self, member: Private, bytes: Bytes) -> Result<Option<Placeholder>, Error> {
        let node = self.tree.node;
        let Value::Text(text) = &node.value else {
            // The JSON text of what is no string.
            return Ok((!node.is_null()).then(|| Placeholder::of(node.json.as_bytes())));
        };
        let text = text.as_bytes();
        if text.is_empty() {
            return Ok(None);
        }
        let found = match value::judge(text, bytes) {
            Verdict::PlainUrl => return Ok(None),
            Verdict::Text => Some(Placeholder::of(text)),
            Verdict::Base64 => of_base64(text),
            Verdict::Placeholder => None,
        };
        if found.is_none() && self.terms.existing == Existing::Refuse {
            let error = Error::new(ErrorKind::Placeholder, value::REFUSED);
            return Err(error.in_field(member.id.name()));
        }
        Ok(found)
    }

    fn pass<S: Serializer>(self, place: Place, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.tree.node.value {
            Value::Raw(raw) => raw.serialize(serializer),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Array(_) => serializer.collect_seq(self.inside(place)),
            Value::Object(_) => {
                let members = self.inside(place);
                serializer.collect_map(members.map(|member| (member.tree.name(), member)))
            }
        }
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.treatment() {
            Treatment::Pass(place) => self.pass(place, serializer),
            Treatment::Replace(member, bytes) => match self.placeholder(member, bytes) {
                Ok(Some(placeholder)) => placeholder.serialize(serializer),
                Ok(None) => self.pass(Place::Passed, serializer),
                Err(error) => Err(S::Error::custom(error)),
            },
        }
    }
}

fn is_object(value: &Value<'_>) -> bool {
    matches!(value, Value::Object(_))
}

/// The placeholder of what `text` encodes, of itself if it is no base64; `None` if it encodes a
/// placeholder.
fn of_base64(text: &[u8]) -> Option<Placeholder> {
    let mut hasher = Hasher::new();
    let mut parts = 0;
    let mut is_placeholder = false;
    let is_base64 = base64::decode_in_parts(text, |part| {
        parts += 1;
        is_placeholder = parts == 1 && Placeholder::is_placeholder(part);
        hasher.update(part);
    });
    match (is_base64, is_placeholder) {
        (false, _) => Some(Placeholder::of(text)),
        (true, true) => None,
        (true, false) => Some(Fingerprint::from_bytes(hasher.finish()).into()),
    }
}
