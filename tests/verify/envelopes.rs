//! Every envelope of the contract, alone, in pages and as NDJSON.

use crate::{findings, findings_only, hidden};
use qstash_redact::RedactFields;
use qstash_redact::verify::{Pairing, Status::*, Verifier};

/// A document with private values in `«»`, and how many records it has.
const ENVELOPES: &[(&str, u64)] = &[
    // A message.
    (
        r#"{"messageId":"msg_1","topicName":"t","url":«https://a.example/?token=b»,"method":"POST","header":{"Content-Type":[«text/plain»]},"body":«{\"foo\":\"bar\"}»,"createdAt":1620000000000,"callerIP":«192.0.2.1»,"flowControlKey":"k"}"#,
        1,
    ),
    // A schedule.
    (
        r#"{"scheduleId":"scd_1","cron":"* * * * *","destination":«https://u:p@a.example/»,"header":{"A":[«b»,«c»]},"body":«x»,"retries":3,"callback":"https://a.example/","failureCallback":«https://a.example/#f»,"callerIp":«192.0.2.2»,"isPaused":false,"lastScheduleStates":{"msg_1":"SUCCESS"},"createdAt":9223372036854775808}"#,
        1,
    ),
    // A DLQ message.
    (
        r#"{"messageId":"msg_1","dlqId":"1-0","url":"https://a.example","bodyBase64":«64:/w==:255»,"responseStatus":500,"responseHeader":{"Set-Cookie":[«s=1»,«t=2»]},"responseBody":«oops»,"callbackHeader":{"A":[«b»]},"failureCallbackHeader":{"A":[«c»]},"labels":["a","b"]}"#,
        1,
    ),
    // GET /v2/dlq.
    (
        r#"{"messages":[{"messageId":"msg_1","dlqId":"1-0","header":{"A":[«b»]},"body":«c»},{"messageId":"msg_2","dlqId":"2-0","body":«d»}],"cursor":"1-2"}"#,
        2,
    ),
    // GET /v2/logs and /v2/events.
    (
        r#"{"cursor":"1-1","logs":[{"time":1,"messageId":"msg_1","header":{"A":[«b»]},"body":«64:aGVsbG8=:hello»,"state":"ERROR","error":«refused by 192.0.2.1»,"responseBody":«64:aGVsbG8:hello»,"responseHeaders":{"A":[«b»]},"callbackHeaders":{"A":[«b»]},"timeout":3}]}"#,
        1,
    ),
    (
        r#"{"events":[{"time":"1","messageId":"msg_1","state":"delivered","body":«64:aGVsbG8=:hello»},{"time":"2","messageId":"msg_1"}]}"#,
        2,
    ),
    // Logs grouped by message.
    (
        r#"{"messages":[{"messageId":"msg_1","body":«aGVsbG8=»,"events":[{"time":1,"body":«64:aGVsbG8=:hello»},{"time":2}]}]}"#,
        1,
    ),
    // GET /v2/schedules.
    (
        r#"[{"scheduleId":"a","body":«x»},{"scheduleId":"b","name":"n","body":null}]"#,
        2,
    ),
    // A batch request.
    (
        r#"[{"destination":«https://a.example/?b»,"queue":"q","headers":{"Upstash-Forward-A":«b»,"Upstash-Delay":«1h»},"body":«x»},{"destination":"https://a.example/","body":null},{"destination":"https://b.example/","body":«raw:{"a": 1}»}]"#,
        3,
    ),
    // Workflow logs.
    (
        r#"{"cursor":"1-2","runs":[{"workflowRunId":"wfr_1","workflowUrl":"https://a.example/","workflowRunCallerIp":«192.0.2.1»,"workflowRunResponse":«done»,"steps":[{"steps":[{"stepName":"init","callHeaders":{"A":[«b»]},"callBody":«x»,"callUrl":«https://a.example?b»,"out":«raw:1»},{"headers":{"A":[«b»]},"invokedWorkflowRunBody":«x»,"invokedWorkflowUrl":«a?b»,"invokedWorkflowRunHeaders":{"A":«b»},"callResponseBody":«y»,"callResponseHeaders":{"A":«c»},"timeoutBody":«64:aGVsbG8=:hello»,"timeoutUrl":«a#b»,"timeoutHeaders":{"A":«d»}}],"type":"parallel"}]}]}"#,
        1,
    ),
    // Workflow DLQ.
    (
        r#"{"messages":[{"messageId":"msg_1","dlqId":"1-0","workflowRunId":"wfr_1","failHeaders":{"A":[«b»]},"failResponse":«x»,"failureCallbackInfo":{"state":"CALLBACK_SUCCESS","responseBody":«{}»,"responseHeaders":{"A":[«b»]}}}]}"#,
        1,
    ),
    // A callback's payload.
    (
        r#"{"status":200,"header":{"key":[«value»]},"body":«aGVsbG8=»,"sourceMessageId":"msg_1","url":"http://a.example","sourceHeader":{"key":«value»},"sourceBody":«64:aGVsbG8=:hello»,"callerIP":«192.0.2.1»}"#,
        1,
    ),
    // An empty page.
    (r#"{"messages":[],"cursor":""}"#, 0),
];

/// The original, its redaction, and how many values were replaced.
///
/// `«text»` is a string as JSON spells it, `«64:base64:text»` is one that stands for `text` (`255` for
/// that byte), `«raw:json»` is other JSON.
fn both(template: &str) -> (String, String, usize) {
    let (mut original, mut redacted, mut count) = (String::new(), String::new(), 0);
    for (place, piece) in template.split(['«', '»']).enumerate() {
        if place % 2 == 0 {
            original += piece;
            redacted += piece;
            continue;
        }
        count += 1;
        if let Some(json) = piece.strip_prefix("raw:") {
            original += json;
            redacted += &hidden(json);
        } else if let Some((base64, text)) =
            piece.strip_prefix("64:").and_then(|it| it.split_once(':'))
        {
            original += &format!("\"{base64}\"");
            redacted += &if text == "255" {
                hidden([255])
            } else {
                hidden(text)
            };
        } else {
            original += &format!("\"{piece}\"");
            redacted += &hidden(piece.replace("\\\"", "\""));
        }
    }
    (original, redacted, count)
}

fn verifier() -> Verifier {
    Verifier::new(RedactFields::everything())
}

/// Asserts that all of a redaction matches, in both kinds of pairing, and that the original does not.
fn accepts(original: &str, redacted: &str, count: usize, records: u64) {
    for pairing in [Pairing::Position, Pairing::Id] {
        let mut matches = 0;
        let report = verifier()
            .with_pairing(pairing)
            .documents(original.as_bytes(), redacted.as_bytes(), &mut |finding| {
                assert_eq!(finding.status(), Match, "{finding}");
                matches += 1;
            })
            .unwrap();
        assert_eq!(matches, count, "{original}");
        assert_eq!(report.original_records(), records, "{original}");
        assert_eq!(report.redacted_records(), records, "{original}");
    }
    let alone = findings_only(&verifier(), redacted);
    assert_eq!(alone.len(), count);
    assert!(alone.iter().all(|(status, _)| *status == AlreadyRedacted));
    for in_clear in [
        findings(&verifier(), original, original),
        findings_only(&verifier(), original),
    ] {
        assert_eq!(in_clear.len(), count);
        assert!(in_clear.iter().all(|(status, _)| *status == InClear));
    }
}

#[test]
fn every_envelope_is_understood() {
    for (template, records) in ENVELOPES {
        let (original, redacted, count) = both(template);
        accepts(&original, &redacted, count, *records);
    }
}

#[test]
fn envelopes_may_follow_one_another() {
    for separator in ["", "\n", "\r\n", " \n\r\n\t"] {
        let join = |side: fn(&str) -> String| {
            let all: Vec<_> = ENVELOPES
                .iter()
                .map(|(template, _)| side(template))
                .collect();
            all.join(separator)
        };
        let (original, redacted) = (join(|it| both(it).0), join(|it| both(it).1));
        let count = ENVELOPES.iter().map(|(template, _)| both(template).2).sum();
        let records = ENVELOPES.iter().map(|(_, records)| *records).sum();
        accepts(&original, &redacted, count, records);
    }
}

#[test]
fn every_value_left_in_clear_is_found() {
    for (template, _) in ENVELOPES {
        let (original, redacted, count) = both(template);
        let pieces: Vec<_> = template.split(['«', '»']).collect();
        for leak in 0..count {
            // All but one value replaced.
            let mut leaky = String::new();
            for (place, piece) in pieces.iter().enumerate() {
                let (clear, hidden, _) = both(&if place % 2 == 0 {
                    (*piece).to_owned()
                } else {
                    format!("«{piece}»")
                });
                leaky += if place == 2 * leak + 1 {
                    &clear
                } else {
                    &hidden
                };
            }
            assert_ne!(leaky, redacted);
            let found = findings(&verifier(), &original, &leaky);
            let bad: Vec<_> = found
                .iter()
                .filter(|(status, _)| !status.is_good())
                .collect();
            assert_eq!(bad.len(), 1);
            assert_eq!(bad[0].0, InClear);
            let alone = findings_only(&verifier(), &leaky);
            assert_eq!(
                alone
                    .iter()
                    .filter(|found| found.0 == InClear)
                    .collect::<Vec<_>>(),
                bad
            );
        }
    }
}

#[test]
fn paths_begin_at_the_document() {
    let (original, redacted, _) = both(ENVELOPES[9].0);
    let found = findings(&verifier(), &original, &redacted);
    assert_eq!(found[0].1, "runs[0].workflowRunCallerIp");
    assert_eq!(found[2].1, "runs[0].steps[0].steps[0].callHeaders[A][0]");
}
