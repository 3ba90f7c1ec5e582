//! What a tree wants ignored: the rules of its `.gitignore` and `.ignore` files.
//!
//! The rules of a user's own git configuration are left out: what is ignored is a matter of the tree,
//! and the less of it the better.

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Where rules stand, weakest first.
const FILES: [&str; 3] = [".git/info/exclude", ".gitignore", ".ignore"];

/// The largest file of rules, in bytes. A larger one has no say, so that more is searched.
const MAX_FILE: u64 = 1 << 20;

/// The rules that hold in a directory: its own, then those of the directories above.
#[derive(Debug)]
pub(super) struct Rules {
    own: Gitignore,
    above: Option<Arc<Rules>>,
}

impl Rules {
    /// The rules that directories above `root`, an absolute path, have for it, as far up as the
    /// repository goes in which it is.
    pub(super) fn above(root: &Path) -> Option<Arc<Self>> {
        let top = root.ancestors().find(|path| is_repository(path))?;
        let below = root.strip_prefix(top).ok()?;
        if below.as_os_str().is_empty() {
            return None;
        }
        let mut directory = top.to_owned();
        let mut rules = Self::within(&directory, None);
        let mut parts: Vec<_> = below.components().collect();
        // The last one is the root, which reads its own.
        parts.pop();
        for part in parts {
            directory.push(part);
            rules = Self::within(&directory, rules);
        }
        rules
    }

    /// The rules in `directory`, an absolute path, below those of `above`. A repository begins anew.
    pub(super) fn within(directory: &Path, above: Option<Arc<Self>>) -> Option<Arc<Self>> {
        let above = above.filter(|_| !is_repository(directory));
        let files = FILES.map(|name| directory.join(name));
        let mut files = files.iter().filter(|path| is_readable(path)).peekable();
        if files.peek().is_none() {
            return above;
        }
        let mut builder = GitignoreBuilder::new(directory);
        for path in files {
            // What is no rule, or cannot be read, ignores nothing.
            let _ = builder.add(path);
        }
        match builder.build() {
            Ok(own) => Some(Arc::new(Self { own, above })),
            Err(_) => above,
        }
    }

    /// Whether `path`, in the directory of these rules, is to be ignored.
    pub(super) fn ignore(&self, path: &Path, is_directory: bool) -> bool {
        let matched = self.own.matched(path, is_directory);
        if matched.is_none() {
            let above = self.above.as_deref();
            return above.is_some_and(|above| above.ignore(path, is_directory));
        }
        matched.is_ignore()
    }
}

fn is_repository(directory: &Path) -> bool {
    directory.join(".git").symlink_metadata().is_ok()
}

/// Links are not followed, as git does not here; and nothing is read that never ends.
fn is_readable(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|data| data.is_file() && data.len() <= MAX_FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules of `files` in a new directory.
    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        directory
    }

    #[test]
    fn nearer_rules_win_and_a_repository_begins_anew() {
        let tree = tree(&[
            (".git/info/exclude", "excluded\nkept\n"),
            (".gitignore", "*.log\n/build/\n!kept\n"),
            (".ignore", "!loud.log\n"),
            ("sub/.gitignore", "!a.log\n"),
            ("other/.git/HEAD", ""),
        ]);
        let root = tree.path();
        let top = Rules::within(root, None).unwrap();
        for (name, is_directory, ignored) in [
            ("a.log", false, true),
            ("loud.log", false, false),
            ("build", true, true),
            ("build", false, false),
            ("excluded", false, true),
            ("kept", false, false),
        ] {
            assert_eq!(
                top.ignore(&root.join(name), is_directory),
                ignored,
                "{name}"
            );
        }
        let sub = Rules::within(&root.join("sub"), Some(top.clone())).unwrap();
        assert!(!sub.ignore(&root.join("sub/a.log"), false));
        assert!(sub.ignore(&root.join("sub/b.log"), false));
        assert!(Rules::within(&root.join("other"), Some(top)).is_none());
    }

    #[test]
    fn directories_above_have_a_say_within_their_repository() {
        let tree = tree(&[
            ("repo/.git/HEAD", ""),
            ("repo/.gitignore", "*.log\n"),
            ("repo/a/.gitignore", "b.txt\n"),
            ("repo/a/b/c", ""),
            (".gitignore", "*\n"),
        ]);
        let root = tree.path().join("repo/a/b");
        let rules = Rules::above(&root).unwrap();
        assert!(rules.ignore(&root.join("x.log"), false));
        assert!(rules.ignore(&root.join("b.txt"), false));
        assert!(!rules.ignore(&root.join("c"), false));
        assert!(Rules::above(&tree.path().join("repo")).is_none());
    }
}
