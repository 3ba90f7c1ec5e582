//! What goes in and what comes out.

use crate::place::{CLEAN, Place, RECORD};
use std::io::{Read as _, Write as _};

#[test]
fn stdin_goes_to_stdout_and_the_summary_to_stderr() {
    let ran = Place::new().pipe("sanitize", RECORD).ends(0);
    assert_eq!(ran.stdout, CLEAN);
    ran.says("1 record").says("body 1").says("messageId 1");
}

#[test]
fn quiet_says_nothing_when_all_is_well() {
    let ran = Place::new()
        .pipe("sanitize --quiet", RECORD)
        .ends(0)
        .without_a_word();
    assert_eq!(ran.stdout, CLEAN);
}

#[test]
fn without_a_rule_every_group_is_redacted() {
    let input = r#"{"body":"s3cret","header":{"A":["s3cret"]},"responseBody":"s3cret",
        "responseHeader":{"A":["s3cret"]},"url":"https://x/?s3cret","error":"s3cret","callerIP":"s3cret"}"#;
    let ran = Place::new().pipe("sanitize", input).ends(0);
    assert!(!ran.stdout.contains("s3cret"), "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("REDACTED:").count(), 7);
    for group in [
        "body 1",
        "header 1",
        "response.body 1",
        "response.header 1",
        "url 1",
        "error 1",
        "ip 1",
    ] {
        assert!(ran.stderr.contains(group), "{group}: {}", ran.stderr);
    }
}

