//! A command that new secrets are handed to on its standard input, as secret managers take them.

use super::super::console::{print, say};
use super::super::exit::Failure;
use super::screen::{self, LARGEST};
use qstash_redact::credentials::Secret;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver as Channel};
use std::thread;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How often it is looked whether the command has ended.
const GLANCE: Duration = Duration::from_millis(10);

/// How long its outputs are waited for once it has ended: something that it left running may hold them.
const LEFTOVERS: Duration = Duration::from_secs(5);

/// A command that exists.
#[derive(Debug)]
pub(super) struct Receiver {
    program: PathBuf,
    arguments: Vec<OsString>,
    patience: Duration,
}

impl Receiver {
    /// Finds the program in `PATH`, unless its name has a slash. It may take as long as `patience`.
    pub(super) fn find(command: &[OsString], patience: Duration) -> Result<Self, Failure> {
        let missing = || Failure::usage("--exec: there is no such program");
        let (name, arguments) = command.split_first().ok_or_else(missing)?;
        let path = std::env::var_os("PATH").unwrap_or_default();
        let places = if name.as_encoded_bytes().contains(&b'/') {
            vec![PathBuf::from(name)]
        } else {
            std::env::split_paths(&path)
                .map(|directory| directory.join(name))
                .collect()
        };
        Ok(Self {
            program: places
                .into_iter()
                .find(|place| is_program(place))
                .ok_or_else(missing)?,
            arguments: arguments.to_vec(),
            patience,
        })
    }

    /// Runs it with `input` on its standard input. What it prints is shown on stderr as far as none of
    /// `secrets` is in it; it inherits no credential of ours.
    pub(super) fn run(
        &self,
        input: Zeroizing<Vec<u8>>,
        secrets: &[&Secret],
    ) -> Result<(), Failure> {
        let failed = |error: &io::Error| Failure::io("--exec: cannot run the command", error);
        let (mut rest, stdin) = io::pipe().map_err(|error| failed(&error))?;
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(rest.try_clone().map_err(|error| failed(&error))?)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_ours(name)) {
            command.env_remove(name);
        }
        let mut child = command.spawn().map_err(|error| failed(&error))?;
        let outputs = [
            child.stdout.take().map(collect),
            child.stderr.take().map(collect),
        ];
        feed(stdin, input);
        let status = self.wait(&mut child).map_err(|error| failed(&error))?;
        for output in outputs.into_iter().flatten() {
            let printed = output.recv_timeout(LEFTOVERS);
            let shown = printed
                .map_err(|_| "something still holds an output of the command, which is not shown")
                .and_then(|printed| screen::shown(&printed, secrets));
            match shown {
                Ok(text) => print(&text),
                Err(why) => say(format_args!("--exec: {why}")),
            }
        }
        let Some(status) = status else {
            return Err(Failure::outside(format!(
                "--exec: the command took longer than {} s, and was ended",
                self.patience.as_secs()
            )));
        };
        if !status.success() {
            return Err(Failure::outside("--exec: the command failed"));
        }
        // A pipe takes in what nobody reads: whatever the command has left is still in it.
        match rest.read(&mut [0]) {
            Ok(0) => Ok(()),
            _ => Err(Failure::outside(
                "--exec: the command did not read all of its input",
            )),
        }
    }

    /// Waits for its end, and ends it when that takes too long: then there is no status.
    fn wait(&self, child: &mut Child) -> io::Result<Option<ExitStatus>> {
        let begin = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            if begin.elapsed() >= self.patience {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
            thread::sleep(GLANCE);
        }
    }
}

/// Writes all of the input, and closes it. A command that does not read is not waited for.
fn feed(mut stdin: impl Write + Send + 'static, input: Zeroizing<Vec<u8>>) {
    thread::spawn(move || stdin.write_all(&input));
}

/// Reads an output to its end, and keeps its beginning.
fn collect(mut output: impl Read + Send + 'static) -> Channel<Zeroizing<Vec<u8>>> {
    let (sender, channel) = mpsc::channel();
    thread::spawn(move || {
        // One byte more than is shown, so that more is known to be more.
        let mut kept = Zeroizing::new(Vec::with_capacity(LARGEST + 1));
        let mut part = Zeroizing::new([0; 4096]);
        while let Ok(length @ 1..) = output.read(&mut part[..]) {
            let room = LARGEST + 1 - kept.len();
            kept.extend_from_slice(&part[..length.min(room)]);
        }
        let _ = sender.send(kept);
    });
    channel
}

/// Whether a variable can hold a credential of Upstash, behind whatever prefix. Those of a secret
/// manager stay, since it needs them.
fn is_ours(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.contains("UPSTASH_")
        || name.contains("QSTASH_")
        || name.contains("KV_REST_API_")
        || name.ends_with("KV_URL")
        || name.ends_with("REDIS_URL")
}

fn is_program(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &[&str]) -> Result<Receiver, Failure> {
        let words = words.iter().map(OsString::from).collect::<Vec<_>>();
        Receiver::find(&words, Duration::from_secs(60))
    }

    #[test]
    fn what_is_no_program_is_refused_before_anything_happens() {
        assert!(command(&["/etc/passwd"]).is_err());
        assert!(command(&["/"]).is_err());
        assert!(command(&["no-such-program-anywhere"]).is_err());
        assert!(command(&["cat"]).is_ok());
    }

    #[test]
    fn a_command_that_fails_or_does_not_listen_is_a_failure() {
        let run = |name: &str, length: usize| {
            let input = Zeroizing::new(vec![b'x'; length]);
            command(&[name]).unwrap().run(input, &[])
        };
        assert!(run("cat", 1).is_ok());
        assert!(run("false", 0).is_err());
        for length in [1, 100, 1 << 20] {
            assert!(run("true", length).is_err());
        }
        assert!(run("true", 0).is_ok());
    }

    #[test]
    fn a_command_that_does_not_end_is_ended() {
        let mut command = command(&["sleep", "1000"]).unwrap();
        command.patience = Duration::from_millis(50);
        // More than a pipe takes, and nobody reads it.
        let failure = command.run(Zeroizing::new(vec![b'x'; 1 << 20]), &[]);
        let shown = format!("{:?}", failure.unwrap_err());
        assert!(shown.contains("took longer"), "{shown}");
    }

    #[test]
    fn credentials_of_upstash_are_not_handed_on() {
        for (name, ours) in [
            ("UPSTASH_API_KEY", true),
            ("NEXT_PUBLIC_UPSTASH_REDIS_REST_TOKEN", true),
            ("EU_CENTRAL_1_QSTASH_TOKEN", true),
            ("MY_KV_URL", true),
            ("STORAGE_REDIS_URL", true),
            ("KV_REST_API_READ_ONLY_TOKEN", true),
            ("VAULT_TOKEN", false),
            ("PATH", false),
        ] {
            assert_eq!(is_ours(OsStr::new(name)), ours, "{name}");
        }
    }
}
