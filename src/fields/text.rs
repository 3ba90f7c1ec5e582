//! The rule as text: reads every spelling in use, prints the SDKs' one.

use super::{Name, RedactFields};
use crate::error::{Error, ErrorKind};
use crate::members::Group;
use std::fmt;
use std::str::FromStr;

/// Spellings of the documentation beside the groups' own keywords.
const PLURALS: [(&str, Group); 2] = [
    ("headers", Group::Header),
    ("response.headers", Group::ResponseHeader),
];

/// Takes off the blanks that HTTP allows around an element of a list.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Adds to `rule` what the list `text` selects.
pub(super) fn read(rule: &mut RedactFields, text: &str) -> Result<(), Error> {
    // No name can hold a comma, so one inside brackets leaves an unclosed bracket behind.
    text.split(',')
        .map(trim)
        .filter(|token| !token.is_empty())
        .try_for_each(|token| read_token(rule, token))
}

fn read_token(rule: &mut RedactFields, token: &str) -> Result<(), Error> {
    let error = |what| Error::new(ErrorKind::Rule, what).with_token(token);
    let (keyword, name) = match token.split_once('[') {
        None => (token, None),
        Some((keyword, rest)) => match rest.strip_suffix(']') {
            Some(name) => (keyword, Some(name)),
            None => return Err(error("a bracket is not closed")),
        },
    };
    let group = group(keyword).ok_or_else(|| error("unknown keyword"))?;
    match (name, group) {
        (None, _) => rule.add_group(group),
        (Some(name), Group::Header | Group::ResponseHeader) => {
            // The whole token says more than what was between its brackets.
            let name = Name::parse(name).map_err(|error| error.with_token(token))?;
            rule.add_name(group, name);
        }
        (Some(_), _) => return Err(error("only headers have names in brackets")),
    }
    Ok(())
}

fn group(keyword: &str) -> Option<Group> {
    Group::ALL
        .map(|group| (group.keyword(), group))
        .into_iter()
        .chain(PLURALS)
        .find_map(|(known, group)| known.eq_ignore_ascii_case(keyword).then_some(group))
}

impl FromStr for RedactFields {
    type Err = Error;

    /// Reads a comma-separated rule; an empty one selects nothing.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut rule = Self::new();
        read(&mut rule, text)?;
        Ok(rule)
    }
}

impl fmt::Display for RedactFields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for group in Group::ALL {
            let keyword = group.keyword();
            if self.selects_all(group) {
                write!(formatter, "{separator}{keyword}")?;
                separator = ",";
            }
            for name in self.names(group) {
                write!(formatter, "{separator}{keyword}[{name}]")?;
                separator = ",";
            }
        }
        Ok(())
    }
}

