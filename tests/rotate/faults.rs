//! Everything that can fail, at every step: what is left can be gone on from, and nothing is lost.

use crate::server::Fault::{self, *};
use crate::stage::{ALL, KEYS, QSTASH, REDIS, Stage, Subject, VECTOR};

const EVERY: [Fault; 13] = [
    Status(401),
    Status(403),
    Status(404),
    Status(500),
    Busy,
    Hangup,
    Silence,
    DoneBut500,
    HalfAnswer,
    BrokenJson,
    WrongType,
    Endless,
    Redirect,
];

/// A run after a run that failed: without being asked for more, it must end with the valid secret
/// stored, and at most one rotation done in all.
#[track_caller]
fn resumes(stage: &Stage, subject: &Subject, first: &str, what: &str) {
    stage.server.heal();
    let ran = stage.rotate(subject, "--out new.env");
    stage.assert_secret(&ran);
    let is_finished = ran.code == Some(2) && ran.stderr.contains("as the ledger says");
    let is_unconfirmed = ran.code == Some(2) && ran.stderr.contains("rotate confirm");
    assert!(
        ran.code == Some(0) || is_finished || is_unconfirmed,
        "{what}: {ran:?}"
    );
    let valid = stage.valid(subject);
    assert_ne!(valid, first, "{what}");
    assert_eq!(
        stage.value("new.env", subject.variable),
        Some(valid),
        "{what}: {ran:?}"
    );
}

/// How often the secrets were changed: each time there are new ones that were never there before.
fn secrets_made(stage: &Stage) -> usize {
    stage.server.account().ever.len()
}

fn per_rotation(subject: &Subject) -> usize {
    match subject.words[0] {
        "redis" => 3,
        "signing-keys" => 1,
        _ => 2,
    }
}

#[test]
fn after_a_fault_of_the_call_that_rotates_the_next_run_ends_well() {
    for subject in &ALL {
        for fault in EVERY {
            let stage = Stage::new();
            let (old, made) = (stage.valid(subject), secrets_made(&stage));
            stage.server.fail(subject.call, fault);
            let ran = stage.rotate(subject, "--out new.env");
            let what = format!("{:?} {fault:?}", subject.words);
            stage.assert_secret(&ran);
            // Sent once, whatever came of it.
            assert_eq!(stage.server.count(subject.call), 1, "{what}: {ran:?}");
            let is_done = stage.valid(subject) != old;
            match fault {
                Status(401 | 403 | 404) | Busy => {
                    assert_eq!(ran.code, Some(5), "{what}: {ran:?}");
                    assert!(
                        ran.stderr.contains("nothing was rotated"),
                        "{what}: {ran:?}"
                    );
                }
                Status(_) | Hangup | Redirect => {
                    assert_eq!(ran.code, Some(4), "{what}: {ran:?}");
                    assert!(
                        ran.stderr.contains("nothing was rotated"),
                        "{what}: {ran:?}"
                    );
                }
                // Reading shows at once what became of it.
                _ => assert_eq!(ran.code, Some(0), "{what}: {ran:?}"),
            }
            assert!(
                !stage
                    .server
                    .seen()
                    .iter()
                    .any(|line| line.ends_with("/elsewhere"))
            );
            resumes(&stage, subject, &old, &what);
            let rotations = (secrets_made(&stage) - made) / per_rotation(subject);
            assert_eq!(rotations, 1, "{what}");
            assert_eq!(
                stage.server.count(subject.call),
                if is_done { 1 } else { 2 },
                "{what}"
            );
        }
    }
}

#[test]
fn a_body_that_never_ends_is_given_up() {
    for subject in [&QSTASH, &VECTOR] {
        let stage = Stage::new();
        let old = stage.valid(subject);
        stage.server.fail(subject.call, SlowBody);
        stage
            .rotate(subject, "--out new.env")
            .ends(0)
            .says("in time");
        resumes(&stage, subject, &old, "slow");
        assert_eq!(stage.server.count(subject.call), 1);
    }
}

#[test]
fn reads_are_tried_again_a_few_times_and_calls_that_rotate_are_not() {
    let stage = Stage::new();
    stage.server.fail_later(QSTASH.read, Busy, 0, 2);
    stage.rotate(&QSTASH, "--out new.env").ends(0);
    assert_eq!(stage.server.count(QSTASH.read), 4);

    let stage = Stage::new();
    stage.server.fail_later(QSTASH.read, Busy, 0, 99);
    stage
        .rotate(&QSTASH, "--out new.env")
        .ends(5)
        .says("429")
        .says("nothing was rotated");
    assert_eq!(stage.server.count(QSTASH.read), 4);

    // Nobody waits for ever, also after having waited a little.
    let stage = Stage::new();
    stage.server.fail_later(QSTASH.read, Status(429), 0, 2);
    stage.server.fail_later(QSTASH.read, BusyForever, 0, 1);
    stage.rotate(&QSTASH, "--out new.env").ends(5).says("429");
    assert_eq!(stage.server.count(QSTASH.read), 3);

    let stage = Stage::new();
    stage.server.fail_later(QSTASH.call, Busy, 0, 99);
    stage.rotate(&QSTASH, "--out new.env").ends(5).says("429");
    assert_eq!(stage.server.count(QSTASH.call), 1);
}

