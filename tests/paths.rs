//! The typed path and the raw path give the same JSON wherever the typed one accepts.

mod laws;

use laws::view::both_paths_agree;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use qstash_redact::{BodyEncoding, ErrorKind, Message, Placeholder, RedactFields, Redactor};
use std::cell::Cell;

/// A string with its quotes, spelled in some way.
fn text() -> impl Strategy<Value = String> {
    let placeholder = Placeholder::of(b"x").to_string();
    // A placeholder in base64.
    let encoded = concat!(
        "UkVEQUNURUQ6MmQ3MTE2NDJiNzI2YjA0NDAxNjI3Y2E5ZmJhYzMyZjVjODUzMGZiMTkwM2Nj",
        "NGRiMDIyNTg3MTc5MjFhNDg4MQ",
    );
    let whole = [
        "",
        "aGVsbG8=",
        "aGVsbG8",
        "https://e/p",
        "https://u@e",
        encoded,
    ];
    let whole: Vec<String> = whole
        .map(str::to_owned)
        .into_iter()
        .chain([placeholder])
        .collect();
    let pieces = [
        "a",
        "{\\\"b\\\":1}",
        "\\u0041",
        "é",
        "\\ud83d\\ude00",
        "\\/",
        "\\n",
        "?",
        "=",
    ];
    let mixed = prop::collection::vec(
        prop_oneof![200 => select(pieces.to_vec()), 1 => Just("\\ud800")],
        0..6,
    );
    prop_oneof![select(whole), mixed.prop_map(|pieces| pieces.concat())]
        .prop_map(|content| format!("\"{content}\""))
}

fn number() -> impl Strategy<Value = String> {
    let numbers = ["0", "-1", "1.50", "1e400", "9223372036854775808", "\"12\""];
    select(numbers.to_vec()).prop_map(str::to_owned)
}

/// One of `names` with its quotes, sometimes spelled with an escape.
fn name(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    (select(names), any::<prop::sample::Index>(), 0..8).prop_map(|(name, index, how)| {
        let mut spelled = String::from("\"");
        let escaped = (how == 0 && !name.is_empty()).then(|| index.index(name.len()));
        for (at, letter) in name.char_indices() {
            match escaped {
                Some(place) if place == at => spelled += &format!("\\u{:04X}", letter as u32),
                _ => spelled.push(letter),
            }
        }
        spelled + "\""
    })
}

fn object(
    names: &'static [&'static str],
    value: impl Strategy<Value = String>,
) -> impl Strategy<Value = String> {
    prop::collection::vec((name(names), value), 0..4).prop_map(|members| {
        let members: Vec<_> = members
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        format!("{{ {}}}", members.join(" ,"))
    })
}

fn array(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::collection::vec(value, 0..4).prop_map(|elements| format!("[{}]", elements.join("\n,")))
}

const HEADERS: &[&str] = &[
    "A",
    "x-key",
    "Upstash-Forward-X-Key",
    "body",
    "header",
    "é",
    "",
];

const INNER: &[&str] = &[
    "body",
    "bodyBase64",
    "header",
    "responseHeaders",
    "responseBody",
    "url",
    "logs",
    "events",
    "out",
    "error",
    "steps",
    "callHeaders",
    "x",
    "y",
    "",
];

fn headers() -> impl Strategy<Value = String> {
    object(
        HEADERS,
        prop_oneof![text(), array(text()), Just("null".to_owned())],
    )
}

fn anything() -> impl Strategy<Value = String> {
    let words = select(&["true", "false", "null"][..]).prop_map(str::to_owned);
    let leaf = prop_oneof![3 => text(), 1 => number(), 1 => words];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            object(INNER, inner.clone()),
            object(LOGS, prop_oneof![array(inner.clone()), inner.clone()]),
            object(MAPS, object(HEADERS, inner.clone())),
            object(MAPS, headers()),
            array(inner),
        ]
    })
}

/// Names of arrays in which bodies are base64.
const LOGS: &[&str] = &["logs", "events"];

/// Names of header maps.
const MAPS: &[&str] = &["header", "callHeaders", "responseHeaders"];

/// A member with a value of the type that it mostly has.
fn member() -> impl Strategy<Value = (String, String)> {
    let texts = &[
        "messageId",
        "url",
        "body",
        "bodyBase64",
        "callback",
        "error",
        "callerIP",
        "callerIp",
        "responseBody",
        "responseBodyBase64",
        "destination",
        "queue",
        "label",
        "state",
    ];
    let maps = &[
        "header",
        "headers",
        "callbackHeader",
        "responseHeader",
        "responseHeaders",
    ];
    let numbers = &["createdAt", "time", "rate", "responseStatus"];
    let others = &[
        "x",
        "failureCallbackInfo",
        "steps",
        "logs",
        "events",
        "lastScheduleStates",
        "out",
    ];
    prop_oneof![
        10 => (name(texts), text()),
        6 => (name(maps), headers()),
        3 => (name(numbers), number()),
        3 => (name(others), anything()),
        1 => (prop_oneof![name(texts), name(maps), name(numbers)], anything()),
    ]
}

