//! Where things are written to: what a name stands for, before anything is opened.

use super::exit::Failure;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Which file it is, whatever it is called. Regular files only: a terminal may be read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    pub(super) fn of(data: &Metadata) -> Option<Self> {
        data.is_file().then(|| Self {
            device: data.dev(),
            inode: data.ino(),
        })
    }

    /// The file behind a descriptor.
    pub(super) fn of_open(descriptor: BorrowedFd<'_>) -> Option<Self> {
        let file = File::from(descriptor.try_clone_to_owned().ok()?);
        Self::of(&file.metadata().ok()?)
    }
}

/// Who may do what with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Access {
    pub(super) mode: u32,
    pub(super) owner: u32,
    pub(super) group: u32,
}

/// Where to write.
#[derive(Clone, Debug)]
pub(super) enum Target {
    Stdout,
    /// A pipe, a device, or whatever is open behind a name like `/dev/fd/3`.
    Direct(PathBuf),
    /// A file, links followed; `replaces` says what is there now.
    File {
        path: PathBuf,
        replaces: Option<(FileId, Access)>,
    },
}

impl Target {
    /// What `path` stands for; `what` is what to call it in messages.
    pub(super) fn find(path: &Path, what: &str) -> Result<Self, Failure> {
        if path.as_os_str() == "-" || path == Path::new("/dev/stdout") {
            return Ok(Self::Stdout);
        }
        let failed = |error: io::Error| Failure::io(&format!("cannot write {what}"), &error);
        let data = match path.metadata() {
            Ok(data) => data,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Self::find_new(path, what);
            }
            Err(error) => return Err(failed(error)),
        };
        if data.is_dir() {
            return Err(Failure::usage(format!("{what} is a directory")));
        }
        let id = FileId::of(&data).filter(|_| !is_descriptor(path));
        let Some(id) = id else {
            return Ok(Self::Direct(path.to_owned()));
        };
        Ok(Self::File {
            path: path.canonicalize().map_err(failed)?,
            replaces: Some((
                id,
                Access {
                    mode: data.mode() & 0o777,
                    owner: data.uid(),
                    group: data.gid(),
                },
            )),
        })
    }

    /// A file that does not exist, in a directory that must.
    fn find_new(path: &Path, what: &str) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::io(&format!("cannot write {what}"), &error);
        if path.is_symlink() {
            return Err(Failure::usage(format!("{what} is a link to nothing")));
        }
        let Some(name) = path.file_name() else {
            return Err(Failure::usage(format!("{what} is no name of a file")));
        };
        Ok(Self::File {
            path: directory_of(path)
                .canonicalize()
                .map_err(failed)?
                .join(name),
            replaces: None,
        })
    }

    /// Which file it is, if it is one that exists.
    pub(super) fn id(&self) -> Option<FileId> {
        match self {
            Self::Stdout => FileId::of_open(io::stdout().as_fd()),
            Self::Direct(path) => FileId::of(&path.metadata().ok()?),
            Self::File { replaces, .. } => replaces.map(|(id, _)| id),
        }
    }

    /// What another target must not be.
    pub(super) fn marks(&self) -> impl Iterator<Item = Mark<'_>> {
        let name = match self {
            Self::Stdout => Mark::Stdout,
            Self::Direct(path) | Self::File { path, .. } => Mark::Path(path),
        };
        std::iter::once(name).chain(self.id().map(Mark::File))
    }

    /// Whether it is put in place when it is complete, and not before.
    pub(super) fn is_file(&self) -> bool {
        matches!(self, Self::File { .. })
    }
}

/// Something that only one target may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mark<'t> {
    Stdout,
    Path(&'t Path),
    File(FileId),
}

/// Whether `path` stands for something that is open already, and that is not to be replaced.
fn is_descriptor(path: &Path) -> bool {
    ["/dev/fd", "/dev/stdin", "/dev/stderr", "/proc"]
        .iter()
        .any(|place| path.starts_with(place))
}

/// The directory in which `path` is.
pub(super) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_descriptors_stand_for_what_is_open() {
        for (name, expected) in [
            ("/dev/fd/3", true),
            ("/dev/stderr", true),
            ("/proc/self/fd/3", true),
            // A file system like any other.
            ("/dev/shm/out.json", false),
            ("dev/fd/3", false),
            ("out.json", false),
        ] {
            assert_eq!(is_descriptor(Path::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn files_in_shared_memory_are_replaced_like_all_others() {
        let Ok(directory) = tempfile::tempdir_in("/dev/shm") else {
            return;
        };
        let path = directory.path().join("out");
        std::fs::write(&path, "old").unwrap();
        assert!(Target::find(&path, "OUTPUT").unwrap().is_file());
    }
}
