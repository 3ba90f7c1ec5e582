//! Where a hunt begins: what was named, found before anything is searched.

use super::super::exit::Failure;
use super::args::HuntArgs;
use super::git;
use super::walk::Root;
use super::worker::Worker;
use std::path::{Path, PathBuf};

/// What was named.
pub(super) struct Roots {
    named: Vec<Named>,
    /// The inner directories of repositories in which, and not below which, something was named.
    around: Vec<PathBuf>,
}

struct Named {
    /// As it was given.
    name: PathBuf,
    /// For a directory, its absolute path.
    directory: Option<PathBuf>,
}

impl Roots {
    pub(super) fn find(flags: &HuntArgs) -> Result<Self, Failure> {
        let here = [PathBuf::from(".")];
        let paths = if flags.paths.is_empty() {
            &here[..]
        } else {
            &flags.paths
        };
        let named: Vec<_> = (paths.iter().enumerate())
            .map(|(index, path)| find(path, index + 1))
            .collect::<Result<_, _>>()?;
        let mut around = Vec::new();
        if flags.git {
            for directory in named.iter().filter_map(|named| named.directory.as_deref()) {
                let repository = git::repository_of(directory)
                    .map_err(|error| Failure::io("cannot run git", &error))?;
                around.extend(repository.filter(|path| !path.starts_with(directory)));
            }
            around.sort();
            around.dedup();
        }
        Ok(Self { named, around })
    }

    /// Finds out how everything may be shown.
    pub(super) fn shown_by(self, worker: &mut Worker<'_>) -> Vec<Root> {
        let mut begin = Vec::new();
        for named in self.named {
            let is_directory = named.directory.is_some();
            let shown = match named.name.as_os_str().as_encoded_bytes() {
                b"-" => "stdin".into(),
                _ => worker.show_given(&named.name),
            };
            begin.push(Root {
                path: named.directory.unwrap_or(named.name),
                shown,
                is_directory,
            });
        }
        // Their configuration and logs are searched by the walk, which finds the repositories, too.
        for path in self.around {
            begin.push(Root {
                shown: worker.show_given(&path),
                path,
                is_directory: true,
            });
        }
        begin
    }
}

fn find(path: &Path, number: usize) -> Result<Named, Failure> {
    let name = path.to_owned();
    if path.as_os_str() == "-" {
        return Ok(Named {
            name,
            directory: None,
        });
    }
    let failed = |error| {
        Failure::io(&format!("cannot read PATH {number}"), &error).and(
            "it is not named here, since it might be a value: those are read from files and stdin",
        )
    };
    let directory = match path.metadata().map_err(failed)?.is_dir() {
        true => Some(path.canonicalize().map_err(failed)?),
        false => None,
    };
    Ok(Named { name, directory })
}
