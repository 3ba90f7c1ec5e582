//! The rule as the SDKs' `redact` option: `{"body": boolean, "header": true | string[]}`.
//!
//! What is wrong with an option is said without quoting it: it may stand in a document whose other
//! members are private. Formats quote a value when they are asked for a type that it does not have,
//! so the visitors ask for any and refuse on their own.

use super::{Name, RedactFields};
use crate::members::Group;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};
use std::fmt;

/// Every member of the option; both may be missing.
const OPTION: &str = "the redact option has the members `body` and `header` only";
const BODY: &str = "`body` of the redact option is true or false";
const HEADER: &str = "`header` of the redact option is true or a list of names";
const NAME: &str = "`header` of the redact option holds what is no header's name";

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for RedactFields {
    /// Writes the SDKs' option; groups for exports, which it cannot say, are an error.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.require_wire_groups().map_err(S::Error::custom)?;
        let members = [Group::Body, Group::Header].map(|group| usize::from(self.selects(group)));
        let mut option = serializer.serialize_map(Some(members.iter().sum()))?;
        if self.selects(Group::Body) {
            option.serialize_entry("body", &true)?;
        }
        if self.selects_all(Group::Header) {
            option.serialize_entry("header", &true)?;
        } else if self.selects(Group::Header) {
            option.serialize_entry("header", self.names(Group::Header))?;
        }
        option.end()
    }
}

impl<'de> Deserialize<'de> for RedactFields {
    /// Reads the SDKs' option. A member twice, an unknown one and a wrong type are errors.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut rule = Self::new();
        Any(OptionVisitor(&mut rule)).deserialize(deserializer)?;
        Ok(rule)
    }
}

/// Lets a visitor see whatever is there.
struct Any<V>(V);

impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for Any<V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_any(self.0)
    }
}

/// Refuses scalars with `$message`, where serde's default would quote them.
macro_rules! refuse {
    ($message:ident: numbers $(, $visit:ident($type:ty))*) => {
        refuse!($message: visit_i64(i64), visit_i128(i128), visit_u64(u64), visit_u128(u128),
            visit_f64(f64) $(, $visit($type))*);
    };
    ($message:ident: $($visit:ident($type:ty)),+) => {
        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str($message)
        }

        $(fn $visit<E: de::Error>(self, _: $type) -> Result<Self::Value, E> {
            Err(E::custom($message))
        })+
    };
}

struct OptionVisitor<'r>(&'r mut RedactFields);

impl<'de> Visitor<'de> for OptionVisitor<'_> {
    type Value = ();

    refuse!(OPTION: numbers, visit_bool(bool), visit_str(&str));

    fn visit_map<A: MapAccess<'de>>(self, mut option: A) -> Result<(), A::Error> {
        let (mut body, mut header) = (false, false);
        while let Some(member) = option.next_key_seed(Any(MemberVisitor))? {
            let (seen, twice) = match member {
                Member::Body => (&mut body, "`body` occurs twice in the redact option"),
                Member::Header => (&mut header, "`header` occurs twice in the redact option"),
            };
            if std::mem::replace(seen, true) {
                return Err(de::Error::custom(twice));
            }
            match member {
                Member::Body => option.next_value_seed(Any(BodyVisitor(&mut *self.0)))?,
                Member::Header => option.next_value_seed(Any(HeaderVisitor(&mut *self.0)))?,
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Member {
    Body,
    Header,
}

struct MemberVisitor;

impl Visitor<'_> for MemberVisitor {
    type Value = Member;

    refuse!(OPTION: numbers, visit_bool(bool));

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Member, E> {
        match name {
            "body" => Ok(Member::Body),
            "header" => Ok(Member::Header),
            _ => Err(E::custom(OPTION)),
        }
    }
}

struct BodyVisitor<'r>(&'r mut RedactFields);

impl Visitor<'_> for BodyVisitor<'_> {
    type Value = ();

    refuse!(BODY: numbers, visit_str(&str));

    fn visit_bool<E: de::Error>(self, selected: bool) -> Result<(), E> {
        if selected {
            self.0.add_group(Group::Body);
        }
        Ok(())
    }
}

struct HeaderVisitor<'r>(&'r mut RedactFields);

