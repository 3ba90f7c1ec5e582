//! Answers that hold credentials: their secrets as a type of their own, everything else raw.

use super::json::{self, Document, Element, Member, Value};
use super::name::{Id, Kind, SecretName};
use super::secret::Secret;
use crate::error::{Error, ErrorKind};
use crate::model::Number;
use std::mem;
use zeroize::Zeroizing;

/// The secrets of one answer: each member at most once, none of them empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Secrets(Vec<(SecretName, Secret)>);

impl Secrets {
    /// No secrets at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a secret in, in place of the one that was there; an empty one is none.
    pub fn insert(&mut self, name: SecretName, secret: Secret) {
        self.0.retain(|(other, _)| *other != name);
        if !secret.is_empty() {
            self.0.push((name, secret));
        }
    }

    /// The secret called `name`.
    #[must_use]
    pub fn get(&self, name: SecretName) -> Option<&Secret> {
        self.iter()
            .find_map(|(other, secret)| (other == name).then_some(secret))
    }

    /// All secrets, in the order of the answer.
    pub fn iter(&self) -> impl Iterator<Item = (SecretName, &Secret)> {
        self.0.iter().map(|(name, secret)| (*name, secret))
    }

    /// Takes all secrets out.
    pub(super) fn into_parts(self) -> impl Iterator<Item = (SecretName, Secret)> {
        self.0.into_iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none: the service does not show them.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An answer about one credential. Everything of it is overwritten in memory when it is dropped.
pub(super) struct Answer {
    json: Zeroizing<Vec<u8>>,
    members: Vec<Member>,
    id: Option<Id>,
    secrets: Secrets,
}

impl Answer {
    pub(super) fn from_json(kind: Kind, json: Zeroizing<Vec<u8>>) -> Result<Self, Error> {
        match json::document(&json)? {
            Document::Object(members) => Self::read(kind, json, members),
            _ => Err(Error::new(ErrorKind::Type, "expected an object").at(1, 0)),
        }
    }

    /// Reads an array of answers. An error's place is counted from the beginning of its element.
    pub(super) fn list(kind: Kind, json: Zeroizing<Vec<u8>>) -> Result<Vec<Self>, Error> {
        let Document::Array(elements) = json::document(&json)? else {
            return Err(Error::new(ErrorKind::Type, "expected an array").at(1, 0));
        };
        (1..)
            .zip(elements)
            .map(|(record, element)| {
                let Element::Object(span, _) = element else {
                    return Err(Error::new(ErrorKind::Type, "expected an object").in_record(record));
                };
                let own = Zeroizing::new(json.get(span).unwrap_or_default().to_vec());
                Self::from_json(kind, own).map_err(|error| error.in_record(record))
            })
            .collect()
    }

    /// Only what is needed must be as expected, since a credential that is shown but once must not
    /// be refused for the sake of another member.
    fn read(kind: Kind, json: Zeroizing<Vec<u8>>, members: Vec<Member>) -> Result<Self, Error> {
        let mut secrets = Secrets::new();
        let mut seen = Vec::new();
        let mut id = None;
        for member in &members {
            let name = json::unescaped(member.name, &json);
            let secret = kind
                .secrets()
                .iter()
                .find(|secret| secret.as_str().as_bytes() == name.as_slice());
            let field = match secret {
                Some(secret) => secret.as_str(),
                None if name.as_slice() == id_member(kind).as_bytes() => id_member(kind),
                None => continue,
            };
            let refused = |kind, what| Error::new(kind, what).in_field(field);
            if seen.contains(&field) {
                return Err(refused(ErrorKind::Duplicate, "a member occurs twice"));
            }
            seen.push(field);
            let text = match member.value {
                Value::Text(text) => {
                    json::text(text, &json).map_err(|error| error.in_field(field))?
                }
                Value::Null => continue,
                _ => return Err(refused(ErrorKind::Type, "a member has the wrong type")),
            };
            match secret {
                Some(name) => secrets.insert(*name, Secret::from_zeroizing(text)),
                // An id that this crate would not send is none.
                None => id = text.parse().ok(),
            }
        }
        Ok(Self {
            json,
            members,
            id,
            secrets,
        })
    }

    pub(super) fn id(&self) -> Option<&Id> {
        self.id.as_ref()
    }

    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    pub(super) fn into_secrets(self) -> Secrets {
        self.secrets
    }

    /// The JSON text of the first member called `name`.
    fn raw(&self, name: &str) -> Option<(&Member, &str)> {
        let member = self
            .members
            .iter()
            .find(|member| *json::unescaped(member.name, &self.json) == name.as_bytes())?;
        let raw = self.json.get(member.span.clone())?;
        Some((member, std::str::from_utf8(raw).ok()?))
    }

    /// The member `name` as text, if it is a string that text can hold.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.raw(name)?.0.value {
            Value::Text(text) => {
                let mut text = json::text(text, &self.json).ok()?;
                Some(mem::take(&mut text))
            }
            _ => None,
        }
    }

    pub(super) fn number(&self, name: &str) -> Option<Number<'_>> {
        let (member, raw) = self.raw(name)?;
        matches!(member.value, Value::Number).then(|| Number::scanned(raw))
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.raw(name)?.0.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn members(&self) -> impl Iterator<Item = (String, &str)> {
        self.members.iter().map(|member| {
            let raw = self.json.get(member.span.clone()).unwrap_or_default();
            (
                member.name.read(&self.json),
                std::str::from_utf8(raw).unwrap_or_default(),
            )
        })
    }
}

/// The member that holds the id in answers about `kind`.
const fn id_member(kind: Kind) -> &'static str {
    match kind {
        Kind::Redis => "database_id",
        Kind::Qstash | Kind::Vector | Kind::Search | Kind::SigningKeys => "id",
    }
}
