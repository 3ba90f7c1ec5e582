//! Ends that nobody wants: full disks, closed pipes, sudden death.

use crate::place::{Place, RECORD, wait_until};
use std::fs::{self, File};
use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Records of which no two are alike, so that they stay large when compressed.
fn records(count: usize) -> String {
    (0..count)
        .map(|number| format!("{}\n", RECORD.replace("hello", &number.to_string())))
        .collect()
}

#[test]
fn a_full_device_is_exit_4() {
    let place = Place::new();
    place.put("in", records(10));
    place
        .run("sanitize in -o /dev/full")
        .ends(4)
        .says("No space left");
    place
        .run("sanitize in -o out --report /dev/full")
        .ends(4)
        .says("cannot write the report");
    let output = place
        .command(["sanitize", "in"])
        .stdout(File::options().write(true).open("/dev/full").unwrap())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4));
}

#[test]
fn a_full_disk_is_exit_4_and_leaves_no_half_file() {
    let place = Place::new();
    place.put("in", records(20_000));
    place.put("out", "old");
    for name in ["out", "out.gz", "out.zst", "new"] {
        // A limit on the size of files stands for a disk that is full; compressed, it is tighter.
        let limit = if name.contains('.') { 1 } else { 64 };
        place
            .shell(&format!(
                "ulimit -f {limit}; exec \"$0\" sanitize in --quiet -o {name}"
            ))
            .ends(4)
            .says("cannot write OUTPUT")
            .says("OUTPUT was not written");
        assert_eq!(place.names(), ["in", "out"], "{name}");
        assert_eq!(place.get("out"), "old");
    }
}

#[test]
fn a_full_disk_does_not_lose_a_bad_line_silently() {
    let place = Place::new();
    place.put(
        "in",
        format!("{{\"body\":\"{}\n", "x".repeat(200_000)).repeat(4),
    );
    place
        .shell("ulimit -f 64; exec \"$0\" sanitize in -o out --on-bad quarantine=bad")
        .ends(4)
        .says("cannot write the quarantine file");
    assert_eq!(place.names(), ["bad", "in"]);
}

#[test]
fn a_closed_pipe_ends_silently_with_exit_4() {
    let place = Place::new();
    place.put("in", records(100_000));
    let mut child = place
        .command(["sanitize", "in", "--report", "report"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    // The pipe is closed by now.
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(place.get("report").contains(r#""complete": false"#));
}

#[test]
fn a_kill_at_any_point_leaves_the_old_output_or_the_new_one() {
    let place = Place::new();
    place.put("in", records(30_000));
    place.run("sanitize in -o whole").ends(0);
    let whole = fs::read(place.path("whole")).unwrap();
    let begin = || {
        place
            .command(["sanitize", "in", "-o", "out", "--quiet"])
            .spawn()
            .unwrap()
    };
    let started = Instant::now();
    assert!(begin().wait().unwrap().success());
    let duration = started.elapsed();
    let mut killed = 0;
    for step in 0..24 {
        place.put("out", "old");
        let mut child = begin();
        std::thread::sleep(duration * step / 20);
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().code().is_none());
        let content = fs::read(place.path("out")).unwrap();
        assert!(
            content == b"old" || content == whole,
            "{} bytes",
            content.len()
        );
    }
    assert!(killed > 0);
    // What a kill leaves behind is for its owner only, unless it was just about to be put in place.
    for name in place.names() {
        if name.ends_with(".unfinished") && place.mode(&name) != 0o600 {
            assert!(fs::read(place.path(&name)).unwrap() == whole);
        }
    }
}

#[test]
fn an_input_that_is_cut_while_it_is_read_does_no_harm() {
    let place = Place::new();
    place.put("in", records(50_000));
    let mut child = place
        .command(["sanitize", "in", "-o", "out"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(5));
    File::options()
        .write(true)
        .open(place.path("in"))
        .unwrap()
        .set_len(100)
        .unwrap();
    let mut status = None;
    wait_until(|| {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    // Read before the cut or cut off inside of a record; but not dead from a bus error.
    assert!(matches!(status.unwrap().code(), Some(0 | 3)), "{status:?}");
}
