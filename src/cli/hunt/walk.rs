//! Through directories, by several threads at once, in bounded memory.
//!
//! Every entry is handed to the visitor of a thread, whatever it is: what is passed over is the
//! visitor's to count. Links are never followed, so that nothing outside of the tree is read and
//! nothing is read forever. What waits is on one stack, so that a tree is walked depth first, and a
//! large directory is read in parts: memory grows with the depth of a tree, and not with its size.

use super::keepers::is_keeper;
use super::rules::Rules;
use std::ffi::{OsStr, OsString};
use std::fs::{FileType, ReadDir};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// How many entries of a directory wait at once.
const PART: usize = 4096;

/// What a walk comes by; each thread has one of its own.
pub(super) trait Visitor {
    /// How to show `name` in a directory that is shown as `parent`.
    fn show(&mut self, parent: &str, name: &OsStr) -> Arc<str>;

    /// A file to be searched. `path` is for opening, `shown` for showing.
    fn file(&mut self, path: &Path, shown: Arc<str>);

    /// A file, pipe or device that somebody named; `-` is stdin.
    fn given(&mut self, path: &Path, shown: Arc<str>);

    /// Something that is not searched.
    fn pass(&mut self, passed: Passed);

    /// A git repository, by its directory of objects and references, in `shown`.
    fn repository(&mut self, path: &Path, shown: &Arc<str>);

    /// Something that should have been searched, and cannot be.
    fn unread(&mut self, shown: Arc<str>, error: &io::Error);

    /// Whether to go on.
    fn goes_on(&self) -> bool;
}

/// Why something is not searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passed {
    /// A file that the rules of the tree ignore.
    Ignored,
    /// A link.
    Link,
    /// A pipe, a socket or a device: no file.
    Special,
}

/// Where a walk begins.
#[derive(Clone, Debug)]
pub(super) struct Root {
    /// For a directory, an absolute path without links.
    pub(super) path: PathBuf,
    pub(super) shown: Arc<str>,
    pub(super) is_directory: bool,
}

/// A directory in which entries are.
struct Directory {
    path: PathBuf,
    shown: Arc<str>,
    rules: Option<Arc<Rules>>,
    nature: Nature,
}

/// What is to be done in a directory.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nature {
    Searched,
    /// Files are ignored, but for those in which credentials are kept.
    Ignored,
    /// The inner part of a git repository, which no rules apply to.
    Git,
}

enum Work {
    Given(Root),
    List {
        directory: Arc<Directory>,
        /// `None` before it was opened.
        rest: Option<ReadDir>,
    },
    Entry {
        directory: Arc<Directory>,
        name: OsString,
        kind: FileType,
    },
}

/// A walk that threads take part in.
pub(super) struct Walk {
    queue: Mutex<Queue>,
    changed: Condvar,
    /// Whether rules are heeded.
    rules: bool,
}

struct Queue {
    stack: Vec<Work>,
    /// How many threads are at work, and may add to the stack.
    busy: usize,
}

impl Walk {
    /// A walk that begins at all of `roots`.
    pub(super) fn new(roots: Vec<Root>, rules: bool) -> Self {
        let begin = |root: Root| {
            if !root.is_directory {
                return Work::Given(root);
            }
            let directory = Arc::new(Directory {
                rules: if rules {
                    Rules::above(&root.path)
                } else {
                    None
                },
                path: root.path,
                shown: root.shown,
                nature: Nature::Searched,
            });
            Work::List {
                directory,
                rest: None,
            }
        };
        Self {
            queue: Mutex::new(Queue {
                stack: roots.into_iter().rev().map(begin).collect(),
                busy: 0,
            }),
            changed: Condvar::new(),
            rules,
        }
    }

