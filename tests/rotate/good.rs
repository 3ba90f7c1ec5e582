//! Rotations that go well.

use crate::account::{QSTASH_ID, REDIS_ID};
use crate::server::Server;
use crate::stage::{ALL, KEYS, QSTASH, REDIS, Stage};
use qstash_redact::Placeholder;

#[test]
fn every_kind_is_rotated_stored_recorded_and_never_shown() {
    for server in [Server::new, Server::with_tls] {
        let stage = Stage::with(server());
        for subject in &ALL {
            let old = stage.valid(subject);
            let ran = stage.rotate(subject, "--out new.env").ends(0);
            stage.assert_secret(&ran);
            let new = stage.valid(subject);
            assert_ne!(old, new, "{:?}", subject.words);
            assert_eq!(
                stage.value("new.env", subject.variable).as_ref(),
                Some(&new)
            );
            let ledger = stage.place.get("ledger");
            for secret in [&old, &new] {
                let fingerprint = Placeholder::of(secret.as_bytes()).fingerprint().to_string();
                assert!(ledger.contains(&fingerprint), "{ledger}");
            }
            assert!(
                ran.stderr
                    .contains(Placeholder::of(new.as_bytes()).as_str()),
                "{ran:?}"
            );
            assert_eq!(stage.server.count(subject.call), 1);
        }
        assert_eq!(stage.place.mode("new.env"), 0o600);
        assert_eq!(stage.place.mode("ledger"), 0o600);
    }
}

#[test]
fn what_was_rotated_is_not_rotated_again_unasked() {
    let stage = Stage::new();
    stage.rotate(&REDIS, "--out new.env").ends(0);
    stage
        .rotate(&REDIS, "--out new.env")
        .ends(2)
        .says("--again");
    assert_eq!(stage.server.count(REDIS.call), 1);
    stage.rotate(&REDIS, "--out new.env --again").ends(0);
    assert_eq!(
        stage.value("new.env", REDIS.variable),
        Some(stage.valid(&REDIS))
    );
}

#[test]
fn a_dry_run_changes_nothing() {
    let stage = Stage::new();
    for subject in &ALL {
        let ran = stage.rotate(subject, "--dry-run --out new.env").ends(0);
        let old = stage.valid(subject);
        ran.says(Placeholder::of(old.as_bytes()).as_str())
            .says("nothing was changed");
    }
    assert_eq!(stage.place.names(), ["ca.pem"]);
    assert_eq!(stage.server.count("POST"), 0);
}

#[test]
fn a_region_prefixes_its_variables_and_is_a_credential_of_its_own() {
    let stage = Stage::new();
    let token = stage.valid(&QSTASH);
    let mut command = stage.command(
        &["signing-keys", "--region", "eu-central-1"],
        "--out new.env",
    );
    let output = command
        .env("EU_CENTRAL_1_QSTASH_TOKEN", token)
        .output()
        .unwrap();
    crate::place::Ran::from(output).ends(0);
    assert_eq!(
        stage.value("new.env", "EU_CENTRAL_1_QSTASH_NEXT_SIGNING_KEY"),
        Some(stage.server.account().keys.next.clone())
    );
    // The keys of no region are others to the ledger.
    stage.rotate(&KEYS, "--out new.env").ends(0);
}

#[test]
fn signing_keys_are_rolled_again_only_after_somebody_confirmed() {
    let stage = Stage::new();
    let confirm = |more| {
        stage
            .place
            .run(&format!("rotate confirm --ledger ledger {more}"))
    };
    confirm("--yes").ends(2);
    stage.rotate(&KEYS, "--out new.env").ends(0);
    for more in ["", "--again"] {
        stage
            .rotate(&KEYS, &format!("--out new.env {more}"))
            .ends(2)
            .says("rotate confirm");
    }
    assert_eq!(stage.server.count(KEYS.call), 1);
    confirm("--region us-east-1 --yes").ends(2);
    confirm("--yes").ends(0);
    confirm("").ends(0).says("before");
    stage.rotate(&KEYS, "--out new.env").ends(0);
    assert_eq!(stage.server.count(KEYS.call), 2);
}

