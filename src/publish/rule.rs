//! The rule of a call: header lines and query parameter.

use super::query;
use crate::error::{Error, ErrorKind};
use crate::fields::RedactFields;
use crate::members;
use http::HeaderMap;

/// Header and query parameter that carry the rule.
pub(super) const REDACT_FIELDS: &str = "upstash-redact-fields";

/// The rule that a call's headers and query ask for together.
///
/// Where both carry one, what either selects is private: nothing that was asked for is lost.
pub(super) fn read(headers: &HeaderMap, query: Option<&str>) -> Result<RedactFields, Error> {
    refuse_forwarded(headers.keys().map(|name| name.as_str()))?;
    let mut rule = RedactFields::from_header_lines(headers.get_all(REDACT_FIELDS))?;
    for parameter in query.into_iter().flat_map(query::parameters) {
        refuse_forwarded([&*parameter.name])?;
        if parameter.name == REDACT_FIELDS {
            // A byte that is no UTF-8 reads as one that no token can hold.
            let text = query::decode(parameter.value);
            let other: RedactFields = String::from_utf8_lossy(&text).parse()?;
            other.require_wire_groups()?;
            rule = rule.union(&other);
        }
    }
    Ok(rule)
}

/// Refuses a rule that would be forwarded to somebody instead of being obeyed.
pub(super) fn refuse_forwarded<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<(), Error> {
    let is_forwarded = |name: &str| {
        let bare = members::without_forward_prefix(name.as_bytes());
        bare.len() < name.len() && bare.eq_ignore_ascii_case(REDACT_FIELDS.as_bytes())
    };
    if names.into_iter().any(is_forwarded) {
        return Err(Error::new(
            ErrorKind::Rule,
            "the rule has a forwarding prefix, so that it would be sent on and redact nothing; \
             send `Upstash-Redact-Fields` itself",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| {
                let name = HeaderName::try_from(*name).unwrap();
                (name, HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    #[test]
    fn header_and_parameter_select_together() {
        let lines = headers(&[
            ("Upstash-Redact-Fields", "header[A]"),
            ("upstash-redact-fields", "header[B]"),
        ]);
        for (query, rule) in [
            (None, "header[A],header[B]"),
            (Some("x=1"), "header[A],header[B]"),
            (Some("upstash-redact-fields="), "header[A],header[B]"),
            (
                Some("a=b&Upstash-Redact-Fields=body%2C+header%5BC%5D"),
                "body,header[A],header[B],header[C]",
            ),
            (
                Some("upstash-redact-fields=body&upstash%2Dredact-fields=header"),
                "body,header",
            ),
        ] {
            assert_eq!(read(&lines, query).unwrap().to_string(), rule, "{query:?}");
        }
        assert!(read(&HeaderMap::new(), None).unwrap().is_empty());
    }

    #[test]
    fn a_rule_that_is_not_understood_is_an_error_wherever_it_stands() {
        for query in [
            "upstash-redact-fields=bodi",
            "upstash-redact-fields=url",
            "upstash-redact-fields=body%FF",
            "upstash-redact-fields=body&upstash-redact-fields=header[",
        ] {
            assert!(read(&HeaderMap::new(), Some(query)).unwrap_err().is_rule());
        }
        let broken = headers(&[("upstash-redact-fields", "body header")]);
        assert!(read(&broken, None).unwrap_err().is_rule());
    }

    #[test]
    fn a_forwarded_rule_is_an_error() {
        for prefix in ["", "Callback-", "Failure-Callback-"] {
            let name = format!("Upstash-{prefix}Forward-Upstash-Redact-Fields");
            let lines = headers(&[(&name, "body")]);
            assert!(read(&lines, None).unwrap_err().is_rule(), "{name}");
            let query = format!("{name}=body");
            assert!(read(&HeaderMap::new(), Some(&query)).is_err(), "{name}");
        }
    }
}
