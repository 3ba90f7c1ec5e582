//! Rotations in a world where everything fails, held against what a person may rely on.

mod answers;
mod model;

use super::*;
use crate::credentials::ledger::State;
use crate::credentials::*;
use model::{Death, Fault, Run, World, runs};
use proptest::prelude::*;

fn targets() -> [Target; 5] {
    let id = || "id-1".parse().unwrap();
    [
        Target::qstash(id(), None),
        Target::redis(id()),
        Target::vector(id()),
        Target::search(id()),
        Target::signing_keys(None, None),
    ]
}

fn world(kind: Kind, hides: bool) -> World {
    let target = targets().into_iter().find(|target| target.kind() == kind);
    World::new(target.unwrap(), hides, true)
}

/// What must hold after every run, however it went.
fn holds(world: &World) {
    let service = &world.service;
    let kind = service.target.kind();
    let permits = if kind == Kind::SigningKeys {
        world.confirms
    } else {
        world.agains
    };
    assert!(
        service.rotations <= 1 + permits,
        "rotated without being asked to"
    );

    let state = world.state();
    let knows = |marks: &ledger::Marks, rotations: u32| {
        kind.changing().iter().all(|member| {
            let secret = Secret::new(service.secret(*member, rotations));
            marks
                .get(*member)
                .is_some_and(|mark| secret.matches(&mark.fingerprint))
        })
    };
    match &state {
        State::Rotated { new, .. } => assert!(knows(new, service.rotations)),
        State::Stored { new, .. } => {
            assert!(knows(new, service.rotations));
            for member in kind.changing() {
                let text = service.secret(*member, service.rotations);
                assert!(
                    world.file.contains(&(*member, text)),
                    "recorded, and not stored"
                );
            }
        }
        // Nothing happened since the old ones were read, which are in use.
        State::Read { old } | State::NotRotated { old, .. } => {
            assert!(old.is_empty() && service.hides || knows(old, service.rotations));
        }
        // What became of it is found out by reading.
        State::Sent { .. } | State::Accepted { .. } | State::NewUnknown { .. } => {}
        State::Untouched => assert_eq!(service.rotations, 0),
    }
    let ledger = String::from_utf8(world.ledger.clone()).unwrap();
    assert!(!ledger.contains("canary"), "a secret in the ledger");
    assert!(!world.shown.contains("canary"), "a secret was shown");
}

/// Runs without any fault until nothing more happens, and asks for one more rotation only where the
/// new credentials are unknown.
fn ends_well(world: &mut World) {
    for _ in 0..4 {
        if let State::Stored { .. } = world.state() {
            return;
        }
        let permit = match world.state() {
            State::NewUnknown { .. } => Permit::Again,
            _ => Permit::Once,
        };
        let ended = world.run(&Run::clean(permit)).expect("nobody died");
        holds(world);
        let state = world.state();
        match ended {
            Ok(()) => assert!(matches!(state, State::Stored { .. }), "{state:?}"),
            Err(Trouble::NotRotated) => assert!(matches!(state, State::NotRotated { .. })),
            Err(Trouble::NewUnknown) => {
                assert!(world.service.hides, "unknown, though it is shown");
                assert!(matches!(state, State::NewUnknown { .. }));
            }
            Err(trouble) => panic!("{trouble:?} in {state:?}"),
        }
    }
    let state = world.state();
    assert!(matches!(state, State::Stored { .. }), "no end: {state:?}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_fails_a_rotation_can_be_resumed_to_a_good_end(
        target in prop::sample::select(targets().to_vec()),
        hides in prop::bool::weighted(0.3),
        tells in prop::bool::weighted(0.8),
        runs in prop::collection::vec(runs(), 0..6),
    ) {
        // A service that neither tells nor shows the new credentials is no use to anybody.
        let tells = tells || hides;
        let hides = hides && matches!(target.kind(), Kind::Redis | Kind::Qstash);
        let mut world = World::new(target, hides, tells);
        for run in &runs {
            world.run(run);
            holds(&world);
        }
        ends_well(&mut world);
    }
}

