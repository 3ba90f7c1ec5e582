use super::*;

/// What is made of `answer`, with every placeholder of `values` written as `<value>`.
fn shown(answer: &str, values: &[&str]) -> String {
    let clean = redact_answer(answer.as_bytes()).unwrap();
    let mut text = clean.as_str().to_owned();
    for value in values {
        text = text.replace(
            Placeholder::of(value.as_bytes()).as_str(),
            &format!("<{value}>"),
        );
    }
    text
}

#[test]
fn an_answer_keeps_every_other_byte() {
    let answer = "\t{ \"database_id\" : \"db-1\",\r\n \"password\":\"s3cret-word\" , \"port\": 30143,\n\
        \"rest_token\":\"AXtoken\", \"db_request_limit\": 9223372036854775808, \"user_email\":\"me@example.com\",\
        \"tls\":true, \"budget\": 1.50e+3, \"\\u0073tate\" : \"acti\\u0076e\" }\n";
    let expected = answer
        .replace("s3cret-word", "<s3cret-word>")
        .replace("AXtoken", "<AXtoken>")
        .replace("me@example.com", "<me@example.com>");
    assert_eq!(
        shown(answer, &["s3cret-word", "AXtoken", "me@example.com"]),
        expected
    );
}

#[test]
fn every_secret_member_is_hidden_at_any_depth_and_however_it_is_spelled() {
    for member in SecretName::ALL {
        for answer in [
            format!(r#"{{"{member}":"canary"}}"#),
            format!(r#"[[{{"a":{{"{member}":"canary"}}}}]]"#),
            format!(r#"{{"{member}":"canary","{member}":"canary"}}"#),
            format!(r#"{{"{member}":["canary",{{"x":"canary"}}]}}"#),
            format!(r#"{{"{member}":{{"canary":1}}}}"#),
            format!(
                r#"{{"\u{:04x}{}":"canary"}}"#,
                member.as_str().as_bytes()[0],
                &member.as_str()[1..]
            ),
            format!(r#"{{"{member}":"can\u0061ry"}}"#),
        ] {
            let clean = redact_answer(answer.as_bytes()).unwrap();
            assert!(!clean.as_str().contains("canary"), "{answer}");
            assert!(!clean.as_str().contains(r"can\u"), "{answer}");
        }
    }
}

#[test]
fn unknown_members_are_hidden_for_their_look() {
    for name in [
        "acl_rest_token",
        "adminPassword",
        "API_KEY",
        "Secret2",
        "billing_eMail",
        "credentials",
        "passwd",
    ] {
        assert_eq!(
            shown(&format!(r#"{{"{name}":"value"}}"#), &["value"]),
            format!(r#"{{"{name}":"<value>"}}"#)
        );
        assert_eq!(
            shown(&format!(r#"{{"{name}":17}}"#), &["17"]),
            format!(r#"{{"{name}":"<17>"}}"#)
        );
    }
    assert_eq!(
        shown(r#"{"max_tokens":17}"#, &["17"]),
        r#"{"max_tokens":17}"#
    );
    assert_eq!(
        shown(r#"{"max_tokens":"17"}"#, &["17"]),
        r#"{"max_tokens":"<17>"}"#
    );
}

#[test]
fn values_are_hidden_for_what_they_are() {
    for value in [
        "rediss://default:pw@host:6379",
        "me@example.com",
        "eyJVc2VySUQiOiJ4",
        "sig_123",
    ] {
        assert_eq!(
            shown(&format!(r#"{{"note":["{value}"]}}"#), &[value]),
            format!(r#"{{"note":["<{value}>"]}}"#)
        );
    }
    // The password again, under a name that says nothing, and in a longer text.
    assert_eq!(
        shown(
            r#"{"a":"x pass-word y","password":"pass-word","b":"pass-wor","c":"pass-word"}"#,
            &["pass-word", "x pass-word y"]
        ),
        r#"{"a":"<x pass-word y>","password":"<pass-word>","b":"pass-wor","c":"<pass-word>"}"#
    );
    assert_eq!(shown(r#""s3cret""#, &["s3cret"]), r#""<s3cret>""#);
    assert_eq!(
        shown(r#" "OK" "s3cret""#, &["s3cret"]),
        r#" "OK" "<s3cret>""#
    );
}

#[test]
fn what_holds_nothing_stays_and_is_borrowed() {
    for answer in [
        r#"{"token":null,"password":"","secrets":[],"keys":{},"tokens":true,"x":[[]]}"#,
        r#""OK""#,
        "17",
        "",
        r#"{"id":"99a4c327-31f0-490f-a594-043ade84085a","state":"active"}"#,
    ] {
        let clean = redact_answer(answer.as_bytes()).unwrap();
        assert!(matches!(clean.get(), Cow::Borrowed(_)), "{answer}");
        assert_eq!(clean.as_str(), answer);
    }
}

#[test]
fn redacting_twice_changes_nothing() {
    let once = redact_answer(br#"{"token":"abc","customer_id":"a@b.c","x":"a@b.c"}"#).unwrap();
    let twice = redact_answer(once.as_bytes()).unwrap();
    assert!(matches!(twice.get(), Cow::Borrowed(_)));
    assert_eq!(twice, once);
}

#[test]
fn a_broken_answer_is_refused_without_a_value() {
    for answer in [
        r#"{"token":"canary"#,
        r#"{"token":"canary"}}"#,
        r#"{"token":canary}"#,
        r#"{"token":"canary\x"}"#,
    ] {
        let error = redact_answer(answer.as_bytes()).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("canary"), "{answer}");
    }
}
