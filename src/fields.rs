//! The rule: which fields are private, as `Upstash-Redact-Fields` says it.
//!
//! Here is what a rule selects; [`text`] reads and prints it, [`wire`] carries it in a header,
//! [`option`] is the SDKs' `redact` option.

mod name;
mod option;
mod text;
mod wire;

use crate::error::Error;
use crate::members::{self, Group};
use name::Name;
use std::hash::{Hash, Hasher};

/// Which fields are private: a parsed `Upstash-Redact-Fields`.
///
/// Reads every spelling in use and prints the SDKs' own. What it does not understand is an error
/// that names the token: a rule that is not understood must never let a message pass in clear.
///
/// Headers are named without the prefix of publish requests (`Upstash-Forward-`,
/// `Upstash-Callback-Forward-` or `Upstash-Failure-Callback-Forward-`); one that is there is taken
/// off. Two rules are equal when they select the same fields, whatever their order and spelling.
///
/// With serde a rule is the SDKs' `redact` option, `{"body":true,"header":true|["Name"]}`; it reads
/// formats that describe themselves, as JSON does.
///
/// ```
/// use qstash_redact::{Group, RedactFields};
///
/// let rule: RedactFields = "headers[ Upstash-Forward-Authorization ], BODY".parse()?;
/// assert_eq!(rule.to_string(), "body,header[Authorization]");
/// assert_eq!(rule, RedactFields::new().with(Group::Body).with_header("authorization")?);
///
/// let floor = RedactFields::new().with(Group::Header);
/// assert_eq!(rule.union(&floor).to_string(), "body,header");
/// # Ok::<(), qstash_redact::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct RedactFields {
    /// A bit for each group that is selected as a whole.
    whole: u8,
    /// Headers selected by name, in order of mention; none where the whole group is selected.
    headers: Vec<Name>,
    /// The same of responses.
    response_headers: Vec<Name>,
}

impl RedactFields {
    /// The empty rule, which selects nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects every group, those for exports included.
    #[must_use]
    pub fn everything() -> Self {
        Group::ALL.into_iter().fold(Self::new(), Self::with)
    }

    /// Selects a group as a whole: of a group of headers, every header.
    #[must_use]
    pub fn with(mut self, group: Group) -> Self {
        self.add_group(group);
        self
    }

    /// Selects one header by name, case-insensitively.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rule`](crate::ErrorKind::Rule) when `name` is empty or no header's name.
    pub fn with_header(mut self, name: &str) -> Result<Self, Error> {
        self.add_name(Group::Header, Name::parse(name)?);
        Ok(self)
    }

    /// Selects one header of responses by name, case-insensitively.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rule`](crate::ErrorKind::Rule) when `name` is empty or no header's name.
    pub fn with_response_header(mut self, name: &str) -> Result<Self, Error> {
        self.add_name(Group::ResponseHeader, Name::parse(name)?);
        Ok(self)
    }

