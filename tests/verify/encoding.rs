//! Where bodies are base64, and what that means for placeholders.

use crate::{expect, expect_only, findings, hidden, rule};
use qstash_redact::BodyEncoding;
use qstash_redact::verify::Status::*;
use qstash_redact::verify::Verifier;

#[test]
fn bodies_of_logs_and_events_are_base64() {
    for array in ["logs", "events", r"l\u006fgs"] {
        let log = |value: &str| {
            format!(
                r#"{{"{array}":[{{"body":{value},"more":{{"responseBody":{value}}},"out":"x"}}]}}"#
            )
        };
        let found = findings(
            &Verifier::new(rule("body,response.body")),
            &log(r#""aGVsbG8=""#),
            &log(&hidden("hello")).replace(r#""x""#, &hidden("x")),
        );
        assert!(
            found.iter().all(|(status, _)| *status == Match),
            "{found:?}"
        );
        assert_eq!(found.len(), 3);
    }
    let as_text = |name: &str, open: &str, close: &str| {
        let document = |value: &str| format!(r#"{{"{name}":{open}{{"body":{value}}}{close}}}"#);
        let redacted = document(&hidden("aGVsbG8="));
        let found = findings(
            &Verifier::new(rule("body")),
            &document(r#""aGVsbG8=""#),
            &redacted,
        );
        assert_eq!(found[0].0, Match, "{name}");
    };
    as_text("Logs", "[", "]");
    as_text("logs", "", "");
    as_text("messages", "[", "]");
    as_text("events", "{\"a\":", "}");
}

#[test]
fn everything_inside_an_element_of_logs_is_the_log() {
    for document in [
        r#"{"logs":[[{"a":{"body":B}}]]}"#,
        r#"{"logs":[1,{"body":B}]}"#,
        r#"{"messages":[{"events":[{"body":B}]}]}"#,
        r#"{"x":{"events":[{"messages":[{"body":B}]}]}}"#,
        r#"{"error":{"events":[{"body":B}]}}"#,
        r#"[[{"logs":[{"body":B}]}]]"#,
    ] {
        let original = document.replace('B', r#""aGVsbG8""#);
        let redacted = document.replace('B', &hidden("hello"));
        let found = findings(&Verifier::new(rule("body")), &original, &redacted);
        assert_eq!(found.len(), 1, "{document}");
        assert_eq!(found[0].0, Match, "{document}");
    }
}

#[test]
fn the_caller_may_say_what_bodies_are() {
    let document = |value: &str| {
        format!(
            r#"{{"logs":[{{"body":{value}}}],"x":{{"body":{value},"responseBody":{value},"out":"aGVsbG8="}}}}"#
        )
    };
    let original = document(r#""aGVsbG8=""#);
    let redact = |hashed: &str| {
        let redacted = document(&hidden(hashed));
        redacted.replace(
            r#""out":"aGVsbG8=""#,
            &format!(r#""out":{}"#, hidden("aGVsbG8=")),
        )
    };
    for (encoding, hashed) in [
        (BodyEncoding::Text, "aGVsbG8="),
        (BodyEncoding::Base64, "hello"),
    ] {
        let verifier = Verifier::new(rule("body,response.body")).with_body_encoding(encoding);
        let found = findings(&verifier, &original, &redact(hashed));
        assert!(
            found.iter().all(|(status, _)| *status == Match),
            "{encoding:?}: {found:?}"
        );
        assert_eq!(found.len(), 4);
    }
    // Other members are what they always are.
    let verifier = Verifier::new(rule("body")).with_body_encoding(BodyEncoding::Text);
    let redacted = format!(r#"{{"bodyBase64":{}}}"#, hidden("hello"));
    let found = findings(&verifier, r#"{"bodyBase64":"aGVsbG8="}"#, &redacted);
    assert_eq!(found, [(Match, "bodyBase64".into())]);
}

#[test]
fn a_placeholder_may_stand_in_base64_where_bytes_do() {
    use base64_of as b64;
    let encoded = format!("\"{}\"", b64(hidden("x").trim_matches('"')));
    let base64 = format!(r#"{{"bodyBase64":{encoded}}}"#);
    expect("body", &base64, &base64, &[(AlreadyRedacted, "bodyBase64")]);
    expect_only("body", &base64, &[(AlreadyRedacted, "bodyBase64")]);
    // In a text it is a value like any other.
    let text = format!(r#"{{"body":{encoded}}}"#);
    expect("body", &text, &text, &[(InClear, "body")]);
    let log = format!(r#"{{"logs":[{text}]}}"#);
    expect_only("body", &log, &[(AlreadyRedacted, "logs[0].body")]);
}

/// Base64 with padding, by hand: the crate has no encoder.
fn base64_of(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in text.as_bytes().chunks(3) {
        let bits = (0..3).fold(0, |bits, place| {
            bits << 8 | u32::from(group.get(place).copied().unwrap_or(0))
        });
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place > group.len() {
                '='
            } else {
                char::from(digit)
            });
        }
    }
    out
}
