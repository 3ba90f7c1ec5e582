//! Inputs that are bad, hostile, cut, or simply large.

use crate::{findings, hidden, rule};
use qstash_redact::ErrorKind;
use qstash_redact::verify::Status::*;
use qstash_redact::verify::{Pairing, Side, Verifier};
use std::io::{self, Read};
use std::time::{Duration, Instant};

fn verifier() -> Verifier {
    Verifier::new(rule("body"))
}

#[test]
fn the_input_at_fault_is_named() {
    let (good, bad) = (&b"{}\n{}"[..], &b"{}\n{"[..]);
    for pairing in [Pairing::Position, Pairing::Id] {
        let verifier = verifier().with_pairing(pairing);
        for (original, redacted, side) in [(bad, good, Side::Original), (good, bad, Side::Redacted)]
        {
            let failure = verifier
                .documents(original, redacted, &mut |_| {})
                .unwrap_err();
            assert_eq!(failure.side(), side);
            assert!(failure.io().is_none());
            let error = failure.input().unwrap();
            assert_eq!(error.kind(), ErrorKind::Truncated);
            assert_eq!(
                failure.to_string(),
                format!("{side}: line 2, byte 4, record 2: the input ends inside a document")
            );
        }
    }
    assert_eq!(
        verifier().only(bad, &mut |_| {}).unwrap_err().side(),
        Side::Redacted
    );
}

#[test]
fn a_reader_that_fails_is_no_bad_input() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("unplugged"))
        }
    }
    let failure = verifier()
        .documents(&b"{}"[..], Broken, &mut |_| {})
        .unwrap_err();
    assert_eq!(failure.side(), Side::Redacted);
    assert!(failure.input().is_none());
    assert_eq!(failure.to_string(), "redacted: unplugged");
    let failure = verifier()
        .documents(Broken, &b"{}"[..], &mut |_| {})
        .unwrap_err();
    assert_eq!(failure.side(), Side::Original);
}

#[test]
fn no_error_shows_the_input() {
    for bad in [
        r#"{"canary":canary}"#,
        r#"{"canary":"canary\canary"}"#,
        "{\"canary\":\"canary\u{1}canary\"}",
        r#"{"body":"canary" canary"#,
        r#"canary"#,
    ] {
        let failure = verifier()
            .documents(bad.as_bytes(), &b""[..], &mut |_| {})
            .unwrap_err();
        assert!(
            !format!("{failure} {failure:?}").contains("canary"),
            "{bad}"
        );
    }
}

#[test]
fn what_was_found_before_a_cut_stands() {
    let original = "{\"body\":\"a\"}\n{\"body\":\"b\"}\n{\"body\":\"c\"}";
    let redacted = format!(
        "{{\"body\":{}}}\n{{\"body\":\"b\"}}\n{{\"body\":\"RED",
        hidden("a")
    );
    let mut found = Vec::new();
    let failure = verifier()
        .documents(original.as_bytes(), redacted.as_bytes(), &mut |finding| {
            found.push(finding.status());
        })
        .unwrap_err();
    assert_eq!(
        (failure.side(), failure.input().unwrap().record()),
        (Side::Redacted, Some(3))
    );
    assert_eq!(found, [Match, InClear]);
}

#[test]
fn records_that_are_gone_or_added_are_found_in_every_array() {
    let original = r#"{"messages":[{"rate":1},{"rate":2},{"rate":3}],"more":{"logs":[{"rate":4}]},"cursor":"c"}"#;
    for (redacted, expected) in [
        (
            r#"{"messages":[{"rate":1}],"more":{"logs":[{"rate":4}]},"cursor":"c"}"#,
            &[(Missing, "messages[1]"), (Missing, "messages[2]")][..],
        ),
        (
            r#"{"messages":[{"rate":1},{"rate":2},{"rate":3}],"more":{"logs":[{"rate":4},{}]},"cursor":"c"}"#,
            &[(Extra, "?.logs[1]")],
        ),
        (
            r#"{"messages":[{"rate":1},{"rate":2},{"rate":3},{}],"more":{"logs":[{"rate":4}]},"cursor":"c"}"#,
            &[(Extra, "messages[3]")],
        ),
        (
            r#"{"more":{"logs":[{"rate":4}]},"cursor":"c"}"#,
            &[
                (Missing, "messages[0]"),
                (Missing, "messages[1]"),
                (Missing, "messages[2]"),
                (Missing, "messages"),
            ],
        ),
        (
            r#"{"messages":[],"more":{"logs":[]},"cursor":"c"}"#,
            &[
                (Missing, "messages[0]"),
                (Missing, "messages[1]"),
                (Missing, "messages[2]"),
                (Missing, "?.logs[0]"),
            ],
        ),
        // Another member in front does not turn the records into strangers.
        (
            r#"{"rate":0,"messages":[{"rate":1},{"rate":2},{"rate":3}],"more":{"logs":[{"rate":4}]},"cursor":"c"}"#,
            &[(Extra, "rate")],
        ),
        (
            r#"{"events":[{"rate":1},{"rate":2},{"rate":3}],"more":{"logs":[{"rate":4}]},"cursor":"c"}"#,
            &[
                (Missing, "messages[0]"),
                (Missing, "messages[1]"),
                (Missing, "messages[2]"),
                (Extra, "events[0]"),
                (Extra, "events[1]"),
                (Extra, "events[2]"),
                (Missing, "messages"),
                (Extra, "events"),
            ],
        ),
    ] {
        let mut found = findings(&verifier(), original, redacted);
        let mut expected: Vec<_> = expected
            .iter()
            .map(|(status, field)| (*status, (*field).to_owned()))
            .collect();
        for list in [&mut found, &mut expected] {
            list.sort();
        }
        assert_eq!(found, expected, "{redacted}");
    }
}

