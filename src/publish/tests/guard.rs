//! The write-back guard: what was read comes back as it was stored, or is an error.

use super::{headers, placeholder};
use crate::publish::{Callback, Guard, Original, Sealed};
use crate::{Error, ErrorKind, Placeholder, RedactFields};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use proptest::prelude::*;

fn stored() -> Sealed {
    let original = Original {
        method: Method::POST,
        destination: "https://user:pw@h.b/c?key=secret-url".to_owned(),
        headers: headers(&[
            ("x-key", b"secret-\xff"),
            ("x-key", b"secret-b"),
            ("x-plain", b"plain"),
        ]),
        body: "secret body".into(),
        callback: Some(Callback {
            url: "https://h/?secret-callback".to_owned(),
            headers: headers(&[("x-key", b"secret-c")]),
        }),
        failure_callback: None,
    };
    Sealed::new("body,header[X-Key]".parse().unwrap(), original)
}

/// What a client that read `sealed` sends back: the values of its view.
fn read_back(sealed: &Sealed) -> Original {
    let view = serde_json::to_value(sealed.as_schedule()).unwrap();
    let text = |name: &str| view[name].as_str().unwrap_or_default().to_owned();
    let map = |name: &str| -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, values) in view[name].as_object().into_iter().flatten() {
            for value in values.as_array().unwrap() {
                let name = HeaderName::try_from(name).unwrap();
                map.append(
                    name,
                    HeaderValue::from_str(value.as_str().unwrap()).unwrap(),
                );
            }
        }
        map
    };
    let callback = |url: &str, headers: &str| {
        view.get(url).map(|_| Callback {
            url: text(url),
            headers: map(headers),
        })
    };
    let body = match view.get("bodyBase64") {
        Some(_) => text("bodyBase64"),
        None => text("body"),
    };
    Original {
        method: Method::POST,
        destination: text("destination"),
        headers: map("header"),
        body: body.into(),
        callback: callback("callback", "callbackHeader"),
        failure_callback: callback("failureCallback", "failureCallbackHeader"),
    }
}

fn restore(update: Original) -> Result<Sealed, Error> {
    Guard::new().restore(&stored(), Sealed::new(RedactFields::new(), update))
}

#[test]
fn what_was_read_writes_back_as_it_was_stored() {
    let restored = restore(read_back(&stored())).unwrap();
    assert_eq!(restored.deliver(), stored().deliver());
    // The update had no rule, and what was private stays so.
    assert_eq!(restored.fields(), stored().fields());
    assert_eq!(restored.to_string(), stored().to_string());
}

#[test]
fn new_values_are_stored_under_the_new_rule() {
    let update = Original {
        destination: "https://new".to_owned(),
        headers: headers(&[("x-key", b"new"), ("x-new", b"new")]),
        body: "new".into(),
        callback: None,
        ..read_back(&stored())
    };
    let rule: RedactFields = "header[X-New]".parse().unwrap();
    let update = Sealed::new(rule.clone(), update);
    let restored = Guard::new().restore(&stored(), update.clone()).unwrap();
    assert_eq!(restored.deliver(), update.deliver());
    assert_eq!(restored.fields(), &rule);
}

#[test]
fn what_is_kept_goes_nowhere_where_it_did_not_go() {
    let base = read_back(&stored());
    let url = || "https://elsewhere/".to_owned();
    let redirect = |change: fn(&mut Original, String)| {
        let mut update = base.clone();
        change(&mut update, url());
        update
    };
    for (field, header, update) in [
        (
            "destination",
            None,
            redirect(|update, url| update.destination = url),
        ),
        (
            "callback",
            None,
            redirect(|update, url| update.callback.as_mut().unwrap().url = url),
        ),
        (
            "failureCallback",
            None,
            redirect(|update, url| {
                let headers = HeaderMap::new();
                update.failure_callback = Some(Callback { url, headers });
            }),
        ),
        (
            "header",
            Some("host"),
            redirect(|update, _| {
                let elsewhere = "elsewhere".parse().unwrap();
                update.headers.insert("host", elsewhere);
            }),
        ),
    ] {
        let error = restore(update.clone()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Placeholder);
        assert_eq!(error.field(), Some(field));
        assert_eq!(error.header(), header);
        assert!(!error.to_string().contains("secret"));
        // Whoever may read the originals anyway may say so.
        let guard = Guard::new().allow_new_destinations();
        let update = Sealed::new(RedactFields::new(), update);
        let restored = guard.restore(&stored(), update).unwrap();
        assert_eq!(restored.deliver().body, "secret body");
    }
    // A callback less tells nobody more.
    let update = redirect(|update, _| update.callback = None);
    assert_eq!(restore(update).unwrap().deliver().callback, None);
}

