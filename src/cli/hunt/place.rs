//! Where something was found, as it may be shown.
//!
//! Names are the tree's, and can hold anything: what steers a terminal, what is no UTF-8, or the
//! secret itself. All of them are shown through here.

use std::fmt::{self, Write as _};
use std::sync::Arc;

/// Where bytes came from. Every text in it is fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Where in a git repository; `None` for a file.
    pub(super) history: Option<History>,
    /// The file, or the path that a version in a git repository has or had.
    pub(super) path: Arc<str>,
    /// Which file in an archive, behind those in between.
    pub(super) member: Option<Arc<str>>,
}

/// An object of a git repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct History {
    pub(super) repository: Arc<str>,
    /// The newest commit that has it; `None` if no commit has it any more.
    pub(super) commit: Option<Arc<str>>,
    /// The object.
    pub(super) object: Arc<str>,
}

impl Place {
    pub(super) fn file(path: Arc<str>) -> Self {
        Self {
            path,
            history: None,
            member: None,
        }
    }

    /// The path and what it is in, without the commit: what stays the same when commits are added.
    pub(super) fn lasting(&self) -> String {
        let mut text = String::new();
        if let Some(history) = &self.history {
            // Writing to a string cannot fail.
            let _ = write!(text, "{}@{}:", history.repository, history.object);
        }
        text.push_str(&self.inner());
        text
    }

    /// The path, and the file in it where it is an archive.
    pub(super) fn inner(&self) -> String {
        match &self.member {
            Some(member) => format!("{}!{member}", self.path),
            None => self.path.to_string(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(history) = &self.history {
            let commit = history.commit.as_ref().unwrap_or(&history.object);
            write!(formatter, "{}@{commit}:", history.repository)?;
        }
        formatter.write_str(&self.inner())
    }
}

/// `bytes` as text: what is no UTF-8, and every character that is not seen as itself, as an escape.
pub(super) fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                _ if character.is_control() || is_invisible(character) => {
                    text.extend(character.escape_default());
                }
                _ => text.push(character),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Characters that change how others are shown, or are not seen: directions, joiners, separators.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_without_what_steers_a_terminal() {
        for (name, shown) in [
            (&b"plain m\xc3\xa4rz.env"[..], "plain märz.env"),
            (b"a\x1b[2Jb\nc", r"a\u{1b}[2Jb\nc"),
            (b"\xffx\\y", r"\xffx\\y"),
            ("cod\u{202e}gpj.exe".as_bytes(), r"cod\u{202e}gpj.exe"),
        ] {
            assert_eq!(escaped(name), shown);
        }
    }

    #[test]
    fn a_place_says_repository_commit_path_and_members() {
        let mut place = Place::file("a.tar".into());
        place.member = Some("b/.env".into());
        assert_eq!(place.to_string(), "a.tar!b/.env");
        place.history = Some(History {
            repository: ".".into(),
            commit: Some("c0ffee".into()),
            object: "b10b".into(),
        });
        assert_eq!(place.to_string(), ".@c0ffee:a.tar!b/.env");
        assert_eq!(place.lasting(), ".@b10b:a.tar!b/.env");
    }
}
