//! A dumb redactor: it finds what the contract hides with serde_json, level by level, and takes its
//! time. What the crate does must be the same, byte for byte.

use super::contract::{self, Kind};
use qstash_redact::{BodyEncoding, Group, RedactFields};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::ops::Range;

/// A value that is to be replaced.
pub struct Hidden {
    pub group: Group,
    /// Where it stands in the input, quotes included.
    pub span: Range<usize>,
    /// What is hashed.
    pub bytes: Vec<u8>,
    /// It should be base64 and is none.
    pub not_base64: bool,
}

/// What a rule finds in documents.
#[derive(Default)]
pub struct Findings {
    pub hidden: Vec<Hidden>,
    /// Placeholders that stand where a value would be replaced.
    pub already_redacted: u64,
}

/// Finds what `rule` hides in valid `documents`.
pub fn find(rule: &RedactFields, encoding: BodyEncoding, documents: &str) -> Findings {
    let mut search = Search {
        selected: rule.to_string().split(',').map(str::to_owned).collect(),
        encoding,
        start: documents.as_ptr() as usize,
        findings: Findings::default(),
    };
    for document in serde_json::Deserializer::from_str(documents).into_iter::<&RawValue>() {
        let document = document.expect("the documents were accepted").get();
        search.value(document, None, false);
    }
    search.findings
}

/// `documents` with `write(position)` instead of every hidden value.
pub fn replace(documents: &str, hidden: &[Hidden], write: impl Fn(usize) -> String) -> String {
    let mut out = String::new();
    let mut copied = 0;
    for (position, value) in hidden.iter().enumerate() {
        out += &documents[copied..value.span.start];
        out += &write(position);
        copied = value.span.end;
    }
    out + &documents[copied..]
}

/// The placeholder of `bytes` as a JSON string.
pub fn placeholder(bytes: &[u8]) -> String {
    let digits: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"REDACTED:{digits}\"")
}

/// What documents stand for: as tokens, without blanks and escapes.
pub fn meaning(documents: &str) -> Vec<Vec<u8>> {
    let mut tokens = Vec::new();
    for document in serde_json::Deserializer::from_str(documents).into_iter::<&RawValue>() {
        add_tokens(
            document.expect("the documents were accepted").get(),
            &mut tokens,
        );
    }
    tokens
}

fn add_tokens(json: &str, tokens: &mut Vec<Vec<u8>>) {
    let mut add = |text: &[u8]| tokens.push(text.to_vec());
    match json.as_bytes()[0] {
        b'{' => {
            add(b"{");
            for (Bytes(name), value) in members(json) {
                tokens.push(name);
                add_tokens(value, tokens);
            }
            tokens.push(b"}".to_vec());
        }
        b'[' => {
            add(b"[");
            for element in elements(json) {
                add_tokens(element, tokens);
            }
            tokens.push(b"]".to_vec());
        }
        b'"' => {
            let mut text = text(json);
            text.push(b'"');
            tokens.push(text);
        }
        _ => add(json.as_bytes()),
    }
}

struct Search {
    /// The tokens of the rule as it is printed.
    selected: Vec<String>,
    encoding: BodyEncoding,
    /// Address of the documents' first byte.
    start: usize,
    findings: Findings,
}

impl Search {
    /// Looks at the value that stands under `name`.
    fn value(&mut self, json: &str, name: Option<&[u8]>, in_log: bool) {
        match name.and_then(contract::private) {
            Some((group, Kind::Headers)) if json.starts_with('{') => self.headers(json, group),
            Some((group, kind)) if self.selects(group) => self.hide(json, group, kind, in_log),
            _ if json.starts_with('{') => {
                for (Bytes(name), value) in members(json) {
                    self.value(value, Some(&name), in_log);
                }
            }
            _ if json.starts_with('[') => {
                let logs = matches!(name, Some(b"logs" | b"events"));
                for element in elements(json) {
                    self.value(element, None, in_log || logs);
                }
            }
            _ => {}
        }
    }

