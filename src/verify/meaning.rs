//! What the contract says of a member and of a value, under one rule.

use super::base64;
use super::tree::{Kind, Value};
use crate::fields::RedactFields;
use crate::fingerprint::Placeholder;
use crate::members::{self, BodyEncoding, Group, MemberId, Shape};
use std::borrow::Cow;

/// Which bytes of a private value are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// The string's text.
    Text,
    /// What the string's base64 stands for.
    Base64,
    /// The string's text, where it holds user info, a query or a fragment.
    Url,
}

/// What to do with a member's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Private as a whole.
    Private(How),
    /// A map of headers, selected or not: nothing in it is searched.
    Headers(Group),
    /// Not private itself; `in_log` says whether bodies inside are base64.
    Searched { in_log: bool },
}

/// A rule, and how bodies are to be read.
#[derive(Clone, Copy)]
pub(super) struct Rule<'r> {
    pub(super) fields: &'r RedactFields,
    pub(super) body_encoding: BodyEncoding,
}

impl Rule<'_> {
    /// What `value` means as the member called `name`, inside or outside of logs.
    pub(super) fn meaning(&self, name: &[u8], value: Value<'_>, in_log: bool) -> Meaning {
        let private = members::find(name).and_then(MemberId::private);
        match private.map(|private| (private.group, private.shape)) {
            Some((group, Shape::Headers)) if value.kind() == Kind::Object => {
                Meaning::Headers(group)
            }
            Some((group, shape)) if self.fields.selects(group) => {
                Meaning::Private(self.how(shape, in_log))
            }
            _ => Meaning::Searched {
                in_log: in_log || (value.kind() == Kind::Array && members::holds_logs(name)),
            },
        }
    }

    fn how(&self, shape: Shape, in_log: bool) -> How {
        match shape {
            // A header member that is no object cannot be read by name.
            Shape::Text | Shape::Headers => How::Text,
            Shape::Base64 => How::Base64,
            Shape::Url => How::Url,
            Shape::Base64InLog => match self.body_encoding {
                BodyEncoding::Auto if in_log => How::Base64,
                BodyEncoding::Auto | BodyEncoding::Text => How::Text,
                BodyEncoding::Base64 => How::Base64,
            },
        }
    }
}

/// What stands in a selected place.
pub(super) enum Held<'t> {
    /// An empty string, `null`, or a URL that carries nothing private: it stays.
    Nothing,
    /// A placeholder.
    Placeholder(Placeholder),
    /// Private bytes, as they are hashed.
    Private {
        bytes: Cow<'t, [u8]>,
        /// Whether base64 was expected and is not there.
        not_base64: bool,
    },
}

/// What a selected `value` holds.
pub(super) fn held(value: Value<'_>, how: How) -> Held<'_> {
    match value.kind() {
        Kind::Null => return Held::Nothing,
        Kind::String => {}
        // A number, an object, a body that someone parsed: its text as it stands.
        _ => return private(Cow::Borrowed(value.raw())),
    }
    let text = value.text();
    if text.is_empty() {
        return Held::Nothing;
    }
    if let Ok(placeholder) = Placeholder::from_bytes(&text) {
        return Held::Placeholder(placeholder);
    }
    match how {
        How::Text => private(text),
        How::Url if members::is_private_url(&text) => private(text),
        How::Url => Held::Nothing,
        How::Base64 => match base64::decode(&text) {
            None => Held::Private {
                bytes: text,
                not_base64: true,
            },
            Some(bytes) => match Placeholder::from_bytes(&bytes) {
                Ok(placeholder) => Held::Placeholder(placeholder),
                Err(_) => private(Cow::Owned(bytes)),
            },
        },
    }
}

fn private(bytes: Cow<'_, [u8]>) -> Held<'_> {
    Held::Private {
        bytes,
        not_base64: false,
    }
}
