//! Somebody sits at a terminal.

use crate::account::{API_KEY, EMAIL, QSTASH_ID};
use crate::place::wait_until;
use crate::stage::{KEYS, QSTASH, REDIS, Stage};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// A program that has a terminal of its own.
struct Session {
    child: Child,
    terminal: File,
    shown: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Session {
    fn begin(command: &Command) -> Self {
        let terminal =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let name = ptsname(&terminal, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let inner = File::from(rustix::fs::open(name, flags, Mode::empty()).unwrap());
        let mut line = Command::new("setsid");
        line.args(["--ctty", "--wait"])
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(command.get_current_dir().unwrap())
            .stdin(inner.try_clone().unwrap())
            .stdout(inner.try_clone().unwrap())
            .stderr(inner);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => line.env(name, value),
                None => line.env_remove(name),
            };
        }
        let child = line.spawn().unwrap();
        let terminal = File::from(terminal);
        let shown = Arc::<Mutex<Vec<u8>>>::default();
        let (mut reader, seen) = (terminal.try_clone().unwrap(), Arc::clone(&shown));
        let reader = std::thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut part) {
                seen.lock().unwrap().extend_from_slice(&part[..length]);
            }
        });
        Self {
            child,
            terminal,
            shown,
            reader,
        }
    }

    fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    /// Types an answer once the question stands there.
    fn answer(&mut self, question: &str, answer: &str) {
        wait_until(|| self.shown().contains(question));
        writeln!(self.terminal, "{answer}").unwrap();
    }

    /// Types a secret once the question stands there, and the echo is turned off after it.
    fn answer_secret(&mut self, question: &str, answer: &str) {
        wait_until(|| {
            let modes = tcgetattr(&self.terminal).unwrap().local_modes;
            self.shown().contains(question) && !modes.contains(LocalModes::ECHO)
        });
        self.answer(question, answer);
    }

    fn ends(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        // Once nobody has the terminal open, reading is an error, and all was read.
        self.reader.join().unwrap();
        let shown = self.shown.lock().unwrap();
        (code, String::from_utf8_lossy(&shown).into_owned())
    }
}

fn without_variables(command: &mut Command) {
    for name in ["UPSTASH_EMAIL", "UPSTASH_API_KEY", "QSTASH_TOKEN"] {
        command.env_remove(name);
    }
}

#[test]
fn credentials_and_consent_are_asked_for_and_no_secret_is_echoed() {
    let stage = Stage::new();
    let mut command = stage.asking(QSTASH.words, "--out new.env");
    without_variables(&mut command);
    let mut session = Session::begin(&command);
    session.answer_secret("the e-mail address (it is not shown): ", EMAIL);
    session.answer_secret("the API key (it is not shown): ", API_KEY);
    session.answer(&format!("Type {QSTASH_ID} to go on: "), QSTASH_ID);
    let (code, shown) = session.ends();
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("stop working at once"), "{shown}");
    stage.assert_silent(&shown, "the terminal");
    assert!(!shown.contains(EMAIL), "{shown}");
    assert_eq!(
        stage.value("new.env", QSTASH.variable),
        Some(stage.valid(&QSTASH))
    );
}

#[test]
fn whoever_types_something_else_changes_nothing() {
    let stage = Stage::new();
    for typed in ["", "yes", "y", "99a4c327"] {
        let mut session = Session::begin(&stage.asking(REDIS.words, "--out new.env"));
        session.answer("to go on: ", typed);
        let (code, shown) = session.ends();
        assert_eq!(code, Some(2), "{shown}");
        assert!(shown.contains("nothing was done"), "{shown}");
    }
    let mut session = Session::begin(&stage.asking(KEYS.words, "--out new.env"));
    session.answer("Type signing-keys to go on: ", "signing-key");
    assert_eq!(session.ends().0, Some(2));
    assert_eq!(stage.server.count("POST"), 0);
    assert!(!stage.place.path("new.env").exists());
}

#[test]
fn old_secrets_are_asked_for_one_by_one() {
    let stage = Stage::new();
    let old = stage.server.account().qstash.clone();
    stage.rotate(&QSTASH, "--out new.env").ends(0);
    let command = stage.asking(QSTASH.words, "--check-old --out new.env");
    let mut session = Session::begin(&command);
    session.answer_secret("an old token of", &old.token);
    session.answer_secret("an old read_only_token of", "");
    let (code, shown) = session.ends();
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.contains("old token at the QStash API: dead"),
        "{shown}"
    );
    assert!(shown.contains("old read_only_token: dead when"), "{shown}");
    stage.assert_silent(&shown, "the terminal");
}
