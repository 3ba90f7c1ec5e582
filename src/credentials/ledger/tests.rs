use super::*;
use crate::credentials::{Id, Kind, Secret, Verdict, Way};

fn target() -> Target {
    Target::qstash("user-1".parse().unwrap(), "us-east-1".parse().ok())
}

fn marks(texts: &[(SecretName, &str)]) -> Marks {
    let mut secrets = Secrets::new();
    for (name, text) in texts {
        secrets.insert(*name, Secret::new((*text).to_owned()));
    }
    Marks::of(&secrets)
}

fn record(event: Event) -> Record {
    Record {
        time: Time::from_unix_seconds(1_795_372_620),
        target: target(),
        event,
    }
}

/// A rotation from its beginning to its end, with every event that it can have.
fn story() -> Vec<Record> {
    let old = marks(&[
        (SecretName::Token, "old"),
        (SecretName::ReadOnlyToken, "reader"),
    ]);
    let new = marks(&[(SecretName::Token, "new!")]);
    let checks = vec![Check {
        member: SecretName::Token,
        old: Fingerprint::of(b"old"),
        way: Way::Qstash,
        region: "us-east-1".parse().ok(),
        verdict: Verdict::Dead,
    }];
    [
        Event::Read { old: old.clone() },
        Event::Sending { again: false },
        Event::Refused { status: 429 },
        Event::Read { old: old.clone() },
        Event::Sending { again: false },
        Event::Unchanged,
        Event::Read { old },
        Event::Sending { again: true },
        Event::Accepted,
        Event::NewUnknown,
        Event::Rotated {
            new,
            source: Source::Reading,
        },
        Event::Stored,
        Event::Checked { checks },
    ]
    .map(record)
    .into()
}

fn written(records: &[Record]) -> String {
    records.iter().map(Record::to_line).collect()
}

#[test]
fn reads_what_it_writes() {
    let records = story();
    let ledger = Ledger::parse(written(&records).as_bytes()).unwrap();
    assert_eq!(ledger.records(), records);
    assert_eq!(ledger.tail(), Tail::Whole);
    assert!(
        matches!(ledger.state(&target()), State::Stored { confirmed: false, checks, .. } if checks.len() == 1)
    );
    assert_eq!(
        *ledger.state(&Target::redis("x".parse().unwrap())),
        State::Untouched
    );
    let keys = Target::signing_keys(None, None);
    let new = marks(&[(SecretName::Current, "a"), (SecretName::Next, "b")]);
    let source = Source::Answer;
    let records = [
        Event::Rotated { new, source },
        Event::Stored,
        Event::Confirmed,
    ]
    .map(|event| Record {
        target: keys.clone(),
        ..record(event)
    });
    let ledger = Ledger::parse(written(&records).as_bytes()).unwrap();
    assert_eq!(ledger.records(), records);
    assert!(matches!(
        ledger.state(&keys),
        State::Stored {
            confirmed: true,
            ..
        }
    ));
}

#[test]
fn every_verdict_and_way_is_read_as_it_was_written() {
    for verdict in Verdict::ALL {
        for way in [Way::Qstash, Way::Rest, Way::RedisTls, Way::None] {
            let check = Check {
                member: SecretName::Password,
                old: Fingerprint::of(b"old"),
                way,
                region: None,
                verdict,
            };
            let old = Marks::default();
            let records = [
                record(Event::Read { old }),
                record(Event::Checked {
                    checks: vec![check],
                }),
            ];
            let ledger = Ledger::parse(written(&records).as_bytes()).unwrap();
            assert_eq!(ledger.records(), records, "{verdict:?} {way:?}");
        }
    }
}

