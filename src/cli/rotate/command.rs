//! A command that new secrets are handed to on its standard input, as secret managers take them.

use super::super::console::{print, say};
use super::super::exit::Failure;
use qstash_redact::credentials::Secret;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use zeroize::Zeroizing;

/// How much of each of its outputs is shown, in bytes.
const SHOWN: usize = 64 << 10;

/// A command that exists.
#[derive(Debug)]
pub(super) struct Receiver {
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl Receiver {
    /// Finds the program in `PATH`, unless its name has a slash.
    pub(super) fn find(command: &[OsString]) -> Result<Self, Failure> {
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
        })
    }

    /// Runs it with `input` on its standard input. What it prints is shown on stderr, with a
    /// placeholder in the place of each of `secrets`; it inherits no credential of ours.
    pub(super) fn run(&self, input: &[u8], secrets: &[&Secret]) -> Result<(), Failure> {
        let failed = |error: &io::Error| Failure::io("--exec: cannot run the command", error);
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
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
        let written = feed(&mut child, input);
        let status = child.wait().map_err(|error| failed(&error))?;
        for output in outputs.into_iter().flatten() {
            let text = output.join().unwrap_or_default();
            print(&without(&text, secrets));
        }
        if !status.success() {
            return Err(Failure::outside("--exec: the command failed"));
        }
        written.map_err(|_| Failure::outside("--exec: the command did not read all of its input"))
    }
}

/// Writes all of the input, and closes it.
fn feed(child: &mut Child, input: &[u8]) -> io::Result<()> {
    match child.stdin.take() {
        Some(mut stdin) => stdin.write_all(input),
        None => Err(io::ErrorKind::BrokenPipe.into()),
    }
}

/// Reads an output to its end, and keeps its beginning.
fn collect(mut output: impl Read + Send + 'static) -> thread::JoinHandle<Zeroizing<Vec<u8>>> {
    thread::spawn(move || {
        let mut kept = Zeroizing::new(Vec::with_capacity(SHOWN));
        let mut part = Zeroizing::new([0; 4096]);
        while let Ok(length @ 1..) = output.read(&mut part[..]) {
            let room = SHOWN - kept.len();
            kept.extend_from_slice(&part[..length.min(room)]);
        }
        if kept.len() == SHOWN {
            // A secret may be cut in two here, and half a one would not be found.
            kept.clear();
            say("--exec: the command printed too much; none of it is shown");
        }
        kept
    })
}

/// Text with placeholders for secrets, control characters but those of lines taken out.
fn without(text: &[u8], secrets: &[&Secret]) -> String {
    let mut text = Zeroizing::new(String::from_utf8_lossy(text).into_owned());
    let mut secrets = secrets.to_vec();
    // One may be part of another: a password is part of its URL.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        text = Zeroizing::new(text.replace(secret.expose(), secret.placeholder().as_str()));
    }
    text.replace(
        |letter: char| letter.is_control() && letter != '\n' && letter != '\t',
        "\u{fffd}",
    )
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
        Receiver::find(&words.iter().map(OsString::from).collect::<Vec<_>>())
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
        let large = vec![b'x'; 1 << 20];
        assert!(command(&["cat"]).unwrap().run(b"x", &[]).is_ok());
        assert!(command(&["false"]).unwrap().run(b"", &[]).is_err());
        assert!(command(&["true"]).unwrap().run(&large, &[]).is_err());
    }

    #[test]
    fn secrets_in_its_output_become_placeholders() {
        let [password, url] =
            ["s3cret", "rediss://default:s3cret@h:1"].map(|text| Secret::new(text.to_owned()));
        let shown = without(
            b"set s3cret\x1b[2J\nurl rediss://default:s3cret@h:1\n",
            &[&password, &url],
        );
        assert_eq!(
            shown,
            format!(
                "set {}\u{fffd}[2J\nurl {}\n",
                password.placeholder(),
                url.placeholder()
            )
        );
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
