//! The contract, sentence by sentence.

use super::*;
use crate::fingerprint::Placeholder;
use crate::members::{MEMBERS, Shape};

/// `«value»` in an expectation stands for the placeholder of `value`.
fn fill_in(expected: &str) -> String {
    let mut parts = expected.split(['«', '»']);
    let mut text = parts.next().unwrap().to_owned();
    while let (Some(value), Some(behind)) = (parts.next(), parts.next()) {
        text += Placeholder::of(value.as_bytes()).as_str();
        text += behind;
    }
    text
}

fn redactor(rule: &str) -> Redactor {
    Redactor::new(match rule {
        "all" => RedactFields::everything(),
        rule => rule.parse().unwrap(),
    })
}

fn assert_redacts(rule: &str, input: &str, expected: &str) {
    let clean = redactor(rule).redact_json(input.as_bytes()).unwrap();
    assert_eq!(clean.as_str(), fill_in(expected), "{rule}: {input}");
}

fn assert_stays(rule: &str, input: &str) {
    let redactor = redactor(rule);
    let clean = redactor.redact_json(input.as_bytes()).unwrap();
    assert!(
        matches!(clean.get(), Cow::Borrowed(same) if same.as_ptr() == input.as_ptr()),
        "{rule}: {input} became {clean}"
    );
}

