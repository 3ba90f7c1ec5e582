use crate::redact::Redactor;
use crate::{BatchRequest, BodyEncoding, DlqMessage, ErrorKind, Existing, LogEntry, Message};
use crate::{Placeholder, RedactFields};

fn redactor(rule: &str) -> Redactor {
    Redactor::new(rule.parse().unwrap())
}

/// The view as JSON, `«value»` standing for the placeholder of `value`.
fn assert_shows(view: impl serde::Serialize, expected: &str) {
    let mut parts = expected.split(['«', '»']);
    let mut text = parts.next().unwrap().to_owned();
    while let (Some(value), Some(behind)) = (parts.next(), parts.next()) {
        text += Placeholder::of(value.as_bytes()).as_str();
        text += behind;
    }
    assert_eq!(serde_json::to_string(&view).unwrap(), text);
}

fn message(json: &str) -> Message<'_> {
    Message::from_json(json.as_bytes()).unwrap()
}

#[test]
fn selected_values_are_placeholders_and_the_rest_is_as_it_was() {
    assert_shows(
        redactor("body,header[X-Key],url").view(&message(
            r#"{"messageId":"m","header":{"x-key":["a\n","","b"],"Y":["c"]},"body":"{\"d\":1}",
                "url":"https://e","callback":"https://u@e","rate":1e400, "new":{ "b":[1.0] },"callerIP":null}"#,
        )),
        concat!(
            r#"{"messageId":"m","header":{"x-key":["«a"#,
            "\n",
            r#"»","","«b»"],"Y":["c"]},"body":"«{"d":1}»","#,
            r#""url":"https://e","callback":"«https://u@e»","rate":1e400,"new":{ "b":[1.0] },"callerIP":null}"#,
        ),
    );
}

#[test]
fn members_that_the_shape_does_not_know_are_searched() {
    assert_shows(
        redactor("body,response.body,response.header[A]").view(&message(
            r#"{"failureCallbackInfo":{"state":"S", "responseBody":{"a": 1},"responseHeaders":{"a":[["b", 1],2],"B":"c"}},
                "x":[{"logs":[{"body":"aGVsbG8="}],"body":"aGVsbG8=","body":7}]}"#,
        )),
        concat!(
            r#"{"failureCallbackInfo":{"state":"S","responseBody":"«{"a": 1}»","responseHeaders":{"a":["«["b", 1]»","«2»"],"B":"c"}},"#,
            r#""x":[{"logs":[{"body":"«hello»"}],"body":"«aGVsbG8=»","body":"«7»"}]}"#,
        ),
    );
}

#[test]
fn nothing_is_looked_for_in_a_header_that_is_not_selected() {
    let json = r#"{"x":{"headers":{"body":"a","B":{"body":"b"}},"events":{"body":"aGVsbG8="}}}"#;
    assert_shows(
        redactor("body").view(&message(json)),
        &json.replace("aGVsbG8=", "«aGVsbG8=»"),
    );
}

#[test]
fn a_log_entry_has_bodies_in_base64_unless_the_caller_says_otherwise() {
    let json = br#"{"body":"aGVsbG8=","responseBody":"no base64","x":{"body":"aGVsbG8"}}"#;
    let entry = LogEntry::from_json(json).unwrap();
    let all = redactor("body,response.body");
    for encoding in [BodyEncoding::Auto, BodyEncoding::Base64] {
        assert_shows(
            all.clone().with_body_encoding(encoding).view(&entry),
            r#"{"body":"«hello»","responseBody":"«no base64»","x":{"body":"«hello»"}}"#,
        );
    }
    assert_shows(
        all.clone()
            .with_body_encoding(BodyEncoding::Text)
            .view(&entry),
        r#"{"body":"«aGVsbG8=»","responseBody":"«no base64»","x":{"body":"«aGVsbG8»"}}"#,
    );
    let message = DlqMessage::from_json(json).unwrap();
    assert_shows(
        all.view(&message),
        r#"{"body":"«aGVsbG8=»","responseBody":"«no base64»","x":{"body":"«aGVsbG8»"}}"#,
    );
    assert_shows(
        all.with_body_encoding(BodyEncoding::Base64).view(&message),
        r#"{"body":"«hello»","responseBody":"«no base64»","x":{"body":"«hello»"}}"#,
    );
}