#[test]
fn a_fault_before_the_call_rotates_nothing_and_is_explained() {
    for subject in &ALL {
        for (fault, code, text) in [
            (Status(401), 5, "401"),
            (Status(403), 5, "403"),
            (Status(404), 5, "404"),
            (Status(418), 5, "418"),
            (Hangup, 4, ""),
            (HalfAnswer, 4, ""),
            (Endless, 4, ""),
            (Redirect, 5, "307"),
            (WrongType, 5, ""),
            (BrokenJson, 5, "not understood"),
        ] {
            let stage = Stage::new();
            let old = stage.valid(subject);
            // Of databases and indexes, the place is asked for first.
            let is_database = ["redis", "vector", "search"].contains(&subject.words[0]);
            for skip in 0..=u32::from(is_database) {
                stage.server.heal();
                stage.server.fail_later(subject.read, fault, skip, 9);
                let ran = stage.rotate(subject, "--out new.env");
                let what = format!("{:?} {fault:?} {skip}: {ran:?}", subject.words);
                let code = if skip == 0 && is_database && fault == BrokenJson {
                    3
                } else {
                    code
                };
                assert_eq!(ran.code, Some(code), "{what}");
                assert!(ran.stderr.contains(text), "{what}");
                assert_eq!(stage.server.count("POST"), 0, "{what}");
                assert!(!stage.place.path("new.env").exists(), "{what}");
                stage.assert_secret(&ran);
            }
            assert_eq!(stage.valid(subject), old);
            resumes(&stage, subject, &old, &format!("{fault:?}"));
        }
    }
}

#[test]
fn after_a_call_without_answer_and_a_failed_reading_the_next_run_reads() {
    for subject in &ALL {
        for (call, read) in [
            (Silence, Status(500)),
            (Silence, Status(401)),
            (DoneBut500, Hangup),
            (HalfAnswer, BrokenJson),
            (Hangup, WrongType),
        ] {
            let stage = Stage::new();
            let (old, made) = (stage.valid(subject), secrets_made(&stage));
            let before = match subject.words[0] {
                "redis" | "vector" | "search" => 2,
                _ => 1,
            };
            stage.server.fail(subject.call, call);
            stage.server.fail_later(subject.read, read, before, 9);
            let ran = stage.rotate(subject, "--out new.env").ends(5);
            let what = format!("{:?} {call:?} {read:?}", subject.words);
            assert!(
                ran.stderr.contains("does not rotate a second time"),
                "{what}: {ran:?}"
            );
            stage.assert_secret(&ran);
            if call == Hangup {
                stage.server.heal();
                stage
                    .rotate(subject, "--out new.env")
                    .ends(4)
                    .says("nothing was rotated");
            }
            resumes(&stage, subject, &old, &what);
            assert_eq!(
                (secrets_made(&stage) - made) / per_rotation(subject),
                1,
                "{what}"
            );
        }
    }
}

#[test]
fn what_could_not_be_stored_is_read_and_stored_by_the_next_run() {
    for subject in [&QSTASH, &REDIS, &VECTOR, &KEYS] {
        let stage = Stage::new();
        let old = stage.valid(subject);
        let ran = stage
            .rotate(subject, "--exec false")
            .ends(4)
            .says("could not be stored");
        stage.assert_secret(&ran);
        resumes(&stage, subject, &old, "not stored");
        assert_eq!(stage.server.count(subject.call), 1);
    }
}

#[test]
fn a_run_that_goes_on_does_not_overwrite_another_secret_either() {
    let stage = Stage::new();
    stage.rotate(&REDIS, "--exec false").ends(4);
    stage
        .place
        .put("app.env", "UPSTASH_REDIS_REST_TOKEN=of_another_database\n");
    stage
        .rotate(&REDIS, "--out app.env")
        .ends(2)
        .says("holds another secret");
    stage.rotate(&REDIS, "--out new.env").ends(0);
    assert_eq!(stage.server.count(REDIS.call), 1);
}

#[test]
fn hidden_credentials_are_stored_from_the_answer() {
    let stage = Stage::new();
    stage.server.account().redis.is_hidden = true;
    let ran = stage
        .rotate(&REDIS, "--out new.env")
        .ends(0)
        .says("does not show");
    stage.assert_secret(&ran);
    assert_eq!(
        stage.value("new.env", REDIS.variable),
        Some(stage.valid(&REDIS))
    );
}

#[test]
fn hidden_credentials_that_were_lost_are_new_unknown_until_somebody_says_again() {
    for fault in [Silence, HalfAnswer, BrokenJson, WrongType, DoneBut500] {
        let stage = Stage::new();
        stage.server.account().redis.is_hidden = true;
        stage.server.fail(REDIS.call, fault);
        for _ in 0..3 {
            let ran = stage
                .rotate(&REDIS, "--out new.env")
                .ends(5)
                .says("new unknown");
            stage.assert_secret(&ran);
            assert_eq!(stage.server.count(REDIS.call), 1, "{fault:?}");
        }
        stage.rotate(&REDIS, "--out new.env --again").ends(0);
        assert_eq!(
            stage.value("new.env", REDIS.variable),
            Some(stage.valid(&REDIS))
        );
        assert_eq!(stage.server.count(REDIS.call), 2);
    }
}

#[test]
fn an_answer_that_hides_its_secrets_is_resolved_by_reading_or_is_unknown() {
    let stage = Stage::new();
    stage.server.account().redis.is_reset_hidden = true;
    stage.rotate(&REDIS, "--out new.env").ends(0);
    assert_eq!(
        stage.value("new.env", REDIS.variable),
        Some(stage.valid(&REDIS))
    );

    let stage = Stage::new();
    stage.server.account().redis.is_hidden = true;
    stage.server.account().redis.is_reset_hidden = true;
    stage
        .rotate(&REDIS, "--out new.env")
        .ends(5)
        .says("new unknown");
}
