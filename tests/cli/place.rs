//! A directory of a test's own, and the program run in it.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A record in which something is private, and what becomes of it.
pub(crate) const RECORD: &str = r#"{"messageId":"m1","body":"hello"}"#;
pub(crate) const CLEAN: &str = concat!(
    r#"{"messageId":"m1","body":"REDACTED:"#,
    r#"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}"#
);

/// An empty directory, removed at the end of the test.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file that anyone may read.
    pub(crate) fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        path
    }

    pub(crate) fn get(&self, name: &str) -> String {
        String::from_utf8(fs::read(self.path(name)).unwrap()).unwrap()
    }

    pub(crate) fn mode(&self, name: &str) -> u32 {
        self.path(name).metadata().unwrap().mode() & 0o777
    }

    /// The names of all files, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        names_in(self.0.path())
    }

    /// The program in this directory, with nothing on stdin.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qstash-redact"));
        command
            .current_dir(self.0.path())
            .env_remove("NO_COLOR")
            .args(args)
            .stdin(Stdio::null());
        command
    }

    /// Runs `line`, arguments with blanks between them.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.command(line.split_whitespace())
            .output()
            .unwrap()
            .into()
    }

    /// Runs `line` with `input` on stdin.
    pub(crate) fn pipe(&self, line: &str, input: impl AsRef<[u8]>) -> Ran {
        let mut child = self.begin(line);
        // A program that has seen enough may be gone.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        child.wait_with_output().unwrap().into()
    }

    /// Begins to run `line`, with pipes to talk to it.
    pub(crate) fn begin(&self, line: &str) -> Child {
        self.command(line.split_whitespace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs `line` by way of a shell script, which finds the program as `$0`.
    pub(crate) fn shell(&self, script: &str) -> Ran {
        Command::new("sh")
            .current_dir(self.0.path())
            .args(["-c", script, env!("CARGO_BIN_EXE_qstash-redact")])
            .stdin(Stdio::null())
            .output()
            .unwrap()
            .into()
    }

    /// Waits until an unfinished file lies here.
    pub(crate) fn wait_for_unfinished(&self) {
        wait_until(|| {
            self.names()
                .iter()
                .any(|name| name.ends_with(".unfinished"))
        });
    }
}

pub(crate) fn names_in(directory: &Path) -> Vec<String> {
    let mut names = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect::<Vec<_>>();
    names.sort();
    names
}

/// Waits for something that is about to happen.
pub(crate) fn wait_until(mut happened: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !happened() {
        assert!(Instant::now() < deadline, "it did not happen");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ran {
    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }

    /// Asserts that stderr says `text`.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no {text:?} in {}", self.stderr);
        self
    }

    /// Asserts that nothing was said on stderr.
    #[track_caller]
    pub(crate) fn without_a_word(self) -> Self {
        assert_eq!(self.stderr, "");
        self
    }
}
