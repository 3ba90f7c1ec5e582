//! The one error of the crate: what, where, and what to do next; never a byte of the input.

use http::HeaderName;
use std::fmt;

/// What went wrong. More kinds may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is not JSON as RFC 8259 defines it.
    Syntax,
    /// The input ends inside a document.
    Truncated,
    /// A string is not UTF-8.
    Utf8,
    /// More than 128 objects and arrays are open at once.
    Depth,
    /// A record is larger than the limit.
    TooLarge,
    /// A rule was not understood, or cannot be used here.
    Rule,
    /// Text that should be a placeholder is none, or one was found where none is allowed.
    Placeholder,
    /// A member has a type that the typed shapes do not have.
    Type,
    /// A member occurs twice, which the typed shapes cannot hold.
    Duplicate,
    /// A string holds a lone surrogate, which a Rust string cannot.
    Surrogate,
    /// A fault of this crate, not of the input.
    Internal,
    /// Two documents cannot be paired with one another.
    Pairing,
    /// A call that publishes cannot be read as one.
    Call,
    /// An id, region, base URL or credential that no request can be built from.
    Request,
    /// A ledger of rotations that cannot be trusted.
    Ledger,
    /// An archive is damaged, or an entry of it is refused.
    Archive,
    /// A signature does not hold.
    Signature,
}

/// An error that can be shown to anyone.
///
/// It names the place (line, byte offset, record, member of the contract) and never carries input:
/// no value, no unknown key, no part of either. The exceptions are a rule, which names the token that
/// was not understood, since a rule is configuration and no secret, and the names of HTTP headers,
/// which stay visible everywhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Repr>);

#[derive(Clone, PartialEq, Eq)]
struct Repr {
    kind: ErrorKind,
    what: &'static str,
    token: Option<String>,
    field: Option<&'static str>,
    header: Option<HeaderName>,
    line: Option<u64>,
    offset: Option<u64>,
    record: Option<u64>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, what: &'static str) -> Self {
        Self(Box::new(Repr {
            kind,
            what,
            token: None,
            field: None,
            header: None,
            line: None,
            offset: None,
            record: None,
        }))
    }

    /// Names the token of a rule; never call it with anything read from a document.
    pub(crate) fn with_token(mut self, token: &str) -> Self {
        self.0.token = Some(token.to_owned());
        self
    }

    /// Names the member of the contract the error is about.
    pub(crate) fn in_field(mut self, field: &'static str) -> Self {
        self.0.field = Some(field);
        self
    }

    /// Names the header the error is about: names of headers are no secrets.
    pub(crate) fn in_header(mut self, name: HeaderName) -> Self {
        self.0.header = Some(name);
        self
    }

    /// Says where: `line` from 1, `offset` in bytes from 0.
    pub(crate) fn at(mut self, line: u64, offset: u64) -> Self {
        self.0.line = Some(line);
        self.0.offset = Some(offset);
        self
    }

    /// Says which record, counted from 1.
    pub(crate) fn in_record(mut self, record: u64) -> Self {
        self.0.record = Some(record);
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The line of the input, counted from 1.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.0.line
    }

    /// The offset in the input, in bytes, counted from 0.
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        self.0.offset
    }

    /// The record of the input, counted from 1.
    #[must_use]
    pub fn record(&self) -> Option<u64> {
        self.0.record
    }

    /// The member of the contract, or the claim of a token, where the error is about one.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        self.0.field
    }

    /// The header, in lower case, where the error is about one.
    #[must_use]
    pub fn header(&self) -> Option<&str> {
        self.0.header.as_ref().map(HeaderName::as_str)
    }

    /// Whether the input is at fault, not the rule or the call.
    #[must_use]
    pub fn is_input(&self) -> bool {
        !matches!(self.0.kind, ErrorKind::Rule | ErrorKind::Request)
    }

    /// Whether more input could have made it valid.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.0.kind == ErrorKind::Truncated
    }

    /// Whether a rule was not understood.
    #[must_use]
    pub fn is_rule(&self) -> bool {
        self.0.kind == ErrorKind::Rule
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let repr = &*self.0;
        let mut separator = "";
        for (name, number) in [
            ("line", repr.line),
            ("byte", repr.offset),
            ("record", repr.record),
        ] {
            if let Some(number) = number {
                write!(formatter, "{separator}{name} {number}")?;
                separator = ", ";
            }
        }
        if let Some(field) = repr.field {
            write!(formatter, "{separator}member `{field}`")?;
            separator = ", ";
        }
        if let Some(header) = &repr.header {
            write!(formatter, "{separator}header `{header}`")?;
            separator = ", ";
        }
        if !separator.is_empty() {
            formatter.write_str(": ")?;
        }
        formatter.write_str(repr.what)?;
        if let Some(token) = &repr.token {
            write!(formatter, ": {token:?}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Error({:?}, {self})", self.0.kind)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_then_what() {
        let error = Error::new(ErrorKind::Syntax, "expected a value")
            .at(3, 41)
            .in_record(2);
        assert_eq!(
            error.to_string(),
            "line 3, byte 41, record 2: expected a value"
        );
        assert_eq!(
            Error::new(ErrorKind::Rule, "unknown keyword")
                .with_token("bodi")
                .to_string(),
            r#"unknown keyword: "bodi""#
        );
    }

    #[test]
    fn is_one_pointer_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