    /// Takes part until there is nothing left to do.
    pub(super) fn join(&self, visitor: &mut impl Visitor) {
        while let Some(work) = self.take() {
            // Wakes the others also if a visitor panics.
            let _turn = Turn(self);
            if !visitor.goes_on() {
                self.lock().stack.clear();
                continue;
            }
            match work {
                Work::Given(root) => visitor.given(&root.path, root.shown),
                Work::List { directory, rest } => self.list(directory, rest, visitor),
                Work::Entry {
                    directory,
                    name,
                    kind,
                } => self.visit(&directory, &name, kind, visitor),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<Work> {
        let mut queue = self.lock();
        loop {
            if let Some(work) = queue.stack.pop() {
                queue.busy += 1;
                return Some(work);
            }
            if queue.busy == 0 {
                return None;
            }
            queue = self
                .changed
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn add(&self, work: impl IntoIterator<Item = Work>) {
        self.lock().stack.extend(work);
        self.changed.notify_all();
    }

    /// Reads a part of a directory.
    fn list(
        &self,
        mut directory: Arc<Directory>,
        rest: Option<ReadDir>,
        visitor: &mut impl Visitor,
    ) {
        let (mut entries, rest) = match rest {
            Some(mut rest) => (rest.by_ref().take(PART).collect::<Vec<_>>(), Some(rest)),
            None => match directory.path.read_dir() {
                Ok(mut all) => {
                    directory = self.entered(&directory);
                    if directory.nature == Nature::Git {
                        visitor.repository(&directory.path, &directory.shown);
                    }
                    (all.by_ref().take(PART).collect(), Some(all))
                }
                Err(error) => return visitor.unread(directory.shown.clone(), &error),
            },
        };
        let more = entries.len() == PART;
        // By name where that can be had, so that what is found early is found early again.
        entries.sort_by_key(|entry| {
            std::cmp::Reverse(entry.as_ref().ok().map(std::fs::DirEntry::file_name))
        });
        let mut works = Vec::with_capacity(entries.len() + 1);
        if more {
            works.push(Work::List {
                directory: directory.clone(),
                rest,
            });
        }
        for entry in entries {
            let read = entry.and_then(|entry| Ok((entry.file_type()?, entry.file_name())));
            match read {
                Ok((kind, name)) => works.push(Work::Entry {
                    directory: directory.clone(),
                    name,
                    kind,
                }),
                Err(error) => visitor.unread(directory.shown.clone(), &error),
            }
        }
        self.add(works);
    }

    /// The directory with what is known of it once it can be read.
    fn entered(&self, directory: &Arc<Directory>) -> Arc<Directory> {
        let nature = match directory.nature {
            Nature::Git => Nature::Git,
            _ if is_git(&directory.path) => Nature::Git,
            nature => nature,
        };
        let rules = match nature {
            Nature::Searched if self.rules => {
                Rules::within(&directory.path, directory.rules.clone())
            }
            _ => None,
        };
        Arc::new(Directory {
            path: directory.path.clone(),
            shown: directory.shown.clone(),
            rules,
            nature,
        })
    }

    fn visit(
        &self,
        directory: &Directory,
        name: &OsStr,
        kind: FileType,
        visitor: &mut impl Visitor,
    ) {
        let path = directory.path.join(name);
        if kind.is_dir() && directory.nature == Nature::Git && name == "objects" {
            // Compressed, and of no use file by file.
            return;
        }
        let shown = visitor.show(&directory.shown, name);
        let ignored = match directory.nature {
            Nature::Git => false,
            Nature::Ignored => true,
            Nature::Searched => {
                name != ".git"
                    && (directory.rules.as_deref())
                        .is_some_and(|rules| rules.ignore(&path, kind.is_dir()))
            }
        };
        if kind.is_symlink() {
            visitor.pass(Passed::Link);
        } else if kind.is_dir() {
            let nature = match directory.nature {
                // Only its own directory is known by its parts; `modules` holds others.
                Nature::Git => Nature::Searched,
                _ if ignored => Nature::Ignored,
                nature => nature,
            };
            self.add([Work::List {
                directory: Arc::new(Directory {
                    path,
                    shown,
                    rules: directory.rules.clone(),
                    nature,
                }),
                rest: None,
            }]);
        } else if !kind.is_file() {
            visitor.pass(Passed::Special);
        } else if ignored && !is_keeper(&path) {
            visitor.pass(Passed::Ignored);
        } else {
            visitor.file(&path, shown);
        }
    }
}

/// A thread at work.
struct Turn<'w>(&'w Walk);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.lock().busy -= 1;
        self.0.changed.notify_all();
    }
}

/// How a name in a directory is shown.
pub(super) fn shown_in(parent: &str, name: &str) -> Arc<str> {
    match parent {
        "." => name.into(),
        _ if parent.ends_with('/') => format!("{parent}{name}").into(),
        _ => format!("{parent}/{name}").into(),
    }
}

/// Whether a directory holds the objects and references of a git repository.
fn is_git(path: &Path) -> bool {
    path.join("HEAD").symlink_metadata().is_ok()
        && ["objects", "refs"]
            .iter()
            .all(|name| (path.join(name).symlink_metadata()).is_ok_and(|data| data.is_dir()))
}
