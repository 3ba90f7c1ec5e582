//! What is behind a picked value: the bytes to hash, or a reason to leave it as it is.

use crate::fingerprint::Placeholder;
use crate::members;
use crate::scan::{base64, string};
use crate::select::{Bytes, Pick};
use std::ops::Range;

/// What to do with a selected value that is a placeholder already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Existing {
    /// Leave it as it is, byte for byte, so that redacting twice changes nothing.
    #[default]
    Keep,
    /// Refuse the input: placeholders are not expected in it.
    Refuse,
}

/// Why a placeholder is refused.
pub(crate) const REFUSED: &str = "a selected value is a placeholder already, and those are refused";

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
    match judge(bytes_of(&source, input, arena), pick.bytes) {
        Verdict::Placeholder => keep(arena, Value::Placeholder),
        Verdict::PlainUrl => keep(arena, Value::PlainUrl),
        Verdict::Text => Value::Private {
            source,
            not_base64: false,
        },
        Verdict::Base64 => match decode(&source, input, arena) {
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
    }
}

/// What the text of a picked string says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is a placeholder already.
    Placeholder,
    /// It is a URL in which nothing is private.
    PlainUrl,
    /// It is private itself.
    Text,
    /// What it encodes is private, if it is base64; else it is private itself.
    Base64,
}

/// Judges the text of a picked string, unescaped.
pub(crate) fn judge(text: &[u8], bytes: Bytes) -> Verdict {
    match bytes {
        _ if Placeholder::is_placeholder(text) => Verdict::Placeholder,
        Bytes::Url if !members::is_private_url(text) => Verdict::PlainUrl,
        Bytes::Base64 => Verdict::Base64,
        Bytes::Raw | Bytes::Text | Bytes::Url => Verdict::Text,
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