#[test]
fn a_line_is_as_documented() {
    assert_eq!(
        story()[0].to_line(),
        concat!(
            r#"{"schema":1,"time":"2026-11-22T18:37:00Z","kind":"qstash","id":"user-1","region":"us-east-1","#,
            r#""event":"read","secrets":[{"member":"token","sha256":"#,
            r#""cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4","length":3},"#,
            r#"{"member":"read_only_token","sha256":"#,
            r#""3d0941964aa3ebdcb00ccef58b1bb399f9f898465e9886d5aec7f31090a0fb30","length":6}]}"#,
            "\n"
        )
    );
}

#[test]
fn a_cut_last_line_does_not_count_wherever_it_is_cut() {
    let records = story();
    let whole = written(&records);
    let before = written(&records[..records.len() - 1]);
    for cut in before.len() + 1..whole.len() - 1 {
        let ledger = Ledger::parse(&whole.as_bytes()[..cut]).unwrap();
        assert_eq!(ledger.records().len(), records.len() - 1);
        assert_eq!(ledger.tail(), Tail::Cut(before.len() as u64));
    }
    let ledger = Ledger::parse(&whole.as_bytes()[..whole.len() - 1]).unwrap();
    assert_eq!(ledger.records(), records);
    assert_eq!(ledger.tail(), Tail::NoLineFeed);
    // Within the ledger it is no crash.
    let broken = format!(
        "{}\n{}",
        &before[..before.len() - 5],
        written(&records[12..])
    );
    let error = Ledger::parse(broken.as_bytes()).unwrap_err();
    assert_eq!((error.kind(), error.line()), (ErrorKind::Ledger, Some(12)));
}

