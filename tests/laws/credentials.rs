//! An answer is redacted as a dumb oracle says, byte for byte; what is read of it is what it says; and
//! nothing that is shown of it, errors too, has a secret in it.

use super::oracle::{self, Bytes};
use qstash_redact::credentials::ledger::{Ledger, Record};
use qstash_redact::credentials::{
    Kind, QstashUser, RedisDatabase, RotateAnswer, SearchIndex, SecretName, Secrets, SigningKeys,
    VectorIndex, redact_answer,
};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::Debug;
use std::ops::Range;

/// No input that has this in it may show it outside of a redacted answer.
const CANARY: &str = "canary";

/// The law, for an answer of any kind or a ledger.
pub fn holds(input: &[u8]) {
    reads(input);
    ledger(input);
    let clean = match redact_answer(input) {
        Ok(clean) => clean,
        Err(error) => return shows_nothing(&error),
    };
    let answer = std::str::from_utf8(input).expect("accepted as JSON");
    let hidden = hidden(answer);
    let expected = replace(answer, &hidden, |value| oracle::placeholder(&value.bytes));
    assert_eq!(clean.as_str(), expected, "of {answer}");
    assert_eq!(
        matches!(clean.get(), Cow::Borrowed(_)),
        hidden.is_empty(),
        "borrowed exactly when nothing was replaced: {answer}"
    );
    let twice = redact_answer(clean.as_bytes()).expect("still JSON");
    assert_eq!(twice.as_str(), clean.as_str(), "redacted twice");
    planted(answer, &hidden);
}

/// Puts a canary where the answer has something to hide for its name.
fn planted(answer: &str, hidden: &[Hidden]) {
    if answer.contains(CANARY) {
        return;
    }
    let planted = replace(answer, hidden, |value| {
        let at = if value.by_name { "" } else { "@" };
        format!("\"{at}{CANARY}-{}\"", value.span.start)
    });
    let clean = redact_answer(planted.as_bytes()).expect("still JSON");
    assert!(!clean.as_str().contains(CANARY), "{planted}");
    reads(planted.as_bytes());
}

/// What the types read is what the answer says.
fn reads(input: &[u8]) {
    type Read = fn(Vec<u8>) -> Result<(Secrets, String), qstash_redact::Error>;
    macro_rules! read {
        ($type:ty) => {
            |body| {
                let answer = <$type>::from_json(body)?;
                let shown = format!("{answer:?}");
                Ok((answer.into_secrets(), shown))
            }
        };
    }
    let kinds: [(Kind, Read); 5] = [
        (Kind::Qstash, read!(QstashUser)),
        (Kind::Redis, read!(RedisDatabase)),
        (Kind::Vector, read!(VectorIndex)),
        (Kind::Search, read!(SearchIndex)),
        (Kind::SigningKeys, read!(SigningKeys)),
    ];
    for (kind, read) in kinds {
        match read(input.to_vec()) {
            Err(error) => shows_nothing(&error),
            Ok((secrets, shown)) => {
                assert!(!shown.contains(CANARY), "{shown}");
                let answer = std::str::from_utf8(input).expect("accepted as JSON");
                for member in kind.secrets() {
                    let found = secrets
                        .get(*member)
                        .map(|secret| secret.expose().as_bytes());
                    assert_eq!(
                        found,
                        says(answer, *member).as_deref(),
                        "{member} of {answer}"
                    );
                }
            }
        }
        match RotateAnswer::from_json(kind, input.to_vec()) {
            Ok(answer) => shows_nothing(&answer),
            Err(error) => shows_nothing(&error),
        }
    }
    if let Err(error) = RedisDatabase::list_from_json(input.to_vec()) {
        shows_nothing(&error);
    }
}

/// The text of an answer's member, if it has one.
fn says(answer: &str, member: SecretName) -> Option<Vec<u8>> {
    let mut members = oracle::members(answer.trim_ascii()).into_iter();
    let (_, json) = members.find(|(Bytes(name), _)| name == member.as_str().as_bytes())?;
    let text = json.starts_with('"').then(|| oracle::text(json))?;
    (!text.is_empty()).then_some(text)
}

