//! Answers as they can be shown in a ticket.

use crate::account::{EMAIL, REDIS_ID};
use crate::place::Place;
use crate::stage::Stage;
use qstash_redact::Placeholder;

#[test]
fn an_answer_is_shown_with_placeholders_and_all_else_byte_for_byte() {
    let stage = Stage::new();
    let answer = stage.server.account().call(
        &format!("GET /v2/redis/database/{REDIS_ID}"),
        &crate::account::authorization(),
    );
    let mut expected = answer.body.clone();
    let account = stage.server.account().clone();
    for private in [
        &account.redis.password,
        &account.redis.rest,
        &account.redis.read_only,
        &EMAIL.to_owned(),
    ] {
        let placeholder = Placeholder::of(private.as_bytes());
        expected = expected.replace(&format!("\"{private}\""), &format!("\"{placeholder}\""));
    }
    let ran = stage
        .place
        .pipe("answer", &answer.body)
        .ends(0)
        .says("guessed");
    assert_eq!(ran.stdout, expected);
    stage.assert_silent(&ran.stdout, "the answer");
}

#[test]
fn what_is_no_json_is_refused_and_not_shown() {
    let place = Place::new();
    for text in ["{\"token\":\"s3cret", "token=s3cret", "{\"token\":s3cret}"] {
        let ran = place.pipe("answer", text).ends(3);
        assert_eq!(ran.stdout, "");
        assert!(!ran.stderr.contains("s3cret"), "{ran:?}");
    }
    place
        .pipe("answer", r#"{"id":"x"}"#)
        .ends(0)
        .without_a_word();
}