#[test]
fn the_first_path_is_used_when_asked_for_and_for_the_right_user_alone() {
    let stage = Stage::new();
    stage.rotate(&QSTASH, "--out new.env --legacy-path").ends(0);
    assert_eq!(stage.server.count("POST /qstash/user/rotatetoken"), 1);
    assert_eq!(
        stage.value("new.env", "QSTASH_TOKEN"),
        Some(stage.valid(&QSTASH))
    );
    let output = stage
        .command(&["qstash", "another-user"], "--out new.env --legacy-path")
        .output()
        .unwrap();
    crate::place::Ran::from(output)
        .ends(2)
        .says("--legacy-path");
    assert_eq!(stage.server.count("POST"), 1);
}

#[test]
fn our_own_credentials_come_from_files_too() {
    let stage = Stage::new();
    stage
        .place
        .put("email", format!("{}\n", crate::account::EMAIL));
    stage.place.put("key", crate::account::API_KEY);
    let line = "--out new.env --email-file email --api-key-file key";
    let output = stage
        .command(&["redis", REDIS_ID], line)
        .env_remove("UPSTASH_EMAIL")
        .env_remove("UPSTASH_API_KEY")
        .output()
        .unwrap();
    crate::place::Ran::from(output).ends(0);
}

#[test]
fn without_a_terminal_nothing_is_asked_and_nothing_done() {
    let stage = Stage::new();
    let run = |command: &mut std::process::Command| {
        // A session of its own has no terminal.
        let mut line = std::process::Command::new("setsid");
        line.arg("--wait")
            .arg(command.get_program())
            .args(command.get_args());
        line.current_dir(stage.place.path(""));
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => line.env(name, value),
                None => line.env_remove(name),
            };
        }
        crate::place::Ran::from(line.output().unwrap())
    };
    let mut command = stage.asking(&["qstash", QSTASH_ID], "--out new.env");
    run(&mut command).ends(2).says("--yes");
    let mut command = stage.command(&["qstash", QSTASH_ID], "--out new.env");
    command.env_remove("UPSTASH_API_KEY");
    run(&mut command).ends(2).says("UPSTASH_API_KEY");
    assert_eq!(stage.server.count("POST"), 0);
}

#[test]
fn the_ledger_is_kept_where_the_system_keeps_states() {
    let stage = Stage::new();
    for (variable, place) in [
        ("XDG_STATE_HOME", "states/qstash-redact"),
        ("HOME", "home/.local/state/qstash-redact"),
    ] {
        let base = place.split('/').next().unwrap();
        let url = stage.server.url();
        let output = stage
            .place
            .command(["rotate", "redis", REDIS_ID, "--yes", "--endpoint", url])
            .args(["--rest-endpoint", url, "--out", "new.env", "--overwrite"])
            .env("UPSTASH_EMAIL", crate::account::EMAIL)
            .env("UPSTASH_API_KEY", crate::account::API_KEY)
            .env_remove("XDG_STATE_HOME")
            .env(variable, stage.place.path(base))
            .output()
            .unwrap();
        crate::place::Ran::from(output).ends(0);
        assert_eq!(stage.place.mode(place), 0o700, "{variable}");
        assert_eq!(stage.place.mode(&format!("{place}/ledger.jsonl")), 0o600);
    }
}

#[test]
fn a_url_that_cannot_be_made_is_refused_before_anything_is_rotated() {
    let stage = Stage::new();
    stage.server.account().redis.is_nowhere = true;
    for more in ["--as REDIS_URL=url", "--preset kv", "--preset kv --dry-run"] {
        stage
            .rotate(&REDIS, &format!("--out new.env {more}"))
            .ends(3)
            .says("no URL can be made");
    }
    assert_eq!(stage.server.count("POST"), 0);
    // Whoever needs none is not kept from rotating; where it is is not known, so nothing is proven.
    stage
        .rotate(&REDIS, "--out new.env")
        .ends(0)
        .says("not proven");
}