fn message() -> impl Strategy<Value = String> {
    prop::collection::vec(member(), 0..7).prop_map(|members| {
        let members: Vec<_> = members
            .iter()
            .map(|(name, value)| format!("{name}:{value}"))
            .collect();
        format!(" {{{}}}\n", members.join(", "))
    })
}

fn rule() -> impl Strategy<Value = String> {
    let fields = [
        "body",
        "header",
        "header[A]",
        "header[X-Key]",
        "response.body",
        "response.header",
        "response.header[a]",
        "url",
        "error",
        "ip",
    ];
    prop::sample::subsequence(fields.to_vec(), 0..=fields.len()).prop_map(|rule| rule.join(","))
}

fn encoding() -> impl Strategy<Value = BodyEncoding> {
    select(
        &[
            BodyEncoding::Auto,
            BodyEncoding::Auto,
            BodyEncoding::Text,
            BodyEncoding::Base64,
        ][..],
    )
}

#[test]
fn both_paths_give_the_same_tokens() {
    let mut runner = TestRunner::default();
    let runs = Cell::new(0);
    let accepted = Cell::new(0);
    let documents = (message(), rule(), encoding());
    let result = runner.run(&documents, |(json, rule, encoding)| {
        runs.set(runs.get() + 5);
        accepted.set(accepted.get() + both_paths_agree(&json, &rule.parse().unwrap(), encoding));
        Ok(())
    });
    result.unwrap();
    // Else nothing was compared.
    assert!(
        accepted.get() * 3 > runs.get(),
        "{} of {}",
        accepted.get(),
        runs.get()
    );
}

#[test]
fn both_paths_agree_on_the_sample_export() {
    let sample = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/samples/dlq-export.json"
    ))
    .unwrap();
    let mut accepted = 0;
    for document in
        serde_json::Deserializer::from_slice(&sample).into_iter::<&serde_json::value::RawValue>()
    {
        for record in records(document.unwrap().get()) {
            for rule in [
                "body",
                "header[Authorization],url",
                &RedactFields::everything().to_string(),
            ] {
                accepted += both_paths_agree(record, &rule.parse().unwrap(), BodyEncoding::Auto);
            }
        }
    }
    assert!(accepted > 1_000, "{accepted}");
}

/// The objects directly inside the arrays of an envelope, else the document itself.
fn records(document: &str) -> Vec<&str> {
    type Raw<'a> = &'a serde_json::value::RawValue;
    let lists: Vec<Raw<'_>> =
        match serde_json::from_str::<std::collections::BTreeMap<&str, Raw<'_>>>(document) {
            Ok(members) => ["messages", "logs", "events", "runs"]
                .iter()
                .filter_map(|name| members.get(name).copied())
                .collect(),
            Err(_) => vec![serde_json::from_str(document).unwrap()],
        };
    if lists.is_empty() {
        return vec![document];
    }
    let elements = lists
        .iter()
        .flat_map(|list| serde_json::from_str::<Vec<Raw<'_>>>(list.get()).unwrap());
    elements.map(|element| element.get()).collect()
}

#[test]
fn what_the_typed_path_alone_refuses() {
    for (json, kind) in [
        (r#"{"body":"a","body":"b"}"#, ErrorKind::Duplicate),
        (r#"{"x":1,"x":2}"#, ErrorKind::Duplicate),
        (r#"{"body":"\ud800"}"#, ErrorKind::Surrogate),
        (r#"{"x":{"\udc00":1}}"#, ErrorKind::Surrogate),
        (r#"{"body":1}"#, ErrorKind::Type),
        (r#"{"header":""}"#, ErrorKind::Type),
        (r#"{"header":{"A":[1]}}"#, ErrorKind::Type),
        (r#"{"createdAt":"today"}"#, ErrorKind::Type),
        ("[{}]", ErrorKind::Type),
        ("{}{}", ErrorKind::Syntax),
        ("", ErrorKind::Truncated),
    ] {
        let error = Message::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), kind, "{json}");
        let redactor = Redactor::new(RedactFields::everything());
        assert!(redactor.redact_json(json.as_bytes()).is_ok(), "{json}");
    }
}
