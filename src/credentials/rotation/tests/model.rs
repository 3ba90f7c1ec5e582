//! A world to rotate credentials in: a service that can fail at every call, a ledger and a file that
//! can fail and be cut at every write, and a process that can die between any two of these.

use crate::credentials::ledger::{Ledger, State, Tail};
use crate::credentials::*;
use http::{Request, Response};
use proptest::prelude::*;

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// The request does not arrive.
    NoRequest,
    /// It is carried out, and the answer does not arrive.
    NoAnswer,
    /// It is refused with this status.
    Status(u16),
    /// It is carried out, and answered with 500.
    FailsAfter,
    BrokenJson,
    WrongType,
}

pub(super) fn faults() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::None),
        1 => Just(Fault::NoRequest),
        2 => Just(Fault::NoAnswer),
        1 => prop::sample::select(vec![401, 403, 404, 408, 429, 500, 503]).prop_map(Fault::Status),
        1 => Just(Fault::FailsAfter),
        1 => Just(Fault::BrokenJson),
        1 => Just(Fault::WrongType),
    ]
}

/// The service, with one credential.
pub(super) struct Service {
    pub(super) target: Target,
    /// Credential Protection: reading shows no secrets.
    pub(super) hides: bool,
    /// Whether the call that rotates answers with the secrets where it is documented to.
    pub(super) tells: bool,
    /// How often the credential was rotated.
    pub(super) rotations: u32,
    /// How often the call that rotates was sent.
    pub(super) sent: u32,
}

impl Service {
    /// The text of a secret after so many rotations.
    pub(super) fn secret(&self, member: SecretName, rotations: u32) -> String {
        match member {
            // Rolling makes the next key the current one.
            SecretName::Current => format!("canary-key-{rotations}"),
            SecretName::Next => format!("canary-key-{}", rotations + 1),
            _ => format!("canary-{member}-{rotations}"),
        }
    }

