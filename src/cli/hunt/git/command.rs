//! Git's own plumbing, run so that a repository has nothing to say but what it holds.
//!
//! A repository that was brought from elsewhere is hostile until shown otherwise: its configuration
//! can name programs to run, its objects can be replaced by others or be somewhere else. So git runs
//! without hooks, monitors, pagers, fetching, replacements and grafts, and with no configuration but
//! the repository's own, overridden where it names programs.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What the repository's own configuration must not say.
const OVERRIDES: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.alternateRefsCommand=true",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.gitProxy=false",
    "core.askPass=true",
    "credential.helper=",
    "protocol.allow=never",
    "gc.auto=0",
    "maintenance.auto=false",
    // Read instead of history, and may leave out a part of it.
    "core.commitGraph=false",
    // Whoever searches a repository of somebody else wants to; none of it is run.
    "safe.directory=*",
    "safe.bareRepository=all",
];

const ENVIRONMENT: &[(&str, &str)] = &[
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_SYSTEM", "/dev/null"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_NO_LAZY_FETCH", "1"),
    // Overrides what the repository allows for single protocols.
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_GRAFT_FILE", "/dev/null"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ASKPASS", "true"),
    ("SSH_ASKPASS", "true"),
    ("GIT_PAGER", "cat"),
    ("LC_ALL", "C"),
];

/// Git, to be run in `place` with these arguments.
fn git(place: &Path, args: &[&OsStr]) -> Command {
    let mut command = Command::new("git");
    // Whatever tells git what to do from outside: traces, other directories, other configuration.
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"GIT_") {
            command.env_remove(name);
        }
    }
    command
        .envs(ENVIRONMENT.iter().copied())
        .current_dir(place)
        .arg("--no-pager");
    for setting in OVERRIDES {
        command.args(["-c", setting]);
    }
    command
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Asks something that has a short answer; `None` if there is none.
pub(super) fn ask(place: &Path, args: &[&str]) -> io::Result<Option<Vec<u8>>> {
    let args: Vec<_> = args.iter().map(OsStr::new).collect();
    let output = git(place, &args).output()?;
    Ok(output.status.success().then_some(output.stdout))
}

/// A git at work on the repository in `directory`, which is killed when this is dropped.
pub(super) struct Running(Child);

impl Running {
    pub(super) fn start(directory: &Path, args: &[&str], stdin: Stdio) -> io::Result<Self> {
        let mut all = vec![OsStr::new("--git-dir"), directory.as_os_str()];
        all.extend(args.iter().map(OsStr::new));
        // Where nothing lies that git would look at.
        let mut command = git(Path::new("/"), &all);
        Ok(Self(command.stdin(stdin).stdout(Stdio::piped()).spawn()?))
    }

    pub(super) fn stdin(&mut self) -> io::Result<ChildStdin> {
        self.0
            .stdin
            .take()
            .ok_or_else(|| io::ErrorKind::BrokenPipe.into())
    }

    pub(super) fn stdout(&mut self) -> io::Result<ChildStdout> {
        self.0
            .stdout
            .take()
            .ok_or_else(|| io::ErrorKind::BrokenPipe.into())
    }

    /// Waits for its end; whether all went well.
    pub(super) fn end(mut self) -> io::Result<bool> {
        Ok(self.0.wait()?.success())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