#[test]
fn a_rotation_without_faults_goes_through_every_step() {
    for target in targets() {
        let mut world = World::new(target, false, true);
        assert_eq!(world.run(&Run::clean(Permit::Once)), Some(Ok(())));
        holds(&world);
        let State::Stored {
            old, new, checks, ..
        } = world.state()
        else {
            panic!("{:?}", world.state());
        };
        let count = world.service.target.kind().secrets().len();
        assert_eq!((old.iter().count(), new.iter().count()), (count, count));
        assert_eq!(checks.len(), count);
        assert_eq!(world.file.len(), count);
        // A second run changes nothing.
        let before = world.ledger.clone();
        assert!(world.run(&Run::clean(Permit::Once)).unwrap().is_err());
        assert_eq!((world.service.sent, world.ledger), (1, before));
    }
}

#[test]
fn an_answer_that_never_came_is_resolved_by_reading() {
    for fault in [
        Fault::NoAnswer,
        Fault::FailsAfter,
        Fault::BrokenJson,
        Fault::WrongType,
    ] {
        for target in targets() {
            let mut world = World::new(target, false, true);
            let mut run = Run::clean(Permit::Once);
            run.faults = vec![Fault::None, fault];
            assert_eq!(world.run(&run), Some(Ok(())), "{fault:?}");
            holds(&world);
            assert_eq!(world.service.sent, 1);
        }
    }
}

#[test]
fn a_call_that_was_not_carried_out_is_sent_again_by_the_next_run_alone() {
    for fault in [Fault::NoRequest, Fault::Status(500)] {
        let mut world = world(Kind::Qstash, false);
        let mut run = Run::clean(Permit::Once);
        run.faults = vec![Fault::None, fault];
        assert_eq!(world.run(&run), Some(Err(Trouble::NotRotated)));
        assert_eq!(world.service.sent, 1);
        assert_eq!(world.run(&Run::clean(Permit::Once)), Some(Ok(())));
        assert_eq!((world.service.sent, world.service.rotations), (2, 1));
        holds(&world);
    }
}

#[test]
fn a_call_that_was_carried_out_late_is_not_sent_again() {
    for target in targets() {
        let mut world = World::new(target, false, true);
        let mut run = Run::clean(Permit::Once);
        run.faults = vec![Fault::None, Fault::NoRequest];
        assert_eq!(world.run(&run), Some(Err(Trouble::NotRotated)));
        // It was on its way all the time.
        world.service.rotations += 1;
        assert_eq!(world.run(&Run::clean(Permit::Once)), Some(Ok(())));
        assert_eq!((world.service.sent, world.service.rotations), (1, 1));
        assert!(world.notices.contains(&Notice::Late));
        holds(&world);
    }
}

#[test]
fn what_somebody_else_rotated_after_a_refusal_is_rotated_as_asked() {
    let mut world = world(Kind::Redis, false);
    let mut run = Run::clean(Permit::Once);
    run.faults = vec![Fault::None, Fault::Status(403)];
    assert!(world.run(&run).unwrap().is_err());
    world.service.rotations += 1;
    assert_eq!(world.run(&Run::clean(Permit::Once)), Some(Ok(())));
    assert_eq!((world.service.sent, world.service.rotations), (2, 2));
}

#[test]
fn what_is_hidden_and_was_stored_before_the_process_died_is_found_again() {
    let mut world = world(Kind::Redis, true);
    let mut run = Run::clean(Permit::Once);
    // Behind `read`, `sending` and `rotated`: stored, and that is not recorded.
    run.ledger_fails = Some(3);
    assert_eq!(world.run(&run), Some(Err(Trouble::NotRecorded)));
    assert!(matches!(world.state(), State::Rotated { .. }));
    assert_eq!(world.run(&Run::clean(Permit::Once)), Some(Ok(())));
    assert_eq!(world.service.sent, 1);
    holds(&world);
}

