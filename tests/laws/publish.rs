//! Whatever a call looks like, what is shown of it holds no secret, and what is delivered is what came.

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use qstash_redact::publish::{Call, Endpoint, Guard, Original, Sealed};
use qstash_redact::{Placeholder, RedactFields, Redactor};
use std::fmt::Debug;

/// What no output may hold.
const SECRET: &str = "pl4nted";

/// The law, for a call: a URI, header lines up to an empty one, and a body.
///
/// Secrets are planted in every private place of the call that is read, whatever stands beside them.
pub fn holds(input: &[u8]) {
    // What stands in visible places may be shown, so that it must not be what is looked for.
    let lower = String::from_utf8_lossy(input).to_ascii_lowercase();
    if lower.contains(SECRET) || lower.contains(&SECRET[..4]) && lower.contains(['%', '\\']) {
        return;
    }
    let (uri, rest) = cut(input, b"\n");
    let (lines, body) = cut(rest, b"\n\n");
    let uri = String::from_utf8_lossy(uri);
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n') {
        let (name, value) = cut(line, b": ");
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            headers.append(name, value);
        }
    }
    shows_headers_as_json(&headers);

    for (name, value) in [
        ("authorization", "Bearer pl4nted-a"),
        ("proxy-authorization", "pl4nted-b"),
        ("upstash-redact-fields", "body,header[X-Planted]"),
        ("upstash-forward-x-planted", "pl4nted-c"),
        ("upstash-callback-forward-x-planted", "pl4nted-d"),
    ] {
        headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    let callback = HeaderValue::from_static("https://u:pl4nted-e@h/?pl4nted-f");
    headers.insert("upstash-callback", callback);
    let joined = if uri.contains('?') { '&' } else { '?' };
    let of_query = format!("{uri}{joined}pl4nted=pl4nted&qstash_token=pl4nted");
    let of_path = format!("/v2/publish/https://u:pl4nted@h{uri}");
    for uri in [of_query, of_path] {
        if let Ok(uri) = uri.parse::<Uri>() {
            call(&uri, &headers, body);
        }
    }
}

fn call(uri: &Uri, headers: &HeaderMap, body: &[u8]) {
    let call = match Call::new(uri, headers) {
        Ok(call) => call,
        Err(error) => return hides(&error),
    };
    hides(&call);
    hides(&call.shown_headers());
    hides(&call.shown_uri());
    assert!(
        call.shown_uri().parse::<Uri>().is_ok(),
        "what is shown is a URI"
    );
    assert_eq!(call.shown_headers().get().len(), headers.len());

    match call.batch(body) {
        Ok(calls) => {
            for call in calls {
                hides(&call);
                hides(&call.seal().map(message));
            }
        }
        Err(error) => hides(&error),
    }
    let mut secret = body.to_vec();
    secret.extend_from_slice(b" pl4nted-g");
    let endpoint = call.endpoint();
    match call.seal(secret.clone()) {
        Ok(sealed) => {
            assert!(endpoint != Endpoint::Batch && endpoint != Endpoint::Other);
            let original = sealed.deliver();
            assert_eq!(original.body, secret);
            let forwarded = original.headers.get_all("x-planted");
            assert!(forwarded.iter().any(|value| value == "pl4nted-c"));
            assert!(!original.headers.contains_key("upstash-redact-fields"));
            hides(original);
            message(sealed);
        }
        Err(error) => hides(&error),
    }
}

/// What holds for every sealed message.
fn message(sealed: Sealed) {
    hides(&sealed);
    hides(&sealed.as_log());
    for view in [sealed.as_message(), sealed.as_schedule(), sealed.as_log()] {
        let json = view.to_json();
        hides(&json);
        assert_eq!(json.as_str(), view.to_string());
        assert!(serde_json::from_str::<serde_json::Value>(json.as_str()).is_ok());
    }
    // Putting it together again shows the same, and delivers the same.
    let (fields, original) = sealed.clone().into_parts();
    let again = Sealed::new(fields.to_string().parse().expect("a rule"), original);
    assert_eq!(again.deliver(), sealed.deliver());
    assert_eq!(again.to_string(), sealed.to_string());
    // No placeholder gets by the guard.
    match Guard::new().check(&sealed) {
        Ok(()) => assert!(!has_placeholder(sealed.deliver())),
        Err(error) => hides(&error),
    }
    match Guard::new()
        .allow_lookalikes()
        .restore(&sealed, sealed.clone())
    {
        Ok(restored) => assert_eq!(restored.deliver(), sealed.deliver()),
        Err(error) => {
            assert!(has_placeholder(sealed.deliver()));
            hides(&error);
        }
    }
}

fn has_placeholder(original: &Original) -> bool {
    let callbacks = original.callback.iter().chain(&original.failure_callback);
    let maps = callbacks.clone().map(|callback| &callback.headers);
    let values = maps.chain([&original.headers]).flat_map(HeaderMap::values);
    let urls = callbacks.map(|callback| callback.url.as_bytes());
    let texts = urls.chain([original.destination.as_bytes(), &original.body]);
    texts
        .chain(values.map(HeaderValue::as_bytes))
        .any(Placeholder::is_placeholder)
}

/// A map of headers is shown as the same map in JSON is, but for what is always private.
fn shows_headers_as_json(headers: &HeaderMap) {
    let rule = headers.get("upstash-redact-fields");
    let rule = rule.and_then(|rule| RedactFields::try_from(rule).ok());
    let redactor = Redactor::new(rule.unwrap_or_default());
    let shown = redactor
        .redact_headers(headers)
        .expect("placeholders are kept");
    let pairs = headers.iter().zip(shown.get());
    for ((name, clear), (shown_name, shown)) in pairs {
        assert_eq!(name, shown_name);
        let Ok(text) = std::str::from_utf8(clear.as_bytes()) else {
            continue;
        };
        let always = match name.as_str() {
            "authorization" | "proxy-authorization" | "cookie" => true,
            "upstash-callback" | "upstash-failure-callback" => text.contains(['@', '?', '#']),
            _ => false,
        };
        let rule = if always {
            "header".parse().expect("a rule")
        } else {
            redactor.fields().clone()
        };
        let json = serde_json::json!({ "headers": { name.as_str(): [text] } }).to_string();
        let clean = Redactor::new(rule)
            .redact_json(json.as_bytes())
            .expect("it is JSON");
        let clean: serde_json::Value = serde_json::from_str(clean.as_str()).expect("it is JSON");
        let expected = clean["headers"][name.as_str()][0]
            .as_str()
            .expect("a string");
        assert_eq!(shown.as_bytes(), expected.as_bytes());
    }
}

/// Cuts `text` behind the first `end`.
fn cut<'t>(text: &'t [u8], end: &[u8]) -> (&'t [u8], &'t [u8]) {
    match text.windows(end.len()).position(|window| window == end) {
        Some(at) => (&text[..at], &text[at + end.len()..]),
        None => (text, b""),
    }
}

fn hides(shown: &impl Debug) {
    for text in [format!("{shown:?}"), format!("{shown:#?}")] {
        assert!(!text.contains(SECRET), "a secret is shown");
    }
}
