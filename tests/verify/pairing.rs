//! Which record belongs to which.

use crate::statuses::one;
use crate::{findings, hidden, rule};
use qstash_redact::verify::Status::{Extra, Match, Missing, Pairing as Unpaired};
use qstash_redact::verify::{Pairing, Verifier};

#[test]
fn other_identifiers_are_one_finding_and_end_the_comparison() {
    for (original, redacted) in [
        (
            r#"{"messageId":"a","body":"x"}"#,
            r#"{"messageId":"b","body":"y"}"#,
        ),
        (
            r#"{"messageId":"a","dlqId":"1"}"#,
            r#"{"messageId":"a","dlqId":"2"}"#,
        ),
        (r#"{"scheduleId":"a"}"#, r#"{"scheduleId":"b"}"#),
        (r#"{"messageId":"a"}"#, r#"{"dlqId":"a"}"#),
    ] {
        one(original, redacted, Unpaired, "document");
        let (original, redacted) = (format!("[{original}]"), format!("[{redacted}]"));
        one(&original, &redacted, Unpaired, "[0]");
    }
    // One identifier agrees, and one is gone: still a pair.
    one(
        r#"{"messageId":"a","dlqId":"1"}"#,
        r#"{"messageId":"\u0061"}"#,
        Missing,
        "dlqId",
    );
}

#[test]
fn records_pair_by_their_identifiers_where_asked_for() {
    let verifier = Verifier::new(rule("body")).with_pairing(Pairing::Id);
    let (x, y, z) = (hidden("x"), hidden("y"), hidden("z"));
    let original = r#"{"messages":[{"messageId":"1","body":"x"},{"messageId":"2","body":"y"}]}
        {"messages":[{"messageId":"1","body":"z"},{"cron":"a"}],"cursor":"c"}"#;
    let shuffled = format!(
        r#"{{"messages":[{{"messageId":"2","body":{y}}},{{"cron":"a"}},{{"messageId":"1","body":{x}}}]}}
        {{"messages":[{{"messageId":"1","body":{z}}}],"cursor":"c"}}"#
    );
    assert_eq!(
        findings(&verifier, original, &shuffled),
        [
            (Match, "messages[0].body".into()),
            (Match, "messages[1].body".into()),
            (Match, "messages[0].body".into()),
        ]
    );
    let one_missing_one_added = shuffled.replace(r#""messageId":"2""#, r#""messageId":"3""#);
    assert_eq!(
        findings(&verifier, original, &one_missing_one_added),
        [
            (Match, "messages[0].body".into()),
            (Missing, "messages[1]".into()),
            (Match, "messages[0].body".into()),
            (Extra, "messages[0]".into()),
        ]
    );
}

#[test]
fn log_entries_of_one_message_pair_by_time_and_state() {
    let verifier = Verifier::new(rule("error")).with_pairing(Pairing::Id);
    let original = r#"{"logs":[{"messageId":"1","time":1,"state":"ERROR","error":"x"},{"messageId":"1","time":2,"state":"RETRY","error":"y"}]}"#;
    let redacted = format!(
        r#"{{"logs":[{{"messageId":"1","time":2,"state":"RETRY","error":{}}},{{"messageId":"1","time":1,"state":"ERROR","error":{}}}]}}"#,
        hidden("y"),
        hidden("x")
    );
    assert_eq!(
        findings(&verifier, original, &redacted),
        [
            (Match, "logs[0].error".into()),
            (Match, "logs[1].error".into())
        ]
    );
}
