//! The verifier and the redactor, which share no walk, agree.

use crate::findings;
use proptest::prelude::*;
use qstash_redact::verify::{Pairing, Status, Verifier};
use qstash_redact::{BodyEncoding, Export, RedactFields, Redactor};

/// Names with and without meaning, some with escapes.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec![
            "body", "out", "bodyBase64", "sourceBody", "header", "headers", "callbackHeaders",
            "responseBody", "failResponse", "responseBodyBase64", "responseHeader", "failHeaders",
            "url", "destination", "error", "callerIP", "messages", "logs", "events", "runs", "steps",
            "messageId", "Authorization", "Upstash-Forward-Secret", "\\u0062ody", "l\\u006fgs",
            "he\\u0061der", "Body", "secret", "unheard of", "",
        ]).prop_map(str::to_owned),
        1 => "[a-c]{1,2}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-z0-9+/]{1,12}={0,2}",
        "[ -!#-\\[\\]-~é😀]{1,40}",
        "https://[a-z]{1,5}\\.example/[?#@]?[a-z]{0,3}",
        prop::sample::select(vec![
            "\\\"", "\\\\", "\\/", "\\n", "\\u00e9", "\\ud83d\\ude00", "\\ud83d", "\\udc00x", "\\u0000",
            "aGVsbG8=", "aGVs\\/G8", "REDACTED:", "REDACTED:hmac-sha256:k:00",
            "REDACTED:89561152c3f595f91dee15b0d8bf91457346c37c09fb804d2a9da1c5a3b481c1",
            "REDACTED:89561152C3F595F91DEE15B0D8BF91457346C37C09FB804D2A9DA1C5A3B481C1",
            "\\u0052EDACTED:89561152c3f595f91dee15b0d8bf91457346c37c09fb804d2a9da1c5a3b481c1",
            // The same in base64.
            "UkVEQUNURUQ6ODk1NjExNTJjM2Y1OTVmOTFkZWUxNWIwZDhiZjkxNDU3MzQ2YzM3YzA5ZmI4MDRkMmE5ZGExYzVhM2I0ODFjMQ==",
        ]).prop_map(str::to_owned),
    ]
}

fn document() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        3 => text().prop_map(|text| format!("\"{text}\"")),
        1 => prop::sample::select(vec!["null", "true", "0", "-1.50E+3", "9223372036854775808", "1e400"])
            .prop_map(str::to_owned),
    ];
    let blank = prop::sample::select(vec!["", "", "", " ", "\n", "\r\n\t"]);
    scalar.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            1 => (prop::collection::vec(inner.clone(), 0..4), blank.clone())
                .prop_map(|(elements, blank)| format!("[{blank}{}{blank}]", elements.join(&format!(",{blank}")))),
            3 => (prop::collection::vec((name(), inner), 0..6), blank.clone())
                .prop_map(|(members, blank)| {
                    let members = members.iter().map(|(name, value)| format!("\"{name}\"{blank}:{blank}{value}"));
                    format!("{{{blank}{}{blank}}}", members.collect::<Vec<_>>().join(&format!("{blank},")))
                }),
        ]
    })
}

fn documents() -> impl Strategy<Value = String> {
    prop::collection::vec(document(), 0..4).prop_map(|documents| documents.join("\n"))
}

fn fields() -> impl Strategy<Value = RedactFields> {
    let parts = vec![
        "body",
        "header",
        "header[secret]",
        "header[Authorization]",
        "response.body",
        "response.header",
        "response.header[secret]",
        "url",
        "error",
        "ip",
    ];
    prop_oneof![
        prop::sample::subsequence(parts, 0..10).prop_map(|parts| parts.join(",").parse().unwrap()),
        Just(RedactFields::everything()),
    ]
}

