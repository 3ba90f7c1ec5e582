//! Rotations that go well.

use crate::account::{QSTASH_ID, REDIS_ID};
use crate::server::Server;
use crate::stage::{ALL, KEYS, QSTASH, REDIS, Stage, VECTOR};
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
fn other_lines_stay_and_presets_set_urls() {
    let stage = Stage::new();
    let old = stage.valid(&REDIS);
    stage.place.put(
        "app.env",
        format!("# mine\nA='x y'\nexport KV_REST_API_TOKEN=\"{old}\" # token\nKV_URL=old\n"),
    );
    stage
        .rotate(&REDIS, "--out app.env --preset kv --as PW=password")
        .ends(0);
    let account = stage.server.account().clone();
    let url = format!(
        "rediss://default:{}@localhost:{}",
        account.redis.password, account.redis_port
    );
    assert_eq!(
        stage.place.get("app.env"),
        format!(
            "# mine\nA='x y'\nexport KV_REST_API_TOKEN=\"{}\" # token\nKV_URL={url}\nPW={}\n\
             REDIS_URL={url}\nKV_REST_API_READ_ONLY_TOKEN={}\n",
            account.redis.rest, account.redis.password, account.redis.read_only
        )
    );
    assert_eq!(stage.place.mode("app.env"), 0o600);
}

#[test]
fn a_json_file_keeps_its_other_members() {
    let stage = Stage::new();
    stage
        .place
        .put("app.json", "{\n  \"limit\": 18446744073709551616\n}\n");
    stage.rotate(&VECTOR, "--out app.json").ends(0);
    let account = stage.server.account().clone();
    assert_eq!(
        stage.place.get("app.json"),
        format!(
            "{{\n  \"limit\": 18446744073709551616,\n  \"UPSTASH_VECTOR_REST_TOKEN\": \"{}\",\n  \
             \"UPSTASH_VECTOR_REST_READONLY_TOKEN\": \"{}\"\n}}\n",
            account.vector.token, account.vector.read_only
        )
    );
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
fn a_file_that_holds_another_secret_is_not_overwritten() {
    let stage = Stage::new();
    stage
        .place
        .put("app.env", "UPSTASH_REDIS_REST_TOKEN=of_another_database\n");
    for more in ["--dry-run", ""] {
        stage
            .rotate(&REDIS, &format!("--out app.env {more}"))
            .ends(2)
            .says("UPSTASH_REDIS_REST_TOKEN holds another secret");
    }
    assert_eq!(stage.server.count("POST"), 0);
    stage.rotate(&REDIS, "--out app.env --overwrite").ends(0);
    assert_eq!(
        stage.value("app.env", REDIS.variable),
        Some(stage.valid(&REDIS))
    );
}

#[test]
fn what_cannot_be_stored_is_refused_before_anything_is_rotated() {
    let stage = Stage::new();
    stage.place.put("open.env", "A='x\n");
    stage.place.put("list.json", "[]");
    stage
        .place
        .put("object.json", r#"{"UPSTASH_REDIS_REST_TOKEN":{}}"#);
    std::fs::create_dir(stage.place.path("directory")).unwrap();
    for (more, code) in [
        ("", 2),
        ("--out open.env", 3),
        ("--out list.json", 3),
        ("--out object.json", 3),
        ("--out directory", 2),
        ("--out missing/new.env", 4),
        ("--out -", 2),
        ("--out /dev/null", 2),
        ("--out /dev/stdout", 2),
        ("--exec no-such-program-anywhere", 2),
        ("--format value --preset kv --exec cat", 2),
        ("--out new.env --as A=token", 2),
        ("--out new.env --ledger ca.pem", 2),
    ] {
        let ran = stage.rotate(&REDIS, more);
        assert_eq!(ran.code, Some(code), "{more}: {ran:?}");
    }
    assert_eq!(stage.server.count("POST"), 0);
}

#[test]
fn no_file_plays_two_parts() {
    let stage = Stage::new();
    stage.place.put("key", crate::account::API_KEY);
    std::os::unix::fs::symlink("key", stage.place.path("link")).unwrap();
    std::fs::hard_link(stage.place.path("key"), stage.place.path("twin")).unwrap();
    for (subject, more, what) in [
        (&REDIS, "--out key --api-key-file key", "--api-key-file"),
        (&REDIS, "--out link --api-key-file key", "--api-key-file"),
        (&REDIS, "--out twin --api-key-file link", "--api-key-file"),
        (&REDIS, "--out key --email-file key", "--email-file"),
        (&KEYS, "--out key --token-file ./key", "--token-file"),
        (&REDIS, "--out ca.pem", "--ca-file"),
        (&REDIS, "--out ledger", "the ledger"),
        (&REDIS, "--out ./ledger --dry-run", "the ledger"),
        (&REDIS, "--out key --check-old --old link", "--old"),
    ] {
        stage.rotate(subject, more).ends(2).says(&format!(
            "FILE is {}",
            match what {
                "the ledger" => what.to_owned(),
                flag => format!("that of {flag}"),
            }
        ));
    }
    assert_eq!(stage.place.names(), ["ca.pem", "key", "link", "twin"]);
    assert_eq!(stage.server.seen(), [""; 0]);
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
fn a_variable_that_was_asked_for_and_gets_no_secret_is_a_failure() {
    let stage = Stage::new();
    stage.server.account().redis.has_no_reader = true;
    // Nobody relies on what no file has.
    stage
        .rotate(&REDIS, "--out kv.env --preset kv")
        .ends(0)
        .says("KV_REST_API_READ_ONLY_TOKEN: the service shows no such secret; it is not set");
    let old = format!(
        "KV_REST_API_READ_ONLY_TOKEN={}\n",
        stage.server.account().redis.read_only
    );
    for (file, content, more) in [
        ("held.env", old.as_str(), "--preset kv --overwrite"),
        (
            "asked.env",
            "",
            "--as READER=read_only_rest_token --as TOKEN=rest_token",
        ),
    ] {
        stage.place.put(file, content);
        let ran = stage
            .rotate(&REDIS, &format!("--again --out {file} {more}"))
            .ends(5)
            .says("NOT set: ");
        stage.assert_secret(&ran);
        // The others are.
        assert!(
            stage.place.get(file).contains(&stage.valid(&REDIS)),
            "{ran:?}"
        );
        stage
            .rotate(&REDIS, "--out new.env")
            .ends(2)
            .says("--again");
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
