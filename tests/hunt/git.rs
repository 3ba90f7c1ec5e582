//! Git repositories for tests, made with git itself and no configuration of whoever runs them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) struct Git(PathBuf);

impl Git {
    /// A new repository in a directory, which is made if it is not there.
    pub(crate) fn new(directory: PathBuf) -> Self {
        std::fs::create_dir_all(&directory).unwrap();
        let git = Self(directory);
        git.run(&["init", "--quiet", "--initial-branch=main"]);
        git
    }

    /// A repository that is there.
    pub(crate) fn open(directory: PathBuf) -> Self {
        Self(directory)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Stages everything and commits it; says which commit it is.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.run(&["add", "--all", "--force", "."]);
        self.run(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.ask(&["rev-parse", "HEAD"])
    }

    pub(crate) fn run(&self, args: &[&str]) {
        let output = run(&self.0, args);
        assert!(output.status.success(), "{args:?}: {output:?}");
    }

    pub(crate) fn ask(&self, args: &[&str]) -> String {
        let output = run(&self.0, args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }
}

fn run(directory: &Path, args: &[&str]) -> Output {
    Command::new("git")
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args([
            "-c",
            "user.name=Somebody",
            "-c",
            "user.email=somebody@example.com",
        ])
        .args([
            "-c",
            "protocol.file.allow=always",
            "-c",
            "commit.gpgSign=false",
        ])
        .args(args)
        .output()
        .unwrap()
}