impl fmt::Debug for RedactFields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RedactFields({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_every_spelling_in_use() {
        for (text, printed) in [
            ("", ""),
            (" ,\t, ", ""),
            ("body", "body"),
            ("BoDy", "body"),
            ("header", "header"),
            ("Headers", "header"),
            ("header[Authorization]", "header[Authorization]"),
            ("HEADERS[x-api-key]", "header[x-api-key]"),
            ("header[ Authorization ]", "header[Authorization]"),
            ("header[\tA\t]", "header[A]"),
            (
                "header[Authorization] ,\tbody,",
                "body,header[Authorization]",
            ),
            (",,body,,body", "body"),
            (
                "response.header[A],Response.Headers[B]",
                "response.header[A],response.header[B]",
            ),
            ("IP,Error,URL,response.body", "response.body,url,error,ip"),
            ("header[!#$%&'*+-.^_`|~]", "header[!#$%&'*+-.^_`|~]"),
        ] {
            let rule: RedactFields = text.parse().unwrap();
            assert_eq!(rule.to_string(), printed, "{text:?}");
        }
    }

    #[test]
    fn names_the_token_that_it_does_not_understand() {
        for (text, message) in [
            ("bodi", r#"unknown keyword: "bodi""#),
            ("body header", r#"unknown keyword: "body header""#),
            ("body;header", r#"unknown keyword: "body;header""#),
            ("body\n", r#"unknown keyword: "body\n""#),
            ("\u{a0}body", r#"unknown keyword: "\u{a0}body""#),
            ("body,[A]", r#"unknown keyword: "[A]""#),
            ("header [A]", r#"unknown keyword: "header [A]""#),
            ("query[A]", r#"unknown keyword: "query[A]""#),
            ("header]", r#"unknown keyword: "header]""#),
            ("response", r#"unknown keyword: "response""#),
            (
                "body, header[Auth ,url",
                r#"a bracket is not closed: "header[Auth""#,
            ),
            ("header[A,B]", r#"a bracket is not closed: "header[A""#),
            ("header[A]B", r#"a bracket is not closed: "header[A]B""#),
            ("header[", r#"a bracket is not closed: "header[""#),
            ("header[]", r#"a header's name is empty: "header[]""#),
            ("header[ \t]", r#"a header's name is empty: "header[ \t]""#),
            (
                "header[Upstash-Forward-]",
                r#"a header's name is empty: "header[Upstash-Forward-]""#,
            ),
            (
                "header[X-]Odd[]",
                r#"not a header's name: "header[X-]Odd[]""#,
            ),
            ("header[[A]]", r#"not a header's name: "header[[A]]""#),
            (
                "headers[My Header]",
                r#"not a header's name: "headers[My Header]""#,
            ),
            ("header[Größe]", r#"not a header's name: "header[Größe]""#),
            ("body[]", r#"only headers have names in brackets: "body[]""#),
            ("url[x]", r#"only headers have names in brackets: "url[x]""#),
            (
                "response.body[A]",
                r#"only headers have names in brackets: "response.body[A]""#,
            ),
        ] {
            let error = text.parse::<RedactFields>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Rule);
            assert_eq!(error.to_string(), message);
        }
    }

    #[test]
    fn debug_shows_the_rule() {
        let rule: RedactFields = "header[A],body".parse().unwrap();
        assert_eq!(format!("{rule:?}"), "RedactFields(body,header[A])");
    }

    /// Blanks as people and SDKs leave them.
    fn blanks() -> impl Strategy<Value = String> {
        "[ \t]{0,2}"
    }

    /// A name, sometimes one behind prefixes, which must survive being printed.
    fn name() -> impl Strategy<Value = String> {
        "([Uu]pstash-(Failure-)?(Callback-)?[Ff]orward-){0,2}[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}"
    }

    /// An element of a rule and one of its spellings.
    fn element() -> impl Strategy<Value = (RedactFields, String)> {
        let whole = (prop::sample::select(Group::ALL.to_vec()), any::<bool>()).prop_map(
            |(group, plural)| {
                let headers = matches!(group, Group::Header | Group::ResponseHeader);
                let ending = if plural && headers { "s" } else { "" };
                (
                    RedactFields::new().with(group),
                    format!("{}{ending}", group.keyword()),
                )
            },
        );
        let named = (any::<bool>(), any::<bool>(), name(), blanks(), blanks()).prop_map(
            |(response, plural, name, before, after)| {
                let ending = if plural { "s" } else { "" };
                let (keyword, rule) = if response {
                    (
                        "response.header",
                        RedactFields::new().with_response_header(&name),
                    )
                } else {
                    ("header", RedactFields::new().with_header(&name))
                };
                (
                    rule.unwrap(),
                    format!("{keyword}{ending}[{before}{name}{after}]"),
                )
            },
        );
        let spelled = prop_oneof![whole, named];
        (spelled, any::<u64>(), blanks(), blanks()).prop_map(
            |((rule, text), upper, before, after)| {
                (rule, format!("{before}{}{after}", with_case(&text, upper)))
            },
        )
    }

    /// Letters in upper case where the bits of `upper` say so; names are the same in any case.
    fn with_case(text: &str, upper: u64) -> String {
        text.chars()
            .enumerate()
            .map(|(position, letter)| match upper >> (position % 64) & 1 {
                1 => letter.to_ascii_uppercase(),
                _ => letter,
            })
            .collect()
    }

    proptest! {
        #[test]
        fn any_spelling_reads_as_the_rule_it_spells(elements in prop::collection::vec(element(), 0..8)) {
            let text = elements.iter().map(|(_, text)| &**text).collect::<Vec<_>>().join(",");
            let built = elements.iter().fold(RedactFields::new(), |rule, (part, _)| rule.union(part));
            let read: RedactFields = text.parse().unwrap();
            prop_assert_eq!(&read, &built);
            let printed = read.to_string();
            prop_assert_eq!(&printed.parse::<RedactFields>().unwrap(), &read);
            prop_assert_eq!(printed.parse::<RedactFields>().unwrap().to_string(), printed);
        }

        #[test]
        fn what_is_read_at_all_prints_as_the_same_rule(text in "(body|header|s|url|\\[|\\]|[ \tA,-]|Upstash-Forward-){0,12}") {
            if let Ok(rule) = text.parse::<RedactFields>() {
                prop_assert_eq!(rule.to_string().parse::<RedactFields>().unwrap(), rule);
            }
        }
    }
}