fn encoding() -> impl Strategy<Value = BodyEncoding> {
    prop::sample::select(vec![
        BodyEncoding::Auto,
        BodyEncoding::Text,
        BodyEncoding::Base64,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_verifier_accepts_what_the_redactor_does(
        original in documents(),
        fields in fields(),
        encoding in encoding(),
    ) {
        let redactor = Redactor::new(fields.clone()).with_body_encoding(encoding);
        let clean = redactor.redact_json(original.as_bytes()).unwrap();
        let redacted = clean.as_str();
        let verifier = Verifier::new(fields).with_body_encoding(encoding);
        let (mut export, mut output) = (Export::new(redactor.clone()), Vec::new());
        export.push(original.as_bytes(), &mut output).unwrap();
        export.finish(&mut output).unwrap();
        prop_assert_eq!(&output, redacted.as_bytes());
        let summary = export.summary();
        let report = verifier.documents(original.as_bytes(), &output[..], &mut |_| {}).unwrap();
        prop_assert_eq!(report.original_records(), summary.records, "{}", original);
        prop_assert_eq!(report.redacted_records(), summary.records, "{}", original);
        prop_assert_eq!(report.count(Status::Match), summary.replaced_total(), "{}", original);
        prop_assert_eq!(report.count(Status::AlreadyRedacted), summary.already_redacted, "{}", original);
        prop_assert_eq!(report.not_base64(), summary.not_base64, "{}", original);
        for pairing in [Pairing::Position, Pairing::Id] {
            for (status, field) in findings(&verifier.clone().with_pairing(pairing), &original, redacted) {
                prop_assert!(status.is_good(), "{status}: {field}\n{original}\n{redacted}");
            }
        }
        let report = verifier.only(redacted.as_bytes(), &mut |_| {}).unwrap();
        prop_assert!(report.is_clean(), "{original}\n{redacted}");
    }

    #[test]
    fn no_value_left_in_clear_and_no_change_goes_unseen(
        original in documents(),
        fields in fields(),
        seed in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let redactor = Redactor::new(fields.clone());
        let clean = redactor.redact_json(original.as_bytes()).unwrap();
        let verifier = Verifier::new(fields);
        let report = verifier.documents(original.as_bytes(), original.as_bytes(), &mut |_| {}).unwrap();
        prop_assert_eq!(report.is_clean(), clean.as_bytes() == original.as_bytes(), "{}", original);

        // One byte changed anywhere: either another spelling of the same, or found, or no JSON.
        let mut changed = clean.as_bytes().to_vec();
        if changed.is_empty() {
            return Ok(());
        }
        let place = seed.index(changed.len());
        // Of a placeholder, the case of a digit may change.
        prop_assume!(!(byte.is_ascii_hexdigit() && byte.eq_ignore_ascii_case(&changed[place])));
        changed[place] = byte;
        let is_taken = redactor.redact_json(&changed).is_ok();
        let only = verifier.only(&changed[..], &mut |_| {});
        prop_assert_eq!(is_taken, only.is_ok(), "{}", String::from_utf8_lossy(&changed));
        if let Ok(report) = verifier.documents(original.as_bytes(), &changed[..], &mut |_| {}) {
            let is_same = same_tokens(&changed, clean.as_bytes());
            prop_assert_eq!(report.is_clean(), is_same, "{}\n{}", original, String::from_utf8_lossy(&changed));
        }
    }
}

/// Whether two inputs are the same but for blanks, escapes and the case of placeholders, as a verifier
/// of an empty rule sees it.
fn same_tokens(left: &[u8], right: &[u8]) -> bool {
    let verifier = Verifier::new(RedactFields::new());
    let report = verifier.documents(left, right, &mut |_| {}).unwrap();
    report.is_clean()
}

/// Every single-byte change of a placeholder, except of the case of a digit, is caught.
#[test]
fn every_change_of_a_placeholder_is_caught() {
    let original = r#"{"messages":[{"messageId":"m","header":{"A":["x"]},"body":"y","responseBody":{"z":1}}]}"#;
    let fields = RedactFields::everything();
    let clean = Redactor::new(fields.clone())
        .redact_json(original.as_bytes())
        .unwrap();
    let verifier = Verifier::new(fields);
    let mut places = Vec::new();
    for (start, _) in clean.as_str().match_indices("REDACTED:") {
        places.extend(start..start + 73);
    }
    assert_eq!(places.len(), 3 * 73);
    for place in places {
        let was = clean.as_bytes()[place];
        let is_digit = clean.as_bytes()[..place]
            .rsplit(|byte| *byte == b'"')
            .next()
            .unwrap()
            .len()
            >= 9;
        for byte in 0..=u8::MAX {
            let is_same = byte == was || (is_digit && byte.eq_ignore_ascii_case(&was));
            let mut changed = clean.as_bytes().to_vec();
            changed[place] = byte;
            let result = verifier.documents(original.as_bytes(), &changed[..], &mut |finding| {
                let is_expected =
                    finding.status() == Status::Match || finding.status() == Status::Mismatch;
                assert!(is_expected, "{finding}");
            });
            let is_clean = result.is_ok_and(|report| report.is_clean());
            assert_eq!(is_clean, is_same, "{place} {byte}");
        }
    }
}
