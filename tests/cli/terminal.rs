//! Terminals: progress for people who watch, and for nobody else.

use crate::place::{CLEAN, Place, RECORD, wait_until};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// A terminal for a program's stderr.
struct Terminal {
    inner: File,
    shown: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Terminal {
    fn new() -> Self {
        let outer = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&outer).unwrap();
        unlockpt(&outer).unwrap();
        let name = ptsname(&outer, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let inner = rustix::fs::open(name, flags, Mode::empty()).unwrap();
        let mut outer = File::from(outer);
        let shown = Arc::<Mutex<Vec<u8>>>::default();
        let seen = Arc::clone(&shown);
        let reader = std::thread::spawn(move || {
            let mut part = [0; 4096];
            // Once nobody has the terminal open, reading is an error.
            while let Ok(length @ 1..) = outer.read(&mut part) {
                seen.lock().unwrap().extend_from_slice(&part[..length]);
            }
        });
        Self {
            inner: inner.into(),
            shown,
            reader,
        }
    }

    /// Runs a program that takes its time over two records, and says what it has shown. One that
    /// shows something at once gets the records after that.
    fn watch(self, mut command: Command, shows_at_once: bool) -> String {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(self.inner)
            .spawn()
            .unwrap();
        // It holds the terminal, too.
        drop(command);
        if shows_at_once {
            wait_until(|| !self.shown.lock().unwrap().is_empty());
        }
        let mut stdin = child.stdin.take().unwrap();
        for _ in 0..2 {
            std::thread::sleep(Duration::from_millis(200));
            // A program with a usage error may be gone.
            let _ = writeln!(stdin, "{RECORD}");
        }
        drop(stdin);
        child.wait_with_output().unwrap();
        self.reader.join().unwrap();
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }
}

fn watch(line: &str, variables: &[(&str, &str)], shows_at_once: bool) -> String {
    let place = Place::new();
    let mut command = place.command(line.split(' '));
    command.env("TERM", "xterm").envs(variables.iter().copied());
    Terminal::new().watch(command, shows_at_once)
}

/// Whether `text` switches colors or other attributes of letters.
fn has_colors(text: &str) -> bool {
    text.split("\x1b[").skip(1).any(|part| {
        let end = part.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == ';');
        end.starts_with('m')
    })
}

#[test]
fn a_terminal_shows_progress_and_then_the_summary() {
    let shown = watch("sanitize", &[], true);
    assert!(shown.contains("/s, 2 records"), "{shown:?}");
    assert!(shown.contains("stays visible"), "{shown:?}");
}

#[test]
fn the_time_left_is_shown_where_the_length_is_known() {
    let place = Place::new();
    place.put("in", RECORD.repeat(200_000));
    let mut command = place.command(["sanitize", "in"]);
    command.arg("-o").arg("/dev/null").env("TERM", "xterm");
    let shown = Terminal::new().watch(command, true);
    assert!(
        shown.contains(" of 6.") && shown.contains(" left, "),
        "{shown:?}"
    );
}

#[test]
fn quiet_and_dumb_terminals_show_no_progress() {
    assert_eq!(watch("sanitize --quiet", &[], false), "");
    let shown = watch("sanitize", &[("TERM", "dumb")], false);
    assert!(shown.starts_with("read  "), "{shown:?}");
}

#[test]
fn what_is_no_terminal_shows_no_progress() {
    let place = Place::new();
    let mut child = place.begin("sanitize");
    let mut stdin = child.stdin.take().unwrap();
    for _ in 0..2 {
        writeln!(stdin, "{RECORD}").unwrap();
        std::thread::sleep(Duration::from_millis(200));
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!("{CLEAN}\n").repeat(2)
    );
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(shown.starts_with("read  "), "{shown:?}");
    assert!(!shown.contains(['\r', '\x1b']), "{shown:?}");
}

#[test]
fn no_color_means_no_color() {
    assert!(has_colors(&watch("sanitize --feilds body", &[], true)));
    for line in ["sanitize --feilds body", "sanitize"] {
        let shown = watch(line, &[("NO_COLOR", "1")], true);
        assert!(!has_colors(&shown), "{shown:?}");
    }
}
