//! Sudden death between any two steps: the next run goes on from the ledger.

use crate::place::wait_until;
use crate::server::Fault::{SlowBody, Stall};
use crate::stage::{ALL, KEYS, QSTASH, REDIS, Stage};

#[test]
fn a_run_that_is_killed_at_any_request_is_gone_on_with() {
    for subject in &ALL {
        let has_place = ["redis", "vector", "search"].contains(&subject.words[0]);
        let reads = if has_place { 3 } else { 2 };
        let points = (0..reads)
            .map(|read| (subject.read, read, Stall))
            // Before the service does it, and after.
            .chain([(subject.call, 0, Stall), (subject.call, 0, SlowBody)]);
        for (request, skip, fault) in points {
            let stage = Stage::new();
            let (old, made) = (stage.valid(subject), stage.server.account().ever.len());
            stage.server.fail_later(request, fault, skip, 1);
            let mut child = stage.begin(subject, "--out new.env --timeout 60");
            wait_until(|| stage.server.count(request) > skip as usize);
            if fault == SlowBody {
                wait_until(|| stage.valid(subject) != old);
            }
            child.kill().unwrap();
            assert_eq!(child.wait().unwrap().code(), None);
            let what = format!("{:?} {request} {skip} {fault:?}", subject.words);
            let is_done = stage.valid(subject) != old;

            stage.server.heal();
            let mut ran = stage.rotate(subject, "--out new.env");
            if request == subject.call && !is_done {
                // It says so, and does not decide by itself to do it.
                assert_eq!(ran.code, Some(4), "{what}: {ran:?}");
                assert!(
                    ran.stderr.contains("nothing was rotated"),
                    "{what}: {ran:?}"
                );
                ran = stage.rotate(subject, "--out new.env");
            }
            assert_eq!(ran.code, Some(0), "{what}: {ran:?}");
            stage.assert_secret(&ran);
            assert_eq!(
                stage.value("new.env", subject.variable),
                Some(stage.valid(subject)),
                "{what}"
            );
            let rotations = if subject.words[0] == "redis" { 3 } else { 2 };
            let rotations = if subject.words[0] == "signing-keys" {
                1
            } else {
                rotations
            };
            assert_eq!(
                stage.server.account().ever.len() - made,
                rotations,
                "{what}"
            );
        }
    }
}

#[test]
fn a_run_that_is_killed_while_it_stores_is_gone_on_with() {
    for subject in [&QSTASH, &REDIS, &KEYS] {
        let stage = Stage::new();
        let output = stage
            .command(subject.words, "--exec")
            .args(["sh", "-c", "kill -9 $PPID; cat > taken"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), None);
        let ran = stage.rotate(subject, "--out new.env").ends(0);
        stage.assert_secret(&ran);
        assert_eq!(
            stage.value("new.env", subject.variable),
            Some(stage.valid(subject))
        );
        assert_eq!(stage.server.count(subject.call), 1);
    }
}

#[test]
fn a_ledger_that_was_cut_in_its_last_record_is_mended() {
    let stage = Stage::new();
    stage.rotate(&REDIS, "--out new.env").ends(0);
    let whole = stage.place.get("ledger");
    let half = &whole[..whole.len() - 20];
    std::fs::write(stage.place.path("ledger"), half).unwrap();
    stage
        .rotate(&REDIS, "--out new.env")
        .ends(2)
        .says("half a record");
    let mended = stage.place.get("ledger");
    assert!(
        whole.starts_with(&mended) && mended.ends_with('\n'),
        "{mended}"
    );
}

#[test]
fn two_runs_do_not_rotate_at_once() {
    let stage = Stage::new();
    stage.server.fail(REDIS.call, Stall);
    let mut first = stage.begin(&REDIS, "--out new.env --timeout 60");
    wait_until(|| stage.server.count(REDIS.call) == 1);
    stage
        .rotate(&QSTASH, "--out other.env")
        .ends(2)
        .says("locked");
    first.kill().unwrap();
    first.wait().unwrap();
    stage.rotate(&QSTASH, "--out other.env").ends(0);
}