    /// Selects what either rule selects: a service-wide floor and a message's own rule, say.
    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        for group in Group::ALL {
            if other.selects_all(group) {
                self.add_group(group);
            }
            for name in other.names(group) {
                self.add_name(group, name.clone());
            }
        }
        self
    }

    /// Whether the rule selects nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.whole == 0 && self.headers.is_empty() && self.response_headers.is_empty()
    }

    /// Whether the rule selects anything of `group`: of a group of headers, all or any by name.
    #[inline]
    pub(crate) fn selects(&self, group: Group) -> bool {
        self.selects_all(group) || !self.names(group).is_empty()
    }

    /// The bits of the groups of which the rule selects anything.
    #[inline(always)]
    pub(crate) fn group_bits(&self) -> u8 {
        let named = |group: Group, names: &[Name]| if names.is_empty() { 0 } else { group.bit() };
        self.whole
            | named(Group::Header, &self.headers)
            | named(Group::ResponseHeader, &self.response_headers)
    }

    /// Whether the rule selects `group` as a whole.
    #[inline(always)]
    pub(crate) fn selects_all(&self, group: Group) -> bool {
        self.whole & group.bit() != 0
    }

    /// Whether the rule selects the header called `name` in a document's header map of `group`.
    ///
    /// `name` is what the document says, unescaped; a forwarding prefix is taken off here.
    #[inline(always)]
    pub(crate) fn selects_header(&self, group: Group, name: &[u8]) -> bool {
        if self.selects_all(group) {
            return true;
        }
        let names = self.names(group);
        if names.is_empty() {
            return false;
        }
        let bare = members::without_forward_prefix(name);
        names.iter().any(|selected| selected.is(bare))
    }

    /// The headers of `group` selected by name: none for a group that has no headers.
    #[inline(always)]
    fn names(&self, group: Group) -> &[Name] {
        match group {
            Group::Header => &self.headers,
            Group::ResponseHeader => &self.response_headers,
            _ => &[],
        }
    }

    fn add_group(&mut self, group: Group) {
        self.whole |= group.bit();
        match group {
            Group::Header => self.headers.clear(),
            Group::ResponseHeader => self.response_headers.clear(),
            _ => {}
        }
    }

    /// Adds a header of `group`, [`Group::Header`] or [`Group::ResponseHeader`].
    fn add_name(&mut self, group: Group, name: Name) {
        if self.selects_all(group) || self.names(group).contains(&name) {
            return;
        }
        match group {
            Group::Header => self.headers.push(name),
            Group::ResponseHeader => self.response_headers.push(name),
            _ => debug_assert!(false, "a group without headers"),
        }
    }
}

/// Equal as sets; no list holds a name twice.
fn same_names(left: &[Name], right: &[Name]) -> bool {
    left.len() == right.len() && left.iter().all(|name| right.contains(name))
}

impl PartialEq for RedactFields {
    fn eq(&self, other: &Self) -> bool {
        self.whole == other.whole
            && same_names(&self.headers, &other.headers)
            && same_names(&self.response_headers, &other.response_headers)
    }
}

impl Eq for RedactFields {}

impl Hash for RedactFields {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Equal rules may order and spell their names differently, so only the numbers of names count.
        (self.whole, self.headers.len(), self.response_headers.len()).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::DefaultHasher;

    fn rule(text: &str) -> RedactFields {
        text.parse().unwrap()
    }

