//! The rule as the value of the header `Upstash-Redact-Fields`.
//!
//! QStash knows bodies and headers only. A rule with our groups for exports would be understood by
//! nobody there, so it is an error in both directions.

use super::{RedactFields, text};
use crate::error::{Error, ErrorKind};
use crate::members::Group;
use http::HeaderValue;

impl RedactFields {
    /// The rule of a request's `Upstash-Redact-Fields` lines: as HTTP says, one list.
    ///
    /// No line, or only empty ones, is the empty rule.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rule`] when a token is not understood or names a group for exports.
    pub fn from_header_lines<'a>(
        lines: impl IntoIterator<Item = &'a HeaderValue>,
    ) -> Result<Self, Error> {
        let mut rule = Self::new();
        for line in lines {
            // A byte that is no UTF-8 reads as one that no token can hold.
            text::read(&mut rule, &String::from_utf8_lossy(line.as_bytes()))?;
        }
        rule.require_wire_groups()?;
        Ok(rule)
    }

    /// The value of `Upstash-Redact-Fields` for this rule.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rule`] when the rule has groups for exports, which QStash does not know, or is
    /// empty: a message without a rule is published without the header.
    pub fn to_header_value(&self) -> Result<HeaderValue, Error> {
        self.require_wire_groups()?;
        if self.is_empty() {
            return Err(Error::new(ErrorKind::Rule, "an empty rule has no header"));
        }
        HeaderValue::try_from(self.to_string())
            .map_err(|_| Error::new(ErrorKind::Rule, "the rule fits in no header"))
    }

    /// Refuses groups that QStash does not know.
    pub(crate) fn require_wire_groups(&self) -> Result<(), Error> {
        let foreign = Group::ALL
            .into_iter()
            .find(|group| !matches!(group, Group::Body | Group::Header) && self.selects(*group));
        match foreign {
            Some(group) => Err(
                Error::new(ErrorKind::Rule, "QStash does not know this group")
                    .with_token(group.keyword()),
            ),
            None => Ok(()),
        }
    }
}

impl TryFrom<&HeaderValue> for RedactFields {
    type Error = Error;

    fn try_from(value: &HeaderValue) -> Result<Self, Error> {
        Self::from_header_lines([value])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(bytes: &[u8]) -> HeaderValue {
        HeaderValue::from_bytes(bytes).unwrap()
    }

    #[test]
    fn goes_to_the_wire_and_comes_back() {
        for text in [
            "body",
            "header",
            "body,header",
            "body,header[Authorization],header[X-Key]",
        ] {
            let rule: RedactFields = text.parse().unwrap();
            let wire = rule.to_header_value().unwrap();
            assert_eq!(wire, text);
            assert_eq!(RedactFields::try_from(&wire).unwrap(), rule);
        }
    }

    #[test]
    fn groups_for_exports_are_no_rule_of_the_wire() {
        for text in [
            "response.body",
            "body,response.header[A]",
            "url",
            "error",
            "header,ip",
        ] {
            let rule: RedactFields = text.parse().unwrap();
            let keyword = text.rsplit(',').next().unwrap().trim_end_matches("[A]");
            let message = format!("QStash does not know this group: {keyword:?}");
            assert_eq!(rule.to_header_value().unwrap_err().to_string(), message);
            let error = RedactFields::try_from(&value(text.as_bytes())).unwrap_err();
            assert!(error.is_rule());
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn an_empty_rule_has_no_header_but_an_empty_header_is_an_empty_rule() {
        assert!(RedactFields::new().to_header_value().unwrap_err().is_rule());
        for text in ["", ",", " , "] {
            assert!(
                RedactFields::try_from(&value(text.as_bytes()))
                    .unwrap()
                    .is_empty()
            );
        }
        assert!(RedactFields::from_header_lines([]).unwrap().is_empty());
    }

    #[test]
    fn several_lines_are_one_list() {
        let lines =
            ["header[B], header[A]", "", "BODY", "header[a]"].map(|line| value(line.as_bytes()));
        let rule = RedactFields::from_header_lines(&lines).unwrap();
        assert_eq!(rule.to_string(), "body,header[B],header[A]");

        let broken = ["header[A", "B]"].map(|line| value(line.as_bytes()));
        assert!(RedactFields::from_header_lines(&broken).is_err());
    }

    #[test]
    fn bytes_that_are_no_text_are_an_error() {
        for bytes in [&b"body,header[\xff]"[..], b"body\xe9", "bødy".as_bytes()] {
            assert!(RedactFields::try_from(&value(bytes)).unwrap_err().is_rule());
        }
    }
}