#[test]
fn hex_digits_of_either_case_are_the_same_placeholder() {
    let mut update = read_back(&stored());
    let digits = placeholder("secret body")[9..].to_uppercase();
    update.body = format!("REDACTED:{digits}").into();
    assert_eq!(restore(update).unwrap().deliver().body, "secret body");
}

#[test]
fn a_placeholder_of_another_value_is_an_error_that_names_the_field() {
    let other = || placeholder("other");
    let base = read_back(&stored());
    let update = |change: fn(&mut Original, String)| {
        let mut update = base.clone();
        change(&mut update, other());
        update
    };

    for (field, header, update) in [
        (
            "body",
            None,
            update(|update, text| update.body = text.into()),
        ),
        (
            "destination",
            None,
            update(|update, text| update.destination = text),
        ),
        (
            "header",
            Some("x-new"),
            update(|update, text| {
                update.headers.insert("x-new", text.parse().unwrap());
            }),
        ),
        (
            "header",
            Some("x-key"),
            update(|update, text| {
                update.headers.append("x-key", text.parse().unwrap());
            }),
        ),
        (
            "callback",
            None,
            update(|update, text| update.callback.as_mut().unwrap().url = text),
        ),
        (
            "callbackHeader",
            Some("x-key"),
            update(|update, text| {
                let headers = &mut update.callback.as_mut().unwrap().headers;
                headers.insert("x-key", text.parse().unwrap());
            }),
        ),
        (
            "failureCallback",
            None,
            update(|update, url| {
                let headers = HeaderMap::new();
                update.failure_callback = Some(Callback { url, headers });
            }),
        ),
    ] {
        let error = restore(update).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Placeholder);
        assert_eq!(
            (error.field(), error.header()),
            (Some(field), header),
            "{error}"
        );
        assert!(!error.to_string().contains(&other()));
    }
}

#[test]
fn a_value_of_another_header_is_no_original() {
    let mut update = read_back(&stored());
    let moved = update.headers["x-key"].clone();
    update.headers.insert("x-plain", moved);
    let error = restore(update).unwrap_err();
    assert_eq!(error.header(), Some("x-plain"));
    assert!(
        error
            .to_string()
            .starts_with("member `header`, header `x-plain`: a placeholder")
    );
}

