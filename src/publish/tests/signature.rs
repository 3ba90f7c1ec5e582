//! Tokens as QStash signs them, and every way in which one does not hold.

use super::placeholder;
use crate::publish::base64::Base64;
use crate::publish::{Signature, SignedBy, SigningKeys};
use crate::{Error, ErrorKind, Fingerprint, sha256};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
const NOW: u64 = 1_656_580_700;

fn url_base64(bytes: &[u8]) -> String {
    let text = Base64(bytes).to_string();
    text.replace('+', "-")
        .replace('/', "_")
        .trim_end_matches('=')
        .to_owned()
}

fn sign(key: &str, header: &str, claims: &str) -> String {
    let signed = format!(
        "{}.{}",
        url_base64(header.as_bytes()),
        url_base64(claims.as_bytes())
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", url_base64(&mac.finalize().into_bytes()))
}

fn body_claim() -> String {
    url_base64(&sha256::hash(b"hello"))
}

fn claims() -> String {
    format!(
        r#"{{"iss":"Upstash","sub":"https://example.com/hook","exp":{},"nbf":{},"iat":{NOW},"jti":"j","body":"{}="}}"#,
        NOW + 300,
        NOW - 10,
        body_claim(),
    )
}

fn keys() -> SigningKeys {
    SigningKeys::new("s3cret-current", "s3cret-next").unwrap()
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn verify(token: &str) -> Result<Signature, Error> {
    keys().verify(token, at(NOW))
}

#[test]
fn a_token_of_either_key_holds_and_its_body_is_the_placeholders() {
    for (key, by) in [
        ("s3cret-current", SignedBy::Current),
        ("s3cret-next", SignedBy::Next),
    ] {
        let signature = verify(&sign(key, HEADER, &claims())).unwrap();
        assert_eq!(signature.signed_by(), by);
        assert_eq!(signature.body(), Fingerprint::of(b"hello"));
        let shown: crate::Placeholder = placeholder("hello").parse().unwrap();
        signature.require_body(shown.fingerprint()).unwrap();
        let error = signature
            .require_body(Fingerprint::of(b"other"))
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Signature, Some("body"))
        );
    }
}

#[test]
fn padding_of_the_body_claim_is_ignored() {
    let bare = body_claim();
    for padding in ["", "=", "=="] {
        let claims = claims().replace(&format!("{bare}="), &format!("{bare}{padding}"));
        assert!(
            verify(&sign("s3cret-next", HEADER, &claims)).is_ok(),
            "{padding:?}"
        );
    }
}

#[test]
fn each_claim_must_hold() {
    let claims = claims();
    for (claim, changed) in [
        ("iss", claims.replace("Upstash", "upstash")),
        ("iss", claims.replace(r#""iss":"Upstash","#, "")),
        ("sub", claims.replace("/hook", "/hook/")),
        ("exp", claims.replace(r#""exp":"#, r#""exp":"s3cret","x":"#)),
        ("nbf", claims.replace(r#""nbf":"#, r#""nbf":-1,"x":"#)),
        ("exp", claims.replace(r#""exp":"#, r#""x":"#)),
        ("nbf", claims.replace(r#""nbf":"#, r#""x":"#)),
        ("body", claims.replace(r#""body":"#, r#""x":"#)),
        ("body", claims.replace(r#""body":""#, r#""body":"A"#)),
        ("body", claims.replace(r#""body":""#, r#""body":"+"#)),
    ] {
        let token = sign("s3cret-current", HEADER, &changed);
        let keys = keys().with_url("https://example.com/hook");
        let error = keys.verify(&token, at(NOW)).unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Signature, Some(claim)),
            "{changed}"
        );
        assert!(!format!("{error:?}").contains("s3cret"));
    }
}

#[test]
fn times_hold_up_to_the_skew() {
    let token = sign("s3cret-current", HEADER, &claims());
    for (skew, from, to) in [(0, NOW - 10, NOW + 299), (5, NOW - 15, NOW + 304)] {
        let keys = keys().with_clock_skew(Duration::from_secs(skew));
        for (now, field) in [
            (from - 1, Some("nbf")),
            (from, None),
            (to, None),
            (to + 1, Some("exp")),
        ] {
            let found = keys.verify(&token, at(now)).err();
            assert_eq!(found.and_then(|error| error.field()), field, "{now}");
        }
        assert!(
            keys.verify(&token, UNIX_EPOCH - Duration::from_secs(1))
                .is_err()
        );
    }
    let forever = claims().replace(&(NOW + 300).to_string(), &u64::MAX.to_string());
    assert!(verify(&sign("s3cret-current", HEADER, &forever)).is_ok());
}

#[test]
fn only_hs256_without_extensions_is_understood() {
    for (field, header) in [
        ("alg", r#"{"alg":"none"}"#),
        ("alg", r#"{"alg":"hs256"}"#),
        ("alg", r#"{"alg":"HS512"}"#),
        ("alg", r#"{"typ":"JWT"}"#),
        ("crit", r#"{"alg":"HS256","crit":["exp"]}"#),
    ] {
        let error = verify(&sign("s3cret-current", header, &claims())).unwrap_err();
        assert_eq!(error.field(), Some(field), "{header}");
    }
    // Nobody's signature.
    let unsigned = sign("s3cret-current", r#"{"alg":"none"}"#, &claims());
    let (signed, _) = unsigned.rsplit_once('.').unwrap();
    assert!(verify(&format!("{signed}.")).is_err());
}

#[test]
fn a_token_changed_anywhere_does_not_hold() {
    let token = sign("s3cret-current", HEADER, &claims());
    for at in 0..token.len() {
        for replacement in ["A", "B", ".", "=", "é", ""] {
            if &token[at..=at] == replacement {
                continue;
            }
            let changed = format!("{}{replacement}{}", &token[..at], &token[at + 1..]);
            let error = verify(&changed).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Signature, "{changed}");
        }
    }
    for token in [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        &format!("{token}="),
        &format!(" {token}"),
    ] {
        assert!(verify(token).is_err(), "{token}");
    }
    assert!(verify(&sign("another", HEADER, &claims())).is_err());
    assert!(verify(&sign("s3cret-current", HEADER, "[]")).is_err());
}

#[test]
fn keys_do_not_show_and_are_never_empty() {
    let shown = format!("{:?}", keys().with_url("https://s3cret"));
    assert!(!shown.contains("s3cret"), "{shown}");
    for unset in ["", " ", "\n"] {
        assert!(SigningKeys::new(unset, "a").is_err() && SigningKeys::new("a", unset).is_err());
    }
}
