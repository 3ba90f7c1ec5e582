//! What is behind a picked value: the bytes to hash, or a reason to leave it as it is.

use crate::fingerprint::Placeholder;
use crate::members;
use crate::scan::{base64, string};
use crate::select::{Bytes, Pick};
use std::ops::Range;

/// Where the bytes of a value stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// In the input, just as they are.
    Input(Range<usize>),
    /// In the arena, unescaped or decoded.
    Arena(Range<usize>),
}

impl Source {
    /// How many bytes are hashed.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Input(range) | Self::Arena(range) => range.len(),
        }
    }
}

/// What to do with a picked value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Replace it by the placeholder of these bytes.
    Private {
        source: Source,
        /// The member holds base64, and this value is none.
        not_base64: bool,
    },
    /// It is a placeholder already.
    Placeholder,
    /// It is a URL in which nothing is private.
    PlainUrl,
}

/// Finds the bytes behind `pick`; what must be unescaped or decoded goes to the end of `arena`.
pub(crate) fn resolve(pick: &Pick, input: &[u8], arena: &mut Vec<u8>) -> Value {
    if pick.bytes == Bytes::Raw {
        return Value::Private {
            source: Source::Input(pick.start..pick.end),
            not_base64: false,
        };
    }
    let content = pick.start + 1..pick.end - 1;
    let begin = arena.len();
    let mut source = Source::Input(content.clone());
    if pick.escaped {
        string::unescape(&input[content], arena);
        source = Source::Arena(begin..arena.len());
    }
    let keep = |arena: &mut Vec<u8>, value| {
        arena.truncate(begin);
        value
    };
    let text = bytes_of(&source, input, arena);
    if Placeholder::is_placeholder(text) {
        return keep(arena, Value::Placeholder);
    }
    match pick.bytes {
        Bytes::Url if !members::is_private_url(text) => keep(arena, Value::PlainUrl),
        Bytes::Base64 => match decode(&source, input, arena) {
            None => Value::Private {
                source,
                not_base64: true,
            },
            Some(decoded) if Placeholder::is_placeholder(&arena[decoded.clone()]) => {
                keep(arena, Value::Placeholder)
            }
            Some(decoded) => Value::Private {
                source: Source::Arena(decoded),
                not_base64: false,
            },
        },
        Bytes::Raw | Bytes::Text | Bytes::Url => Value::Private {
            source,
            not_base64: false,
        },
    }
}

/// The bytes that `source` names.
pub(crate) fn bytes_of<'a>(source: &Source, input: &'a [u8], arena: &'a [u8]) -> &'a [u8] {
    match source {
        Source::Input(range) => &input[range.clone()],
        Source::Arena(range) => &arena[range.clone()],
    }
}

/// Decodes base64 to the end of the arena.
fn decode(source: &Source, input: &[u8], arena: &mut Vec<u8>) -> Option<Range<usize>> {
    let begin = arena.len();
    let valid = match source {
        Source::Input(range) => base64::decode(&input[range.clone()], arena),
        Source::Arena(range) => {
            // Base64 has no character that must be escaped, so this copy is as rare as it is small.
            let text = arena[range.clone()].to_vec();
            base64::decode(&text, arena)
        }
    };
    valid.then_some(begin..arena.len())
}
