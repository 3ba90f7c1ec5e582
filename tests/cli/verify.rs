//! `verify`: differences are found, and nothing private is shown.

use crate::place::{CLEAN, Place, RECORD};
use std::io::{Read as _, Write as _};
use std::process::Stdio;

const TOKEN: &str = "REDACTED:89561152c3f595f91dee15b0d8bf91457346c37c09fb804d2a9da1c5a3b481c1";

/// A place with an original, what `sanitize` makes of it, and that with one digit changed.
fn sanitized() -> Place {
    let place = Place::new();
    place.put(
        "original",
        format!("{RECORD}\n{}\n", RECORD.replace("m1", "m2")),
    );
    place.run("sanitize original -o clean").ends(0);
    place.put(
        "wrong",
        place.get("clean").replacen("REDACTED:2", "REDACTED:3", 1),
    );
    place
}

#[test]
fn what_sanitize_made_is_accepted() {
    let ran = sanitized()
        .run("verify original clean")
        .ends(0)
        .without_a_word();
    assert!(
        ran.stdout
            .starts_with("2 original and 2 redacted records, 2 match, "),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.stdout.lines().count(), 1);
}

#[test]
fn differences_end_with_1_and_get_a_line_each() {
    let place = sanitized();
    let ran = place.run("verify original wrong").ends(1).without_a_word();
    let lines = ran.stdout.lines().collect::<Vec<_>>();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("mismatch: body: "), "{lines:?}");
    assert!(
        lines[1].contains("1 match") && lines[1].contains("1 mismatch"),
        "{lines:?}"
    );
    let ran = place.run("verify original original").ends(1);
    assert_eq!(ran.stdout.matches("in clear: body").count(), 2);
    assert!(!ran.stdout.contains("hello"), "{}", ran.stdout);
    let ran = place.run("verify original wrong --all").ends(1);
    assert_eq!(ran.stdout.lines().count(), 3);
}

#[test]
fn machines_get_an_object_a_line_and_the_counts_last() {
    let ran = sanitized()
        .run("verify original wrong --json")
        .ends(1)
        .without_a_word();
    let objects = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .collect::<Vec<_>>();
    assert_eq!(objects.len(), 2);
    assert_eq!(objects[0]["status"], "mismatch");
    assert_eq!(objects[0]["field"], "body");
    assert_eq!(objects[0]["redacted"]["record"], 1);
    assert_eq!(objects[1]["schema"], 1);
    assert_eq!(objects[1]["clean"], false);
    assert_eq!(objects[1]["mismatch"], 1);
}

