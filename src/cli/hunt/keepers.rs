//! The files in which credentials are kept: searched although the rules of a tree ignore them.
//!
//! `.env` stands in nearly every `.gitignore`, and is the first place where a stale copy lies.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// Whole names.
const NAMES: &[&str] = &[
    ".env",
    ".envrc",
    ".dev.vars",
    ".upstash.json",
    ".netrc",
    ".npmrc",
    ".git-credentials",
];

/// Names in a directory of this name.
const IN_DIRECTORIES: &[&str] = &["upstash/config.json"];

/// Beginnings of names.
const BEGINNINGS: &[&str] = &[".env.", ".dev.vars."];

/// Ends of names.
const ENDS: &[&str] = &[
    ".env",
    ".tfstate",
    ".tfstate.backup",
    ".tfvars",
    ".tfvars.json",
    "_history",
];

/// Whether a file is searched in any case.
pub(super) fn is_keeper(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_bytes();
    NAMES.iter().any(|other| name == other.as_bytes())
        || IN_DIRECTORIES.iter().any(|other| path.ends_with(other))
        || BEGINNINGS
            .iter()
            .any(|beginning| name.starts_with(beginning.as_bytes()))
        || ENDS.iter().any(|end| name.ends_with(end.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_lists_every_name() {
        let text = include_str!("../../../docs/hunt.md");
        let beginnings = BEGINNINGS.iter().map(|beginning| format!("`{beginning}*`"));
        let ends = ENDS.iter().map(|end| format!("`*{end}`"));
        let names = NAMES
            .iter()
            .chain(IN_DIRECTORIES)
            .map(|name| format!("`{name}`"));
        for pattern in names.chain(beginnings).chain(ends) {
            assert!(text.contains(&pattern), "{pattern}");
        }
    }

    #[test]
    fn relatives_of_dotenv_are_kept_and_programs_are_not() {
        for name in [
            ".env",
            ".env.local",
            ".env.production.local",
            "staging.env",
            ".zsh_history",
            ".config/upstash/config.json",
        ] {
            assert!(is_keeper(Path::new(name)), "{name}");
        }
        for name in [
            "env",
            "main.rs",
            "environment",
            ".environment",
            "history",
            "config.json",
        ] {
            assert!(!is_keeper(Path::new(name)), "{name}");
        }
    }
}