#[test]
fn a_rule_selects_what_it_says() {
    let input = r#"{"body":"b","header":{"Authorization":["s3cret"],"Accept":["*/*"]}}"#;
    let ran = Place::new()
        .pipe("sanitize --fields headers[authorization]", input)
        .ends(0);
    assert!(
        ran.stdout
            .starts_with(r#"{"body":"b","header":{"Authorization":["REDACTED:"#)
    );
    assert!(ran.stdout.ends_with(r#""],"Accept":["*/*"]}}"#));
    ran.says("left in clear       body 1, header 1");
}

#[test]
fn an_empty_rule_is_a_usage_error() {
    let place = Place::new();
    for rule in ["", " ", ",", "\t, "] {
        let ran = place
            .command(["sanitize", "--fields", rule])
            .output()
            .unwrap();
        assert_eq!(ran.status.code(), Some(2), "{rule:?}");
    }
}

#[test]
fn the_encoding_of_bodies_can_be_said() {
    // `aGVsbG8=` is `hello` in base64.
    let place = Place::new();
    let input = r#"{"messageId":"m1","body":"aGVsbG8="}"#;
    let sanitize = |line| place.pipe(line, input).ends(0).stdout;
    assert_eq!(sanitize("sanitize --body-encoding base64"), CLEAN);
    assert_ne!(sanitize("sanitize --body-encoding text"), CLEAN);
    assert_eq!(
        sanitize("sanitize --body-encoding auto"),
        sanitize("sanitize --body-encoding text")
    );
}

#[test]
fn placeholders_are_kept_or_refused() {
    let place = Place::new();
    let ran = place.pipe("sanitize", CLEAN).ends(0);
    assert_eq!(ran.stdout, CLEAN);
    ran.says("already redacted    1 placeholder kept as found");
    let ran = place.pipe("sanitize --existing fail", CLEAN).ends(3);
    assert_eq!(ran.stdout, "");
    ran.says("placeholder already");
}

#[test]
fn a_record_over_the_limit_is_bad_input() {
    let place = Place::new();
    let line = |limit: usize| format!("sanitize --max-record {limit}");
    place.pipe(&line(RECORD.len()), RECORD).ends(0);
    place
        .pipe(&line(RECORD.len() - 1), RECORD)
        .ends(3)
        .says("larger than the limit");
}

#[test]
fn several_inputs_make_one_output_with_a_line_each() {
    let place = Place::new();
    place.put("a", RECORD);
    place.put("b", format!("{RECORD}\n"));
    place.put("c", "");
    place.put("d", RECORD);
    place
        .run("sanitize a b c d -o out")
        .ends(0)
        .says("3 records")
        .says("c: no documents");
    assert_eq!(place.get("out"), format!("{CLEAN}\n{CLEAN}\n{CLEAN}"));
}

#[test]
fn one_input_does_not_complete_another() {
    let place = Place::new();
    place.put("a", r#"{"body":"x""#);
    place.put("b", "}");
    place.run("sanitize a b -o out").ends(3).says("a: line 1");
    assert_eq!(place.names(), ["a", "b"]);
}

#[test]
fn stdin_can_be_one_of_several_inputs_but_only_once() {
    let place = Place::new();
    place.put("a", RECORD);
    let ran = place.pipe("sanitize a -", RECORD).ends(0);
    assert_eq!(ran.stdout, format!("{CLEAN}\n{CLEAN}"));
    place.pipe("sanitize - -", RECORD).ends(2).says("only once");
}

#[test]
fn records_without_a_match_are_no_success() {
    let place = Place::new();
    let input = format!("{RECORD}\n{{\"unknown\":\"shape\"}}\n");
    place.put("in", &input);
    place.put("out", "old");
    for _ in 0..2 {
        let ran = place.run("sanitize in -o out --report report").ends(3);
        ran.says("records in which nothing was selected: 1; OUTPUT was not written")
            .says("--allow-no-match")
            .says("INCOMPLETE");
        assert_eq!(place.get("out"), "old");
        assert!(place.get("report").contains(r#""complete": false"#));
        assert!(
            place
                .get("report")
                .contains(r#""records_without_match": 1"#)
        );
    }
    let ran = place
        .run("sanitize in -o out --report report --allow-no-match")
        .ends(0);
    ran.says("nothing selected    1 record");
    assert_eq!(place.get("out"), input.replace(RECORD, CLEAN));
    assert!(place.get("report").contains(r#""complete": true"#));
}

#[test]
fn records_without_a_match_on_stdout_are_said_to_be_out() {
    let input = r#"{"unknown":"shape"}"#;
    let ran = Place::new().pipe("sanitize --quiet", input).ends(3);
    assert_eq!(ran.stdout, input);
    ran.says("they are written already");
}

#[test]
fn an_empty_page_is_a_success() {
    let input = r#"{"messages":[],"cursor":""}"#;
    let ran = Place::new().pipe("sanitize", input).ends(0);
    assert_eq!(ran.stdout, input);
}

#[test]
fn an_input_without_documents_is_mentioned() {
    let place = Place::new();
    place
        .pipe("sanitize", " \n")
        .ends(0)
        .says("stdin: no documents in it");
}

#[test]
fn names_of_unknown_members_are_listed_on_request_only() {
    let place = Place::new();
    let input = r#"{"body":"x","customField":1,"\u001b[2J":2}"#;
    let ran = place
        .pipe("sanitize --report report", input)
        .ends(0)
        .says("2 unknown members");
    assert!(!ran.stderr.contains("customField"));
    assert!(!place.get("report").contains("customField"));
    let ran = place
        .pipe("sanitize --report report --list-unknown", input)
        .ends(0);
    assert!(!ran.stderr.contains('\x1b'));
    ran.says("customField");
    assert!(place.get("report").contains("customField"));
}

#[test]
fn the_report_is_json_with_a_schema_version() {
    let place = Place::new();
    place
        .pipe("sanitize --quiet --report report.json", RECORD)
        .ends(0)
        .without_a_word();
    let report: serde_json::Value = serde_json::from_str(&place.get("report.json")).unwrap();
    assert_eq!(report["schema"], 1);
    assert_eq!(report["complete"], true);
    assert_eq!(report["records"], 1);
    assert_eq!(report["replaced"]["body"], 1);
    assert_eq!(report["visible"]["messageId"], 1);
    assert_eq!(report["bytes_in"], RECORD.len());
    assert_eq!(report["bytes_out"], CLEAN.len());
    assert_eq!(place.mode("report.json"), 0o600);
}

#[test]
fn every_number_of_jobs_makes_the_same_bytes() {
    let place = Place::new();
    let records = (0..30_000)
        .map(|number| format!("{}\n", RECORD.replace("hello", &number.to_string())))
        .collect::<String>();
    place.put("in", &records);
    place.put("torn", format!("{records}{{\"body\":"));
    place.run("sanitize in -o one --jobs 1 --report r1").ends(0);
    let torn = place.run("sanitize torn --jobs 1").ends(3);
    for jobs in ["", "--jobs 2", "-j 5"] {
        place
            .run(&format!("sanitize in -o many --report r2 {jobs}"))
            .ends(0);
        assert!(place.get("many") == place.get("one"), "{jobs}");
        assert_eq!(place.get("r2"), place.get("r1"), "{jobs}");
        let ran = place.run(&format!("sanitize torn {jobs}")).ends(3);
        assert!(ran.stdout == torn.stdout, "{jobs}");
        assert_eq!(ran.stderr, torn.stderr, "{jobs}");
    }
    place.run("sanitize in --jobs 0").ends(2);
}

#[test]
fn what_comes_through_a_pipe_is_not_held_up() {
    let place = Place::new();
    let mut child = place.begin("sanitize --quiet");
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    for _ in 0..3 {
        stdin.write_all(format!("{RECORD}\n").as_bytes()).unwrap();
        let mut record = vec![0; CLEAN.len()];
        stdout.read_exact(&mut record).unwrap();
        assert!(String::from_utf8(record).unwrap().contains("REDACTED:"));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}
