//! Every place where a secret could get to without being sent there.

use crate::place::Ran;
use crate::server::Fault::{BrokenJson, Endless, Silence};
use crate::stage::{ALL, KEYS, REDIS, Stage};
use qstash_redact::Placeholder;

/// Takes the secrets, shows them, and writes down what it knows of its parent and its environment.
const NOSY: &str = "cat > taken; cat taken; cat taken >&2; env > environment; \
                    ulimit -c > cores; tr '\\0' '\\n' < /proc/$PPID/cmdline > arguments";

fn run_nosy(stage: &Stage, words: &[&str], more: &str) -> Ran {
    let token = stage.server.account().redis.rest.clone();
    let output = stage
        .command(words, &format!("{more} --exec"))
        .args(["sh", "-c", NOSY])
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full")
        .env("MY_KV_REST_API_TOKEN", token)
        .env("VAULT_TOKEN", "kept")
        .output()
        .unwrap();
    output.into()
}

#[test]
fn a_command_gets_the_secrets_on_its_stdin_and_nowhere_else() {
    let stage = Stage::new();
    for subject in &ALL {
        let ran = run_nosy(&stage, subject.words, "").ends(0);
        let new = stage.valid(subject);
        assert!(
            stage
                .place
                .get("taken")
                .contains(&format!("{}={new}\n", subject.variable))
        );
        stage.assert_secret(&ran);
        // What it showed is shown with placeholders, both times.
        let line = format!("{}={}", subject.variable, Placeholder::of(new.as_bytes()));
        assert_eq!(ran.stderr.matches(&line).count(), 2, "{ran:?}");
        stage.assert_silent(&stage.place.get("environment"), "the environment");
        assert!(stage.place.get("environment").contains("VAULT_TOKEN=kept"));
        let arguments = stage.place.get("arguments");
        assert!(arguments.contains("rotate\n"), "{arguments}");
        stage.assert_silent(&arguments, "the arguments");
        assert_eq!(stage.place.get("cores"), "0\n");
    }
}

#[test]
fn a_command_takes_json_or_a_bare_value_too() {
    let stage = Stage::new();
    run_nosy(&stage, REDIS.words, "--format value").ends(0);
    assert_eq!(stage.place.get("taken"), stage.valid(&REDIS));
    run_nosy(&stage, KEYS.words, "--format json").ends(0);
    let keys = stage.server.account().keys.clone();
    assert_eq!(
        stage.place.get("taken"),
        format!(
            "{{\n  \"QSTASH_CURRENT_SIGNING_KEY\": \"{}\",\n  \"QSTASH_NEXT_SIGNING_KEY\": \"{}\"\n}}\n",
            keys.current, keys.next
        )
    );
}

#[test]
fn a_command_that_fails_shows_no_secret_either() {
    let stage = Stage::new();
    let output = stage
        .command(REDIS.words, "--exec")
        .args(["sh", "-c", "cat >&2; exit 3"])
        .output()
        .unwrap();
    let ran = Ran::from(output)
        .ends(4)
        .says("could not be stored")
        .says("REDACTED:");
    stage.assert_secret(&ran);
}

#[test]
fn neither_dry_runs_nor_reports_nor_failures_hold_a_secret() {
    let stage = Stage::new();
    for subject in &ALL {
        stage.assert_secret(&stage.rotate(subject, "--dry-run --out new.env").ends(0));
        for fault in [BrokenJson, Endless, Silence] {
            stage.server.fail(subject.call, fault);
            stage.server.fail_later(subject.read, fault, 1, 99);
            stage.assert_secret(&stage.rotate(subject, "--out new.env"));
            stage.server.heal();
            stage.assert_secret(&stage.rotate(subject, "--out new.env"));
        }
    }
    stage
        .place
        .run("playbook --report report.json --ledger ledger")
        .ends(0);
    let report = stage.place.get("report.json");
    stage.assert_silent(&report, "the report");
    for subject in &ALL {
        let valid = stage.valid(subject);
        assert!(
            report.contains(Placeholder::of(valid.as_bytes()).as_str()),
            "{report}"
        );
    }
}

#[test]
fn the_report_takes_over_what_a_search_wrote_and_nothing_else() {
    let stage = Stage::new();
    stage.rotate(&REDIS, "--out new.env").ends(0);
    let placeholder = Placeholder::of(b"x");
    stage.place.put(
        "findings",
        format!(
            "{{\"type\":\"finding\",\"path\":\"a.env\",\"line\":3,\"placeholder\":\"{placeholder}\",\
             \"value\":\"s3cret\"}}\n{{\"type\":\"summary\",\"complete\":true,\"files\":7}}\n"
        ),
    );
    let line = "playbook --report report.json --ledger ledger --findings";
    stage.place.run(&format!("{line} findings")).ends(0);
    let report = stage.place.get("report.json");
    assert!(!report.contains("s3cret"), "{report}");
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["findings"][0]["path"], "a.env");
    assert_eq!(report["findings"][0]["placeholder"], placeholder.as_str());
    assert_eq!(report["findings"][1]["files"], 7);
    assert_eq!(report["credentials"][0]["state"], "rotated and stored");
    assert_eq!(report["credentials"][0]["checks"][0]["verdict"], "dead");

    stage
        .place
        .put("findings", "UPSTASH_REDIS_REST_TOKEN=s3cret\n");
    let ran = stage
        .place
        .run(&format!("{line} findings"))
        .ends(3)
        .says("line 1");
    assert!(!ran.stderr.contains("s3cret"), "{ran:?}");
    stage
        .place
        .run("playbook --report report.json --ledger missing")
        .ends(3)
        .says("no ledger");
}

/// A rotation whose new secrets go to a script.
fn hand_over(stage: &Stage, more: &str, script: &str) -> Ran {
    let mut command = stage.command(REDIS.words, &format!("{more} --exec"));
    command.args(["sh", "-c", script]).output().unwrap().into()
}

#[test]
fn whatever_a_command_makes_of_a_secret_is_not_shown() {
    for script in [
        // Without its last letters, in two parts, in base64, in hexadecimal digits.
        "cut -c 1-90",
        "fold -w 40",
        "base64",
        "od -A n -t x1",
        "cut -c 40-60",
    ] {
        let stage = Stage::new();
        let script = format!("cat > taken; echo kept quiet; cat taken | {script}");
        let ran = hand_over(&stage, "", &script)
            .ends(0)
            .says("nothing of it is shown");
        stage.assert_secret(&ran);
        assert!(!ran.stderr.contains("kept quiet"), "{script}: {ran:?}");
    }
}

#[test]
fn a_command_that_does_not_end_is_ended_and_nothing_is_lost() {
    let stage = Stage::new();
    let ran = hand_over(&stage, "--exec-timeout 1", "exec sleep 600")
        .ends(4)
        .says("took longer")
        .says("could not be stored");
    stage.assert_secret(&ran);
    // What it leaves running is not waited for either.
    hand_over(&stage, "", "cat > taken; echo done; sleep 60 &")
        .ends(0)
        .says("still holds an output");
    assert!(stage.place.get("taken").contains(&stage.valid(&REDIS)));
    assert_eq!(stage.server.count(REDIS.call), 1);
}