    fn headers(&mut self, json: &str, group: Group) {
        for (Bytes(name), value) in members(json) {
            if !self.selects_header(group, &name) {
                continue;
            }
            if value.starts_with('[') {
                for element in elements(value) {
                    self.hide(element, group, Kind::Text, false);
                }
            } else {
                self.hide(value, group, Kind::Text, false);
            }
        }
    }

    /// Whether the rule selects all or some of a group.
    fn selects(&self, group: Group) -> bool {
        let named = format!("{}[", group.keyword());
        let mut tokens = self.selected.iter();
        tokens.any(|token| token == group.keyword() || token.starts_with(&named))
    }

    fn selects_header(&self, group: Group, name: &[u8]) -> bool {
        let bare = contract::bare_header_name(name);
        self.selected.iter().any(|token| {
            let token = token.to_ascii_lowercase();
            token == group.keyword()
                || token
                    .strip_prefix(group.keyword())
                    .and_then(|rest| rest.strip_prefix('[')?.strip_suffix(']'))
                    .is_some_and(|name| name.as_bytes() == bare)
        })
    }

    /// Hides one selected value, unless there is nothing to hide.
    fn hide(&mut self, json: &str, group: Group, kind: Kind, in_log: bool) {
        if matches!(json, "null" | "\"\"") {
            return;
        }
        let start = json.as_ptr() as usize - self.start;
        let mut hidden = Hidden {
            group,
            span: start..start + json.len(),
            bytes: json.as_bytes().to_vec(),
            not_base64: false,
        };
        if json.starts_with('"') {
            let text = text(json);
            let is_base64 = match kind {
                Kind::Base64 => true,
                Kind::Body => match self.encoding {
                    BodyEncoding::Auto => in_log,
                    encoding => encoding == BodyEncoding::Base64,
                },
                Kind::Text | Kind::Headers | Kind::Url => false,
            };
            let decoded = if is_base64 { base64(&text) } else { None };
            if is_placeholder(&text) || decoded.as_deref().is_some_and(is_placeholder) {
                self.findings.already_redacted += 1;
                return;
            }
            if kind == Kind::Url && !text.iter().any(|byte| b"@?#".contains(byte)) {
                return;
            }
            hidden.not_base64 = is_base64 && decoded.is_none();
            hidden.bytes = decoded.unwrap_or(text);
        }
        self.findings.hidden.push(hidden);
    }
}

pub(super) fn is_placeholder(text: &[u8]) -> bool {
    text.strip_prefix(b"REDACTED:")
        .is_some_and(|digits| digits.len() == 64 && digits.iter().all(u8::is_ascii_hexdigit))
}

/// What a string encodes, bit by bit; `None` if it is no base64.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let digits = match text {
        [digits @ .., b'=', b'='] | [digits @ .., b'='] if text.len().is_multiple_of(4) => digits,
        text => text,
    };
    if digits.len() % 4 == 1 {
        return None;
    }
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}

pub(super) fn members(json: &str) -> Vec<(Bytes, &str)> {
    serde_json::from_str::<Members<'_>>(json)
        .expect("an object")
        .0
}

pub(super) fn elements(json: &str) -> Vec<&str> {
    let elements: Vec<&RawValue> = serde_json::from_str(json).expect("an array");
    elements.into_iter().map(RawValue::get).collect()
}

pub(super) fn text(json: &str) -> Vec<u8> {
    serde_json::from_str::<Bytes>(json).expect("a string").0
}

/// A string as bytes, since a lone surrogate is no `str`.
pub(super) struct Bytes(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BytesVisitor;
        impl Visitor<'_> for BytesVisitor {
            type Value = Bytes;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(BytesVisitor)
    }
}

/// The members of an object in order, duplicates too.
struct Members<'a>(Vec<(Bytes, &'a str)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = object.next_entry::<Bytes, &RawValue>()? {
                    members.push((name, value.get()));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}