#[test]
fn lookalikes_are_errors_unless_they_are_allowed() {
    let known = placeholder("secret body");
    for body in [
        known[..72].to_owned(),
        format!("Bearer {known}"),
        format!("{known}\n"),
        known.to_lowercase(),
        format!(r#"{{"a":"{known}"}}"#),
        crate::publish::base64::Base64(known.as_bytes()).to_string(),
        known[9..].to_owned(),
        known[40..].to_owned(),
    ] {
        let update = || {
            let mut update = read_back(&stored());
            update.body = body.clone().into();
            Sealed::new(RedactFields::new(), update)
        };
        let error = Guard::new().restore(&stored(), update()).unwrap_err();
        assert_eq!(error.field(), Some("body"), "{body}");
        let allowing = Guard::new().allow_lookalikes();
        let restored = allowing.restore(&stored(), update()).unwrap();
        assert_eq!(restored.deliver().body, body);
    }
}

#[test]
fn alone_it_refuses_every_placeholder() {
    let guard = Guard::new();
    assert!(guard.check(&stored()).is_ok());
    let read = Sealed::new(RedactFields::new(), read_back(&stored()));
    assert_eq!(guard.check(&read).unwrap_err().field(), Some("destination"));
    assert!(guard.allow_lookalikes().check(&read).is_err());
}

#[test]
fn a_request_is_checked_before_it_is_sent() {
    let known = placeholder("x");
    let post = |uri: &str| Request::post(format!("https://qstash.upstash.io/v2{uri}"));
    let batch = format!(r#"[{{"destination":"a"}},{{"destination":"a","body":"{known}"}}]"#);
    let header = format!(r#"[{{"destination":"a","headers":{{"A":"Basic {known}"}}}}]"#);
    let escaped = format!(r#"[{{"destination":"a","body":"\u0052{}"}}]"#, &known[1..]);
    for (field, record, request) in [
        ("body", None, post("/publish/a").body(known.clone())),
        (
            "destination",
            None,
            post(&format!("/schedules/{known}")).body(String::new()),
        ),
        (
            "query",
            None,
            post("/publish/https://h?a=REDACTED%3A12").body(String::new()),
        ),
        (
            "header",
            None,
            post("/publish/a")
                .header("upstash-forward-a", &known)
                .body(String::new()),
        ),
        (
            "header",
            None,
            post("/publish/a")
                .header("upstash-callback", &known)
                .body(String::new()),
        ),
        (
            "query",
            None,
            post(&format!("/publish/a?upstash-callback={known}")).body(String::new()),
        ),
        (
            "query",
            None,
            post("/publish/https://h?a=%52EDACTED%3A12").body(String::new()),
        ),
        ("body", Some(2), post("/batch").body(batch)),
        ("header", Some(1), post("/batch").body(header)),
        ("body", Some(1), post("/batch").body(escaped)),
    ] {
        let error = Guard::new().check_request(&request.unwrap()).unwrap_err();
        assert_eq!(
            (error.field(), error.record()),
            (Some(field), record),
            "{error}"
        );
    }
    let clean = post("/publish/https://h?a=b")
        .header("upstash-redact-fields", "body")
        .body("hello")
        .unwrap();
    assert!(Guard::new().check_request(&clean).is_ok());
    let broken = post("/publish/a")
        .header("upstash-redact-fields", "bodi")
        .body("")
        .unwrap();
    assert!(Guard::new().check_request(&broken).unwrap_err().is_rule());
}

/// Values of headers, as bytes that HTTP takes, without blanks around.
fn value() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![0x21..0x7fu8, 0x80..=0xffu8], 1..80)
}

fn header_map() -> impl Strategy<Value = HeaderMap> {
    prop::collection::vec(("x-[a-c]", value()), 0..6).prop_map(|lines| {
        let lines: Vec<_> = lines
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        headers(&lines)
    })
}

fn callback() -> impl Strategy<Value = Option<Callback>> {
    let url = "https://[a-z]{1,8}[?][ -~]{1,20}";
    prop::option::of((url, header_map()).prop_map(|(url, headers)| Callback { url, headers }))
}

prop_compose! {
    fn sealed()(
        destination in "https://[a-z]{1,8}:[!-~]{1,8}@h/[?][!-~]{1,20}",
        headers in header_map(),
        body in prop::collection::vec(any::<u8>(), 0..100),
        callback in callback(),
        failure_callback in callback(),
    ) -> Sealed {
        let original = Original {
            method: Method::POST, destination, headers, body: body.into(), callback, failure_callback,
        };
        Sealed::new("body,header".parse().unwrap(), original)
    }
}

proptest! {
    #[test]
    fn whatever_was_stored_survives_being_read_and_written(sealed in sealed()) {
        let update = Sealed::new(RedactFields::new(), read_back(&sealed));
        let restored = Guard::new().restore(&sealed, update).unwrap();
        prop_assert_eq!(restored.deliver(), sealed.deliver());
    }

    #[test]
    fn any_tampering_with_one_placeholder_is_an_error_that_names_the_field(
        sealed in sealed(),
        field in 0..3usize,
        at in 0..Placeholder::LEN,
        byte in 0x21..0x7fu8,
        edit in 0..4usize,
    ) {
        let mut update = read_back(&sealed);
        let placeholder = match field {
            0 => update.destination.clone().into_bytes(),
            1 => update.body.to_vec(),
            _ => update.headers.values().next().map(|value| value.as_bytes().to_vec()).unwrap_or_default(),
        };
        prop_assume!(Placeholder::is_placeholder(&placeholder));
        let mut tampered = placeholder.clone();
        match edit {
            0 => tampered[at] = byte,
            1 => { tampered.remove(at); }
            2 => tampered.insert(at, byte),
            // Of fewer bytes nothing is left to know it by.
            _ => tampered.truncate(at.max(9)),
        }
        prop_assume!(Placeholder::from_bytes(&tampered) != Placeholder::from_bytes(&placeholder));
        let name = match field {
            0 => {
                update.destination = String::from_utf8(tampered).unwrap();
                "destination"
            }
            1 => {
                update.body = Bytes::from(tampered);
                "body"
            }
            _ => {
                let value = update.headers.values_mut().next().unwrap();
                *value = HeaderValue::from_bytes(&tampered).unwrap();
                "header"
            }
        };
        let error = Guard::new()
            .restore(&sealed, Sealed::new(RedactFields::new(), update))
            .unwrap_err();
        prop_assert_eq!(error.field(), Some(name));
        prop_assert_eq!(error.kind(), ErrorKind::Placeholder);
    }
}
