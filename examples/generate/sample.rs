//! The sample export of the repository: every shape, one after the other, small enough to read.

use crate::body::Size;
use crate::generator::{Generator, Profile};
use crate::json;
use crate::shapes::{self, Limit};
use std::io::{self, Write};

/// Shapes of the sample and how many records each has; the first is indented for people.
const PARTS: [(&str, u64); 12] = [
    ("pages", 3),
    ("pages", 104),
    ("logs", 30),
    ("events", 10),
    ("schedules", 15),
    ("batch", 25),
    ("workflow-logs", 8),
    ("workflow-dlq", 8),
    ("messages", 20),
    ("ndjson", 40),
    ("callbacks", 10),
    ("array", 5),
];

/// Writes the sample; it is the same every time.
pub(crate) fn write(out: &mut impl Write) -> io::Result<()> {
    let profile = Profile {
        body: Size::Small,
        headers: 2..=4,
        redacted: 5,
    };
    let mut generator = Generator::new(20_260_714, profile);
    for (position, (name, records)) in PARTS.into_iter().enumerate() {
        let shape = shapes::find(name).expect("the parts are shapes");
        let mut part = Vec::new();
        shape.write(&mut generator, Limit::Records(records), &mut part)?;
        if position == 0 {
            part = json::pretty(&part);
        }
        out.write_all(&part)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use qstash_redact::{Export, Group, RedactFields, Redactor};

    fn sample() -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_committed_sample_is_what_is_made() {
        let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/dlq-export.json");
        let committed = std::fs::read_to_string(committed).unwrap();
        assert!(
            committed == sample(),
            "make it again: cargo run --example generate -- --sample > samples/dlq-export.json"
        );
    }

    #[test]
    fn sanitizing_the_sample_leaves_no_secret_and_no_record_out() {
        let mut export = Export::new(Redactor::new(RedactFields::everything()));
        let mut clean = Vec::new();
        export.push(sample().as_bytes(), &mut clean).unwrap();
        export.finish(&mut clean).unwrap();
        let summary = export.summary();
        assert_eq!(
            summary.records,
            PARTS.map(|(_, records)| records).iter().sum::<u64>()
        );
        assert_eq!((summary.unmatched, summary.not_base64), (0, 0));
        assert!(summary.already_redacted > 0 && summary.guessable == 0);
        for group in Group::ALL {
            assert!(summary.replaced(group) > 0, "{group:?}");
        }
        assert!(!String::from_utf8(clean).unwrap().contains("fake-"));
    }

    #[test]
    fn the_sample_shows_every_member_that_can_be_private() {
        let sample = sample();
        for member in [
            "body",
            "bodyBase64",
            "out",
            "callBody",
            "invokedWorkflowRunBody",
            "sourceBody",
            "timeoutBody",
            "header",
            "headers",
            "sourceHeader",
            "callbackHeader",
            "callbackHeaders",
            "failureCallbackHeader",
            "failureCallbackHeaders",
            "callHeaders",
            "invokedWorkflowRunHeaders",
            "timeoutHeaders",
            "responseBody",
            "callResponseBody",
            "failResponse",
            "workflowRunResponse",
            "responseBodyBase64",
            "responseHeader",
            "responseHeaders",
            "callResponseHeaders",
            "failHeaders",
            "url",
            "destination",
            "callback",
            "failureCallback",
            "callUrl",
            "workflowUrl",
            "invokedWorkflowUrl",
            "timeoutUrl",
            "error",
            "callerIP",
            "callerIp",
            "workflowRunCallerIp",
        ] {
            assert!(sample.contains(&format!("\"{member}\":")), "{member}");
        }
        for special in [
            "REDACTED:",
            ":9223372036854775808",
            "\\u003c",
            "\\ud83c",
            "Upstash-Forward-",
        ] {
            assert!(sample.contains(special), "{special}");
        }
    }
}
