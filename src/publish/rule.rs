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
    refuse_misnamed(headers.keys().map(|name| name.as_str()))?;
    let mut rule = RedactFields::from_header_lines(headers.get_all(REDACT_FIELDS))?;
    for parameter in query.into_iter().flat_map(query::parameters) {
        // A parameter without our prefix is the destination's, whatever it is called.
        if parameter.name.starts_with("upstash") {
            refuse_misnamed([&*parameter.name])?;
        }
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

/// Refuses a rule under a name that nobody obeys, so that it would redact nothing: behind a forwarding
/// prefix, or misspelled. `names` are in lower case.
pub(super) fn refuse_misnamed<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<(), Error> {
    for name in names {
        let bare = members::without_forward_prefix(name.as_bytes());
        let is_forwarded = bare.len() < name.len();
        let what = match str::from_utf8(bare).unwrap_or_default() {
            REDACT_FIELDS if is_forwarded => {
                "the rule has a forwarding prefix, so that it would be sent on and redact nothing; \
                 send `Upstash-Redact-Fields` itself"
            }
            bare if is_misspelled(bare, is_forwarded) => {
                "a name looks like that of the rule, but is not, so that it would redact nothing; \
                 send `Upstash-Redact-Fields` itself"
            }
            _ => continue,
        };
        return Err(Error::new(ErrorKind::Rule, what));
    }
    Ok(())
}

/// Whether `name`, in lower case, can only be meant to be the rule's, but is another. QStash itself has no
/// header that redacts something or lists fields.
fn is_misspelled(name: &str, is_forwarded: bool) -> bool {
    let is_ours = name.starts_with("upstash") || name.starts_with("x-upstash");
    let is_meant = is_ours && (name.contains("redact") || name.ends_with("fields"))
        // A header that is forwarded can be called anything but ours.
        || !is_forwarded && (name.contains("redact-field") || name.contains("redact_field"));
    is_meant && name != REDACT_FIELDS
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
    #[test]
    fn a_misspelled_rule_is_an_error() {
        for name in [
            "Upstash-Redact-Field",
            "Upstash-Redacted-Fields",
            "Upstash-Redact",
            "Upstash-RedactFields",
            "Upstash_Redact_Fields",
            "Upstash-Redcat-Fields",
            "X-Upstash-Redact-Fields",
            "Upstash-Callback-Redact-Fields",
            "Upstash-Forward-Upstash-Redact-Field",
        ] {
            let lines = headers(&[(name, "body")]);
            let error = read(&lines, None).unwrap_err();
            assert!(
                error.is_rule() && !error.to_string().contains("body"),
                "{name}"
            );
            let query = format!("a=b&{name}=body");
            let is_ours = name.starts_with("Upstash");
            assert_eq!(
                read(&HeaderMap::new(), Some(&query)).is_err(),
                is_ours,
                "{name}"
            );
        }
        assert!(read(&headers(&[("Redact-Fields", "body")]), None).is_err());
        // These are somebody's own.
        for name in [
            "Upstash-Forward-Redact-Fields",
            "Upstash-Forward-X-Fields",
            "X-Redacted-By",
            "Upstash-Label",
        ] {
            assert!(
                read(&headers(&[(name, "body")]), None).unwrap().is_empty(),
                "{name}"
            );
        }
        assert!(read(&HeaderMap::new(), Some("redact-fields=1")).is_ok());
    }
}
