//! The contract's chapter on private data, sentence by sentence, with its names written out again.

use crate::{expect, expect_only, hidden};
use qstash_redact::RedactFields;
use qstash_redact::verify::Status::*;

const TEXT: &[(&str, &[&str])] = &[
    (
        "body",
        &["body", "out", "callBody", "invokedWorkflowRunBody"],
    ),
    (
        "response.body",
        &[
            "responseBody",
            "callResponseBody",
            "failResponse",
            "workflowRunResponse",
        ],
    ),
    (
        "url",
        &[
            "url",
            "destination",
            "callback",
            "failureCallback",
            "callUrl",
            "workflowUrl",
            "invokedWorkflowUrl",
            "timeoutUrl",
        ],
    ),
    ("error", &["error"]),
    ("ip", &["callerIP", "callerIp", "workflowRunCallerIp"]),
];

const BASE64: &[(&str, &[&str])] = &[
    ("body", &["bodyBase64", "sourceBody", "timeoutBody"]),
    ("response.body", &["responseBodyBase64"]),
];

const HEADERS: &[(&str, &[&str])] = &[
    (
        "header",
        &[
            "header",
            "headers",
            "sourceHeader",
            "callbackHeader",
            "callbackHeaders",
            "failureCallbackHeader",
            "failureCallbackHeaders",
            "callHeaders",
            "invokedWorkflowRunHeaders",
            "timeoutHeaders",
        ],
    ),
    (
        "response.header",
        &[
            "responseHeader",
            "responseHeaders",
            "callResponseHeaders",
            "failHeaders",
        ],
    ),
];

const GROUPS: [&str; 7] = [
    "body",
    "header",
    "response.body",
    "response.header",
    "url",
    "error",
    "ip",
];