#[test]
fn the_rule_and_the_encoding_are_those_of_the_redaction() {
    let place = Place::new();
    let input = r#"{"body":"aGVsbG8=","header":{"A":["x"]}}"#;
    place.put("original", input);
    for flags in [
        "--fields body",
        "--body-encoding base64",
        "--fields header[a] --body-encoding text",
    ] {
        place
            .run(&format!("sanitize original -o clean {flags}"))
            .ends(0);
        place.run(&format!("verify original clean {flags}")).ends(0);
        place
            .run("verify original clean --fields header[B],error")
            .ends(1);
    }
    place
        .run("verify original clean --body-encoding base64")
        .ends(1);
    assert_eq!(
        place
            .command(["verify", "original", "clean", "--fields", ""])
            .output()
            .unwrap()
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn records_pair_by_position_or_by_id() {
    let place = sanitized();
    let mut lines = place
        .get("clean")
        .lines()
        .map(|line| format!("{line}\n"))
        .collect::<Vec<_>>();
    lines.reverse();
    place.put("reversed", lines.concat());
    place.run("verify original reversed").ends(1);
    place
        .run("verify original reversed --pair position")
        .ends(1);
    place.run("verify original reversed --pair id").ends(0);
}

#[test]
fn compressed_files_and_stdin_are_read() {
    let place = sanitized();
    place.run("sanitize original -o clean.gz").ends(0);
    place.run("sanitize original -o clean.zst").ends(0);
    place.run("verify original clean.gz").ends(0);
    place.run("verify --only clean.zst").ends(0);
    place.run("verify clean.gz clean.zst").ends(0);
    place.pipe("verify original -", place.get("clean")).ends(0);
    place.pipe("verify - clean", place.get("original")).ends(0);
    place.pipe("verify --only -", place.get("clean")).ends(0);
    place
        .pipe("verify - -", place.get("clean"))
        .ends(2)
        .says("only once");
    place.put(
        "torn.gz",
        &std::fs::read(place.path("clean.gz")).unwrap()[..40],
    );
    place
        .run("verify original torn.gz")
        .ends(3)
        .says("torn.gz: the gzip data is cut off");
}

#[test]
fn one_file_alone_has_nothing_selected_in_clear() {
    let place = sanitized();
    place.run("verify --only clean").ends(0);
    let ran = place.run("verify --only original").ends(1);
    assert_eq!(ran.stdout.matches("in clear: body").count(), 2);
    assert!(!ran.stdout.contains("hello"), "{}", ran.stdout);
    // Any placeholder will do here.
    place.run("verify --only wrong").ends(0);
}

#[test]
fn nothing_to_check_is_no_success() {
    let place = Place::new();
    place.put("other", r#"{"unknown":"shape"}"#);
    place.put("empty", "");
    place.put("page", r#"{"messages":[]}"#);
    for line in [
        "verify other other",
        "verify --only other",
        "verify --only other --fields header[A]",
    ] {
        place.run(line).ends(3).says("nothing to check");
        place.run(&format!("{line} --allow-no-match")).ends(0);
    }
    // Without records there is nothing to be silent about.
    for line in [
        "verify empty empty",
        "verify --only empty",
        "verify page page",
        "verify --only page",
    ] {
        place.run(line).ends(0);
    }
}

#[test]
fn a_value_belongs_to_its_placeholder() {
    let place = Place::new();
    let line = format!("verify --placeholder {TOKEN}");
    assert_eq!(
        place.pipe(&line, "Bearer my-token").ends(0).stdout,
        "match\n"
    );
    place.pipe(&format!("{line} -"), "Bearer my-token").ends(0);
    place
        .pipe(&line, "Bearer my-token\n")
        .ends(1)
        .without_a_word();
    place
        .pipe(&format!("{line} --strip-newline"), "Bearer my-token\n")
        .ends(0);
    place.put("value", "Bearer my-token");
    place.run(&format!("{line} value")).ends(0);
    let upper = TOKEN[9..].to_uppercase();
    place
        .run(&format!("verify value --placeholder REDACTED:{upper}"))
        .ends(0);
}

#[test]
fn values_are_never_taken_from_the_command_line() {
    let place = sanitized();
    for (line, code) in [
        (format!("verify --placeholder {TOKEN} s3cret"), 4),
        (format!("verify --placeholder {TOKEN} original s3cret"), 2),
        ("verify --placeholder s3cret".to_owned(), 2),
        (format!("verify --placeholder {TOKEN}s3cret"), 2),
        ("verify original s3cret".to_owned(), 4),
        ("verify --only s3cret".to_owned(), 4),
        ("verify original clean s3cret".to_owned(), 2),
    ] {
        let ran = place.run(&line).ends(code);
        assert!(!ran.stderr.contains("s3cret"), "{line}: {}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn forms_that_do_not_go_together_are_usage_errors() {
    let place = sanitized();
    for line in [
        "verify".to_owned(),
        "verify original".to_owned(),
        "verify original clean --only clean".to_owned(),
        "verify original clean --strip-newline".to_owned(),
        "verify --only clean --pair id".to_owned(),
        format!("verify --only clean --placeholder {TOKEN}"),
        format!("verify original --placeholder {TOKEN} --fields body"),
        format!("verify original clean --placeholder {TOKEN}"),
    ] {
        place.run(&line).ends(2);
    }
}

#[test]
fn bad_input_is_exit_3_and_says_which_file() {
    let place = sanitized();
    place.put("torn", format!("{CLEAN}\n{{\"body\":\"s3cret"));
    for line in [
        "verify torn clean",
        "verify original torn",
        "verify --only torn",
    ] {
        let ran = place.run(line).ends(3).says("torn: ");
        assert!(
            !ran.stdout.contains("s3cret") && !ran.stderr.contains("s3cret"),
            "{ran:?}"
        );
    }
    place.run("verify original clean --max-record 10").ends(3);
}

#[test]
fn output_that_nobody_reads_ends_the_work_silently() {
    let place = Place::new();
    let mut child = place
        .command(["verify", "--only", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let writer = std::thread::spawn(move || {
        // Without end, for as long as somebody reads.
        while stdin.write_all(format!("{RECORD}\n").as_bytes()).is_ok() {}
    });
    stdout.read_exact(&mut [0; 10]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