    fn object(&self, with_secrets: bool) -> String {
        let mut members = Vec::new();
        if let Some(id) = self
            .target
            .id()
            .filter(|_| self.target.kind() != Kind::SigningKeys)
        {
            let name = if self.target.kind() == Kind::Redis {
                "database_id"
            } else {
                "id"
            };
            members.push(format!(r#""{name}":"{id}""#));
        }
        if with_secrets {
            for member in self.target.kind().secrets() {
                members.push(format!(
                    r#""{member}":"{}""#,
                    self.secret(*member, self.rotations)
                ));
            }
        }
        format!("{{{}}}", members.join(","))
    }

    pub(super) fn respond(
        &mut self,
        request: &Request<Vec<u8>>,
        fault: Fault,
    ) -> Option<Response<Vec<u8>>> {
        let is_rotation = request.method() == http::Method::POST;
        self.sent += u32::from(is_rotation);
        let answer = |status: u16, kind: &str, body: String| {
            let response = Response::builder()
                .status(status)
                .header("content-type", kind);
            Some(response.body(body.into_bytes()).unwrap())
        };
        match fault {
            Fault::NoRequest => return None,
            Fault::Status(status) => {
                return answer(status, "application/json", r#"{"error":"no"}"#.to_owned());
            }
            _ => {}
        }
        self.rotations += u32::from(is_rotation);
        let body = if !is_rotation {
            self.object(!self.hides || self.target.kind() == Kind::SigningKeys)
        } else if matches!(self.target.kind(), Kind::Vector | Kind::Search) {
            r#""OK""#.to_owned()
        } else {
            self.object(self.tells)
        };
        match fault {
            Fault::NoAnswer => None,
            Fault::FailsAfter => answer(500, "application/json", r#"{"error":"late"}"#.to_owned()),
            Fault::BrokenJson => answer(200, "application/json", body[..body.len() - 1].to_owned()),
            Fault::WrongType => answer(200, "text/html", body),
            _ => answer(200, "application/json; charset=utf-8", body),
        }
    }
}

/// When a process dies.
#[derive(Clone, Copy, Debug)]
pub(super) enum Death {
    /// Before the step of this number.
    Before(usize),
    /// Within it: a line is cut, a call is sent.
    Within(usize),
    Never,
}

/// One run of the program.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) permit: Permit,
    /// What goes wrong with each call.
    pub(super) faults: Vec<Fault>,
    /// Which write to the ledger fails.
    pub(super) ledger_fails: Option<usize>,
    pub(super) store_fails: bool,
    pub(super) death: Death,
    /// Whether a person confirms signing keys before, if they are stored.
    pub(super) confirm: bool,
}

impl Run {
    pub(super) fn clean(permit: Permit) -> Self {
        Self {
            permit,
            faults: Vec::new(),
            ledger_fails: None,
            store_fails: false,
            death: Death::Never,
            confirm: false,
        }
    }
}

pub(super) fn runs() -> impl Strategy<Value = Run> {
    let death = prop_oneof![
        2 => Just(Death::Never),
        1 => (0..10_usize).prop_map(Death::Before),
        1 => (0..10_usize).prop_map(Death::Within),
    ];
    (
        prop_oneof![3 => Just(Permit::Once), 1 => Just(Permit::Again)],
        prop::collection::vec(faults(), 0..4),
        prop_oneof![5 => Just(None), 1 => (0..5_usize).prop_map(Some)],
        prop::bool::weighted(0.15),
        death,
        prop::bool::weighted(0.2),
    )
        .prop_map(
            |(permit, faults, ledger_fails, store_fails, death, confirm)| Run {
                permit,
                faults,
                ledger_fails,
                store_fails,
                death,
                confirm,
            },
        )
}

pub(super) struct World {
    pub(super) service: Service,
    pub(super) ledger: Vec<u8>,
    /// What is stored, by member.
    pub(super) file: Vec<(SecretName, String)>,
    pub(super) agains: u32,
    pub(super) confirms: u32,
    /// What a person has seen.
    pub(super) shown: String,
    /// What the last run that ended told beside.
    pub(super) notices: Vec<Notice>,
}

impl World {
    pub(super) fn new(target: Target, hides: bool, tells: bool) -> Self {
        Self {
            service: Service {
                target,
                hides,
                tells,
                rotations: 0,
                sent: 0,
            },
            ledger: Vec::new(),
            file: Vec::new(),
            agains: 0,
            confirms: 0,
            shown: String::new(),
            notices: Vec::new(),
        }
    }

    /// The ledger as the next run finds it.
    pub(super) fn read_ledger(&self) -> Ledger {
        Ledger::parse(&self.ledger).unwrap()
    }

    pub(super) fn state(&self) -> State {
        self.read_ledger().state(&self.service.target).clone()
    }

    fn append(&mut self, record: &ledger::Record) {
        match self.read_ledger().tail() {
            Tail::Whole => {}
            Tail::NoLineFeed => self.ledger.push(b'\n'),
            Tail::Cut(at) => self.ledger.truncate(usize::try_from(at).unwrap()),
        }
        self.ledger.extend_from_slice(record.to_line().as_bytes());
    }

    /// Runs the program once; how it ended, unless it died.
    pub(super) fn run(&mut self, run: &Run) -> Option<Result<(), Trouble>> {
        let now = Time::from_unix_seconds(1_800_000_000);
        let target = self.service.target.clone();
        self.agains += u32::from(run.permit == Permit::Again);
        if run.confirm
            && target.kind() == Kind::SigningKeys
            && let State::Stored {
                confirmed: false, ..
            } = self.state()
        {
            self.confirms += 1;
            let event = ledger::Event::Confirmed;
            self.append(&ledger::Record {
                time: now,
                target: target.clone(),
                event,
            });
        }
        let secret = |text: &str| Secret::new(text.to_owned());
        let access = match target.kind() {
            Kind::SigningKeys => Access::Token(secret("canary-access")),
            _ => Access::Developer {
                email: secret("canary@example.com"),
                api_key: secret("canary-access"),
            },
        };
        let mut rotation = Rotation::new(
            target,
            RotatePath::Documented,
            Endpoints::production(None),
            access,
            &self.read_ledger(),
            run.permit,
        )
        .unwrap();
        for (_, text) in &self.file {
            rotation.found(&secret(text));
        }
        let mut faults = run.faults.iter().copied();
        let mut writes = 0..;
        let sent_before = self.service.sent;
        for step in 0..30 {
            if matches!(run.death, Death::Before(at) if at == step) {
                return None;
            }
            let dies = matches!(run.death, Death::Within(at) if at == step);
            let next = rotation.next(now);
            self.shown += &format!("{next:?}");
            match next {
                Step::Record(record) => {
                    self.shown += &record.to_line();
                    if run.ledger_fails == writes.next() {
                        rotation.failed();
                    } else {
                        self.append(&record);
                        if dies {
                            let cut = self.ledger.len() - 1 - step * 7 % 40;
                            self.ledger.truncate(cut);
                            return None;
                        }
                        rotation.recorded();
                    }
                }
                Step::Send { request, is_read } => {
                    assert_eq!(is_read, request.method() == http::Method::GET);
                    let fault = faults.next().unwrap_or(Fault::None);
                    let response = self.service.respond(&request, fault);
                    assert!(
                        self.service.sent <= sent_before + 1,
                        "sent twice in one run"
                    );
                    if dies {
                        return None;
                    }
                    match response {
                        Some(response) => rotation.answer(response),
                        None => rotation.failed(),
                    }
                }
                Step::Store(secrets) => {
                    if run.store_fails {
                        rotation.failed();
                        continue;
                    }
                    let text =
                        |(name, secret): (SecretName, &Secret)| (name, secret.expose().to_owned());
                    self.file = secrets.iter().map(text).collect();
                    if dies {
                        return None;
                    }
                    rotation.stored();
                }
                Step::Check { old, new } => {
                    let mut checks = Vec::new();
                    for (member, secret) in old.iter() {
                        assert!(new.get(member) != Some(secret));
                        checks.push(Check {
                            member,
                            old: secret.fingerprint(),
                            way: Way::Rest,
                            region: None,
                            verdict: Verdict::of(Seen::Refused, Seen::Accepted),
                        });
                    }
                    rotation.checked(checks);
                }
                Step::Done => {
                    self.notices = rotation.notices().to_vec();
                    return Some(Ok(()));
                }
                Step::Stuck(trouble) => {
                    self.shown += &format!("{trouble} {:?}", rotation.notices());
                    return Some(Err(trouble));
                }
            }
        }
        panic!("a run does not end");
    }
}