impl<'de> Visitor<'de> for HeaderVisitor<'_> {
    type Value = ();

    refuse!(HEADER: numbers, visit_str(&str));

    fn visit_bool<E: de::Error>(self, all: bool) -> Result<(), E> {
        // The SDKs' type has no `false`: whoever says it should look at what is meant.
        if !all {
            return Err(E::custom(HEADER));
        }
        self.0.add_group(Group::Header);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<(), A::Error> {
        while let Some(name) = names.next_element_seed(Any(NameVisitor))? {
            self.0.add_name(Group::Header, name);
        }
        Ok(())
    }
}

struct NameVisitor;

impl Visitor<'_> for NameVisitor {
    type Value = Name;

    refuse!(NAME: numbers, visit_bool(bool));

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Name, E> {
        Name::parse(name).map_err(|_| E::custom(NAME))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_the_rule_says() {
        for (option, rule) in [
            ("{}", ""),
            (r#"{"body":true}"#, "body"),
            (r#"{"header":true}"#, "header"),
            (r#"{"header":["Authorization"]}"#, "header[Authorization]"),
            (r#"{"body":true,"header":true}"#, "body,header"),
            (
                r#"{"body":true,"header":["A","B"]}"#,
                "body,header[A],header[B]",
            ),
        ] {
            let read: RedactFields = serde_json::from_str(option).unwrap();
            assert_eq!(read.to_string(), rule);
            assert_eq!(serde_json::to_string(&read).unwrap(), option);
        }
    }

    #[test]
    fn reads_what_it_would_not_write() {
        for (option, rule) in [
            (
                r#" { "header" : [ " A ", "a", "Upstash-Forward-B" ] , "body" : false } "#,
                "header[A],header[B]",
            ),
            (r#"{"header":[],"\u0062ody":true}"#, "body"),
        ] {
            let read: RedactFields = serde_json::from_str(option).unwrap();
            assert_eq!(read.to_string(), rule);
            let value: serde_json::Value = serde_json::from_str(option).unwrap();
            assert_eq!(serde_json::from_value::<RedactFields>(value).unwrap(), read);
        }
    }

    #[test]
    fn refuses_all_else_without_quoting_it() {
        for option in [
            r#""body,header[hush]""#,
            "true",
            "31337",
            "null",
            r#"["hush"]"#,
            r#"{"hush":true}"#,
            r#"{"Body":true}"#,
            r#"{"body":null}"#,
            r#"{"body":"hush"}"#,
            r#"{"body":31337}"#,
            r#"{"body":-31337}"#,
            r#"{"body":31337.5}"#,
            r#"{"body":["hush"]}"#,
            r#"{"body":{"hush":1}}"#,
            r#"{"header":false}"#,
            r#"{"header":null}"#,
            r#"{"header":"hush"}"#,
            r#"{"header":31337}"#,
            r#"{"header":{"hush":true}}"#,
            r#"{"header":[true]}"#,
            r#"{"header":[31337]}"#,
            r#"{"header":[null]}"#,
            r#"{"header":[["hush"]]}"#,
            r#"{"header":[""]}"#,
            r#"{"header":["Upstash-Forward-"]}"#,
            r#"{"header":["hush hush"]}"#,
            r#"{"header":["A","hush,B"]}"#,
            r#"{"body":true,"body":true}"#,
            r#"{"header":["hush"],"header":["hush"]}"#,
        ] {
            let error = serde_json::from_str::<RedactFields>(option)
                .unwrap_err()
                .to_string();
            for private in ["hush", "31337"] {
                assert!(!error.contains(private), "{error}");
            }
            assert!(error.contains("redact option"), "{error}");
            // The tree forgets duplicates, which is why it accepts the last two.
            let value: serde_json::Value = serde_json::from_str(option).unwrap();
            if let Err(error) = serde_json::from_value::<RedactFields>(value) {
                assert!(!error.to_string().contains("hush"), "{error}");
            }
        }
    }

    #[test]
    fn groups_for_exports_cannot_be_said() {
        for text in ["body,url", "response.header[A]"] {
            let rule: RedactFields = text.parse().unwrap();
            assert!(serde_json::to_string(&rule).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_behind_two_prefixes_survives() {
        let rule: RedactFields = "header[Upstash-Forward-Upstash-Forward-X]".parse().unwrap();
        let option = serde_json::to_string(&rule).unwrap();
        assert_eq!(serde_json::from_str::<RedactFields>(&option).unwrap(), rule);
    }
}
