//! Rotations in a world where everything fails, held against what a person may rely on.

mod model;

use super::*;
use crate::credentials::ledger::{Ledger, State};
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
        State::Read { old } | State::NotRotated { old } => {
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

/// Drives a machine with these answers until it stores or stops; all that was sent.
fn drive(rotation: &mut Rotation, ledger: &mut Ledger, bodies: &[&str]) -> Vec<&'static str> {
    let mut bodies = bodies.iter();
    let mut sent = Vec::new();
    loop {
        match rotation.next(Time::from_unix_seconds(0)) {
            Step::Record(record) => {
                ledger.append(record).unwrap();
                rotation.recorded();
            }
            Step::Send { is_read, .. } => {
                sent.push(if is_read { "read" } else { "rotate" });
                rotation.answer(answer(bodies.next().expect("nothing more is sent")));
            }
            Step::Store(_) | Step::Check { .. } | Step::Done | Step::Stuck(_) => return sent,
        }
    }
}

#[test]
fn what_is_hidden_but_for_the_read_only_token_is_hidden() {
    let mut ledger = Ledger::new();
    let secret = |text: &str| Secret::new(text.to_owned());
    let access = Access::Developer {
        email: secret("me@example.com"),
        api_key: secret("key"),
    };
    let target = Target::redis("db".parse().unwrap());
    let (path, endpoints) = (RotatePath::Documented, Endpoints::production(None));
    let mut rotation =
        Rotation::new(target, path, endpoints, access, &ledger, Permit::Once).unwrap();
    let bodies = [
        r#"{"database_id":"db","read_only_rest_token":"reader"}"#,
        r#"{"database_id":"db","password":"new"}"#,
    ];
    assert_eq!(
        drive(&mut rotation, &mut ledger, &bodies),
        ["read", "rotate"]
    );
    assert_eq!(rotation.notices(), [Notice::Hidden, Notice::Incomplete]);
}

#[test]
fn what_the_answer_leaves_out_is_completed_by_reading_back() {
    let mut ledger = Ledger::new();
    let mut rotation = by_the_first_path(&ledger);
    let bodies = [
        r#"{"id":"mine","token":"a","read_only_token":"b"}"#,
        r#"{"id":"mine","token":"c"}"#,
        r#"{"id":"mine","token":"c","read_only_token":"d"}"#,
    ];
    assert_eq!(
        drive(&mut rotation, &mut ledger, &bodies),
        ["read", "rotate", "read"]
    );
    assert!(rotation.notices().is_empty());
    let new = ledger.state(rotation.target()).new_marks().unwrap();
    assert_eq!(new.iter().count(), 2);
}

