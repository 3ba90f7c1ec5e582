//! A machine alone, with one answer after the other.

use super::super::*;
use crate::credentials::ledger::{Ledger, State};
use crate::credentials::*;

/// A machine for `target`, with whatever it needs to send requests.
fn machine(target: Target, path: RotatePath, ledger: &Ledger) -> Rotation {
    let secret = |text: &str| Secret::new(text.to_owned());
    let access = match target.kind() {
        Kind::SigningKeys => Access::Token(secret("token")),
        _ => Access::Developer {
            email: secret("me@example.com"),
            api_key: secret("key"),
        },
    };
    let endpoints = Endpoints::production(None);
    Rotation::new(target, path, endpoints, access, ledger, Permit::Once).unwrap()
}

/// One for a QStash user by the path that names nobody.
fn by_the_first_path(ledger: &Ledger) -> Rotation {
    let target = Target::qstash("mine".parse().unwrap(), None);
    machine(target, RotatePath::First, ledger)
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
    let target = Target::redis("db".parse().unwrap());
    let mut rotation = machine(target, RotatePath::Documented, &ledger);
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
    let target = Target::signing_keys(None, None);
    let begin = |ledger: &Ledger| machine(target.clone(), RotatePath::Documented, ledger);
    let mut ledger = Ledger::new();
    let mut rotation = begin(&ledger);
    let bodies = [
        r#"{"current":"k0","next":"k1"}"#,
        r#"{"current":"k2","next":"k3"}"#,
        r#"{"current":"k2","next":"k3"}"#,
    ];
    drive(&mut rotation, &mut ledger, &bodies);
    assert_eq!(rotation.notices(), [Notice::RolledTwice]);
    // What says that it rolled and shows the old keys is not rolled again, whoever asks.
    let mut ledger = Ledger::new();
    let mut rotation = begin(&ledger);
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
fn what_is_shown_after_a_lost_answer_and_was_not_before_may_be_the_old_one() {
    let mut ledger = Ledger::new();
    let mut rotation = by_the_first_path(&ledger);
    // Hidden, a broken answer, then shown: nobody can tell whether this is new.
    let bodies = [r#"{"id":"mine"}"#, "{", r#"{"id":"mine","token":"some"}"#];
    drive(&mut rotation, &mut ledger, &bodies);
    let target = rotation.target();
    assert!(matches!(ledger.state(target), State::NewUnknown { .. }));
    assert_eq!(
        Rotation::intent(target, &ledger, Permit::Once),
        Intent::Resolve
    );
    assert_eq!(
        Rotation::intent(target, &ledger, Permit::Again),
        Intent::Rotate
    );
}
