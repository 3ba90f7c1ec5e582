//! The rule: which fields are private, as `Upstash-Redact-Fields` says it.

use crate::error::{Error, ErrorKind};
use crate::members::{self, Group};

/// Which headers of a group are private.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Headers {
    /// None.
    #[default]
    None,
    /// All of them.
    All,
    /// The named ones, without forwarding prefix.
    Named(Vec<HeaderName>),
}

/// Which fields are private: a parsed `Upstash-Redact-Fields`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RedactFields {
    plain: u8,
    header: Headers,
    response_header: Headers,
}
