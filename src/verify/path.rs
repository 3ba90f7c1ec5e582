//! The way to a field, in words that anyone may see.

use super::tree::Value;
use crate::members;
use std::fmt;

/// One step of a path.
#[derive(Clone, Copy)]
pub(super) enum Step<'t> {
    /// A member of the contract, or `None` for one it does not know.
    Member(Option<&'static str>),
    /// A header, by its name in the document.
    Header(Value<'t>),
    /// An element of an array, from 0.
    Index(u64),
}

impl Step<'_> {
    /// The step to the member called `name`.
    pub(super) fn member(name: &[u8]) -> Self {
        Self::Member(members::find(name).map(members::MemberId::name))
    }
}

/// A path from the beginning of a document.
#[derive(Clone)]
pub(super) enum Path<'a> {
    Steps(&'a [Step<'a>]),
    Text(Box<str>),
}

impl Path<'_> {
    pub(super) fn into_owned(self) -> Path<'static> {
        Path::Text(self.to_string().into())
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = match self {
            Self::Text(text) => return formatter.write_str(text),
            Self::Steps([]) => return formatter.write_str("document"),
            Self::Steps(steps) => steps,
        };
        for (place, step) in steps.iter().enumerate() {
            match step {
                Step::Member(name) => {
                    let dot = if place == 0 { "" } else { "." };
                    write!(formatter, "{dot}{}", name.unwrap_or("?"))?;
                }
                Step::Header(name) => match std::str::from_utf8(&name.text()) {
                    Ok(name) if is_plain(name) => write!(formatter, "[{name}]")?,
                    _ => formatter.write_str("[?]")?,
                },
                Step::Index(index) => write!(formatter, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Whether `name` can be a header's name; anything else might be a value in the wrong place.
fn is_plain(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
