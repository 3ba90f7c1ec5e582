//! A rule is understood as a dumb reader understands it, and survives being printed.

use super::contract;
use qstash_redact::{Group, RedactFields};
use std::collections::BTreeSet;

/// The law, for the text of a rule.
pub fn holds(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let expected = read(text);
    let rule = match text.parse::<RedactFields>() {
        Ok(rule) => rule,
        Err(error) => {
            assert!(expected.is_none() && error.is_rule(), "{error}: {text:?}");
            return;
        }
    };
    let printed = rule.to_string();
    assert_eq!(read(&printed), expected, "{text:?} printed as {printed:?}");
    assert!(expected.is_some(), "{text:?}");
    assert!(!printed.contains([' ', '\t']), "{printed:?}");

    let again: RedactFields = printed.parse().expect("what it prints itself");
    assert_eq!((&again, again.to_string()), (&rule, printed));
    assert_eq!(rule.clone().union(&again), rule);
    assert_eq!(RedactFields::new().union(&rule), rule);

    // The two carriers take exactly what QStash knows.
    let known = |token: &&String| matches!(token.split('[').next(), Some("body" | "header"));
    let tokens = expected.unwrap_or_default();
    let wire = tokens.iter().all(|token| known(&token));
    let value = rule.to_header_value();
    assert_eq!(value.is_ok(), wire && !tokens.is_empty(), "{text:?}");
    if let Ok(value) = value {
        assert_eq!(RedactFields::try_from(&value).as_ref(), Ok(&rule));
    }
    let option = serde_json::to_string(&rule);
    assert_eq!(option.is_ok(), wire, "{text:?}");
    if let Ok(option) = option {
        let read: RedactFields = serde_json::from_str(&option).expect("what it wrote itself");
        assert_eq!(read, rule, "{option}");
    }
}

/// What a rule selects, as a set of tokens in one spelling; `None` if it is not understood.
fn read(text: &str) -> Option<BTreeSet<String>> {
    let mut tokens = BTreeSet::new();
    for token in text.split(',') {
        let token = token.trim_matches([' ', '\t']).to_ascii_lowercase();
        let token = token
            .replacen("headers", "header", usize::from(is_plural(&token)))
            .to_owned();
        if token.is_empty() {
            continue;
        }
        if Group::ALL.iter().any(|group| group.keyword() == token) {
            tokens.insert(token);
            continue;
        }
        let (keyword, name) = token.strip_suffix(']')?.split_once('[')?;
        let name = contract::bare_header_name(name.trim_matches([' ', '\t']).as_bytes());
        let name = String::from_utf8(name).ok()?;
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if !matches!(keyword, "header" | "response.header") || name.is_empty() {
            return None;
        }
        if !name.bytes().all(valid) {
            return None;
        }
        tokens.insert(format!("{keyword}[{name}]"));
    }
    // All headers plus named ones are all headers.
    for whole in ["header", "response.header"] {
        if tokens.contains(whole) {
            tokens.retain(|token| !token.starts_with(&format!("{whole}[")));
        }
    }
    Some(tokens)
}

fn is_plural(token: &str) -> bool {
    let keyword = token.split('[').next();
    matches!(keyword, Some("headers" | "response.headers"))
}
