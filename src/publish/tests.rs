//! Calls as the clients make them, and what is delivered and shown of each.

mod guard;
#[cfg(feature = "signature")]
mod signature;
#[cfg(feature = "tower")]
mod tower;

use super::*;
use crate::{ErrorKind, Placeholder, Redactor};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

fn headers(lines: &[(&str, &[u8])]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::try_from(*name).unwrap();
        headers.append(name, HeaderValue::from_bytes(value).unwrap());
    }
    headers
}

fn call(uri: &str, lines: &[(&str, &[u8])]) -> Call {
    Call::new(&uri.parse::<Uri>().unwrap(), &headers(lines)).unwrap()
}

fn placeholder(value: impl AsRef<[u8]>) -> String {
    Placeholder::of(value.as_ref()).to_string()
}

/// A publish call with a secret wherever one can be.
fn secretive(rule: &str) -> Call {
    call(
        "/v2/publish/https://user:s3cret-a@h.b/c?key=s3cret-b&qstash_token=s3cret-c",
        &[
            ("Authorization", b"Bearer s3cret-d"),
            ("Cookie", b"session=s3cret-e"),
            ("Content-Type", b"text/plain"),
            ("Upstash-Redact-Fields", rule.as_bytes()),
            ("Upstash-Method", b"PUT"),
            ("Upstash-Delay", b"5s"),
            ("Upstash-Forward-Authorization", b"Bearer s3cret-f"),
            ("Upstash-Forward-X-Key", b"s3cret-\xff"),
            ("Upstash-Forward-X-Key", b"s3cret-g"),
            ("Upstash-Forward-X-Empty", b""),
            ("Upstash-Callback", b"https://h/cb?s3cret-h"),
            ("Upstash-Callback-Forward-Authorization", b"s3cret-i"),
            ("Upstash-Failure-Callback", b"https://s3cret-j@h/fcb"),
            ("Upstash-Failure-Callback-Forward-X-Key", b"s3cret-k"),
        ],
    )
}

const RULE: &str = "body,header[Authorization],header[X-Key]";

#[test]
fn the_originals_are_delivered_without_prefix() {
    let sealed = secretive(RULE).seal("s3cret-body").unwrap();
    let original = sealed.deliver();
    assert_eq!(original.method, "PUT");
    assert_eq!(
        original.destination,
        "https://user:s3cret-a@h.b/c?key=s3cret-b"
    );
    assert_eq!(
        original.headers,
        headers(&[
            ("content-type", b"text/plain"),
            ("authorization", b"Bearer s3cret-f"),
            ("x-key", b"s3cret-\xff"),
            ("x-key", b"s3cret-g"),
            ("x-empty", b""),
        ])
    );
    assert!(original.headers["x-key"].is_sensitive());
    assert!(!original.headers["content-type"].is_sensitive());
    assert_eq!(original.body, "s3cret-body");
    let callback = original.callback.as_ref().unwrap();
    assert_eq!(callback.url, "https://h/cb?s3cret-h");
    assert_eq!(callback.headers, headers(&[("authorization", b"s3cret-i")]));
    let callback = original.failure_callback.as_ref().unwrap();
    assert_eq!(callback.url, "https://s3cret-j@h/fcb");
    assert_eq!(callback.headers, headers(&[("x-key", b"s3cret-k")]));
}

#[test]
fn everything_else_shows_placeholders() {
    let call = secretive(RULE);
    let shown_call = format!("{call:?} {call:#?} {}", call.shown_uri());
    let sealed = call.seal("s3cret-body").unwrap();
    let views = [
        serde_json::to_string(&sealed).unwrap(),
        serde_json::to_string(&sealed.as_schedule()).unwrap(),
        serde_json::to_string(&sealed.as_log()).unwrap(),
        sealed.as_message().to_json().into_inner(),
        format!("{sealed} {sealed:?} {sealed:#?}"),
        format!("{:?} {:?}", sealed.deliver(), sealed.deliver().callback),
        format!("{:?}", sealed.as_log()),
        shown_call,
    ];
    for view in views {
        assert!(!view.contains("s3cret"), "{view}");
    }
}