/// Asserts that `original` is private as a whole, as the bytes `hashed`, under the rule `group` and
/// under no other.
#[track_caller]
fn is_private(group: &str, name: &str, original: &str, hashed: &[u8]) {
    let (original, redacted) = (
        format!(r#"{{"{name}":{original}}}"#),
        format!(r#"{{"{name}":{}}}"#, hidden(hashed)),
    );
    for fields in GROUPS {
        if fields == group {
            expect(fields, &original, &redacted, &[(Match, name)]);
            expect(fields, &original, &original, &[(InClear, name)]);
            expect_only(fields, &original, &[(InClear, name)]);
            expect_only(fields, &redacted, &[(AlreadyRedacted, name)]);
        } else {
            expect(fields, &original, &original, &[]);
            expect(fields, &original, &redacted, &[(Extra, name)]);
            expect_only(fields, &original, &[]);
        }
    }
}

#[test]
fn every_member_of_text_is_private_in_its_group() {
    for (group, names) in TEXT {
        for name in *names {
            is_private(
                group,
                name,
                r#""a\u0020?é\ud800""#,
                b"a ?\xc3\xa9\xed\xa0\x80",
            );
        }
    }
}

#[test]
fn every_member_of_base64_is_private_in_its_group() {
    for (group, names) in BASE64 {
        for name in *names {
            is_private(group, name, r#""\/\/79""#, b"\xff\xfe\xfd");
            is_private(group, name, r#""//79AA==""#, b"\xff\xfe\xfd\x00");
            is_private(group, name, r#""no base64""#, b"no base64");
        }
    }
}

#[test]
fn every_header_map_is_private_value_by_value() {
    for (group, names) in HEADERS {
        for name in *names {
            let original = format!(r#"{{"{name}":{{"A":["x","y"],"B":"z","C":[7,null,""]}}}}"#);
            let redacted = format!(
                r#"{{"{name}":{{"A":[{},{}],"B":{},"C":[{},null,""]}}}}"#,
                hidden("x"),
                hidden("y"),
                hidden("z"),
                hidden("7")
            );
            let fields = [
                format!("{name}[A][0]"),
                format!("{name}[A][1]"),
                format!("{name}[B]"),
                format!("{name}[C][0]"),
            ];
            let all = |status| fields.each_ref().map(|field| (status, &**field));
            for other in GROUPS {
                let is_own = other == *group;
                let in_clear = all(InClear);
                let in_clear = if is_own { &in_clear[..] } else { &[] };
                expect(
                    other,
                    &original,
                    &redacted,
                    &all(if is_own { Match } else { Extra }),
                );
                expect(other, &original, &original, in_clear);
                expect_only(other, &original, in_clear);
            }
            let named = format!("{group}[b]");
            expect(&named, &original, &original, &[(InClear, &*fields[2])]);
            expect_only(&named, &original, &[(InClear, &*fields[2])]);
        }
    }
}

#[test]
fn names_are_compared_exactly_and_after_unescaping() {
    for name in ["Body", "BODY", "body ", "bodybase64", "Headers", "URL"] {
        let document = format!(r#"{{"{name}":"https://a?b"}}"#);
        expect(
            &RedactFields::everything().to_string(),
            &document,
            &document,
            &[],
        );
    }
    expect(
        "body",
        r#"{"\u0062\u006Fdy":"x"}"#,
        r#"{"body":"x"}"#,
        &[(InClear, "body")],
    );
    expect(
        "header[Secret]",
        r#"{"header":{"\u0053ECRET":"x"}}"#,
        r#"{"header":{"\u0053ECRET":"x"}}"#,
        &[(InClear, "header[SECRET]")],
    );
}

#[test]
fn one_forwarding_prefix_is_taken_off() {
    for (name, is_selected) in [
        ("Upstash-Forward-Secret", true),
        ("upstash-callback-forward-secret", true),
        ("Upstash-Failure-Callback-Forward-SECRET", true),
        ("Upstash-Forward-Upstash-Forward-Secret", false),
        ("Upstash-Secret", false),
    ] {
        let document = format!(r#"{{"headers":{{"{name}":"x"}}}}"#);
        let field = format!("headers[{name}]");
        let expected = if is_selected {
            &[(InClear, &*field)][..]
        } else {
            &[]
        };
        expect("header[secret]", &document, &document, expected);
        expect_only("header[Upstash-Forward-Secret]", &document, expected);
    }
}

#[test]
fn what_holds_nothing_stays() {
    let everything = RedactFields::everything().to_string();
    for document in [
        r#"{"body":"","bodyBase64":"","url":"","error":"","callerIP":""}"#,
        r#"{"body":null,"bodyBase64":null,"url":null,"header":null,"responseHeader":""}"#,
        r#"{"header":{"A":[],"B":[ ],"C":"","D":null,"E":["",null]},"headers":{}}"#,
        r#"{"url":"https://example.com/a/b","destination":"https://example.com:8080/"}"#,
    ] {
        expect(&everything, document, document, &[]);
        expect_only(&everything, document, &[]);
    }
}

#[test]
fn a_url_is_private_only_with_user_info_query_or_fragment() {
    for url in [
        "https://u:p@a/",
        "https://a/?b",
        "https://a/#b",
        r"https:\/\/a\/\u003fb",
        "@",
    ] {
        let text = url.replace(r"\/", "/").replace(r"\u003f", "?");
        is_private("url", "url", &format!("\"{url}\""), text.as_bytes());
    }
    // What is no string cannot be looked at.
    is_private("url", "url", "[\"https://a/b\"]", b"[\"https://a/b\"]");
}

#[test]
fn other_json_is_hashed_as_it_stands() {
    for raw in [
        "0",
        "-1.50e+3",
        "true",
        "[]",
        "{}",
        "[ 1,\t\"\\u0061\" ]",
        "{ \"a\" : \"x\" }",
    ] {
        for (group, name) in [("body", "body"), ("body", "bodyBase64"), ("ip", "callerIP")] {
            is_private(group, name, raw, raw.as_bytes());
        }
        let header = |value: &str| format!(r#"{{"header":{{"A":[{value}]}}}}"#);
        let found = [(Match, "header[A][0]")];
        expect("header[A]", &header(raw), &header(&hidden(raw)), &found);
    }
    for raw in ["0", "false", "{ }", r#"{"A":"x"}"#] {
        let header = |value: &str| format!(r#"{{"header":{{"A":{value}}}}}"#);
        expect(
            "header",
            &header(raw),
            &header(&hidden(raw)),
            &[(Match, "header[A]")],
        );
    }
    // Written anew, the bytes that were hashed are no longer known.
    let redacted = format!(r#"{{"body":{}}}"#, hidden("[ 1 ]"));
    expect("body", r#"{"body":[1]}"#, &redacted, &[(Mismatch, "body")]);
}

#[test]
fn headers_that_are_no_map_are_private_as_a_whole() {
    for raw in [r#"[]"#, r#"["a: b"]"#, "0", "true"] {
        let with = |value: &str| format!(r#"{{"header":{value}}}"#);
        for fields in ["header", "header[X]"] {
            expect(
                fields,
                &with(raw),
                &with(&hidden(raw)),
                &[(Match, "header")],
            );
            expect_only(fields, &with(raw), &[(InClear, "header")]);
        }
        expect("response.header,body", &with(raw), &with(raw), &[]);
    }
    let redacted = format!(r#"{{"header":{}}}"#, hidden("a: b"));
    expect(
        "header[X]",
        r#"{"header":"a: b"}"#,
        &redacted,
        &[(Match, "header")],
    );
}

#[test]
fn nothing_below_a_header_map_is_searched() {
    let document =
        r#"{"header":{"body":[{"body":"x"}],"events":[{"body":"eA=="}],"header":{"A":"y"}}}"#;
    for fields in ["body", "header[A]", "url,error"] {
        expect(fields, document, document, &[]);
        expect_only(fields, document, &[]);
    }
    // Under a header member only an object is a map.
    let list = r#"{"header":[{"body":"x"}]}"#;
    expect("body", list, list, &[(InClear, "header[0].body")]);
}

#[test]
fn whatever_is_not_selected_is_searched() {
    let document =
        r#"{"body":{"callerIP":"x","unknown":[[{"error":"y"}]]},"url":{"header":{"A":"z"}}}"#;
    let fields = ["body.callerIP", "body.?[0][0].error", "url.header[A]"];
    expect(
        "ip,error,header",
        document,
        document,
        &fields.map(|field| (InClear, field)),
    );
    expect_only(
        "ip,error,header",
        document,
        &fields.map(|field| (InClear, field)),
    );
}

#[test]
fn nothing_inside_a_replaced_value_is_looked_at_again() {
    let raw = r#"{"callerIP":"x"}"#;
    let document = format!(r#"{{"body":{raw}}}"#);
    let redacted = format!(r#"{{"body":{}}}"#, hidden(raw));
    expect("body,ip", &document, &redacted, &[(Match, "body")]);
    expect_only("body,ip", &document, &[(InClear, "body")]);
}

#[test]
fn what_only_looks_like_a_placeholder_is_a_value() {
    let digits = "0123456789abcdef".repeat(4);
    for text in [
        format!("REDACTED:hmac-sha256:k:{digits}"),
        format!("redacted:{digits}"),
        format!("REDACTED:{digits} "),
        format!("REDACTED:{}", &digits[1..]),
        "REDACTED:".to_owned(),
    ] {
        is_private("body", "body", &format!("\"{text}\""), text.as_bytes());
    }
}