#[test]
fn a_refusal_says_so_and_rotates_nothing() {
    for (code, status) in [
        (401, Status::Unauthorized),
        (403, Status::Forbidden),
        (404, Status::NotFound),
        (429, Status::RateLimited(None)),
        (412, Status::Refused(412)),
    ] {
        let mut world = world(Kind::Redis, false);
        let mut run = Run::clean(Permit::Once);
        run.faults = vec![Fault::None, Fault::Status(code)];
        assert_eq!(world.run(&run), Some(Err(Trouble::Refused(status))));
        assert!(matches!(world.state(), State::NotRotated { .. }));
        ends_well(&mut world);
    }
}

#[test]
fn a_lost_answer_under_credential_protection_is_new_unknown_until_asked_again() {
    let mut world = world(Kind::Redis, true);
    let mut run = Run::clean(Permit::Once);
    run.faults = vec![Fault::None, Fault::NoAnswer];
    assert_eq!(world.run(&run), Some(Err(Trouble::NewUnknown)));
    for _ in 0..2 {
        assert_eq!(
            world.run(&Run::clean(Permit::Once)),
            Some(Err(Trouble::NewUnknown))
        );
        assert_eq!(world.service.sent, 1);
    }
    assert_eq!(world.run(&Run::clean(Permit::Again)), Some(Ok(())));
    assert_eq!(world.service.sent, 2);
    holds(&world);
}

#[test]
fn what_is_shown_but_once_is_stored_before_anything_is_read() {
    let mut world = world(Kind::Redis, true);
    let mut run = Run::clean(Permit::Once);
    // Whatever comes behind the rotation does not arrive.
    run.faults = vec![Fault::None, Fault::None, Fault::NoRequest, Fault::NoRequest];
    assert_eq!(world.run(&run), Some(Ok(())));
    holds(&world);
}

#[test]
fn signing_keys_are_not_rolled_twice_before_somebody_confirms() {
    let mut world = world(Kind::SigningKeys, false);
    assert_eq!(world.run(&Run::clean(Permit::Once)), Some(Ok(())));
    for permit in [Permit::Once, Permit::Again] {
        assert_eq!(
            world.run(&Run::clean(permit)),
            Some(Err(Trouble::Unconfirmed))
        );
    }
    assert_eq!(world.service.sent, 1);
    let mut confirmed = Run::clean(Permit::Once);
    confirmed.confirm = true;
    assert_eq!(world.run(&confirmed), Some(Ok(())));
    assert_eq!(world.service.rotations, 2);
    holds(&world);
}

#[test]
fn a_full_disk_after_rotating_does_not_lose_the_new_credentials() {
    let mut world = world(Kind::Redis, true);
    let mut run = Run::clean(Permit::Once);
    // Behind `read` and `sending`.
    run.ledger_fails = Some(2);
    assert_eq!(world.run(&run), Some(Err(Trouble::NotRecorded)));
    assert!(
        world
            .file
            .contains(&(SecretName::Password, "canary-password-1".to_owned()))
    );
}

#[test]
fn nothing_is_sent_that_the_ledger_does_not_announce() {
    for write in 0..2 {
        let mut world = world(Kind::Qstash, false);
        let mut run = Run::clean(Permit::Once);
        run.ledger_fails = Some(write);
        assert_eq!(world.run(&run), Some(Err(Trouble::NotRecorded)));
        assert_eq!(world.service.sent, 0);
        ends_well(&mut world);
    }
}

#[test]
fn a_process_can_die_anywhere() {
    for target in targets() {
        for step in 0..14 {
            for death in [Death::Before(step), Death::Within(step)] {
                let mut world = World::new(target.clone(), false, true);
                let mut run = Run::clean(Permit::Once);
                run.death = death;
                world.run(&run);
                holds(&world);
                ends_well(&mut world);
                assert_eq!(world.service.rotations, 1, "{target} {death:?}");
            }
        }
    }
}