    fn hash(rule: &RedactFields) -> u64 {
        let mut hasher = DefaultHasher::new();
        rule.hash(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn the_empty_rule_selects_nothing() {
        let empty = RedactFields::new();
        assert!(empty.is_empty());
        for group in Group::ALL {
            assert!(!empty.selects(group) && !empty.selects_all(group));
            assert!(!empty.selects_header(group, b"Authorization"));
        }
    }

    #[test]
    fn everything_selects_every_group_as_a_whole() {
        let everything = RedactFields::everything();
        assert_eq!(
            everything.to_string(),
            "body,header,response.body,response.header,url,error,ip"
        );
        for group in Group::ALL {
            assert!(everything.selects(group) && everything.selects_all(group));
        }
        assert!(everything.selects_header(Group::Header, b""));
        assert!(everything.selects_header(Group::ResponseHeader, b"anything"));
    }

    #[test]
    fn a_group_selects_no_other() {
        for group in Group::ALL {
            let rule = RedactFields::new().with(group);
            for other in Group::ALL {
                assert_eq!(rule.selects_all(other), group == other);
                assert_eq!(rule.selects(other), group == other);
            }
            assert!(!rule.is_empty());
        }
    }

    #[test]
    fn a_named_header_is_found_in_any_case_and_behind_one_prefix() {
        let rule = rule("header[X-Api-Key]");
        assert!(rule.selects(Group::Header) && !rule.selects_all(Group::Header));
        for name in [
            "X-Api-Key",
            "x-api-key",
            "X-API-KEY",
            "Upstash-Forward-X-Api-Key",
            "upstash-callback-forward-x-api-key",
            "UPSTASH-FAILURE-CALLBACK-FORWARD-X-API-KEY",
        ] {
            assert!(
                rule.selects_header(Group::Header, name.as_bytes()),
                "{name}"
            );
            assert!(
                !rule.selects_header(Group::ResponseHeader, name.as_bytes()),
                "{name}"
            );
        }
        for name in [
            "",
            "X-Api-Ke",
            "X-Api-Key ",
            "X-Api-Key2",
            "AX-Api-Key",
            "X_Api-Key",
            "Upstash-Forward-",
            "Upstash-Forward-Upstash-Forward-X-Api-Key",
            "Upstash-X-Api-Key",
        ] {
            assert!(
                !rule.selects_header(Group::Header, name.as_bytes()),
                "{name}"
            );
        }
    }

    #[test]
    fn headers_of_responses_are_apart() {
        let rule = rule("response.header[Set-Cookie]");
        assert!(rule.selects_header(Group::ResponseHeader, b"set-cookie"));
        assert!(!rule.selects_header(Group::Header, b"set-cookie"));
        assert!(!rule.selects(Group::Header));
    }

    #[test]
    fn all_headers_swallow_named_ones_in_any_order() {
        for text in ["header,header[A]", "header[A],header", "header[A],HEADERS"] {
            assert_eq!(rule(text).to_string(), "header", "{text}");
        }
        assert_eq!(
            rule("response.header[A],response.headers,header[B]").to_string(),
            "header[B],response.header"
        );
    }

    #[test]
    fn a_name_said_twice_keeps_its_first_spelling() {
        assert_eq!(
            rule("header[X-a],header[x-A],header[Upstash-Forward-X-A]").to_string(),
            "header[X-a]"
        );
    }

    #[test]
    fn builders_say_what_the_text_says() {
        let built = RedactFields::new()
            .with_response_header("Set-Cookie")
            .and_then(|rule| rule.with_header(" Upstash-Forward-Authorization "))
            .unwrap()
            .with(Group::Ip)
            .with(Group::Body);
        assert_eq!(
            built.to_string(),
            "body,header[Authorization],response.header[Set-Cookie],ip"
        );
        for name in ["", " ", "Upstash-Forward-", "a b", "a,b", "a[b]", "é", "a:"] {
            let error = RedactFields::new().with_header(name).unwrap_err();
            assert!(error.is_rule());
            assert!(error.to_string().ends_with(&format!("{name:?}")), "{error}");
            assert!(RedactFields::new().with_response_header(name).is_err());
        }
    }

    #[test]
    fn a_union_selects_what_either_selects() {
        for (left, right, both) in [
            ("", "", ""),
            ("body", "", "body"),
            (
                "header[A],header[B]",
                "header[b],header[C]",
                "header[A],header[B],header[C]",
            ),
            ("header[A]", "header", "header"),
            ("header", "header[A],url", "header,url"),
            (
                "response.header[A]",
                "header[A],error",
                "header[A],response.header[A],error",
            ),
        ] {
            let (left, right) = (rule(left), rule(right));
            assert_eq!(left.clone().union(&right).to_string(), both);
            assert_eq!(left.clone().union(&right), right.union(&left));
        }
    }

    #[test]
    fn rules_that_select_the_same_are_equal_and_hash_alike() {
        let left = rule("header[A],header[B],response.header[C],body");
        let right = rule("body,response.header[c],header[b],header[a]");
        assert_eq!(left, right);
        assert_eq!(hash(&left), hash(&right));
        for other in [
            "header[A],header[B],response.header[C]",
            "header[A],header[D],response.header[C],body",
            "header[A],header[B],header[C],body",
            "header,response.header[C],body",
        ] {
            assert_ne!(left, rule(other), "{other}");
        }
    }
}