/// A ledger that is understood says the same when it is written again.
fn ledger(input: &[u8]) {
    match Ledger::parse(input) {
        Ok(ledger) => {
            let lines: String = ledger.records().iter().map(Record::to_line).collect();
            let again = Ledger::parse(lines.as_bytes()).expect("written by itself");
            assert_eq!(again.records(), ledger.records());
            assert!(again.states().eq(ledger.states()));
        }
        Err(error) => shows_nothing(&error),
    }
}

fn shows_nothing(value: &impl Debug) {
    let shown = format!("{value:?}");
    assert!(!shown.contains(CANARY), "{shown}");
}

/// A value that is to be replaced.
struct Hidden {
    span: Range<usize>,
    bytes: Vec<u8>,
    by_name: bool,
}

fn replace(answer: &str, hidden: &[Hidden], write: impl Fn(&Hidden) -> String) -> String {
    let mut out = String::new();
    let mut copied = 0;
    for value in hidden {
        out += &answer[copied..value.span.start];
        out += &write(value);
        copied = value.span.end;
    }
    out + &answer[copied..]
}

/// Finds what is hidden in valid documents.
fn hidden(answer: &str) -> Vec<Hidden> {
    let mut found = Vec::new();
    for document in serde_json::Deserializer::from_str(answer).into_iter::<&RawValue>() {
        let document = document.expect("the answer was accepted").get();
        let first = found.len();
        search(document, b"", &mut found);
        if document.starts_with('"') && document != "\"\"" && oracle::text(document) != b"OK" {
            // A document that is a string, hidden whatever it says.
            found[first].1 = true;
        }
    }
    let texts: Vec<Vec<u8>> = found
        .iter()
        .filter(|(json, hidden, _)| *hidden && json.starts_with('"'))
        .map(|(json, ..)| oracle::text(json))
        .filter(|text| text.len() >= 6 && !oracle::is_placeholder(text))
        .collect();
    let has = |text: &[u8], part: &[u8]| text.windows(part.len()).any(|window| window == part);
    let mut hidden = Vec::new();
    for (json, is_hidden, by_name) in found {
        let bytes = if json.starts_with('"') {
            oracle::text(json)
        } else {
            json.as_bytes().to_vec()
        };
        let is_hidden = is_hidden || texts.iter().any(|text| has(&bytes, text));
        if is_hidden && !oracle::is_placeholder(&bytes) {
            let start = json.as_ptr() as usize - answer.as_ptr() as usize;
            hidden.push(Hidden {
                span: start..start + json.len(),
                bytes,
                by_name,
            });
        }
    }
    hidden
}

/// Collects strings and what names hide: the JSON text, whether it is hidden, and whether by name.
fn search<'a>(json: &'a str, name: &[u8], found: &mut Vec<(&'a str, bool, bool)>) {
    let name = String::from_utf8_lossy(name);
    let lower = name.to_ascii_lowercase();
    let words = [
        "token",
        "password",
        "passwd",
        "secret",
        "key",
        "credential",
        "mail",
    ];
    let exact = ["current", "next", "customer_id", "created_by"].contains(&&*name);
    let mut by_name = exact || words.iter().any(|word| lower.contains(word));
    match json.as_bytes()[0] {
        b'"' => {
            let text = oracle::text(json);
            let looks = text.contains(&b'@')
                || text.starts_with(b"eyJVc2VySUQiOi")
                || text.starts_with(b"sig_");
            if !text.is_empty() {
                found.push((json, by_name || looks, by_name));
            }
        }
        b'{' if by_name => {
            if !oracle::members(json).is_empty() {
                found.push((json, true, true));
            }
        }
        b'[' if by_name => {
            if !oracle::elements(json).is_empty() {
                found.push((json, true, true));
            }
        }
        b'{' => {
            for (Bytes(name), value) in oracle::members(json) {
                search(value, &name, found);
            }
        }
        b'[' => {
            for element in oracle::elements(json) {
                search(element, b"", found);
            }
        }
        b't' | b'f' | b'n' => {}
        _ => {
            by_name &= exact || SecretName::find(&name).is_some() || !lower.starts_with("max_");
            if by_name {
                found.push((json, true, true));
            }
        }
    }
}
