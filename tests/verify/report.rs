//! What a finding and a report say, to people and to machines.

use crate::statuses::one;
use crate::{hidden, rule};
use qstash_redact::verify::Status::Differs;
use qstash_redact::verify::{self, Verifier};

#[test]
fn a_finding_says_where_and_never_what() {
    let original = "[\n{\"scheduleId\":\"s\",\n\"canary-name\":{\"body\":\"canary-value\"}}]";
    let redacted = "[{\"scheduleId\":\"s\",\"canary-name\":{\"body\":\n\"canary-other\"}}]";
    let found = verify::message(original.as_bytes(), redacted.as_bytes(), &rule("body")).unwrap();
    let [finding] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(finding.field(), "[0].?.body");
    let (left, right) = (finding.original().unwrap(), finding.redacted().unwrap());
    assert_eq!((left.record, left.line, left.offset), (Some(1), 3, 43));
    assert_eq!((right.record, right.line, right.offset), (Some(1), 2, 42));
    assert_eq!(
        finding.to_string(),
        "mismatch: [0].?.body: another value, which is no placeholder \
         (original record 1, line 3, byte 43; redacted record 1, line 2, byte 42)"
    );
    let json = serde_json::to_string(finding).unwrap();
    assert_eq!(
        json,
        concat!(
            r#"{"status":"mismatch","field":"[0].?.body","#,
            r#""why":"another value, which is no placeholder","#,
            r#""original":{"record":1,"line":3,"offset":43},"#,
            r#""redacted":{"record":1,"line":2,"offset":42}}"#
        )
    );
    assert!(!format!("{finding:?}").contains("canary"));
}

#[test]
fn a_header_name_is_shown_only_if_it_can_be_one() {
    for (name, shown) in [
        ("X-Api-Key", "header[X-Api-Key]"),
        ("two words", "header[?]"),
        ("", "header[?]"),
        ("\\ud800", "header[?]"),
        ("\\u001b[31m", "header[?]"),
        ("Bearer:secret", "header[?]"),
    ] {
        let with = |value: &str| format!(r#"{{"header":{{"{name}":{value}}}}}"#);
        one(&with("1"), &with("2"), Differs, shown);
    }
}

#[test]
fn a_report_says_how_many_of_what() {
    let mut seen = 0;
    let report = Verifier::new(rule("body"))
        .documents(
            &br#"[{"body":"x"},{"bodyBase64":"no base64"}]"#[..],
            format!(r#"[{{"body":{}}},{{"bodyBase64":"x"}}] 1"#, hidden("x")).as_bytes(),
            &mut |_| seen += 1,
        )
        .unwrap();
    assert_eq!(seen, 3);
    assert_eq!(
        serde_json::to_string(&report).unwrap(),
        concat!(
            r#"{"schema":1,"clean":false,"original_records":2,"redacted_records":3,"match":1,"#,
            r#""already_redacted":0,"mismatch":1,"in_clear":0,"missing":0,"extra":1,"differs":0,"#,
            r#""pairing":0,"not_base64":1}"#
        )
    );
    assert_eq!(
        report.to_string(),
        "2 original and 3 redacted records, 1 match, 0 already redacted, 1 mismatch, 0 in clear, \
         0 missing, 1 extra, 0 differs, 0 pairing"
    );
}
