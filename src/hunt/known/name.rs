//! Credentials by name: the environment variables of Upstash, whatever prefix they have.

use super::Found;
use super::example::is_random;
use crate::hunt::cut::is_separator;
use crate::hunt::finding::Kind;
use memchr::memmem;

/// The variables of the contract, and what they hold. URLs are told by their form.
const NAMES: [(&str, Option<Kind>); 17] = [
    ("QSTASH_TOKEN", Some(Kind::Variable)),
    ("QSTASH_CURRENT_SIGNING_KEY", Some(Kind::Variable)),
    ("QSTASH_NEXT_SIGNING_KEY", Some(Kind::Variable)),
    ("UPSTASH_REDIS_REST_TOKEN", Some(Kind::Variable)),
    ("UPSTASH_REDIS_REST_READONLY_TOKEN", Some(Kind::Variable)),
    ("UPSTASH_REDIS_PASSWORD", Some(Kind::Variable)),
    ("REDIS_URL", None),
    ("KV_URL", None),
    ("KV_REST_API_TOKEN", Some(Kind::Variable)),
    ("KV_REST_API_READ_ONLY_TOKEN", Some(Kind::Variable)),
    ("UPSTASH_VECTOR_REST_TOKEN", Some(Kind::Variable)),
    ("UPSTASH_VECTOR_REST_READONLY_TOKEN", Some(Kind::Variable)),
    ("UPSTASH_SEARCH_REST_TOKEN", Some(Kind::Variable)),
    ("UPSTASH_SEARCH_READ_ONLY_REST_TOKEN", Some(Kind::Variable)),
    ("UPSTASH_BOX_API_KEY", Some(Kind::Variable)),
    ("UPSTASH_API_KEY", Some(Kind::Variable)),
    ("UPSTASH_EMAIL", Some(Kind::Email)),
];

/// What every name holds whose value is not told by its form, in capitals and in small letters.
const MARKS: [&[u8]; 4] = [b"STASH_", b"stash_", b"KV_REST_", b"kv_rest_"];

/// Names with a prefix that are longer than this are none.
const MAX_NAME: usize = 96;

/// How many bytes may stand between a name and its value.
const MAX_BETWEEN: usize = 40;

/// Shorter values are no secrets.
const MIN_VALUE: usize = 16;

/// Longer ones are none of Upstash, and each would have to be looked through for every name before it.
const MAX_VALUE: usize = 1024;

/// Finds the values of known variables.
pub(super) fn scan(text: &[u8], each: &mut impl FnMut(Found)) {
    for mark in MARKS {
        for at in memmem::find_iter(text, mark) {
            let start = word_start(text, at);
            let end = word_end(text, at);
            // A name that holds a mark twice is looked at once.
            if memmem::find(&text[start..at], mark).is_some() {
                continue;
            }
            if let Some((name, Some(kind))) = known(&text[start..end])
                && let Some(found) = value(text, end, name, kind)
            {
                each(found);
            }
        }
    }
}

/// The known variable to which what begins at `at` is given, if it is.
pub(in crate::hunt) fn before(text: &[u8], at: usize) -> Option<String> {
    let near = &text[at.saturating_sub(MAX_BETWEEN + MAX_NAME)..at];
    let mut rest = near;
    if let Some(front) = rest.strip_suffix(b"Bearer ") {
        rest = front;
    }
    let is_between = |byte: &u8| {
        matches!(
            byte,
            b' ' | b'\t' | b'"' | b'\'' | b'`' | b'=' | b':' | b'\\' | b'>'
        )
    };
    let end = rest.iter().rposition(|byte| !is_between(byte))? + 1;
    if end == rest.len() {
        return None;
    }
    known(&rest[word_start(rest, end)..end]).map(|(name, _)| name)
}

/// Whether a word is a known name, with whatever prefix, and what such a variable holds.
fn known(word: &[u8]) -> Option<(String, Option<Kind>)> {
    if word.len() > MAX_NAME {
        return None;
    }
    let (_, kind) = NAMES.iter().find(|(name, _)| {
        word.len().checked_sub(name.len()).is_some_and(|prefix| {
            word[prefix..].eq_ignore_ascii_case(name.as_bytes())
                && (prefix == 0 || word[prefix - 1] == b'_')
        })
    })?;
    Some((String::from_utf8(word.to_vec()).ok()?, *kind))
}

/// The value that follows a name which ends at `end`.
fn value(text: &[u8], end: usize, name: String, kind: Kind) -> Option<Found> {
    let near = &text[end..text.len().min(end + MAX_BETWEEN)];
    let mut start = 0;
    loop {
        start += near[start..].iter().position(|byte| !is_between(*byte))?;
        // Lists of variables give their members' names and values apart; a header has a scheme.
        let rest = &near[start..];
        let word = [&b"value"[..], b"Value", b"VALUE", b"Bearer "]
            .into_iter()
            .find(|word| rest.starts_with(word));
        match word {
            Some(word) => start += word.len(),
            None => break,
        }
    }
    if start == 0 {
        return None;
    }
    let start = end + start;
    let rest = &text[start..text.len().min(start + MAX_VALUE + 1)];
    let is_end = |byte: &u8| is_separator(*byte);
    let length = rest.iter().position(is_end).unwrap_or(rest.len());
    if length > MAX_VALUE {
        return None;
    }
    let mut value = &rest[..length];
    while let [rest @ .., b'.' | b':' | b'!' | b'?'] = value {
        value = rest;
    }
    let good = match kind {
        Kind::Email => is_address(value),
        _ => value.len() >= MIN_VALUE && is_random(value),
    };
    good.then(|| Found {
        range: start..start + value.len(),
        kind,
        name: Some(name),
    })
}

/// What may stand between a name and its value.
fn is_between(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t'
            | b'\r'
            | b'\n'
            | b'"'
            | b'\''
            | b'`'
            | b'='
            | b':'
            | b'>'
            | b'|'
            | b','
            | b'?'
            | b'\\'
            | b']'
            | b')'
    )
}

/// Whether a value is an e-mail address of someone.
pub(super) fn is_address(value: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'@', value) else {
        return false;
    };
    let (user, domain) = (&value[..at], &value[at + 1..]);
    let is_part = |part: &[u8]| {
        !part.is_empty()
            && part.iter().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+')
            })
    };
    is_part(user)
        && is_part(domain)
        && domain.contains(&b'.')
        && ![&b"example."[..], b"your", b"test.", b"email.", b"domain."]
            .iter()
            .any(|example| domain.starts_with(example))
        && !user.starts_with(b"your")
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where the word begins that reaches to `at`.
fn word_start(text: &[u8], at: usize) -> usize {
    let reach = at.saturating_sub(MAX_NAME);
    text[reach..at]
        .iter()
        .rposition(|byte| !is_word(*byte))
        .map_or(reach, |before| reach + before + 1)
}

/// Where the word ends that goes on at `at`.
fn word_end(text: &[u8], at: usize) -> usize {
    let reach = text.len().min(at + MAX_NAME);
    text[at..reach]
        .iter()
        .position(|byte| !is_word(*byte))
        .map_or(reach, |length| at + length)
}
