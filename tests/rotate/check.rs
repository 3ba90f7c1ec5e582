//! The proof that old secrets are dead, and what is none.

use crate::place::Ran;
use crate::server::Fault::{self, Busy, Hangup, Redirect, Stall, Status};
use crate::server::Server;
use crate::stage::{ALL, KEYS, QSTASH, REDIS, SEARCH, Stage, Subject, VECTOR};

/// Rotates, and says what the old secrets were, as lines of a file.
fn rotated(stage: &Stage, subject: &Subject) -> String {
    let account = stage.server.account().clone();
    let old = match subject.words[0] {
        "qstash" => vec![account.qstash.token, account.qstash.read_only],
        "redis" => vec![
            account.redis.password,
            account.redis.rest,
            account.redis.read_only,
        ],
        "vector" => vec![account.vector.token, account.vector.read_only],
        "search" => vec![account.search.token, account.search.read_only],
        _ => vec![account.keys.current, account.keys.next],
    };
    stage.rotate(subject, "--out new.env").ends(0);
    old.join("\n")
}

fn check(stage: &Stage, subject: &Subject, more: &str) -> Ran {
    stage.rotate(subject, &format!("--check-old {more}"))
}

#[test]
fn old_secrets_are_dead_when_they_are_refused_where_the_new_ones_are_accepted() {
    for server in [Server::new, Server::with_tls] {
        let stage = Stage::with(server());
        for subject in [&QSTASH, &REDIS, &VECTOR, &SEARCH] {
            let old = rotated(&stage, subject);
            stage.place.put("old", &old);
            // The new ones from the file, and from the service.
            for more in ["--old old --out new.env", "--old old"] {
                let ran = check(&stage, subject, more).ends(0);
                stage.assert_secret(&ran);
                assert_eq!(
                    ran.stderr.matches(": dead\n").count(),
                    old.lines().count(),
                    "{ran:?}"
                );
            }
        }
        assert!(stage.place.get("ledger").contains("dead"));
    }
}

#[test]
fn the_rotation_itself_says_at_once_whether_the_old_ones_are_dead() {
    let stage = Stage::new();
    for subject in &ALL {
        let ran = stage.rotate(subject, "--out new.env").ends(0);
        let said = if subject.words[0] == "signing-keys" {
            "old current: cannot be proved from outside"
        } else {
            ": dead"
        };
        ran.says(said);
    }
    assert!(stage.server.count("AUTH") >= 2);
}

#[test]
fn a_service_that_still_accepts_the_old_ones_is_caught() {
    let stage = Stage::new();
    stage.server.account().keeps_old = true;
    let token = stage.valid(&QSTASH);
    stage
        .rotate(&QSTASH, "--out new.env")
        .ends(1)
        .says("old token at the QStash API: still accepted");
    stage.place.put("old", token);
    check(&stage, &QSTASH, "--old old --out new.env")
        .ends(1)
        .says("still accepted");
}

#[test]
fn whatever_else_happens_proves_nothing() {
    for (request, subject) in [
        ("GET /v2/keys", &QSTASH),
        ("AUTH", &REDIS),
        ("GET / ", &VECTOR),
    ] {
        let request = request.trim_end();
        let stage = Stage::new();
        stage.place.put("old", rotated(&stage, subject));
        let is_redis = request == "AUTH";
        for (fault, skips) in [
            (Status(403), 0..2),
            (Status(404), 0..2),
            (Busy, 0..2),
            (Redirect, 0..2),
            (Hangup, 0..2),
            (Status(500), 0..1),
            (Stall, 1..2),
        ] {
            // At the old one, and at the new one.
            for skip in skips {
                stage.server.heal();
                fail_exactly(&stage, request, fault, skip);
                let ran = check(&stage, subject, "--old old --out new.env");
                assert_eq!(ran.code, Some(1), "{request} {fault:?} {skip}: {ran:?}");
                assert!(
                    ran.stderr.contains("not proven"),
                    "{request} {fault:?} {skip}: {ran:?}"
                );
                stage.assert_secret(&ran);
            }
        }
        if !is_redis {
            // Who refuses everybody proves nothing.
            stage.server.heal();
            stage
                .server
                .fail_later(as_call(request), Status(401), 0, 99);
            check(&stage, subject, "--old old --out new.env")
                .ends(1)
                .says("not proven");
        }
    }
}

