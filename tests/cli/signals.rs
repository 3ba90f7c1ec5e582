//! Ctrl-C and its relatives.

use crate::place::{CLEAN, Place, RECORD};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::Child;

/// Sends a signal, unless whoever started the tests has it ignored, which is handed down.
fn send(child: &Child, signal: Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .unwrap();
    let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap();
    if ignored >> (signal.as_raw() - 1) & 1 == 1 {
        return false;
    }
    kill_process(Pid::from_child(child), signal).unwrap();
    true
}

#[test]
fn a_signal_removes_the_unfinished_files_and_ends_the_program_as_it_would() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let place = Place::new();
        place.put("out", "old");
        let mut child = place.begin("sanitize -o out --report report");
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(RECORD.as_bytes()).unwrap();
        place.wait_for_unfinished();
        if !send(&child, signal) {
            child.kill().unwrap();
            child.wait().unwrap();
            continue;
        }
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(signal.as_raw()));
        assert_eq!(place.names(), ["out"]);
        assert_eq!(place.get("out"), "old");
        let mut said = String::new();
        child.stderr.unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(said, "");
    }
}

#[test]
fn an_ignored_hangup_stays_ignored() {
    let place = Place::new();
    let mut child = std::process::Command::new("sh")
        .current_dir(place.path(""))
        .args(["-c", "trap '' HUP; exec \"$0\" sanitize --quiet -o out"])
        .arg(env!("CARGO_BIN_EXE_qstash-redact"))
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(RECORD.as_bytes()).unwrap();
    place.wait_for_unfinished();
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert_eq!(place.get("out"), CLEAN);
}