#[test]
fn a_body_of_a_batch_request_that_is_no_string_is_hashed_as_it_stands() {
    for (body, shown) in [
        (r#"{"token": "t"}"#, r#""«{"token": "t"}»""#),
        ("[]", r#""«[]»""#),
        ("7", r#""«7»""#),
        ("null", "null"),
        (r#""""#, r#""""#),
    ] {
        let json = format!(r#"{{"headers":{{"Upstash-Forward-A":"b"}},"body":{body}}}"#);
        let request = BatchRequest::from_json(json.as_bytes()).unwrap();
        assert_shows(
            redactor("body,header[a]").view(&request),
            &format!(r#"{{"headers":{{"Upstash-Forward-A":"«b»"}},"body":{shown}}}"#),
        );
    }
}

/// The placeholder of `x` in base64.
const ENCODED_PLACEHOLDER: &str = concat!(
    "UkVEQUNURUQ6MmQ3MTE2NDJiNzI2YjA0NDAxNjI3Y2E5ZmJhYzMyZjVjODUzMGZiMTkwM2Nj",
    "NGRiMDIyNTg3MTc5MjFhNDg4MQ==",
);

#[test]
fn a_placeholder_stays_or_is_refused() {
    let placeholder = Placeholder::of(b"x");
    for (member, text) in [
        ("body", placeholder.as_str()),
        ("bodyBase64", ENCODED_PLACEHOLDER),
    ] {
        let json = format!(r#"{{"x":"y","{member}":"{text}"}}"#);
        let message = message(&json);
        assert_shows(redactor("body").view(&message), &json);
        let strict = redactor("body").with_existing(Existing::Refuse);
        let view = strict.view(&message);
        let error = serde_json::to_string(&view).unwrap_err();
        assert!(
            error.to_string().contains(&format!("member `{member}`")),
            "{error}"
        );
        assert!(!error.to_string().contains(text), "{error}");
        assert_eq!(
            strict.redact_json(json.as_bytes()).unwrap_err().kind(),
            ErrorKind::Placeholder
        );
        // Whoever prints a view must not panic.
        assert_eq!(view.to_string(), json);
        assert_shows(
            redactor("header")
                .with_existing(Existing::Refuse)
                .view(&message),
            &json,
        );
    }
}

#[test]
fn what_ends_with_a_placeholder_is_none() {
    let placeholder = Placeholder::of(b"x");
    let original = format!("{}{placeholder}", "aaa".repeat(1024));
    let json = format!(
        r#"{{"bodyBase64":"{}{ENCODED_PLACEHOLDER}"}}"#,
        "YWFh".repeat(1024)
    );
    assert_shows(
        redactor("body").view(&message(&json)),
        &format!(r#"{{"bodyBase64":"«{original}»"}}"#),
    );
}

#[test]
fn a_view_prints_its_json() {
    let json = r#"{"messageId":"m\u00e9\t","body":"secret","header":{"A":["secret"]}}"#;
    let message = message(json);
    let redactor = Redactor::new(RedactFields::everything());
    let view = redactor.view(&message);
    let printed = view.to_string();
    assert_eq!(printed, serde_json::to_string(&view).unwrap());
    assert!(
        printed.starts_with(r#"{"messageId":"mé\t","body":"REDACTED:2bb80d53"#),
        "{printed}"
    );
    assert!(!printed.contains("secret"));
    assert_eq!(format!("{view:?}"), format!("Redacted({printed})"));
}

#[test]
fn messages_are_shown_as_an_array() {
    let page = vec![message(r#"{"body":"a"}"#), message("{}")];
    let redactor = redactor("body");
    for view in [
        serde_json::to_string(&redactor.view(&page)),
        serde_json::to_string(&redactor.view(&page[..])),
        serde_json::to_string(&redactor.view(&[&page[0], &page[1]])),
    ] {
        assert_shows(
            serde_json::value::RawValue::from_string(view.unwrap()).unwrap(),
            r#"[{"body":"«a»"},{}]"#,
        );
    }
    assert_shows(redactor.view(&page[..0]), "[]");
}

#[test]
fn a_view_becomes_a_value_of_serde_json_too() {
    let message = message(r#"{"body":"a","rate":12,"x":{"y":[null,true]}}"#);
    let value = serde_json::to_value(redactor("body").view(&message)).unwrap();
    assert_eq!(
        value,
        serde_json::json!({"body": Placeholder::of(b"a"), "rate": 12, "x": {"y": [null, true]}})
    );
}
