//! Reports for programs. Whether a SARIF log is valid by its schema is tested in a package of its own,
//! `tests/sarif`.

use crate::place::Place;
use qstash_redact::Placeholder;
use serde_json::Value;

const SECRET: &str = "an-old-token-0123456789";

fn line(more: &str) -> String {
    format!("hunt --for {} {more}", Placeholder::of(SECRET.as_bytes()))
}

#[test]
fn json_has_findings_what_was_not_searched_and_the_counts() {
    let place = Place::new();
    place.put(
        "a.json",
        format!(r#"{{"body":"{{\"token\":\"{SECRET}\"}}"}}"#),
    );
    place.put("b.gz", b"\x1f\x8b\x08\0broken");
    let ran = place.run(&line("--json")).ends(4);
    let lines: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3, "{}", ran.stdout);
    let (found, unread, summary) = (&lines[0], &lines[1], &lines[2]);
    assert_eq!(found["type"], "finding");
    assert_eq!(found["path"], "a.json");
    assert_eq!(
        (found["line"].as_u64(), found["column"].as_u64()),
        (Some(1), Some(23))
    );
    assert_eq!(found["kind"], "fingerprint");
    assert_eq!(found["wrapped"], serde_json::json!([]));
    assert_eq!(
        found["placeholder"],
        Placeholder::of(SECRET.as_bytes()).as_str()
    );
    assert_eq!(
        (&unread["type"], &unread["path"]),
        (&"not_searched".into(), &"b.gz".into())
    );
    assert_eq!(
        (&summary["type"], &summary["complete"]),
        (&"summary".into(), &false.into())
    );
    assert_eq!(
        (summary["files"].as_u64(), summary["found"].as_u64()),
        (Some(2), Some(1))
    );
}

#[test]
fn sarif_names_the_region_and_an_identity_that_lines_do_not_change() {
    let place = Place::new();
    let log = || -> Value {
        let ran = place.run(&line("--sarif --quiet"));
        serde_json::from_str(&ran.stdout).unwrap()
    };
    place.put("a b%.txt", format!("{SECRET}\nx {SECRET}\n"));
    let before = log();
    place.put("a b%.txt", format!("\n\n{SECRET}\nx {SECRET}\n"));
    let after = log();
    let results = |log: &Value| log["runs"][0]["results"].as_array().unwrap().clone();
    let (before, after) = (results(&before), results(&after));
    assert_eq!((before.len(), after.len()), (2, 2));
    let place_of = |result: &Value| result["locations"][0]["physicalLocation"].clone();
    assert_eq!(
        place_of(&before[1])["artifactLocation"]["uri"],
        "a%20b%25.txt"
    );
    assert_eq!(
        place_of(&before[1])["region"],
        serde_json::json!({"startLine": 2, "startColumn": 3})
    );
    assert_eq!(place_of(&after[1])["region"]["startLine"], 4);
    let identity = |result: &Value| result["partialFingerprints"]["qstashRedactHunt/v1"].clone();
    assert_eq!(identity(&before[0]), identity(&after[0]));
    assert_eq!(identity(&before[1]), identity(&after[1]));
    assert_ne!(identity(&before[0]), identity(&before[1]));
}
