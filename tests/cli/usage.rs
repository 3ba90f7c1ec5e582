//! Command lines, and what the program says about itself.

use crate::place::{Place, RECORD};
use std::fs::File;

#[test]
fn help_and_version_go_to_stdout() {
    let place = Place::new();
    let ran = place.run("--version").ends(0).without_a_word();
    assert_eq!(
        ran.stdout,
        format!("qstash-redact {}\n", env!("CARGO_PKG_VERSION"))
    );
    for line in [
        "--help",
        "-h",
        "sanitize --help",
        "sanitize -h",
        "verify --help",
        "fingerprint --help",
    ] {
        let ran = place.run(line).ends(0).without_a_word();
        assert!(ran.stdout.contains("Usage: qstash-redact"), "{line}");
    }
    let help = place.run("sanitize --help").stdout;
    assert!(
        help.contains("Examples:") && help.contains("Exit codes:"),
        "{help}"
    );
}

#[test]
fn a_bare_call_is_a_usage_error_that_shows_the_help() {
    let ran = Place::new()
        .run("")
        .ends(2)
        .says("Usage: qstash-redact <COMMAND>");
    assert_eq!(ran.stdout, "");
}

#[test]
fn usage_errors_end_with_2_and_repeat_no_value() {
    let place = Place::new();
    place.put("in", RECORD);
    for line in [
        "s3cret",
        "sanitize in --s3cret",
        "sanitize in --output=a --out-dir=b",
        "sanitize in --max-record s3cret",
        "sanitize in --max-record 0",
        "sanitize in --existing s3cret",
        "sanitize in --on-bad s3cret",
        "sanitize in --on-bad quarantine=",
        "sanitize in --fields body,bodi",
        "fingerprint in s3cret",
        "completions s3cret",
        "man s3cret",
        "man sanitize s3cret",
        "man rotate redis s3cret",
    ] {
        let ran = place.run(line).ends(2);
        assert!(
            !ran.stderr.contains("s3cret") && !ran.stderr.is_empty(),
            "{line}: {ran:?}"
        );
        assert_eq!(ran.stdout, "", "{line}");
    }
    assert_eq!(place.names(), ["in"]);
    place
        .run("sanitize in --fields body,bodi")
        .says(r#"unknown keyword: "bodi""#);
}

#[test]
fn an_input_that_does_not_exist_is_not_named() {
    let place = Place::new();
    place.put("in", RECORD);
    let ran = place
        .run("sanitize in s3cret -o out")
        .ends(4)
        .says("INPUT 2");
    assert!(!ran.stderr.contains("s3cret"), "{}", ran.stderr);
    assert_eq!(place.names(), ["in"]);
}

#[test]
fn every_shell_gets_completions() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = place
            .run(&format!("completions {shell}"))
            .ends(0)
            .without_a_word();
        assert!(ran.stdout.contains("out-dir"), "{shell}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let place = Place::new();
    for (line, text) in [
        ("man", r"qstash\-redact\-sanitize(1)"),
        ("man sanitize", "quarantine=bad.ndjson"),
        ("man verify", "--only clean.json"),
        ("man fingerprint", r"strip\-newline"),
        ("man rotate redis", r"\-\-check\-old"),
    ] {
        let ran = place.run(line).ends(0).without_a_word();
        let page = ran.stdout;
        assert!(page.contains(".TH "), "{page}");
        assert!(
            page.replace(r"\-", "-").contains(&text.replace(r"\-", "-")),
            "{page}"
        );
        assert!(page.contains("EXIT STATUS"), "{page}");
    }
}

#[test]
fn text_that_cannot_be_printed_is_exit_4() {
    let place = Place::new();
    place.put("in", RECORD);
    for line in [
        "--help",
        "--version",
        "man",
        "completions bash",
        "fingerprint in",
        "sanitize in",
        "verify --only in --all",
    ] {
        let status = place
            .command(line.split(' '))
            .stdout(File::options().write(true).open("/dev/full").unwrap())
            .output()
            .unwrap()
            .status;
        assert_eq!(status.code(), Some(4), "{line}");
    }
}

#[test]
fn messages_that_cannot_be_printed_change_nothing() {
    let place = Place::new();
    place.put("in", RECORD);
    for (line, code) in [
        ("sanitize in", 0),
        ("sanitize missing", 4),
        ("sanitize --s3cret", 2),
    ] {
        let status = place
            .command(line.split(' '))
            .stderr(File::options().write(true).open("/dev/full").unwrap())
            .output()
            .unwrap()
            .status;
        assert_eq!(status.code(), Some(code), "{line}");
    }
}
