//! Readers, writers and callers of every kind, and threads that panic.

use super::{Outcome, copy, in_parallel, new_export, pages, records};
use crate::error::ErrorKind;
use crate::export::Export;
use crate::export::parallel::AHEAD;
use crate::export::parallel::crew::Crew;
use crate::export::parallel::proof::Work;
use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Gives a few bytes at a time, interrupted at times, and fails in the end if it is to.
struct Slow<'a> {
    input: &'a [u8],
    step: usize,
    calls: usize,
    fails: bool,
}

impl<'a> Slow<'a> {
    fn new(input: &'a [u8], step: usize, fails: bool) -> Self {
        Self {
            input,
            step,
            calls: 0,
            fails,
        }
    }
}

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.fails && self.input.is_empty() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let step = self.step.min(buffer.len());
        self.input.read(&mut buffer[..step])
    }
}

#[test]
fn slow_and_failing_readers_change_nothing() {
    let input = pages(6, 10);
    for length in (0..input.len()).step_by(197) {
        let input = &input.as_bytes()[..length];
        for (step, fails) in [(1, false), (7, true), (1000, true)] {
            let expected = copy(&mut new_export(), Slow::new(input, step, fails));
            let mut export = in_parallel(new_export(), 2, 300, 900);
            let outcome = copy(&mut export, Slow::new(input, step, fails));
            assert_eq!(outcome, expected, "{length} bytes");
        }
    }
}

/// Takes so many bytes, and fails then.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = bytes.len().min(self.0);
        if length == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0 -= length;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails_ends_the_run() {
    let input = records(300, "\n") + "!";
    let length = copy(&mut new_export(), input.as_bytes()).output.len();
    for room in (0..length + 500).step_by(501) {
        let mut one = new_export();
        let expected = format!("{:?}", one.copy(input.as_bytes(), Full(room)));
        let mut export = in_parallel(new_export(), 3, 500, 2000);
        let result = export.copy(input.as_bytes(), Full(room));
        assert_eq!(format!("{result:?}"), expected, "{room}");
    }
}

#[test]
fn pushes_and_steps_can_be_mixed() {
    let input = records(100, "\n") + "\n";
    let twice = input.repeat(2);
    let expected = copy(&mut new_export(), twice.as_bytes());
    for steps in [0, 1, 2, 3, 10] {
        let mut export = in_parallel(new_export(), 2, 400, 1000);
        let mut reader = input.as_bytes();
        let mut output = Vec::new();
        for _ in 0..steps {
            assert!(export.step(&mut reader, &mut output).unwrap());
        }
        export.push(reader, &mut output).unwrap();
        export.push(input.as_bytes(), &mut output).unwrap();
        export.finish(&mut output).unwrap();
        let outcome = Outcome {
            output,
            error: None,
            summary: export.summary(),
        };
        assert_eq!(outcome, expected, "{steps}");
        // An error stays.
        let error = export.push(b"}", &mut Vec::new()).unwrap_err();
        let again = export.step(&mut reader, &mut Vec::new()).unwrap_err();
        assert_eq!(format!("{again:?}"), format!("Input({error:?})"));
    }
}

#[test]
fn what_is_read_ahead_is_bounded() {
    let input = records(1000, "\n");
    let mut export = in_parallel(new_export(), 3, 1000, 4000);
    let mut reader = input.as_bytes();
    let mut output = Vec::new();
    while export.step(&mut reader, &mut output).unwrap() {
        let read = input.len() - reader.len();
        let ahead = read as u64 - export.summary().bytes_in;
        assert!(ahead <= (3 + AHEAD as u64) * 1000, "{ahead}");
    }
}

#[test]
fn a_panic_of_a_worker_is_not_swallowed() {
    let input = records(100, "\n");
    let mut export = in_parallel(new_export(), 2, 500, 1000);
    let jobs = NonZeroUsize::MIN;
    export.parallel.as_mut().unwrap().crew = Crew::new(jobs, || |_: &mut Work| panic!("ouch"));
    let run = AssertUnwindSafe(|| export.copy(input.as_bytes(), io::sink()));
    let payload = catch_unwind(run).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"ouch"));
    // What was read ahead is lost, so there is no going on.
    let error = export.push(b"{}", &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
}

#[test]
fn a_run_can_be_left_at_any_time() {
    let input = records(300, "\n");
    for steps in 0..20 {
        let mut export = in_parallel(new_export(), 3, 500, 1000);
        let mut reader = input.as_bytes();
        for _ in 0..steps {
            export.step(&mut reader, &mut Vec::new()).unwrap();
        }
    }
}

#[test]
fn an_export_can_be_sent_and_shared() {
    fn check<T: Send + Sync>() {}
    check::<Export>();
}

#[test]
fn debug_shows_no_input() {
    let mut export = in_parallel(new_export(), 2, 500, 1000);
    let mut reader = records(100, "\n").into_bytes();
    reader.extend(br#"{"s3cret":"s3cret"#);
    let error = export.copy(&*reader, io::sink());
    assert!(error.is_err());
    assert!(!format!("{export:?}").contains("s3cret"));
}