/// The path `/` begins every other path.
fn as_call(request: &str) -> &'static str {
    match request {
        "GET /" => "GET /\n",
        "AUTH" => "AUTH",
        _ => "GET /v2/keys",
    }
}

/// Statuses that are worth another attempt have to last.
fn fail_exactly(stage: &Stage, request: &str, fault: Fault, skip: u32) {
    let times = if matches!(fault, Busy | Status(500)) {
        4
    } else {
        1
    };
    stage
        .server
        .fail_later(as_call(request), fault, skip, times);
}

#[test]
fn only_the_secrets_of_the_ledger_are_tried() {
    let stage = Stage::new();
    let old = rotated(&stage, &QSTASH);
    stage.place.put("wrong", "of_somebody_else\n");
    let seen = stage.server.seen().len();
    check(&stage, &QSTASH, "--old wrong --out new.env")
        .ends(3)
        .says("fingerprint");
    assert_eq!(stage.server.seen().len(), seen);
    // One of the two: the other was tried when it was replaced.
    stage.place.put("one", old.lines().next().unwrap());
    check(&stage, &QSTASH, "--old one --out new.env")
        .ends(0)
        .says("old token at the QStash API: dead")
        .says("old read_only_token: dead when it was tried before");
    // A file with other secrets than the new ones.
    stage
        .place
        .put("other.env", "QSTASH_TOKEN=of_somebody_else\n");
    check(&stage, &QSTASH, "--old one --out other.env")
        .ends(3)
        .says("new secrets");
    check(&stage, &REDIS, "--old one --out new.env")
        .ends(2)
        .says("no rotation");
}

#[test]
fn what_was_never_tried_is_not_proven() {
    let stage = Stage::new();
    // The rotation itself cannot try them.
    stage.server.fail_later("GET /v2/keys", Status(403), 0, 99);
    stage
        .place
        .put("one", rotated(&stage, &QSTASH).lines().next().unwrap());
    stage.server.heal();
    check(&stage, &QSTASH, "--old one --out new.env")
        .ends(1)
        .says("old token at the QStash API: dead")
        .says("old read_only_token: not checked");
}

#[test]
fn the_old_secrets_are_found_in_the_files_that_people_have() {
    let stage = Stage::new();
    let account = stage.server.account().clone();
    stage.rotate(&REDIS, "--out new.env --preset kv").ends(0);
    stage.place.put(
        "old.env",
        format!(
            "export KV_URL='rediss://default:{}@localhost:1'\nKV_REST_API_TOKEN=\"{}\"\nX={}\n",
            account.redis.password, account.redis.rest, account.redis.read_only
        ),
    );
    check(&stage, &REDIS, "--old old.env --out new.env")
        .ends(0)
        .says("old password as password over TLS: dead");
    let json = format!(
        r#"{{"a":"{}","b":["x"],"c":"{}"}}"#,
        account.redis.rest, account.redis.password
    );
    stage.place.put("old.json", json);
    check(&stage, &REDIS, "--old old.json")
        .ends(0)
        .says("old rest_token at the REST API: dead");
}

