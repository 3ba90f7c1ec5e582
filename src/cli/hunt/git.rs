//! The history of a git repository: every object that can hold a value, once.

mod command;
mod objects;

use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

pub(super) use objects::{Historian, Item, Kind, search};

/// The directory with the objects and references of the repository in which `place` is.
pub(super) fn repository_of(place: &Path) -> io::Result<Option<PathBuf>> {
    let question = ["rev-parse", "--path-format=absolute", "--git-common-dir"];
    let Some(mut answer) = command::ask(place, &question)? else {
        return Ok(None);
    };
    if answer.last() == Some(&b'\n') {
        answer.pop();
    }
    PathBuf::from(std::ffi::OsString::from_vec(answer))
        .canonicalize()
        .map(Some)
}