#[test]
fn a_document_may_lose_all_shape() {
    let original = r#"{"messages":[{"body":"a"}]}"#;
    for (redacted, expected) in [
        ("", &[(Missing, "document"), (Missing, "messages[0]")][..]),
        ("[]", &[(Missing, "messages[0]"), (Differs, "document")]),
        (
            r#"{"messages":{"body":"a"}}"#,
            &[(Missing, "messages[0]"), (Differs, "messages")],
        ),
        (
            r#"{"messages":[1,{"body":"a"}]}"#,
            &[
                (Missing, "messages[0]"),
                (Extra, "messages[0]"),
                (Extra, "messages[1]"),
            ],
        ),
        (
            r#"[{"body":"a"}]"#,
            &[
                (Missing, "messages[0]"),
                (Extra, "[0]"),
                (Differs, "document"),
            ],
        ),
    ] {
        let mut found = findings(&verifier(), original, redacted);
        let mut expected: Vec<_> = expected
            .iter()
            .map(|(status, field)| (*status, (*field).to_owned()))
            .collect();
        for list in [&mut found, &mut expected] {
            list.sort();
        }
        assert_eq!(found, expected, "{redacted}");
    }
}

#[test]
fn two_empty_inputs_are_clean_and_have_no_records() {
    let report = verifier()
        .documents(&b" \n"[..], &b""[..], &mut |_| {})
        .unwrap();
    assert!(report.is_clean());
    assert_eq!(
        (report.original_records(), report.redacted_records()),
        (0, 0)
    );
}

#[test]
fn a_record_over_the_limit_is_refused() {
    let document = format!(r#"{{"body":"{}"}}"#, "x".repeat(1000));
    let verifier = verifier().with_record_limit(900);
    let failure = verifier.only(document.as_bytes(), &mut |_| {}).unwrap_err();
    assert_eq!(failure.input().unwrap().kind(), ErrorKind::TooLarge);
    let page = format!("[{}]", vec![r#"{"body":"x"}"#; 1000].join(","));
    assert_eq!(
        verifier
            .only(page.as_bytes(), &mut |_| {})
            .unwrap()
            .redacted_records(),
        1000
    );
}

#[test]
fn no_input_takes_more_than_linear_time() {
    let many = 100_000;
    let keys = |value: &str| vec![format!("\"body\":{value}"); many].join(",");
    let mut names: Vec<_> = (0..many)
        .map(|name| format!("\"n{name}\":[{name}]"))
        .collect();
    let in_order = names.join(",");
    names.reverse();
    let reversed = names.join(",");
    let deep = |inside: &str| format!("{}{inside}{}", r#"{"x":"#.repeat(127), "}".repeat(127));
    let lines = |value: &str| vec![format!("\n\"body\":{value}"); many].join(",");
    for (what, original, redacted) in [
        (
            "one key",
            format!("{{{}}}", keys("\"x\"")),
            format!("{{{}}}", keys("\"y\"")),
        ),
        (
            "other order",
            format!("{{{in_order}}}"),
            format!("{{{reversed}}}"),
        ),
        (
            "headers",
            format!("{{\"header\":{{{in_order}}}}}"),
            format!("{{\"header\":{{{reversed}}}}}"),
        ),
        (
            "deep",
            deep(&format!("[{}]", "1,".repeat(many) + "1")),
            deep(&format!("[{}]", "2,".repeat(many) + "2")),
        ),
        (
            "places",
            format!("{{{}}}", lines("\"x\"")),
            format!("{{{}}}", lines("\"y\"")),
        ),
        (
            "escapes",
            format!("\"{}\"", r"\u0061".repeat(many)),
            format!("\"{}\"", r"\u0062".repeat(many)),
        ),
        (
            "blanks",
            format!("[{}1]", " ".repeat(3_000_000)),
            format!("[{}2]", "\n".repeat(3_000_000)),
        ),
        ("digits", "1".repeat(3_000_000), "2".repeat(3_000_000)),
        ("documents", "1 ".repeat(many), "2 ".repeat(many)),
        (
            "arrays",
            format!("{{{}}}", vec!["\"a\":[{}]"; many].join(",")),
            format!("{{{}}}", vec!["\"a\":[1]"; many].join(",")),
        ),
    ] {
        for pairing in [Pairing::Position, Pairing::Id] {
            let begin = Instant::now();
            let verifier = Verifier::new(rule("body,header")).with_pairing(pairing);
            let report = verifier.documents(original.as_bytes(), redacted.as_bytes(), &mut |_| {});
            assert!(!report.unwrap().is_clean());
            // Comparing each with each would take minutes.
            assert!(
                begin.elapsed() < Duration::from_secs(60),
                "{what}: {:?}",
                begin.elapsed()
            );
        }
    }
}