#[test]
fn a_view_is_what_redacting_the_clear_json_gives() {
    let message = secretive(RULE).seal("a \"body\"\n").unwrap();
    let clear = r#"{"url":"https://user:s3cret-a@h.b/c?key=s3cret-b","method":"PUT","header":{
        "Authorization":["Bearer s3cret-f"],"X-Key":["s3cret-?","s3cret-g"],"X-Empty":[""],
        "Content-Type":["text/plain"]},"body":"a \"body\"\n","callback":"https://h/cb?s3cret-h",
        "callbackHeader":{"Authorization":["s3cret-i"]},"failureCallback":"https://s3cret-j@h/fcb",
        "failureCallbackHeader":{"X-Key":["s3cret-k"]}}"#;
    let redactor = Redactor::new(format!("{RULE},url").parse().unwrap());
    let expected = redactor.redact_json(clear.as_bytes()).unwrap();
    let expected: serde_json::Value = serde_json::from_str(
        &expected
            .as_str()
            .replace(&placeholder("s3cret-?"), &placeholder(b"s3cret-\xff")),
    )
    .unwrap();
    assert_eq!(serde_json::to_value(&message).unwrap(), expected);
}

#[test]
fn a_rule_of_all_headers_hides_every_value_of_the_call() {
    let call = secretive("header");
    let shown = call.shown_headers().into_inner();
    for (name, value) in &shown {
        let empty = name == "upstash-forward-x-empty";
        assert_eq!(
            empty,
            !Placeholder::is_placeholder(value.as_bytes()),
            "{name}"
        );
    }
    assert_eq!(shown.len(), 14);
}