#[test]
fn what_reading_back_shows_is_judged() {
    for (shown, notice, stored) in [
        ("old", Notice::ReadBackOld, "new"),
        ("third", Notice::Replaced, "third"),
        ("", Notice::NotReadBack, "new"),
    ] {
        let mut ledger = Ledger::new();
        let mut rotation = by_the_first_path(&ledger);
        let body = |token: &str| format!(r#"{{"id":"mine","token":"{token}"}}"#);
        let bodies = [body("old"), body("new"), body(shown)];
        let bodies = bodies.each_ref().map(String::as_str);
        drive(&mut rotation, &mut ledger, &bodies);
        assert_eq!(rotation.notices(), [notice], "{shown}");
        let Step::Store(secrets) = rotation.next(Time::from_unix_seconds(0)) else {
            panic!("nothing to store");
        };
        assert_eq!(
            secrets.get(SecretName::Token).map(Secret::expose),
            Some(stored)
        );
    }
}

#[test]
fn keys_that_were_rolled_by_somebody_else_too_are_told() {
    let mut ledger = Ledger::new();
    let access = Access::Token(Secret::new("token".to_owned()));
    let target = Target::signing_keys(None, None);
    let (path, endpoints) = (RotatePath::Documented, Endpoints::production(None));
    let mut rotation = Rotation::new(
        target.clone(),
        path,
        endpoints,
        access,
        &ledger,
        Permit::Once,
    )
    .unwrap();
    let bodies = [
        r#"{"current":"k0","next":"k1"}"#,
        r#"{"current":"k2","next":"k3"}"#,
        r#"{"current":"k2","next":"k3"}"#,
    ];
    drive(&mut rotation, &mut ledger, &bodies);
    assert_eq!(rotation.notices(), [Notice::RolledTwice]);
    // What says that it rolled and shows the old keys is not rolled again, whoever asks.
    let mut ledger = Ledger::new();
    let access = Access::Token(Secret::new("token".to_owned()));
    let endpoints = Endpoints::production(None);
    let mut rotation = Rotation::new(
        target.clone(),
        path,
        endpoints,
        access,
        &ledger,
        Permit::Once,
    )
    .unwrap();
    let old = bodies[0];
    drive(&mut rotation, &mut ledger, &[old, old, old]);
    let trouble = rotation.next(Time::from_unix_seconds(0));
    assert!(
        matches!(trouble, Step::Stuck(Trouble::StillOld)),
        "{trouble:?}"
    );
    assert_eq!(
        Rotation::intent(&target, &ledger, Permit::Again),
        Intent::Resolve
    );
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

/// A machine for a QStash user by the path that names nobody.
fn by_the_first_path(ledger: &Ledger) -> Rotation {
    let secret = |text: &str| Secret::new(text.to_owned());
    Rotation::new(
        Target::qstash("mine".parse().unwrap(), None),
        RotatePath::First,
        Endpoints::production(None),
        Access::Developer {
            email: secret("me@example.com"),
            api_key: secret("key"),
        },
        ledger,
        Permit::Once,
    )
    .unwrap()
}

fn answer(body: &str) -> http::Response<Vec<u8>> {
    let response = http::Response::builder().header("content-type", "application/json");
    response.body(body.as_bytes().to_vec()).unwrap()
}

#[test]
fn what_was_rotated_instead_is_filed_under_its_own_id() {
    let now = Time::from_unix_seconds(0);
    let mut ledger = Ledger::new();
    let mut rotation = by_the_first_path(&ledger);
    let mut bodies = [
        r#"{"id":"mine","token":"mine-0"}"#,
        r#"{"id":"other","token":"other-1"}"#,
    ]
    .into_iter();
    let trouble = loop {
        match rotation.next(now) {
            Step::Record(record) => {
                ledger.append(record).unwrap();
                rotation.recorded();
            }
            Step::Send { is_read, request } => {
                if !is_read {
                    assert_eq!(request.uri().path(), "/qstash/user/rotatetoken");
                }
                rotation.answer(answer(bodies.next().unwrap()));
            }
            Step::Stuck(trouble) => break trouble,
            step => panic!("{step:?}"),
        }
    };
    assert_eq!(trouble, Trouble::RotatedAnother("other".parse().unwrap()));
    let other = Target::qstash("other".parse().unwrap(), None);
    assert!(matches!(ledger.state(&other), State::Rotated { .. }));
    assert_eq!(
        Rotation::intent(&other, &ledger, Permit::Once),
        Intent::Recover
    );
    assert!(matches!(
        ledger.state(rotation.target()),
        State::Sent { .. }
    ));
}

#[test]
fn a_call_out_of_turn_stops_the_machine() {
    let now = Time::from_unix_seconds(0);
    for misuse in [
        (|rotation: &mut Rotation| rotation.recorded()) as fn(&mut Rotation),
        |rotation| rotation.stored(),
        |rotation| rotation.checked(Vec::new()),
    ] {
        let mut rotation = by_the_first_path(&Ledger::new());
        assert!(matches!(
            rotation.next(now),
            Step::Send { is_read: true, .. }
        ));
        misuse(&mut rotation);
        assert!(matches!(
            rotation.next(now),
            Step::Stuck(Trouble::OutOfTurn)
        ));
    }
}

#[test]
fn a_call_that_rotates_is_handed_out_once() {
    let now = Time::from_unix_seconds(0);
    let mut rotation = by_the_first_path(&Ledger::new());
    rotation.next(now);
    rotation.answer(answer(r#"{"id":"mine","token":"mine-0"}"#));
    for _ in 0..2 {
        assert!(matches!(rotation.next(now), Step::Record(_)));
        rotation.recorded();
    }
    assert!(matches!(
        rotation.next(now),
        Step::Send { is_read: false, .. }
    ));
    assert!(matches!(
        rotation.next(now),
        Step::Send { is_read: true, .. }
    ));
}
