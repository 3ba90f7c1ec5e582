use super::*;
use crate::credentials::Status;
use http::Response;
use std::time::Duration;

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn developer() -> Access {
    Access::Developer {
        email: secret("me@example.com"),
        api_key: secret("canary-key"),
    }
}

#[test]
fn every_call_is_as_documented() {
    let id: Id = "id-1".parse().unwrap();
    let region = "us-east-1".parse().unwrap();
    let endpoints = Endpoints::production(Some(&region));
    let token = Access::Token(secret("canary-token"));
    for (call, expected) in [
        (
            Call::qstash_users(),
            "GET https://api.upstash.com/v2/qstash/users",
        ),
        (
            Call::qstash_user(&id),
            "GET https://api.upstash.com/v2/qstash/user/id-1",
        ),
        (
            Call::redis_databases(),
            "GET https://api.upstash.com/v2/redis/databases",
        ),
        (
            Call::redis_database(&id),
            "GET https://api.upstash.com/v2/redis/database/id-1",
        ),
        (
            Call::redis_database_without_secrets(&id),
            "GET https://api.upstash.com/v2/redis/database/id-1?credentials=hide",
        ),
        (
            Call::rotate_own_qstash_by_the_first_path(),
            "POST https://api.upstash.com/qstash/user/rotatetoken",
        ),
        (
            Call::rotate_qstash(&id),
            "POST https://api.upstash.com/v2/qstash/rotate-token/id-1",
        ),
        (
            Call::reset_redis(&id),
            "POST https://api.upstash.com/v2/redis/reset-password/id-1",
        ),
        (
            Call::reset_vector(&id),
            "POST https://api.upstash.com/v2/vector/index/id-1/reset-password",
        ),
        (
            Call::reset_search(&id),
            "POST https://api.upstash.com/v2/search/id-1/reset-password",
        ),
        (
            Call::vector_index(&id),
            "GET https://api.upstash.com/v2/vector/index/id-1",
        ),
        (
            Call::search_index(&id),
            "GET https://api.upstash.com/v2/search/id-1",
        ),
        (
            Call::signing_keys(),
            "GET https://qstash-us-east-1.upstash.io/v2/keys",
        ),
        (
            Call::roll_signing_keys(),
            "POST https://qstash-us-east-1.upstash.io/v2/keys/rotate",
        ),
    ] {
        let (fits, other) = match call.api {
            Api::Developer => (developer(), &token),
            Api::Qstash => (Access::Token(secret("canary-token")), &developer()),
        };
        let request = call.request(&endpoints, &fits).unwrap();
        assert_eq!(format!("{} {}", request.method(), request.uri()), expected);
        assert_eq!(call.is_read(), expected.starts_with("GET"));
        assert!(call.request(&endpoints, other).is_err());
        let authorization = &request.headers()[AUTHORIZATION];
        assert!(authorization.is_sensitive());
        assert_eq!(
            authorization,
            match call.api {
                // Made with the program `base64`.
                Api::Developer => "Basic bWVAZXhhbXBsZS5jb206Y2FuYXJ5LWtleQ==",
                Api::Qstash => "Bearer canary-token",
            }
        );
        let shown = format!("{request:?} {call:?} {fits:?}");
        assert!(
            !shown.contains("canary") && !shown.contains("bWVA"),
            "{shown}"
        );
    }
}

#[test]
fn base64_ends_as_it_should() {
    for (text, expected) in [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
        ("\u{3ff}\u{3fe}", "z7/Pvg=="),
    ] {
        assert_eq!(base64(b"", text.as_bytes()).as_slice(), expected.as_bytes());
    }
}

#[test]
fn what_no_header_can_hold_is_refused_without_showing_it() {
    let endpoints = Endpoints::production(None);
    for token in ["", "canary\r\nx: y", "canary\0"] {
        let error = Call::signing_keys()
            .request(&endpoints, &Access::Token(secret(token)))
            .unwrap_err();
        assert!(!format!("{error:?}").contains("canary"));
    }
    for (email, api_key) in [("", "k"), ("me@example.com", ""), ("a:b", "k")] {
        let access = Access::Developer {
            email: secret(email),
            api_key: secret(api_key),
        };
        assert!(Call::qstash_users().request(&endpoints, &access).is_err());
    }
}

#[test]
fn only_a_qstash_token_has_a_first_path() {
    let id: Id = "id-1".parse().unwrap();
    assert!(Call::rotate_by(&Target::qstash(id.clone(), None), RotatePath::First).is_ok());
    for target in [
        Target::redis(id.clone()),
        Target::vector(id.clone()),
        Target::search(id),
        Target::signing_keys(None, None),
    ] {
        assert!(Call::rotate_by(&target, RotatePath::First).is_err());
        assert_eq!(
            Call::rotate_by(&target, RotatePath::Documented).unwrap(),
            Call::rotate(&target)
        );
    }
}

#[test]
fn an_answer_is_judged_by_status_and_type() {
    let status = |code: u16, kind: Option<&str>, retry: Option<&str>| {
        let mut response = Response::builder().status(code);
        for (name, value) in [("content-type", kind), ("retry-after", retry)] {
            if let Some(value) = value {
                response = response.header(name, value);
            }
        }
        Status::of(&response.body(()).unwrap())
    };
    let json = Some("application/json");
    for (found, expected) in [
        (status(200, json, None), Status::Ok),
        (
            status(201, Some("Application/JSON ; charset=utf-8"), None),
            Status::Ok,
        ),
        (
            status(200, Some("text/html"), None),
            Status::NotUnderstood(200),
        ),
        (
            status(200, Some("application/jsonp"), None),
            Status::NotUnderstood(200),
        ),
        (status(200, None, None), Status::NotUnderstood(200)),
        (status(302, json, None), Status::NotUnderstood(302)),
        (status(400, json, None), Status::Refused(400)),
        (status(401, None, None), Status::Unauthorized),
        (status(403, json, None), Status::Forbidden),
        (status(404, json, None), Status::NotFound),
        (status(408, json, None), Status::ServerError(408)),
        (
            status(429, json, Some("7")),
            Status::RateLimited(Some(Duration::from_secs(7))),
        ),
        (status(429, json, Some("-7")), Status::RateLimited(None)),
        (
            status(429, json, Some("Wed, 21 Oct 2026 07:28:00 GMT")),
            Status::RateLimited(None),
        ),
        (status(500, json, None), Status::ServerError(500)),
        (status(599, json, None), Status::ServerError(599)),
    ] {
        assert_eq!(found, expected);
        let unknown = matches!(
            expected,
            Status::Ok | Status::ServerError(_) | Status::NotUnderstood(_)
        );
        assert_eq!(found.refusal().is_none(), unknown);
    }
}

#[test]
fn a_probe_goes_to_the_endpoint_alone() {
    let base = Base::of_endpoint("db-1.upstash.io").unwrap();
    let request = probe_rest(&base, secret("canary")).unwrap();
    assert_eq!(request.uri(), "https://db-1.upstash.io/");
    assert!(request.headers()[AUTHORIZATION].is_sensitive());
}
