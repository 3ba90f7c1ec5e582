//! Files that hold one JSON object: its members are set, everything else stays byte for byte.

use serde::de::{Deserialize as _, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use zeroize::Zeroizing;

/// Why a file cannot be changed. Parsers quote what they do not understand, so this says less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// It is not one JSON object.
    NoObject,
    /// A member that is to be set holds something else than a string or `null`.
    NoString,
}

/// The members of an object: names, and values as they stand in the text.
struct Members<'f>(Vec<(String, &'f RawValue)>);

impl<'f> Members<'f> {
    fn read(file: &'f [u8]) -> Result<Self, Unfit> {
        let mut deserializer = serde_json::Deserializer::from_slice(file);
        let members = deserializer
            .deserialize_map(MembersVisitor)
            .map_err(|_| Unfit::NoObject)?;
        deserializer.end().map_err(|_| Unfit::NoObject)?;
        Ok(members)
    }
}

struct MembersVisitor;

impl<'f> Visitor<'f> for MembersVisitor {
    type Value = Members<'f>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'f>>(self, mut map: A) -> Result<Members<'f>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

/// The members that are strings: names and values.
pub(super) fn strings(file: &[u8]) -> Result<Vec<(String, Zeroizing<String>)>, Unfit> {
    let Members(members) = Members::read(file)?;
    Ok(members
        .into_iter()
        .filter_map(|(name, raw)| {
            let value = String::deserialize(&mut serde_json::Deserializer::from_str(raw.get()));
            Some((name, Zeroizing::new(value.ok()?)))
        })
        .collect())
}

/// `file` with these members set: values swapped wherever a name stands, the others added at the end.
/// A file of nothing but blanks becomes an object.
pub(super) fn set(file: &[u8], variables: &[(&str, &str)]) -> Result<Zeroizing<Vec<u8>>, Unfit> {
    let file = if file.trim_ascii().is_empty() {
        b"{}\n"
    } else {
        file
    };
    let Members(members) = Members::read(file)?;
    // Large enough at once: what a growing buffer leaves behind is not zeroed. An escape is six bytes.
    let longest = variables
        .iter()
        .map(|(name, value)| name.len() + 6 * value.len() + 16)
        .max();
    let capacity = file.len() + (members.len() + variables.len()) * longest.unwrap_or(0);
    let mut out = Zeroizing::new(Vec::with_capacity(capacity));
    let mut copied = 0;
    for (name, raw) in &members {
        let Some((_, value)) = variables.iter().find(|(set, _)| set == name) else {
            continue;
        };
        if !raw.get().starts_with(['"', 'n']) {
            return Err(Unfit::NoString);
        }
        // The raw value borrows from the file, so the distance of the two is its place.
        let start = raw.get().as_ptr() as usize - file.as_ptr() as usize;
        out.extend_from_slice(&file[copied..start]);
        put_string(&mut out, value);
        copied = start + raw.get().len();
    }
    // What is left of the object: perhaps blanks, its last brace, perhaps blanks.
    let rest = &file[copied..];
    let brace = rest
        .iter()
        .rposition(|byte| *byte == b'}')
        .ok_or(Unfit::NoObject)?;
    let is_empty = members.is_empty();
    let added = variables
        .iter()
        .filter(|(name, _)| members.iter().all(|(known, _)| known != name))
        .collect::<Vec<_>>();
    if added.is_empty() {
        out.extend_from_slice(rest);
        return Ok(out);
    }
    let inside = rest[..brace].trim_ascii_end().len();
    out.extend_from_slice(&rest[..inside]);
    // A member that is added looks like the first one.
    let before = if is_empty {
        b"\n  "
    } else {
        leading_blank(file)
    };
    for (index, (name, value)) in added.into_iter().enumerate() {
        if index > 0 || !is_empty {
            out.push(b',');
        }
        out.extend_from_slice(before);
        put_string(&mut out, name);
        out.extend_from_slice(b": ");
        put_string(&mut out, value);
    }
    if is_empty {
        out.push(b'\n');
        out.extend_from_slice(&rest[brace..]);
    } else {
        out.extend_from_slice(&rest[inside..]);
    }
    Ok(out)
}

/// The blanks behind the first brace.
fn leading_blank(file: &[u8]) -> &[u8] {
    let inside = file.trim_ascii_start().get(1..).unwrap_or_default();
    &inside[..inside.len() - inside.trim_ascii_start().len()]
}

/// Writes a JSON string.
fn put_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend_from_slice(&[b'\\', character as u8]),
            control if control < ' ' => {
                out.extend_from_slice(format!("\\u{:04x}", control as u32).as_bytes());
            }
            other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_text(file: &str, variables: &[(&str, &str)]) -> String {
        String::from_utf8(set(file.as_bytes(), variables).unwrap().to_vec()).unwrap()
    }

    #[test]
    fn members_are_set_and_all_else_stays() {
        for (before, after) in [
            ("", "{\n  \"T\": \"new\"\n}\n"),
            ("{}", "{\n  \"T\": \"new\"\n}"),
            (r#"{"T":"old"}"#, r#"{"T":"new"}"#),
            (
                r#"{"a": 1e400, "\u0054" : null }"#,
                r#"{"a": 1e400, "\u0054" : "new" }"#,
            ),
            (
                r#"{"T":"1","x":{"T":"}"},"T":"2"}"#,
                r#"{"T":"new","x":{"T":"}"},"T":"new"}"#,
            ),
            (
                "{\n\t\"a\": [ 1 ]\n}\n",
                "{\n\t\"a\": [ 1 ],\n\t\"T\": \"new\"\n}\n",
            ),
            (r#"{"a":1}"#, r#"{"a":1,"T": "new"}"#),
            ("{ \"T\": null }\n", "{ \"T\": \"new\" }\n"),
        ] {
            assert_eq!(set_text(before, &[("T", "new")]), after, "{before}");
        }
    }

    #[test]
    fn what_cannot_be_changed_is_refused() {
        for (file, why) in [
            ("[]", Unfit::NoObject),
            ("{", Unfit::NoObject),
            ("{} {}", Unfit::NoObject),
            ("{\"T\":1}", Unfit::NoString),
            ("{\"T\":{}}", Unfit::NoString),
        ] {
            assert_eq!(set(file.as_bytes(), &[("T", "new")]), Err(why), "{file}");
        }
    }

    #[test]
    fn what_was_set_is_read() {
        let odd = "a\"\\\n\u{7f}ü";
        let file = set(b"{\"x\":2}", &[("T", odd)]).unwrap();
        let [(name, value)] = &strings(&file).unwrap()[..] else {
            panic!("one string");
        };
        assert_eq!((name.as_str(), value.as_str()), ("T", odd));
    }
}