#[test]
fn room_that_was_made_and_not_written_does_not_count() {
    let whole = written(&story());
    let ledger = Ledger::parse(format!("{whole}\0\0\0").as_bytes()).unwrap();
    assert_eq!(ledger.records(), story());
    assert_eq!(ledger.tail(), Tail::Cut(whole.len() as u64));
    for bad in ["\0\n", "\0x", "x\0"] {
        assert!(Ledger::parse(format!("{whole}{bad}").as_bytes()).is_err());
    }
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    let records = story();
    let first = records[0].to_line();
    let good = first.trim_end();
    for bad in [
        good.replace(r#""schema":1"#, r#""schema":2"#),
        good.replace(r#""schema":1"#, r#""schema":0"#),
        good.replace(r#""schema":1"#, r#""schema":"1""#),
        good.replace(r#""schema":1,"#, ""),
        good.replace("18:37:00Z", "18:37Z"),
        good.replace(r#""qstash""#, r#""canary""#),
        good.replace("user-1", "canary/.."),
        good.replace(r#","id":"user-1""#, ""),
        good.replace("us-east-1", "US"),
        good.replace(r#""read""#, r#""canary""#),
        good.replace(r#""length":3"#, r#""length":-3"#),
        good.replace(r#""length":3"#, r#""length":3,"canary":1"#),
        good.replace(r#""read_only_token""#, r#""token""#),
        good.replace(r#""read_only_token""#, r#""password_of_canary""#),
        good.replace(r#""read_only_token""#, r#""rest_token""#),
        good.replace(r#""event""#, r#""canary":1,"event""#),
        good.replace(r#""event""#, r#""kind":"qstash","event""#),
        good.replace("sha256\":\"", "sha256\":\"0"),
        "[]".to_owned(),
        "{}".to_owned(),
        String::new(),
        " ".to_owned(),
        format!("{good} {good}"),
    ] {
        let error = Ledger::parse(format!("{good}\n{bad}\n").as_bytes()).unwrap_err();
        assert_eq!(
            (error.kind(), error.line()),
            (ErrorKind::Ledger, Some(2)),
            "{bad}"
        );
        assert!(!format!("{error:?}").contains("canary"), "{bad}");
    }
    let newer = good.replace(r#""schema":1"#, r#""schema":2,"new":true"#);
    let error = Ledger::parse(newer.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("newer schema"), "{error}");
}

#[test]
fn a_record_that_cannot_follow_is_refused() {
    let records = story();
    for missing in [0, 1, 7, 10, 11] {
        let mut some = records.clone();
        some.remove(missing);
        let result = Ledger::parse(written(&some).as_bytes());
        // Without `stored` the check is still one of an old secret.
        assert_eq!(result.is_err(), missing != 11, "without record {missing}");
    }
    let confirmed = record(Event::Confirmed);
    let text = written(&records) + &confirmed.to_line();
    assert!(
        Ledger::parse(text.as_bytes()).is_err(),
        "a token is not confirmed"
    );
}

#[test]
fn old_secrets_are_those_of_every_rotation_that_are_not_in_use() {
    let of = |events: Vec<Event>| {
        let mut ledger = Ledger::new();
        for event in events {
            ledger.append(record(event)).unwrap();
        }
        let old: Vec<_> = ledger.old_secrets().map(|(_, mark)| mark).collect();
        old
    };
    let token = |text: &str| marks(&[(SecretName::Token, text)]);
    let all = |texts: &[&str]| -> Vec<Mark> {
        texts
            .iter()
            .map(|text| *token(text).get(SecretName::Token).unwrap())
            .collect()
    };
    let rotate = |old: &str, new: &str| {
        vec![
            Event::Read { old: token(old) },
            Event::Sending { again: true },
            Event::Rotated {
                new: token(new),
                source: Source::Answer,
            },
            Event::Stored,
        ]
    };
    assert_eq!(of(rotate("a", "b")), all(&["a"]));
    assert_eq!(
        of([rotate("a", "b"), rotate("b", "c")].concat()),
        all(&["a", "b"])
    );
    assert_eq!(of(rotate("a", "b")[..2].to_vec()), all(&[]));
    let lost = vec![
        Event::Read { old: token("a") },
        Event::Sending { again: false },
        Event::NewUnknown,
    ];
    assert_eq!(of(lost.clone()), all(&["a"]));
    // What was lost in a later rotation may have been valid until then.
    let lost_later = [&rotate("b", "a")[..], &lost].concat();
    assert_eq!(of(lost_later), all(&["b", "a"]));
    // Also where the service shows nothing.
    let lost_unseen = vec![
        Event::Read {
            old: Marks::default(),
        },
        Event::Sending { again: true },
        Event::NewUnknown,
    ];
    let lost_later = [&rotate("a", "b")[..], &lost_unseen].concat();
    assert_eq!(of(lost_later.clone()), all(&["a", "b"]));
    let found = Event::Rotated {
        new: token("c"),
        source: Source::Reading,
    };
    assert_eq!(of([&lost_later[..], &[found]].concat()), all(&["a", "b"]));
    // Rolling makes the next key the current one: it stays in use.
    let keys = |current: &str, next: &str| {
        marks(&[(SecretName::Current, current), (SecretName::Next, next)])
    };
    let mut ledger = Ledger::new();
    for event in [
        Event::Read {
            old: keys("k0", "k1"),
        },
        Event::Sending { again: false },
        Event::Rotated {
            new: keys("k1", "k2"),
            source: Source::Answer,
        },
    ] {
        let target = Target::signing_keys(None, None);
        ledger
            .append(Record {
                target,
                ..record(event)
            })
            .unwrap();
    }
    let old: Vec<_> = ledger
        .old_secrets()
        .map(|(_, mark)| mark.fingerprint)
        .collect();
    assert_eq!(old, [Fingerprint::of(b"k0")]);
}

#[test]
fn a_label_keeps_the_signing_keys_of_accounts_apart() {
    let label: Id = "second".parse().unwrap();
    let mut ledger = Ledger::new();
    let target = Target::signing_keys(None, Some(label));
    let event = Event::Read {
        old: Marks::default(),
    };
    ledger
        .append(Record {
            target: target.clone(),
            ..record(event)
        })
        .unwrap();
    assert_eq!(target.kind(), Kind::SigningKeys);
    assert!(matches!(ledger.state(&target), State::Read { .. }));
    assert_eq!(
        *ledger.state(&Target::signing_keys(None, None)),
        State::Untouched
    );
}
