//! Every status, and what brings it about.

use crate::{findings, hidden, rule};
use qstash_redact::verify::Status::{self, *};
use qstash_redact::verify::Verifier;

/// Compares under the rule `body,header[Secret],url`.
pub(crate) fn check(original: &str, redacted: &str) -> Vec<(Status, String)> {
    findings(
        &Verifier::new(rule("body,header[Secret],url")),
        original,
        redacted,
    )
}

/// Asserts the one finding of a comparison.
#[track_caller]
pub(crate) fn one(original: &str, redacted: &str, status: Status, field: &str) {
    let found = check(original, redacted);
    assert_eq!(found, [(status, field.to_owned())], "{original} {redacted}");
}

#[test]
fn the_placeholder_of_the_original_matches() {
    let redacted = format!(r#"{{"body":{}}}"#, hidden("a\nb"));
    one(r#"{"body":"a\nb"}"#, &redacted, Match, "body");
    one(r#"{"body":"a\u000ab"}"#, &redacted, Match, "body");
    one(r#"{"\u0062ody":"a\nb"}"#, &redacted, Match, "body");
}

#[test]
fn hex_digits_of_either_case_match() {
    let redacted = hidden("x").to_uppercase();
    one(
        r#"{"body":"x"}"#,
        &format!(r#"{{"body":{redacted}}}"#),
        Match,
        "body",
    );
    // The prefix has one case only.
    let redacted = redacted.replace("REDACTED", "Redacted");
    one(
        r#"{"body":"x"}"#,
        &format!(r#"{{"body":{redacted}}}"#),
        Mismatch,
        "body",
    );
}

#[test]
fn anything_but_the_placeholder_of_the_value_is_a_mismatch() {
    let good = hidden("x");
    for bad in [
        hidden("y"),
        hidden("\"x\""),
        good.replace("REDACTED:", "REDACTED"),
        good[..good.len() - 2].to_owned() + "\"",
        format!("[{good}]"),
        format!("{{\"a\":{good}}}"),
        "\"other\"".into(),
        "0".into(),
        "[]".into(),
        "{}".into(),
        "false".into(),
    ] {
        one(
            r#"{"body":"x"}"#,
            &format!(r#"{{"body":{bad}}}"#),
            Mismatch,
            "body",
        );
    }
    one(
        r#"{"url":"https://a/?token=b"}"#,
        r#"{"url":"https://a/"}"#,
        Mismatch,
        "url",
    );
}

#[test]
fn a_value_as_it_was_is_in_clear() {
    one(
        r#"{"body":"x\/"}"#,
        r#"{"body":"\u0078/"}"#,
        InClear,
        "body",
    );
    one(
        r#"{"body":{"a":[1, 2]}}"#,
        r#"{"body":{"a":[1,2]}}"#,
        InClear,
        "body",
    );
    one(r#"{"body":12}"#, r#"{"body":12}"#, InClear, "body");
    one(
        r#"{"url":"https://a?b"}"#,
        r#"{"url":"https://a?b"}"#,
        InClear,
        "url",
    );
    one(
        r#"{"header":{"Secret":["","b"]}}"#,
        r#"{"header":{"Secret":["","b"]}}"#,
        InClear,
        "header[Secret][1]",
    );
}

#[test]
fn base64_in_another_spelling_is_in_clear() {
    // `hello`, padded, unpadded, with other unused bits, and decoded.
    let original = r#"{"bodyBase64":"aGVsbG8="}"#;
    for still in ["aGVsbG8=", "aGVsbG8", "aGVsbG9=", "hello"] {
        let redacted = format!(r#"{{"bodyBase64":"{still}"}}"#);
        one(original, &redacted, InClear, "bodyBase64");
    }
}

#[test]
fn what_is_gone_is_missing() {
    one(
        r#"{"a":1,"body":"x","b":2}"#,
        r#"{"a":1,"b":2}"#,
        Missing,
        "body",
    );
    one(r#"{"body":"x"}"#, r#"{"body":""}"#, Missing, "body");
    one(r#"{"body":"x"}"#, r#"{"body":null}"#, Missing, "body");
    one(r#"{"a":1,"method":"GET"}"#, r#"{"a":1}"#, Missing, "method");
    one(
        r#"{"labels":["a","b"]}"#,
        r#"{"labels":["a"]}"#,
        Missing,
        "labels[1]",
    );
    one("1 2", "1", Missing, "document");
    one(r#"[{"a":1},{"b":2}]"#, r#"[{"a":1}]"#, Missing, "[1]");
}

#[test]
fn what_was_added_is_extra() {
    one(r#"{"a":1}"#, r#"{"method":"x","a":1}"#, Extra, "method");
    one(
        r#"{"labels":["a"]}"#,
        r#"{"labels":["a","b"]}"#,
        Extra,
        "labels[1]",
    );
    one("1", "1 2", Extra, "document");
    one(r#"[{"a":1}]"#, r#"[{"a":1},{"b":2}]"#, Extra, "[1]");
}

#[test]
fn a_placeholder_where_nothing_is_selected_is_extra() {
    let placeholder = hidden("x");
    for (original, redacted, field) in [
        (
            r#"{"method":"x"}"#,
            format!(r#"{{"method":{placeholder}}}"#),
            "method",
        ),
        (
            r#"{"labels":["x"]}"#,
            format!(r#"{{"labels":[{placeholder}]}}"#),
            "labels[0]",
        ),
        (
            r#"{"labels":["x"]}"#,
            format!(r#"{{"labels":{placeholder}}}"#),
            "labels",
        ),
        (
            r#"{"header":{"Public":["x"]}}"#,
            format!(r#"{{"header":{{"Public":[{placeholder}]}}}}"#),
            "header[Public][0]",
        ),
        // Nothing was there to be redacted.
        (
            r#"{"body":""}"#,
            format!(r#"{{"body":{placeholder}}}"#),
            "body",
        ),
        (
            r#"{"body":null}"#,
            format!(r#"{{"body":{placeholder}}}"#),
            "body",
        ),
        (
            r#"{"url":"https://a/b"}"#,
            format!(r#"{{"url":{placeholder}}}"#),
            "url",
        ),
        (
            r#"{"callerIP":"x"}"#,
            format!(r#"{{"callerIP":{placeholder}}}"#),
            "callerIP",
        ),
    ] {
        one(original, &redacted, Extra, field);
    }
}

#[test]
fn a_placeholder_that_was_there_stays_to_the_byte() {
    let redacted = format!(r#"{{"body":{}}}"#, hidden("x"));
    one(&redacted, &redacted, AlreadyRedacted, "body");
    let upper = redacted.to_uppercase().replace("BODY", "body");
    one(&upper, &upper, AlreadyRedacted, "body");
    one(&upper, &redacted, Mismatch, "body");
    let twice = format!(r#"{{"body":{}}}"#, hidden(hidden("x").trim_matches('"')));
    one(&redacted, &twice, Mismatch, "body");
    one(&redacted, r#"{"body":"x"}"#, Mismatch, "body");
    one(&redacted, r#"{"body":""}"#, Mismatch, "body");
}

#[test]
fn anything_else_must_be_the_same_tokens_in_the_same_order() {
    for (original, redacted, field) in [
        (r#"{"method":"a"}"#, r#"{"method":"b"}"#, "method"),
        (r#"{"rate":1}"#, r#"{"rate":1.0}"#, "rate"),
        (r#"{"rate":1}"#, r#"{"rate":"1"}"#, "rate"),
        (r#"{"rate":null}"#, r#"{"rate":[]}"#, "rate"),
        (r#"{"labels":[1,2]}"#, r#"{"labels":[1,3]}"#, "labels[1]"),
        (r#"{"labels":[1,{}]}"#, r#"{"labels":[1,[]]}"#, "labels[1]"),
        (
            r#"{"unheard-of":{"also":1}}"#,
            r#"{"unheard-of":{"also":2}}"#,
            "?.?",
        ),
        (r#"{"body":""}"#, r#"{"body":null}"#, "body"),
        (r#"{"body":null}"#, r#"{"body":"x"}"#, "body"),
        (r#"{"url":"https://a"}"#, r#"{"url":"https://b"}"#, "url"),
        (
            r#"{"header":{"A":"1"}}"#,
            r#"{"header":{"A":"2"}}"#,
            "header[A]",
        ),
        (
            r#"{"header":{"A":[{"body":1}]}}"#,
            r#"{"header":{"A":[{"body":2}]}}"#,
            "header[A][0].?",
        ),
        (
            r#"{"header":{"A":null}}"#,
            r#"{"header":{"A":[]}}"#,
            "header[A]",
        ),
        (
            r#"{"header":{"Secret":[]}}"#,
            r#"{"header":{"Secret":null}}"#,
            "header[Secret]",
        ),
        ("1", "2", "document"),
    ] {
        one(original, redacted, Differs, field);
    }
    for (original, redacted) in [
        (
            "{ \"a\" : [ 1 , \"\\u00e9\" ] }\r\n",
            "{\"\\u0061\":[1,\"é\"]}",
        ),
        (
            r#"{"body":"","url":null,"header":{"Secret":[]}}"#,
            r#"{"body":"","url":null,"header":{"Secret":[ ]}}"#,
        ),
    ] {
        assert_eq!(check(original, redacted), []);
    }
}

#[test]
fn another_order_is_one_difference() {
    let body = hidden("x");
    assert_eq!(
        check(
            r#"{"rate":1,"body":"x","labels":[0,{"a":1,"b":2}]}"#,
            &format!(r#"{{"labels":[0,{{"b":2,"a":1}}],"rate":1,"body":{body}}}"#)
        ),
        [
            (Match, "body".to_owned()),
            (Differs, "labels[1]".to_owned()),
            (Differs, "document".to_owned()),
        ]
    );
}

#[test]
fn members_of_one_name_are_told_apart_by_their_order() {
    let (a, b) = (hidden("a"), hidden("b"));
    let original = r#"{"body":"a","body":"b"}"#;
    let good = format!(r#"{{"body":{a},"body":{b}}}"#);
    assert_eq!(
        check(original, &good),
        [(Match, "body".into()), (Match, "body".into())]
    );
    let second_in_clear = format!(r#"{{"body":{a},"body":"b"}}"#);
    assert_eq!(
        check(original, &second_in_clear),
        [(Match, "body".into()), (InClear, "body".into())]
    );
    let one_gone = format!(r#"{{"body":{b}}}"#);
    assert_eq!(
        check(original, &one_gone),
        [(Mismatch, "body".into()), (Missing, "body".into())]
    );
    let one_more = format!(r#"{{"body":{a},"method":"GET","body":{b},"body":"c"}}"#);
    assert_eq!(
        check(original, &one_more),
        [
            (Match, "body".into()),
            (Match, "body".into()),
            (Extra, "method".into()),
            (Extra, "body".into())
        ]
    );
}

#[test]
fn a_header_map_stays_a_map_and_a_list_a_list() {
    for (original, redacted, status, field) in [
        (
            r#"{"header":{"Secret":"a"}}"#,
            format!(r#"{{"header":{}}}"#, hidden("a")),
            Mismatch,
            "header",
        ),
        (
            r#"{"header":{"Secret":["a"]}}"#,
            format!(r#"{{"header":{{"Secret":{}}}}}"#, hidden("a")),
            Mismatch,
            "header[Secret]",
        ),
        (
            r#"{"header":{"Secret":"a"}}"#,
            format!(r#"{{"header":{{"Secret":[{}]}}}}"#, hidden("a")),
            Mismatch,
            "header[Secret]",
        ),
        (
            r#"{"header":{"Secret":["a"]}}"#,
            r#"{"header":{}}"#.into(),
            Missing,
            "header[Secret]",
        ),
        (
            r#"{"header":{"Secret":["a"]}}"#,
            r#"{"header":{"Secret":[]}}"#.into(),
            Missing,
            "header[Secret][0]",
        ),
        (
            r#"{"responseHeader":{"A":["a"]}}"#,
            format!(r#"{{"responseHeader":{}}}"#, hidden("a")),
            Extra,
            "responseHeader",
        ),
    ] {
        one(original, &redacted, status, field);
    }
}
