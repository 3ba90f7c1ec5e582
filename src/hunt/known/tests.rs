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

/// Base64url without padding.
fn digits(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(*chunk.get(at).unwrap_or(&0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let digit = |at: usize| char::from(alphabet[(bits >> (18 - 6 * at) & 63) as usize]);
        text.extend((0..=chunk.len()).map(digit));
    }
    text
}

#[test]
fn rest_tokens_of_every_age_are_found() {
    let password = b"4f2c9a7d1e8b3560af91c7d2e4b80635";
    let binary: [u8; 32] = std::array::from_fn(|place| (place as u8).wrapping_mul(151) ^ 0xA7);
    let id = b"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    let token = |front: &[u8], user: &[u8], password: &[u8]| {
        let lengths = [user.len() as u8, password.len() as u8];
        digits(&[front, &lengths, user, password].concat())
    };
    let short = [&password[..], b"p212345"].concat();
    let long_number = [0x81, 0, 0, 0, 0, 0, 1, 0xE2, 0x40, 0];
    let read_only = [&[0x82], &long_number[1..]].concat();
    for value in [
        token(&[1, 0x75, 0xBF, 1], id, password),
        token(&[2, 0x75, 0xBF, 1], id, &binary),
        token(&[1, 0x4A, 0x79, 0], b"p2", &short),
        token(&[2, 0x4A, 0x79, 0], b"p2", &binary),
        token(&long_number, b"p1", password),
        token(&read_only, b"p1", &binary),
    ] {
        for text in [value.clone(), format!("{value}=="), format!("'{value}'")] {
            let kinds: Vec<_> = found(&text).into_iter().map(|(kind, ..)| kind).collect();
            assert_eq!(kinds, [Kind::RestToken], "{text}");
        }
        let url = format!("rediss://default:{value}@fake.upstash.io:6379");
        assert!(
            found(&url).contains(&(Kind::RedisUrl, None, url.clone())),
            "{url}"
        );
        // With more behind it, it is none.
        assert_eq!(found(&format!("{value}AAAA")), [], "{value}");
    }
    // Without its end it is none, where the lengths alone tell what it is.
    let cut = token(&long_number, b"p1", &password[..31]);
    assert_eq!(found(&cut[..cut.len() - 4]), []);
    // The alphabet and the lengths alone make none.
    for front in [&[3, 0x4A, 0x79, 0][..], &[1, 0x4A, 0x79, 2], &[0, 0, 0, 0]] {
        assert_eq!(found(&token(front, b"p2", &binary)), []);
    }
}

#[test]
fn urls_of_upstash_with_a_password_are_found_whatever_their_scheme() {
    for (text, kind) in [
        (
            "https://default:f4k3passw0rd0fn0b0dy@fake.upstash.io",
            Kind::Url,
        ),
        (
            "https://default:f4k3passw0rd0fn0b0dy@fake.upstash.io:443/get/key",
            Kind::Url,
        ),
        (
            "HTTPS://:f4k3passw0rd0fn0b0dy@QSTASH.UPSTASH.IO/v2/publish",
            Kind::Url,
        ),
        (
            "kafka+tls://user:f4k3passw0rd0fn0b0dy@fake.upstash.io:9092",
            Kind::Url,
        ),
        (
            "https://me:f4k3passw0rd0fn0b0dy@api.upstash.com/v2/redis",
            Kind::Url,
        ),
        (
            "redis://default:f4k3passw0rd0fn0b0dy@fake.upstash.io",
            Kind::RedisUrl,
        ),
        (
            "Rediss://default:f4k3passw0rd0fn0b0dy@localhost:6379/0",
            Kind::RedisUrl,
        ),
    ] {
        let expected = [(kind, None, text.to_owned())];
        assert_eq!(found(&format!("url: \"{text}\"")), expected, "{text}");
    }
    for text in [
        "https://default:f4k3passw0rd0fn0b0dy@example.com/upstash.io",
        "https://default:f4k3passw0rd0fn0b0dy@notupstash.io",
        "https://default:f4k3passw0rd0fn0b0dy@upstash.io.example.com",
        "https://default:password@fake.upstash.io",
        "https://fake.upstash.io/a:f4k3passw0rd0fn0b0dy@b",
        "://default:f4k3passw0rd0fn0b0dy",
        "://",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn keys_of_accounts_are_found_beside_their_addresses() {
    let key = "4f2c9a7d-1e8b-4560-af91-c7d2e4b80635";
    let expected = [(Kind::ApiKey, None, key.to_owned())];
    for text in [
        "{\"email\":\"nobody@nowhere.dev\",\"apiKey\":\"$\"}",
        "{\n  \"email\": \"nobody@nowhere.dev\",\n  \"api_key\": \"$\"\n}\n",
        "{\"api_key\": \"$\", \"telemetry_disabled\": true, \"email\": \"nobody@nowhere.dev\"}",
        "curl -u nobody@nowhere.dev:$ https://api.upstash.com/v2/redis/databases",
        "curl -u 'nobody@nowhere.dev:$'",
        "https://nobody@nowhere.dev:$",
    ] {
        assert_eq!(found(&text.replace('$', key)), expected, "{text}");
    }
    for text in [
        "{\"email\":\"you@example.com\",\"apiKey\":\"$\"}",
        "{\"name\":\"nobody\",\"apiKey\":\"$\"}",
        "{\"email\":\"nobody@nowhere.dev\",\"id\":\"$\"}",
        "{\"email\":\"nobody@nowhere.dev\",\"apiKey\":\"some-other-value-of-the-same-length-1\"}",
        "{\"email\":\"nobody@nowhere.dev\",\"apiKey\":",
        "\"apiKey\"",
        "nobody@nowhere.dev:$-and-more",
        "nobody@nowhere.dev: $",
        "@:$",
    ] {
        assert_eq!(found(&text.replace('$', key)), [], "{text}");
    }
    // As basic authentication has it.
    let pair = digits(format!("nobody@nowhere.dev:{key}").as_bytes());
    let findings = search(
        &Targets::new().with_known(),
        format!("Authorization: Basic {pair}").as_bytes(),
    );
    let kinds: Vec<_> = findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [Kind::ApiKey]);
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

#[test]
fn hostile_text_takes_time_in_proportion_to_its_length() {
    let targets = Targets::new().with_known();
    for pattern in [
        "QSTASH_TOKEN=",
        "KV_REST_API_TOKEN",
        "stash_",
        "eyJVc2VySUQiOi",
        "eyJVc2VySUQiOi ",
        "sig_",
        "AQAAAAAA",
        "://",
        "redis://a:",
        "redis://a:b@",
        "https://a:b1b1b1b1b1b1@upstash.io",
        "@",
        "@a.bc:",
        "\"apiKey\":",
        "\"apiKey\":\"\",\"email\":\"\",",
    ] {
        let time = |length: usize| {
            let text = pattern.repeat(length / pattern.len());
            let run = || {
                let begun = std::time::Instant::now();
                std::hint::black_box(search(&targets, text.as_bytes()));
                begun.elapsed()
            };
            [run(), run(), run()].into_iter().min().unwrap()
        };
        // Thirty-two times as long would take a thousand times as long if each looked at all the others.
        let (short, long) = (time(16 << 10), time(512 << 10));
        let most = (short * 150).max(std::time::Duration::from_millis(500));
        assert!(long < most, "{pattern}: {short:?}, then {long:?}");
    }
}
