//! The name of a header in a rule.

use crate::error::{Error, ErrorKind};
use crate::members;
use std::fmt;

/// A header's name as a rule spells it, without forwarding prefix. Compares case-insensitively.
#[derive(Clone)]
pub(super) struct Name(Box<str>);

impl Name {
    /// Reads what stands between the brackets, or in the SDKs' list.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let error = |what| Err(Error::new(ErrorKind::Rule, what).with_token(text));
        let trimmed = super::text::trim(text);
        if !trimmed.bytes().all(is_token_byte) {
            return error("not a header's name");
        }
        // All of it is ASCII by now, so what remains behind a prefix is text, too.
        let bare = members::without_forward_prefix(trimmed.as_bytes());
        match &trimmed[trimmed.len() - bare.len()..] {
            "" => error("a header's name is empty"),
            bare => Ok(Self(bare.into())),
        }
    }

    /// Whether this is the name `bare`, from which a prefix was taken off.
    #[inline(always)]
    pub(super) fn is(&self, bare: &[u8]) -> bool {
        self.0.len() == bare.len() && self.0.as_bytes().eq_ignore_ascii_case(bare)
    }
}

/// Whether a header's name may hold this byte: a token of RFC 9110.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.is(other.0.as_bytes())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever reads this takes one prefix off, so a name that begins with one needs another.
        if members::without_forward_prefix(self.0.as_bytes()).len() != self.0.len() {
            formatter.write_str("Upstash-Forward-")?;
        }
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_exactly_the_bytes_that_http_takes() {
        for byte in 0..=u8::MAX {
            assert_eq!(
                is_token_byte(byte),
                http::HeaderName::from_bytes(&[byte]).is_ok(),
                "byte {byte}"
            );
        }
    }

    #[test]
    fn prints_what_reads_as_the_same_name() {
        for (text, printed) in [
            ("\t X-Api-Key ", "X-Api-Key"),
            ("upstash-forward-X", "X"),
            (
                "Upstash-Forward-upstash-callback-forward-X",
                "Upstash-Forward-upstash-callback-forward-X",
            ),
            (
                "Upstash-Failure-Callback-Forward-Upstash-Forward-",
                "Upstash-Forward-Upstash-Forward-",
            ),
        ] {
            let name = Name::parse(text).unwrap();
            assert_eq!(name.to_string(), printed);
            assert!(Name::parse(printed).unwrap() == name, "{text}");
        }
    }
}
