//! Credentials are found by name and form; examples, templates and code are not.

use crate::hunt::{Finding, Kind, Targets, search};

/// What `text` is found to hold: kind, name, and the bytes it takes.
fn found(text: &str) -> Vec<(Kind, Option<String>, String)> {
    let targets = Targets::new().with_known();
    let show = |finding: Finding| {
        let start = finding.offset as usize;
        let taken = text[start..start + finding.length as usize].to_owned();
        (finding.kind, finding.name, taken)
    };
    search(&targets, text.as_bytes())
        .into_iter()
        .map(show)
        .collect()
}

/// Base64 of a user and the password `f4k3Passw0rdOfNobody`, as the service writes its tokens.
const TOKEN: &str =
    "eyJVc2VySUQiOiJmYWtlLXVzZXItMTIzNDU2Nzg5IiwiUGFzc3dvcmQiOiJmNGszUGFzc3cwcmRPZk5vYm9keSJ9";

const KEY: &str = "sig_7Kp3mQz9Ra2Tb4Vc6Wd8Xe5Yf1Zg";

/// Six bytes, an id and a password of letters and digits.
const REST: &str =
    "AX8_ASQgNzg1ZTFjMmEtOWQzYi00ZjVlLThhN2ItMWMyZDNlNGY1YTZiZjRrM3Bhc3N3MHJkZjRrM3Bhc3N3MHJkMTI=";

#[test]
fn variables_are_found_by_name_whatever_their_prefix() {
    for (text, name) in [
        ("QSTASH_TOKEN=$", "QSTASH_TOKEN"),
        (
            "export EU_CENTRAL_1_QSTASH_TOKEN=\"$\"",
            "EU_CENTRAL_1_QSTASH_TOKEN",
        ),
        (
            "  UPSTASH_REDIS_PASSWORD: $ # redis",
            "UPSTASH_REDIS_PASSWORD",
        ),
        (
            "{\"NEXT_PUBLIC_KV_REST_API_TOKEN\": \"$\"}",
            "NEXT_PUBLIC_KV_REST_API_TOKEN",
        ),
        (
            "upstash_vector_rest_token = \"$\"",
            "upstash_vector_rest_token",
        ),
        (
            "- name: UPSTASH_BOX_API_KEY\n  value: \"$\"",
            "UPSTASH_BOX_API_KEY",
        ),
        ("ENV UPSTASH_API_KEY $", "UPSTASH_API_KEY"),
        (
            "| SHOP_UPSTASH_SEARCH_REST_TOKEN | $ |",
            "SHOP_UPSTASH_SEARCH_REST_TOKEN",
        ),
    ] {
        let value = "f4k3valu3-0f-n0b0dy";
        let expected = (Kind::Variable, Some(name.to_owned()), value.to_owned());
        assert_eq!(found(&text.replace('$', value)), [expected], "{text}");
    }
}

#[test]
fn an_email_address_is_told_apart() {
    let expected = (
        Kind::Email,
        Some("UPSTASH_EMAIL".to_owned()),
        "nobody@nowhere.dev".to_owned(),
    );
    assert_eq!(found("UPSTASH_EMAIL=nobody@nowhere.dev"), [expected]);
    assert_eq!(
        found("UPSTASH_EMAIL=you@example.com\nUPSTASH_EMAIL=your@nowhere.dev"),
        []
    );
}

#[test]
fn forms_are_found_wherever_they_stand() {
    let url = "rediss://default:f4k3passw0rd0fn0b0dy@fake.upstash.io:6379";
    for (value, kind) in [
        (TOKEN, Kind::QstashToken),
        (KEY, Kind::SigningKey),
        (REST, Kind::RestToken),
        (url, Kind::RedisUrl),
    ] {
        for text in [
            "$",
            "see $, please",
            "{\"a\":\"$\"}",
            "curl -H 'Authorization: Bearer $'",
        ] {
            let found = found(&text.replace('$', value));
            assert_eq!(found, [(kind, None, value.to_owned())], "{text}");
        }
    }
    // A form says more than a name; the name is kept.
    let named = found(&format!("QSTASH_CURRENT_SIGNING_KEY={KEY}"));
    let name = Some("QSTASH_CURRENT_SIGNING_KEY".to_owned());
    assert_eq!(named, [(Kind::SigningKey, name, KEY.to_owned())]);
}

#[test]
fn what_is_wrapped_is_known_too() {
    let text = format!("{{\"body\":\"{{\\\"QSTASH_NEXT_SIGNING_KEY\\\":\\\"{KEY}\\\"}}\"}}");
    let findings = search(&Targets::new().with_known(), text.as_bytes());
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].kind, Kind::SigningKey);
}

#[test]
fn examples_templates_and_code_are_no_findings() {
    for text in [
        "QSTASH_TOKEN=",
        "QSTASH_TOKEN=your-qstash-token-1a2b3c4d",
        "QSTASH_TOKEN=<YOUR_TOKEN>",
        "QSTASH_TOKEN=${QSTASH_TOKEN_FROM_VAULT}",
        "QSTASH_TOKEN=$SECRET12345678901",
        "QSTASH_TOKEN=xxxxxxxxxxxxxxxxxxxxxxxx",
        "QSTASH_TOKEN=********************",
        "QSTASH_TOKEN=REDACTED:89561152c3f595f91dee15b0d8bf91457346c37c09fb804d2a9da1c5a3b481c1",
        "const token = process.env.QSTASH_TOKEN;",
        "token: process.env.QSTASH_TOKEN ?? options.configuration.token,",
        "QSTASH_TOKEN: ${{ secrets.QSTASH_TOKEN }}",
        "UPSTASH_REDIS_REST_TOKEN=KV_REST_API_TOKEN_2_OF_PRODUCTION",
        "set QSTASH_TOKEN, QSTASH_CURRENT_SIGNING_KEY and QSTASH_NEXT_SIGNING_KEY",
        "NOTQSTASH_TOKEN=f4k3valu3-0f-n0b0dy",
        "redis://localhost:6379",
        "redis://user:password@localhost:6379",
        "rediss://default:YOUR_PASSWORD_1a2b3c@host:6379",
        "sig_xxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "sig_verify_signature_of_message1",
        "eyJVc2VySUQiOiJ1c2VyIiwiUGFzc3dvcmQiOiJwYXNzIn0=",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
    let hash = "A".to_owned() + &"3f9c".repeat(24);
    assert_eq!(found(&hash), []);
}
