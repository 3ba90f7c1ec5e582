//! Files that are not complete yet: written beside their place, renamed when they are.
//!
//! Whoever ends the program from outside must find no remains. So all unfinished files are on one
//! list, and making, renaming and removing them happens under its lock, which the handler of
//! signals takes for good.

use super::target::{Access, directory_of};
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::NamedTempFile;

static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn list() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes every unfinished file, lets no other be made, and ends the process by `end`.
pub(super) fn remove_all_and(end: impl FnOnce()) {
    let list = list();
    for path in &*list {
        let _ = fs::remove_file(path);
    }
    end();
}

/// A file that is being written. Dropped before it is finished, it is removed.
pub(super) struct Unfinished {
    /// `None` when it was renamed.
    file: Option<NamedTempFile>,
    place: PathBuf,
    access: Option<Access>,
}

impl Unfinished {
    /// Begins the file that will be at `place`, with the access rights of the one that it replaces.
    pub(super) fn begin(place: &Path, access: Option<Access>) -> io::Result<Self> {
        let mut list = list();
        let file = tempfile::Builder::new()
            .prefix(".qstash-redact-")
            .suffix(".unfinished")
            .permissions(Permissions::from_mode(0o600))
            .tempfile_in(directory_of(place))?;
        list.push(file.path().to_owned());
        Ok(Self {
            file: Some(file),
            place: place.to_owned(),
            access,
        })
    }

    /// Puts the complete file in its place; both are on the disk when this returns.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        if let Some(access) = self.access {
            give_access(file.as_file(), access)?;
        }
        file.as_file().sync_all()?;
        self.rename()?;
        sync_directory(directory_of(&self.place))
    }

    fn rename(&mut self) -> io::Result<()> {
        let mut list = list();
        let Some(file) = self.file.take() else {
            return Ok(());
        };
        list.retain(|unfinished| unfinished != file.path());
        // An error holds the file, and dropping it removes it, still under the lock.
        file.persist(&self.place)
            .map(drop)
            .map_err(|error| error.error)
    }
}

impl io::Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.as_file_mut().write(bytes),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let mut list = list();
        if let Some(file) = self.file.take() {
            list.retain(|unfinished| unfinished != file.path());
        }
    }
}

/// Gives `file` the mode and, where that is possible, the owners of the file it replaces. Owners that
/// cannot be kept get no more than others do: the mode was meant for them, not for ours.
fn give_access(file: &File, access: Access) -> io::Result<()> {
    let mut mode = access.mode;
    let ours = file.metadata()?;
    if (ours.uid(), ours.gid()) != (access.owner, access.group)
        && fchown(file, Some(access.owner), Some(access.group)).is_err()
        && fchown(file, None, Some(access.group)).is_err()
    {
        mode = with_group_as_others(mode);
    }
    file.set_permissions(Permissions::from_mode(mode))
}

/// `mode` with no more rights for the group than others have.
fn with_group_as_others(mode: u32) -> u32 {
    mode & (0o707 | (mode & 0o007) << 3)
}

/// Makes a rename last. A directory that may be written but not read cannot be synced; nor can those
/// of some file systems.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    match File::open(path).map(|directory| directory.sync_all()) {
        Ok(Err(error)) if error.kind() != io::ErrorKind::InvalidInput => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_finished_file_is_in_place_and_nothing_else_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().join("out");
        let mut file = Unfinished::begin(&place, None).unwrap();
        file.write_all(b"new").unwrap();
        assert!(!place.exists());
        file.finish().unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"new");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_group_that_cannot_be_kept_gets_what_others_get() {
        for (mode, changed) in [
            (0o640, 0o600),
            (0o664, 0o644),
            (0o644, 0o644),
            (0o606, 0o606),
        ] {
            assert_eq!(with_group_as_others(mode), changed, "{mode:o}");
        }
    }

    #[test]
    fn a_file_that_a_panic_leaves_unfinished_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().join("out");
        let panicked = std::panic::catch_unwind(|| {
            let _file = Unfinished::begin(&place, None).unwrap();
            assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
            panic!("halfway");
        });
        assert!(panicked.is_err());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        let left = list().iter().any(|path| path.starts_with(directory.path()));
        assert!(!left);
    }
}
