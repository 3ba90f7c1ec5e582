//! The file that new secrets are written to: what it may be, and what becomes of what it held.

use crate::stage::{KEYS, REDIS, Stage, VECTOR};

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
fn old_secrets_under_other_names_in_the_file_are_told() {
    let stage = Stage::new();
    let (redis, keys) = {
        let account = stage.server.account();
        (account.redis.clone(), account.keys.clone())
    };
    stage.place.put(
        "app.env",
        format!(
            "MY_TOKEN='{}'\nREDIS_URL=rediss://default:{}@localhost:1\nOTHER=x\nNEXT={}\n",
            redis.rest, redis.password, keys.next
        ),
    );
    let ran = stage.rotate(&REDIS, "--out app.env").ends(0);
    stage.assert_secret(&ran);
    for (name, is_old) in [("MY_TOKEN", true), ("REDIS_URL", true), ("OTHER", false)] {
        let told = ran.stderr.contains(&format!("{name}: FILE still holds"));
        assert_eq!(told, is_old, "{name}: {ran:?}");
    }
    // The next key is the current one by now.
    let ran = stage.rotate(&KEYS, "--out app.env").ends(0);
    assert!(!ran.stderr.contains("still holds"), "{ran:?}");
}