#[test]
fn every_private_member_is_replaced_by_its_group_and_by_no_other() {
    for member in MEMBERS {
        let name = member.name;
        let value = match member.private.map(|(_, shape)| shape) {
            Some(Shape::Headers) => r#"{"A":["v 1","v 2"],"B":"v 3"}"#,
            Some(Shape::Base64) => r#""dmFsdWU=""#,
            Some(Shape::Url) => r#""https://u:p@host/path?q#f""#,
            _ => r#""value""#,
        };
        let input = format!(r#"[{{"x":1,"{name}":{value} ,"y":[{{"{name}":{value}}}]}}]"#);
        let replaced = match member.private.map(|(_, shape)| shape) {
            Some(Shape::Headers) => r#"{"A":["«v 1»","«v 2»"],"B":"«v 3»"}"#,
            Some(Shape::Url) => r#""«https://u:p@host/path?q#f»""#,
            Some(_) => r#""«value»""#,
            None => value,
        };
        let expected = format!(r#"[{{"x":1,"{name}":{replaced} ,"y":[{{"{name}":{replaced}}}]}}]"#);
        assert_redacts("all", &input, &expected);
        for group in crate::Group::ALL {
            if member.private.is_some_and(|(own, _)| own == group) {
                assert_redacts(group.keyword(), &input, &expected);
            } else {
                assert_stays(group.keyword(), &input);
            }
        }
    }
}

#[test]
fn the_text_is_hashed_unescaped() {
    assert_redacts(
        "body",
        r#"{"body":"{\"a\":\"\u00e9\\n\ud83d\ude00\/\"}"}"#,
        r#"{"body":"«{"a":"é\n😀/"}»"}"#,
    );
    // A lone surrogate is hashed as the three bytes of WTF-8.
    let clean = redactor("body")
        .redact_json(br#"{"body":"a\ud800b"}"#)
        .unwrap();
    let placeholder = Placeholder::of(b"a\xED\xA0\x80b");
    assert_eq!(clean.as_str(), format!(r#"{{"body":"{placeholder}"}}"#));
}

#[test]
fn base64_is_hashed_decoded() {
    for (text, hashed) in [
        ("aGVsbG8=", "hello"),
        ("aGVsbG8", "hello"),
        (r"aGVsbG8\u003d", "hello"),
        ("aGVsbG8==", "aGVsbG8=="),
        ("not base64!", "not base64!"),
        (r"no\tbase64", "no\tbase64"),
    ] {
        for member in [
            "bodyBase64",
            "sourceBody",
            "timeoutBody",
            "responseBodyBase64",
        ] {
            assert_redacts(
                "all",
                &format!(r#"{{"{member}":"{text}"}}"#),
                &format!(r#"{{"{member}":"«{hashed}»"}}"#),
            );
        }
    }
}

#[test]
fn a_body_is_base64_inside_logs_and_events_only() {
    assert_redacts(
        "body,response.body",
        concat!(
            r#"{"body":"aGVsbG8=","logs":[{"body":"aGVsbG8=","x":{"responseBody":"aGVsbG8="}}],"#,
            r#""responseBody":"aGVsbG8=","messages":[{"events":[[{"body":"aGVsbG8="}]],"body":"aGVsbG8="}],"#,
            r#""events":{"body":"aGVsbG8="},"logs":"","l\u006fgs":[{"body":"aGVsbG8="}],"out":"aGVsbG8="}"#,
        ),
        concat!(
            r#"{"body":"«aGVsbG8=»","logs":[{"body":"«hello»","x":{"responseBody":"«hello»"}}],"#,
            r#""responseBody":"«aGVsbG8=»","messages":[{"events":[[{"body":"«hello»"}]],"body":"«aGVsbG8=»"}],"#,
            r#""events":{"body":"«aGVsbG8=»"},"logs":"","l\u006fgs":[{"body":"«hello»"}],"out":"«aGVsbG8=»"}"#,
        ),
    );
}

#[test]
fn the_caller_can_say_what_bodies_are() {
    let input = br#"{"body":"aGVsbG8=","logs":[{"body":"aGVsbG8=","out":"aGVsbG8="}]}"#;
    for (encoding, expected) in [
        (
            BodyEncoding::Text,
            r#"{"body":"«aGVsbG8=»","logs":[{"body":"«aGVsbG8=»","out":"«aGVsbG8=»"}]}"#,
        ),
        (
            BodyEncoding::Base64,
            r#"{"body":"«hello»","logs":[{"body":"«hello»","out":"«aGVsbG8=»"}]}"#,
        ),
    ] {
        let redactor = redactor("body").with_body_encoding(encoding);
        let clean = redactor.redact_json(input).unwrap();
        assert_eq!(clean.as_str(), fill_in(expected));
    }
}

#[test]
fn what_holds_nothing_stays() {
    assert_stays(
        "all",
        r#"{"body":"","out":null,"header":{"A":"","B":null,"C":[],"D":["",null]},"headers":null,
            "callHeaders":"","responseHeaders":{},"error":"","url":null,"callerIP":""}"#,
    );
}

#[test]
fn any_other_json_is_hashed_as_it_stands() {
    assert_redacts(
        "all",
        r#"{"body": {"a" : [1.0, "\u0041"], "body":"x"} ,"out":12.50,"error":true,"url":["https://h"],"callerIP":[]}"#,
        r#"{"body": "«{"a" : [1.0, "\u0041"], "body":"x"}»" ,"out":"«12.50»","error":"«true»","url":"«["https://h"]»","callerIP":"«[]»"}"#,
    );
    assert_redacts(
        "header",
        r#"{"header":{"A":1,"B":{"C":["v"]},"C":["v",2,null,["w"],[],{"D":"x"},false],"D":[[ "y" ]]}}"#,
        r#"{"header":{"A":"«1»","B":"«{"C":["v"]}»","C":["«v»","«2»",null,"«["w"]»","«[]»","«{"D":"x"}»","«false»"],"D":["«[ "y" ]»"]}}"#,
    );
}

#[test]
fn a_header_member_that_is_no_map_is_replaced_as_a_whole() {
    for rule in ["header", "header[X]"] {
        assert_redacts(
            rule,
            r#"{"header":"A: b","headers":["A: b"],"sourceHeader":5,"callHeaders":[],"responseHeader":"A: b"}"#,
            r#"{"header":"«A: b»","headers":"«["A: b"]»","sourceHeader":"«5»","callHeaders":"«[]»","responseHeader":"A: b"}"#,
        );
    }
}

#[test]
fn named_headers_are_found_in_any_case_behind_a_prefix_and_in_every_map() {
    assert_redacts(
        "header[Upstash-Forward-Authorization],header[x-api-key]",
        r#"{"header":{"AUTHORIZATION":["a"],"X-Api-Key2":["b"],"Upstash-Forward-X-API-KEY":"c","Author\u0069zation":["d"]},
            "failureCallbackHeaders":{"Upstash-Failure-Callback-Forward-authorization":["e"],"Other":["f"]},
            "responseHeader":{"Authorization":["g"]}}"#,
        r#"{"header":{"AUTHORIZATION":["«a»"],"X-Api-Key2":["b"],"Upstash-Forward-X-API-KEY":"«c»","Author\u0069zation":["«d»"]},
            "failureCallbackHeaders":{"Upstash-Failure-Callback-Forward-authorization":["«e»"],"Other":["f"]},
            "responseHeader":{"Authorization":["g"]}}"#,
    );
    assert_redacts(
        "response.header[Set-Cookie]",
        r#"{"header":{"Set-Cookie":["a"]},"responseHeaders":{"set-cookie":["b","c"]},"failHeaders":{"Set-Cookie":"d"}}"#,
        r#"{"header":{"Set-Cookie":["a"]},"responseHeaders":{"set-cookie":["«b»","«c»"]},"failHeaders":{"Set-Cookie":"«d»"}}"#,
    );
}

#[test]
fn below_a_header_map_nothing_is_searched() {
    assert_stays(
        "body",
        r#"{"header":{"body":"b","logs":[{"body":"b"}],"X":{"body":"b"}}}"#,
    );
    assert_stays(
        "header[X]",
        r#"{"header":{"Y":{"header":{"X":"v"}},"Z":[{"header":{"X":"v"}}]}}"#,
    );
    // What is no map is searched where the rule does not select the group.
    assert_redacts(
        "body",
        r#"{"header":[{"body":"b"}],"headers":[[{"body":"c"}]]}"#,
        r#"{"header":[{"body":"«b»"}],"headers":[[{"body":"«c»"}]]}"#,
    );
}

#[test]
fn a_value_that_is_not_selected_is_searched() {
    assert_redacts(
        "header[A]",
        r#"{"body":{"header":{"A":"v"},"body":{"x":[{"header":{"A":"w"}}]}},"unknown":[[{"header":{"A":"x"}}]]}"#,
        r#"{"body":{"header":{"A":"«v»"},"body":{"x":[{"header":{"A":"«w»"}}]}},"unknown":[[{"header":{"A":"«x»"}}]]}"#,
    );
}

#[test]
fn urls_are_replaced_only_where_they_carry_something() {
    assert_redacts(
        "url",
        r#"{"url":"https://h/p","destination":"https://h/?q","callback":"https://u@h","failureCallback":"https://h/#f","callUrl":"https://h/\u003fq","error":"a?b"}"#,
        r#"{"url":"https://h/p","destination":"«https://h/?q»","callback":"«https://u@h»","failureCallback":"«https://h/#f»","callUrl":"«https://h/?q»","error":"a?b"}"#,
    );
}

#[test]
fn names_are_compared_exactly_after_unescaping() {
    assert_redacts(
        "body",
        r#"{"\u0062ody":"a","b\u006fdy":"b","Body":"c","body ":"d","bod\u0079\u0000":"e"}"#,
        r#"{"\u0062ody":"«a»","b\u006fdy":"«b»","Body":"c","body ":"d","bod\u0079\u0000":"e"}"#,
    );
}

#[test]
fn every_duplicate_is_treated_alike() {
    assert_redacts(
        "body,header[A]",
        r#"{"body":"a","body":"b","header":{"A":"c","A":["d"]},"header":{"A":"e"}}"#,
        r#"{"body":"«a»","body":"«b»","header":{"A":"«c»","A":["«d»"]},"header":{"A":"«e»"}}"#,
    );
}

#[test]
fn a_placeholder_stays_as_it_is() {
    let placeholder = Placeholder::of(b"x").to_string();
    let upper = format!("REDACTED:{}", placeholder[9..].to_uppercase());
    let escaped = placeholder.replace('R', r"\u0052");
    let encoded = "UkVEQUNURUQ6MmQ3MTE2NDJiNzI2YjA0NDAxNjI3Y2E5ZmJhYzMyZjVjODUzMGZiMTkwM2NjNGRiMDIyNTg3MTc5MjFhNDg4MQ==";
    assert_eq!(Placeholder::of(b"x").as_str().len(), 73);
    let mut decoded = Vec::new();
    assert!(crate::scan::base64::decode(
        encoded.as_bytes(),
        &mut decoded
    ));
    assert_eq!(decoded, placeholder.as_bytes());
    for text in [&placeholder, &upper, &escaped] {
        assert_stays(
            "all",
            &format!(r#"{{"body":"{text}","header":{{"A":["{text}"]}},"bodyBase64":"{text}"}}"#),
        );
    }
    assert_stays(
        "all",
        &format!(r#"{{"bodyBase64":"{encoded}","logs":[{{"body":"{encoded}"}}]}}"#),
    );
    // In a text member the base64 of a placeholder is a text like any other.
    assert_redacts(
        "body",
        &format!(r#"{{"body":"{encoded}"}}"#),
        &format!(r#"{{"body":"«{encoded}»"}}"#),
    );
    // What only begins like one is an ordinary value.
    for text in ["REDACTED:", &placeholder[..72], "REDACTED:hmac-sha256:k:00"] {
        assert_redacts(
            "body",
            &format!(r#"{{"body":"{text}"}}"#),
            &format!(r#"{{"body":"«{text}»"}}"#),
        );
    }
}

#[test]
fn placeholders_can_be_refused() {
    let placeholder = Placeholder::of(b"x");
    let input = format!("{{\"messageId\":\"m\",\n\"body\":\"{placeholder}\"}}");
    let error = redactor("body")
        .with_existing(Existing::Refuse)
        .redact_json(input.as_bytes())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Placeholder);
    assert_eq!((error.line(), error.offset()), (Some(2), Some(25)));
    // Where the rule does not look there may be any.
    let elsewhere = format!(r#"{{"error":"{placeholder}"}}"#);
    let strict = redactor("body").with_existing(Existing::Refuse);
    assert!(strict.redact_json(elsewhere.as_bytes()).is_ok());
}

#[test]
fn bytes_outside_of_the_values_stay() {
    let input = "\t[ {\"a\":1e400,\"b\":9223372036854775808 ,\"body\" :\r\n\"v\",\"c\":\"\\u00e9\\/\\ud800\",\"c\":-0}\n] 1 \"x\"[]\n";
    assert_redacts("body", input, &input.replace("\"v\"", "\"«v»\""));
}

#[test]
fn a_buffer_of_the_callers_can_be_used_again() {
    let redactor = redactor("body");
    let mut output = b"what was there".to_vec();
    let clean = redactor
        .redact_json_into(br#"{"body":"v"}"#, &mut output)
        .unwrap();
    assert_eq!(clean.as_str(), fill_in(r#"{"body":"«v»"}"#));
    let clean = redactor.redact_json_into(b"[1]", &mut output).unwrap();
    assert_eq!(clean.as_str(), "[1]");
    assert!(
        redactor
            .redact_json_into(br#"{"body":"v""#, &mut output)
            .is_err()
    );
    assert!(output.is_empty());
}

#[test]
fn a_buffer_of_the_callers_holds_the_input_once_if_what_was_selected_stays() {
    let mut output = Vec::new();
    for input in [
        r#"{"url":"https://host/path"}"#.to_owned(),
        format!(r#"{{"url":"{}"}}"#, Placeholder::of(b"v")),
    ] {
        let clean = redactor("url")
            .redact_json_into(input.as_bytes(), &mut output)
            .unwrap();
        assert_eq!(clean.as_str(), input);
    }
}

#[test]
fn what_is_no_json_is_an_error_that_quotes_nothing() {
    for input in [
        r#"{"body":"s3cret"#,
        r#"{"body":"s3cret" x}"#,
        r#"{"body":"s3cret\q"}"#,
        r#"{"s3cret"}"#,
        "s3cret",
        "{\"body\":\"s3cret\u{1}\"}",
    ] {
        let error = redactor("all").redact_json(input.as_bytes()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"));
        assert_eq!(error.line(), Some(1));
        assert!(error.is_input());
    }
}