#[test]
fn the_secret_that_leaked_is_proven_dead_after_other_rotations_too() {
    let stage = Stage::new();
    // The rotations themselves cannot try them.
    stage.server.fail_later("GET /v2/keys", Status(403), 0, 99);
    let leaked = rotated(&stage, &QSTASH);
    let second = stage.server.account().qstash.clone();
    stage.rotate(&QSTASH, "--out new.env --again").ends(0);
    stage.server.heal();
    stage.place.put("leaked", &leaked);
    // Those of the second rotation were not given.
    let ran = check(&stage, &QSTASH, "--old leaked --out new.env").ends(1);
    assert_eq!(ran.stderr.matches(": dead\n").count(), 2, "{ran:?}");
    assert_eq!(ran.stderr.matches("not checked").count(), 2, "{ran:?}");
    let all = format!("{leaked}\n{}\n{}\n", second.token, second.read_only);
    stage.place.put("all", all);
    let ran = check(&stage, &QSTASH, "--old all --out new.env").ends(0);
    assert_eq!(ran.stderr.matches(": dead\n").count(), 4, "{ran:?}");
    stage.assert_secret(&ran);
    // By now all of them are known to be dead, whichever is given.
    check(&stage, &QSTASH, "--old leaked").ends(0);

    // A rotation that was refused changes nothing of that.
    stage.server.fail(QSTASH.call, Status(403));
    stage.rotate(&QSTASH, "--out new.env --again").ends(5);
    check(&stage, &QSTASH, "--old leaked --out new.env")
        .ends(0)
        .says("old token at the QStash API: dead");
    // One that is still accepted is seen, though it was dead before.
    stage.server.account().keeps_old = true;
    check(&stage, &QSTASH, "--old leaked --out new.env")
        .ends(1)
        .says("still accepted");
    stage.server.account().keeps_old = false;
    stage.place.put("one", second.token);
    check(&stage, &QSTASH, "--old one --out new.env")
        .ends(1)
        .says("old token: not checked");
}

#[test]
fn what_the_service_never_showed_is_not_proven_dead() {
    let stage = Stage::new();
    stage.server.account().redis.is_hidden = true;
    let all = "--out new.env --as P=password --as R=rest_token --as RO=read_only_rest_token";
    let leaked = stage.server.account().redis.clone();
    stage.rotate(&REDIS, all).ends(0);
    let second = stage.place.get("new.env");
    stage.rotate(&REDIS, &format!("{all} --again")).ends(0);
    let more = format!("{second}{}\n", leaked.rest);
    stage.place.put("old", more);
    // The second ones are, the first ones are not in the ledger.
    let ran = check(&stage, &REDIS, "--old old --out new.env")
        .ends(1)
        .says("old rest_token at the REST API: dead")
        .says("the ledger does not know it");
    stage.assert_secret(&ran);

    // The ones that were valid before an answer was lost are old, too.
    let third = stage.place.get("new.env");
    stage.server.fail(REDIS.call, Fault::Silence);
    stage.rotate(&REDIS, &format!("{all} --again")).ends(5);
    stage.rotate(&REDIS, &format!("{all} --again")).ends(0);
    stage.place.put("old", third);
    check(&stage, &REDIS, "--old old --out new.env")
        .says("old password as password over TLS: dead")
        .says("old rest_token at the REST API: dead");
}

#[test]
fn a_password_is_tried_over_rest_too() {
    let stage = Stage::new();
    stage.place.put("old", rotated(&stage, &REDIS));
    let over_rest = "old password at the REST API: ";
    check(&stage, &REDIS, "--old old")
        .ends(0)
        .says("old password as password over TLS: dead")
        .says(&format!("{over_rest}refused like the new one"));
    stage.server.account().redis.takes_password = true;
    check(&stage, &REDIS, "--old old")
        .ends(0)
        .says(&format!("{over_rest}dead"));
    stage.server.account().keeps_old = true;
    check(&stage, &REDIS, "--old old")
        .ends(1)
        .says(&format!("{over_rest}still accepted"));
    // It takes none, and says so of the old one alone.
    stage.server.account().keeps_old = false;
    stage.server.account().redis.takes_password = false;
    stage.server.fail(as_call("GET /"), Status(403));
    check(&stage, &REDIS, "--old old")
        .ends(1)
        .says(&format!("{over_rest}not proven"));
}

#[test]
fn signing_keys_cannot_be_proved_from_outside() {
    let stage = Stage::new();
    stage.rotate(&KEYS, "--out new.env").ends(0);
    let seen = stage.server.seen().len();
    check(&stage, &KEYS, "")
        .ends(1)
        .says("old current: cannot be proved from outside");
    assert_eq!(stage.server.seen().len(), seen);
}

#[test]
fn a_server_that_nobody_vouches_for_gets_no_secret() {
    let stage = Stage::with(Server::with_tls());
    stage.place.put("ca.pem", Server::with_tls().authority);
    let ran = stage.rotate(&REDIS, "--out new.env").ends(4);
    assert!(ran.stderr.contains("TLS"), "{ran:?}");
    assert_eq!(stage.server.seen(), [""; 0]);
}