#[test]
fn without_a_rule_only_what_is_always_private_is_hidden() {
    let call = secretive("");
    let shown = call.shown_headers().into_inner();
    for (name, secret) in [
        ("authorization", "Bearer s3cret-d"),
        ("cookie", "session=s3cret-e"),
        ("upstash-callback", "https://h/cb?s3cret-h"),
        ("upstash-failure-callback", "https://s3cret-j@h/fcb"),
    ] {
        assert_eq!(shown[name], placeholder(secret), "{name}");
    }
    let asked = call.clear_headers();
    for name in [
        "upstash-forward-authorization",
        "content-type",
        "upstash-delay",
    ] {
        // Shared, not copied.
        assert_eq!(
            shown[name].as_bytes().as_ptr(),
            asked[name].as_bytes().as_ptr()
        );
    }
    let view = call.seal("hello").unwrap().to_string();
    assert!(view.contains(r#""body":"hello""#) && view.contains("Bearer s3cret-f"));
    assert!(!view.contains("s3cret-a") && !view.contains("s3cret-h"));
}

#[test]
fn values_are_hashed_as_the_bytes_they_are() {
    let shown = secretive(RULE).shown_headers().into_inner();
    let values: Vec<_> = shown.get_all("upstash-forward-x-key").iter().collect();
    assert_eq!(values[0].to_str().unwrap(), placeholder(b"s3cret-\xff"));
    assert_eq!(values[1].to_str().unwrap(), placeholder("s3cret-g"));

    for (body, member) in [(&b"\xff\x00"[..], "bodyBase64"), (b"caf\xc3\xa9", "body")] {
        let message = secretive("body").seal(body).unwrap();
        let view = serde_json::to_value(&message).unwrap();
        assert_eq!(view[member], placeholder(body));
        let log = serde_json::to_value(message.as_log()).unwrap();
        assert_eq!(log["body"], placeholder(body));
    }
}

#[test]
fn what_is_not_selected_is_shown_as_it_is() {
    let call = call(
        "/v2/publish/group",
        &[("upstash-redact-fields", b"header[A]")],
    );
    let clear = call.clone().seal(&b"\xff\xfe{"[..]).unwrap();
    let view = serde_json::to_value(&clear).unwrap();
    assert_eq!(view["bodyBase64"], "//57");
    assert_eq!(view["url"], "group");
    let text = call.seal("text").unwrap();
    assert_eq!(serde_json::to_value(&text).unwrap()["body"], "text");
    assert_eq!(
        serde_json::to_value(text.as_log()).unwrap()["body"],
        "dGV4dA=="
    );
    assert_eq!(
        serde_json::to_value(text.as_schedule()).unwrap()["destination"],
        "group"
    );
}

#[test]
fn empty_values_and_placeholders_stay() {
    let known = placeholder("x");
    let lines: &[(&str, &[u8])] = &[
        ("upstash-redact-fields", b"body,header"),
        ("upstash-forward-a", b""),
        ("upstash-forward-b", known.as_bytes()),
    ];
    let call = call("/v2/publish/group", lines);
    let refusing = Redactor::new(call.fields().clone()).with_existing(crate::Existing::Refuse);
    let error = refusing.redact_headers(call.clear_headers()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Placeholder);
    assert_eq!(call.shown_headers().get()["upstash-forward-b"], known);

    let view = serde_json::to_value(call.clone().seal("").unwrap()).unwrap();
    assert_eq!(view["header"], serde_json::json!({"A": [""], "B": [known]}));
    assert_eq!(view["body"], "");
    let view = serde_json::to_value(call.seal(known.clone()).unwrap()).unwrap();
    assert_eq!(view["body"], known);
}

#[test]
fn a_callbacks_header_needs_no_forward_in_its_prefix() {
    // As the Python client sends `callback_headers`.
    let names = [
        "upstash-callback-authorization",
        "upstash-failure-callback-authorization",
    ];
    let mut lines: Vec<(&str, &[u8])> = names.map(|name| (name, &b"secret"[..])).to_vec();
    lines.push(("upstash-redact-fields", b"header[Authorization]"));
    lines.extend::<[(&str, &[u8]); _]>([
        ("upstash-callback", b"https://h"),
        ("upstash-failure-callback", b"https://h"),
        ("upstash-callback-timeout", b"5s"),
        // What has the whole prefix counts for more.
        ("upstash-callback-x-key", b"1"),
        ("upstash-callback-forward-x-key", b"2"),
        ("upstash-callback-x-plain", b"3"),
        ("upstash-callback-x-plain", b"4"),
    ]);
    let call = call("/v2/publish/group", &lines);
    let shown = call.shown_headers();
    for name in names {
        assert_eq!(shown.get()[name], placeholder("secret"), "{name}");
    }
    assert_eq!(shown.get()["upstash-callback-timeout"], "5s");
    assert!(!format!("{call:?}").contains("secret"));
    let message = call.seal("").unwrap();
    assert!(!message.to_string().contains("secret"));
    let original = message.deliver();
    let expected: &[(&str, &[u8])] = &[
        ("x-key", b"2"),
        ("authorization", b"secret"),
        ("x-plain", b"3"),
        ("x-plain", b"4"),
    ];
    let callbacks = [&original.callback, &original.failure_callback];
    let [callback, failure_callback] =
        callbacks.map(|callback| &callback.as_ref().unwrap().headers);
    assert_eq!(callback, &headers(expected));
    assert_eq!(failure_callback, &headers(&expected[1..2]));
}

#[test]
fn what_says_where_a_body_ends_is_not_forwarded() {
    // As when somebody passes on all headers of a request of their own.
    let names = [
        "content-length",
        "transfer-encoding",
        "host",
        "connection",
        "x-key",
    ];
    for prefix in ["", "callback-", "failure-callback-"] {
        let names = names.map(|name| format!("upstash-{prefix}forward-{name}"));
        let mut lines: Vec<(&str, &[u8])> = names.iter().map(|name| (&**name, &b"3"[..])).collect();
        lines.push(("upstash-callback", b"https://h"));
        lines.push(("upstash-failure-callback", b"https://h"));
        let message = call("/v2/publish/group", &lines).seal("longer").unwrap();
        let original = message.deliver();
        let found = match prefix {
            "" => &original.headers,
            "callback-" => &original.callback.as_ref().unwrap().headers,
            _ => &original.failure_callback.as_ref().unwrap().headers,
        };
        assert_eq!(found, &headers(&[("x-key", b"3")]), "{prefix}");
    }
}

#[test]
fn header_forward_forwards_all_but_the_calls_own() {
    let lines: &[(&str, &[u8])] = &[
        ("Upstash-Header-Forward", b"true"),
        ("Upstash-Delay", b"5s"),
        ("Authorization", b"Bearer token"),
        ("Host", b"qstash.upstash.io"),
        ("Content-Length", b"5"),
        ("Transfer-Encoding", b"chunked"),
        ("Content-Type", b"text/plain"),
        ("X-Key", b"plain"),
        ("X-Other", b"plain"),
        ("Upstash-Forward-X-Other", b"prefixed"),
    ];
    let forwarded = call("/v2/publish/group", lines).seal("").unwrap();
    assert_eq!(
        forwarded.deliver().headers,
        headers(&[
            ("x-other", b"prefixed"),
            ("content-type", b"text/plain"),
            ("x-key", b"plain"),
        ])
    );
}

#[test]
fn a_value_marked_sensitive_is_private_whatever_the_rule() {
    let mut lines = headers(&[("upstash-forward-a", b"s3cret"), ("b", b"s3cret")]);
    for value in lines.values_mut() {
        value.set_sensitive(true);
    }
    let call = Call::from_headers(&lines)
        .unwrap()
        .with_destination("group");
    assert_eq!(call.shown_headers().get()["b"], placeholder("s3cret"));
    assert!(!call.shown_headers().get()["b"].is_sensitive());
    assert!(!call.seal("").unwrap().to_string().contains("s3cret"));
}

#[test]
fn what_cannot_be_read_is_an_error_without_values() {
    for lines in [
        [("upstash-forward-", &b"s3cret"[..])],
        [("upstash-callback", b"https://h/\xff?s3cret")],
        [("upstash-method", b"s3 cret")],
    ] {
        let error = Call::from_headers(&headers(&lines)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Call);
        assert!(!format!("{error} {error:?}").contains("s3"));
    }
    let nowhere = Call::from_headers(&HeaderMap::new()).unwrap().seal("");
    assert_eq!(nowhere.unwrap_err().kind(), ErrorKind::Call);
}

#[test]
fn the_largest_map_of_headers_is_read() {
    let mut lines = headers(&[
        ("upstash-redact-fields", b"header"),
        ("upstash-header-forward", b"true"),
    ]);
    let mut count = 2;
    while lines
        .try_append(
            HeaderName::try_from(format!("x-{count}")).unwrap(),
            HeaderValue::from_static("a"),
        )
        .is_ok()
    {
        count += 1;
    }
    let sealed = Call::from_headers(&lines)
        .unwrap()
        .with_destination("group")
        .seal("")
        .unwrap();
    assert_eq!(sealed.deliver().headers.len(), count - 2);
    assert_eq!(
        serde_json::to_value(&sealed).unwrap()["header"]["X-2"][0],
        placeholder("a")
    );
}

#[test]
fn each_call_of_a_batch_has_its_own_rule_and_that_of_the_batch() {
    let body = br#"[
        {"destination":"https://a.b?s3cret","headers":{"Upstash-Redact-Fields":"body","Upstash-Forward-X-Key":"shown",
            "Content-Type":["text/plain"],"Upstash-Delay":"5s"},"body":"s3cret"},
        {"destination":"group","queue":"q","body":{"a": [1]}},
        {"destination":"group","headers":{"upstash-forward-authorization":"s3cret"},"body":null}
    ]"#;
    let batch = call(
        "/v2/batch",
        &[("upstash-redact-fields", b"header[Authorization]")],
    );
    let calls = batch.batch(body).unwrap();
    assert!(!format!("{calls:?}").contains("s3cret"));
    assert_eq!(calls[0].call.clear_headers()["upstash-delay"], "5s");
    assert_eq!(calls[1].queue.as_deref(), Some("q"));
    assert_eq!(calls[1].clear_body(), r#"{"a": [1]}"#);
    let sealed: Vec<Sealed> = calls.into_iter().map(|call| call.seal().unwrap()).collect();
    assert_eq!(sealed[0].deliver().body, "s3cret");
    let view = serde_json::to_string(&sealed).unwrap();
    assert!(!view.contains("s3cret") && view.contains("shown"), "{view}");
    assert_eq!(sealed[0].fields().to_string(), "body,header[Authorization]");
    assert_eq!(sealed[1].fields().to_string(), "header[Authorization]");
}

#[test]
fn a_batch_reads_the_rule_however_it_is_spelled() {
    for headers in [
        r#""headers":{"upstash-redact-fields":"body"}"#,
        r#""\u0068eaders":{"\u0055PSTASH-Redact-Fields":"b\u006fdy"}"#,
        r#""headers":{"Upstash-Redact-Fields":["header[A]"," body"]}"#,
        r#""headers":{"Upstash-Redact-Fields":"header[A]","upstash-redact-fields":"body"}"#,
        r#""headers":{"Upstash-Redact-Fields":"header[A]","Upstash-Redact-Fields":"body"}"#,
    ] {
        let body = format!(r#"[{{"destination":"a",{headers},"\u0062ody":{{"a":"s3cret"}}}}]"#);
        let calls = call("/v2/batch", &[]).batch(body.as_bytes()).unwrap();
        for element in calls {
            assert_eq!(element.clear_body(), r#"{"a":"s3cret"}"#);
            let view = element.seal().unwrap().to_string();
            assert!(!view.contains("s3cret"), "{headers}: {view}");
        }
    }
}

#[test]
fn a_batch_that_is_not_understood_says_which_element() {
    let batch = call("/v2/batch", &[]);
    for (body, record) in [
        (r#""s3cret""#, None),
        (r#"{"destination":"s3cret"}"#, None),
        (r#"[{"destination":"a"},{"destination":"s3cret"}"#, None),
        (
            r#"[{"destination":"a"},{"headers":{"Upstash-Redact-Fields":"bodi"}}]"#,
            Some(2),
        ),
        (r#"[{"headers":{"s3cret name":"a"}}]"#, Some(1)),
        (r#"[{"headers":{"a":"s3cret\n"}}]"#, Some(1)),
        (r#"[{"headers":{"a":{"s3cret":1}}}]"#, Some(1)),
        (
            r#"[{"headers":{"Upstash-Forward-Upstash-Redact-Fields":"body"}}]"#,
            Some(1),
        ),
        (
            r#"[{"headers":{"upstash-callback-forward-\u0055pstash-redact-fields":["body"]}}]"#,
            Some(1),
        ),
        (
            r#"[{"headers":{"Upstash-Redact-Fields":"body"},"\u0068eaders":{},"body":"s3cret"}]"#,
            Some(1),
        ),
        (r#"[{"headers":{"Upstash-Redact-Fields":true}}]"#, Some(1)),
        (
            r#"[{"headers":[["Upstash-Redact-Fields","body"]]}]"#,
            Some(1),
        ),
        (r#"["s3cret"]"#, Some(1)),
    ] {
        let error = batch.batch(body.as_bytes()).unwrap_err();
        assert_eq!(error.record(), record, "{body}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    }
}

#[test]
fn a_sealed_message_can_be_kept_and_sent() {
    fn owned<T: Send + Sync + Clone + 'static>(_: &T) {}
    let schedule = secretive(RULE).seal("s3cret-body").unwrap();
    owned(&schedule);
    let before = schedule.to_string();
    let (fields, original) = schedule.fire().into_parts();
    assert_eq!(&original, schedule.deliver());
    let stored = Sealed::new(fields.to_string().parse().unwrap(), original);
    assert_eq!(stored.to_string(), before);
}

#[test]
fn a_page_that_is_hashed_together_shows_what_each_message_shows() {
    let page: Vec<Sealed> = ["", RULE, "body", "header", RULE]
        .iter()
        .zip(["s3cret", "other", "", "third", "s3cret"])
        .map(|(rule, body)| secretive(rule).seal(body).unwrap())
        .collect();
    let alone: Vec<String> = page
        .iter()
        .map(|message| message.clone().to_string())
        .collect();
    // One of them was shown before.
    assert_eq!(page[2].to_string(), alone[2]);
    Sealed::hash_together(&page);
    let together: Vec<String> = page.iter().map(Sealed::to_string).collect();
    assert_eq!(together, alone);
    assert!(alone[1].contains(&placeholder("other")) && alone[3].contains(r#""body":"third""#));
}
