//! Bad input: nothing half-written takes a place, nothing is dropped silently.

use crate::place::{CLEAN, Place, RECORD};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

const BAD: &str = r#"{"messageId":"m2","body":"torn"#;

#[test]
fn the_first_bad_record_ends_the_run_and_leaves_the_output_alone() {
    let place = Place::new();
    place.put("in", format!("{RECORD}\n{BAD}\n{RECORD}\n"));
    place
        .run("sanitize in -o out")
        .ends(3)
        .says("in: line 2, byte")
        .says("OUTPUT was not written");
    assert_eq!(place.names(), ["in"]);
    place.put("out", "old");
    place
        .run("sanitize in -o out --report report")
        .ends(3)
        .says("INCOMPLETE");
    assert_eq!(place.get("out"), "old");
    assert_eq!(place.names(), ["in", "out", "report"]);
    assert!(place.get("report").contains(r#""complete": false"#));
}

#[test]
fn on_stdout_the_good_records_before_are_out() {
    let ran = Place::new()
        .pipe("sanitize", format!("{RECORD}\n{BAD}\n{RECORD}\n"))
        .ends(3)
        .says("what was good before is written already");
    assert_eq!(ran.stdout, CLEAN);
}

#[test]
fn bad_lines_are_set_aside_and_the_rest_is_complete() {
    let place = Place::new();
    place.put("in", format!("{RECORD}\n{BAD}\n{RECORD}\nnull\n{RECORD}"));
    let ran = place
        .run("sanitize in -o out --on-bad quarantine=bad --report report")
        .ends(3)
        .says("in: line 2, byte")
        .says("in: line 4, byte")
        .says("2 bad lines");
    assert!(!ran.stderr.contains("INCOMPLETE"), "{}", ran.stderr);
    assert_eq!(place.get("out"), format!("{CLEAN}\n{CLEAN}\n{CLEAN}"));
    assert_eq!(place.get("bad"), format!("{BAD}\nnull\n"));
    assert_eq!(place.mode("bad"), 0o600);
    assert!(place.get("report").contains(r#""quarantined_lines": 2"#));
    assert!(place.get("report").contains(r#""complete": true"#));
}

#[test]
fn without_bad_lines_the_run_succeeds_and_the_quarantine_file_is_empty() {
    let place = Place::new();
    place
        .pipe("sanitize --on-bad quarantine=bad", RECORD)
        .ends(0);
    assert_eq!(place.get("bad"), "");
}

#[test]
fn a_quarantine_file_is_added_to_and_never_replaced() {
    let place = Place::new();
    // Bad last lines have no line break; the lines of several runs must stay apart.
    place.put("a", format!("{RECORD}\n{BAD}"));
    place.put("b", BAD);
    place.run("sanitize a b --on-bad quarantine=bad").ends(3);
    assert_eq!(place.get("bad"), format!("{BAD}\n{BAD}"));
    place.run("sanitize a --on-bad quarantine=bad").ends(3);
    assert_eq!(place.get("bad"), format!("{BAD}\n{BAD}\n{BAD}"));
}

#[test]
fn a_quarantine_file_that_others_can_read_is_refused() {
    let place = Place::new();
    place.put("in", BAD);
    place.put("bad", "");
    for mode in [0o644, 0o640, 0o604] {
        fs::set_permissions(place.path("bad"), Permissions::from_mode(mode)).unwrap();
        place
            .run("sanitize in --on-bad quarantine=bad")
            .ends(2)
            .says("0600");
        assert_eq!(place.get("bad"), "");
    }
    for device in ["/dev/null", "/dev/stderr", "-"] {
        place
            .run(&format!("sanitize in -o out --on-bad quarantine={device}"))
            .ends(2)
            .says("must be a file");
    }
}

#[test]
fn a_fatal_error_keeps_the_lines_that_were_set_aside() {
    let place = Place::new();
    place.put(
        "in",
        format!("{BAD}\n{{\"messages\":[\n{RECORD},\n{BAD}\n]}}"),
    );
    place
        .run("sanitize in -o out --on-bad quarantine=bad")
        .ends(3)
        .says("OUTPUT was not written");
    assert_eq!(place.get("bad"), format!("{BAD}\n"));
    assert_eq!(place.names(), ["bad", "in"]);
}

#[test]
fn inside_of_a_page_a_syntax_error_is_fatal() {
    let place = Place::new();
    place.put(
        "in",
        format!("{{\"messages\":[\n{RECORD},\n{BAD},\n{RECORD}\n]}}"),
    );
    place
        .run("sanitize in -o out --on-bad quarantine=bad")
        .ends(3)
        .says("OUTPUT was not written");
    assert_eq!(place.get("bad"), "");
    assert_eq!(place.names(), ["bad", "in"]);
}

#[test]
fn ten_bad_lines_are_described_and_the_others_counted() {
    let place = Place::new();
    let ran = place
        .pipe(
            "sanitize --quiet --on-bad quarantine=bad",
            format!("{BAD}\n").repeat(25),
        )
        .ends(3)
        .says("15 more bad lines were set aside");
    assert_eq!(ran.stderr.matches("; set aside").count(), 10);
    assert_eq!(place.get("bad"), format!("{BAD}\n").repeat(25));
}

#[test]
fn a_bad_line_longer_than_any_buffer_is_set_aside_whole() {
    let place = Place::new();
    let long = format!("{{\"body\":!{}", "x".repeat(1 << 20));
    place.put("in", format!("{long}\n{RECORD}\n{long}"));
    let ran = place
        .run("sanitize in --on-bad quarantine=bad")
        .ends(3)
        .says("2 bad lines");
    assert_eq!(ran.stdout, format!("{CLEAN}\n"));
    assert_eq!(place.get("bad"), format!("{long}\n{long}"));
}
