//! One thread's part of a hunt: what is come by is opened, searched, counted and sent on.

use super::entry::{Entry, Found, Unread};
use super::git::{self, Historian, Item, Kind};
use super::names::Names;
use super::place::{History, Place, escaped};
use super::sealed::is_sealed;
use super::totals::Totals;
use super::walk::{Passed, Visitor, shown_in};
use crate::cli::exit::reason;
use crate::cli::input::Meter;
use qstash_redact::hunt::archive::{self, Limits};
use qstash_redact::hunt::{Finding, Hunter, Syntax, Targets};
use rustix::fs::OFlags;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

/// How much is read at once, in bytes.
const CHUNK: usize = 256 << 10;

const TOO_LARGE: &str = "it is larger than --max-file allows; its beginning was searched";

/// What all workers share.
pub(super) struct Shared<'t> {
    pub(super) targets: &'t Targets,
    /// The largest file, in bytes.
    pub(super) max_file: u64,
    /// Whether histories are searched.
    pub(super) git: bool,
    pub(super) stop: AtomicBool,
    pub(super) meter: Meter,
}

/// A git repository that a walk came by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Repository {
    pub(super) path: PathBuf,
    pub(super) shown: Arc<str>,
}

pub(super) struct Worker<'t> {
    shared: &'t Shared<'t>,
    hunter: Hunter<'t>,
    names: Names<'t>,
    buffer: Vec<u8>,
    sender: SyncSender<Vec<Entry>>,
    totals: Totals,
    repositories: Vec<Repository>,
    /// The repository whose history is searched.
    history_of: Arc<str>,
}

impl<'t> Worker<'t> {
    pub(super) fn new(shared: &'t Shared<'t>, sender: SyncSender<Vec<Entry>>) -> Self {
        Self {
            shared,
            hunter: Hunter::new(shared.targets),
            names: Names::new(shared.targets),
            buffer: vec![0; CHUNK],
            sender,
            totals: Totals::default(),
            repositories: Vec::new(),
            history_of: "".into(),
        }
    }

    /// The repositories that it came by since this was asked last.
    pub(super) fn take_repositories(&mut self) -> Vec<Repository> {
        std::mem::take(&mut self.repositories)
    }

    /// What it counted.
    pub(super) fn done(self) -> Totals {
        self.totals
    }

    /// Searches the history of a repository.
    pub(super) fn history(&mut self, repository: &Repository) {
        self.totals.repositories += 1;
        self.totals.shallow += u64::from(repository.path.join("shallow").is_file());
        self.history_of = repository.shown.clone();
        if let Err(error) = git::search(&repository.path, self) {
            let reason = match error.kind() {
                io::ErrorKind::NotFound => "git, which reads histories, is not there".to_owned(),
                io::ErrorKind::InvalidData
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::BrokenPipe => "git could not read all of the history".to_owned(),
                _ => reason(&error),
            };
            self.unread_place(Place::file(repository.shown.clone()), reason);
        }
    }

    /// Searches all that `reader` has, and what is packed in it; `name` says of what kind it is.
    fn search(&mut self, place: &Place, name: &[u8], reader: &mut dyn Read) {
        let mut reader = Remembering {
            reader,
            error: None,
        };
        let mut place = place.clone();
        archive::read(&mut reader, Limits::default(), &mut |entry| {
            place.member = self.show_member(&place, entry.path);
            let name = match entry.path {
                "" => name,
                member => member.as_bytes(),
            };
            match entry.content {
                Ok(content) => self.search_entry(&place, name, content),
                Err(error) => {
                    self.unread_place(place.clone(), error.to_string());
                    Ok(())
                }
            }
        });
        // The reason for what the archive was said to be.
        if let Some(error) = reader.error {
            place.member = None;
            self.unread_place(place, reason(&error));
        }
    }

    /// Searches bytes that are not packed.
    fn search_entry(
        &mut self,
        place: &Place,
        name: &[u8],
        reader: &mut dyn Read,
    ) -> io::Result<()> {
        let mut findings = Vec::new();
        let mut left = self.shared.max_file;
        self.totals.members += u64::from(place.member.is_some());
        let mut begun = false;
        let ended = loop {
            if !self.goes_on() {
                break Ok(());
            }
            let length = match reader.read(&mut self.buffer) {
                Ok(0) => break Ok(()),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => break Err(error),
            };
            let allowed = length.min(usize::try_from(left).unwrap_or(usize::MAX));
            let bytes = &self.buffer[..allowed];
            if !begun {
                self.totals.sealed += u64::from(is_sealed(bytes));
                self.hunter.expect(Syntax::of_file(name, bytes));
                begun = true;
            }
            self.hunter.push(bytes, &mut findings);
            self.totals.bytes += allowed as u64;
            self.shared.meter.add(allowed as u64);
            left -= allowed as u64;
            if allowed < length {
                self.unread_place(place.clone(), TOO_LARGE.to_owned());
                break Ok(());
            }
        };
        self.hunter.finish(&mut findings);
        self.found(place, false, findings);
        ended
    }

    /// Whether anybody wants to hear more.
    fn goes_on(&self) -> bool {
        !self.shared.stop.load(Ordering::Relaxed)
    }

    fn found(&mut self, place: &Place, in_name: bool, findings: Vec<Finding>) {
        let entry = |finding| {
            Entry::Found(Found {
                place: place.clone(),
                in_name,
                finding,
            })
        };
        self.send(findings.into_iter().map(entry).collect());
    }

    fn unread_place(&mut self, place: Place, reason: String) {
        self.totals.unread += 1;
        self.send(vec![Entry::Unread(Unread { place, reason })]);
    }

    fn send(&self, entries: Vec<Entry>) {
        // Nobody listens any more only if all is to end.
        if !entries.is_empty() && self.sender.send(entries).is_err() {
            self.shared.stop.store(true, Ordering::Relaxed);
        }
    }

    /// How a path that is come by as a whole is shown.
    fn show_path(&mut self, path: &[u8], at: &Place) -> Arc<str> {
        let mut shown: Arc<str> = "".into();
        for (index, part) in path.split(|byte| *byte == b'/').enumerate() {
            let (name, findings) = self.names.show(part);
            shown = match index {
                0 => name.into(),
                _ => format!("{shown}/{name}").into(),
            };
            self.found_in_name(at, &shown, findings);
        }
        self.show_whole(path, shown, at)
    }

    /// How a path is shown whose parts were looked at: a secret can also have slashes in it.
    fn show_whole(&mut self, path: &[u8], shown: Arc<str>, at: &Place) -> Arc<str> {
        let Some((mask, findings)) = self.names.show_across(path) else {
            return shown;
        };
        let mask: Arc<str> = mask.into();
        self.found_in_name(at, &mask, findings);
        mask
    }

    /// How a file in an archive is shown. Its name has no control characters any more.
    fn show_member(&mut self, archive: &Place, path: &str) -> Option<Arc<str>> {
        if path.is_empty() {
            return None;
        }
        let at = Place {
            member: Some("".into()),
            ..archive.clone()
        };
        Some(self.show_path(path.as_bytes(), &at))
    }

    /// Reports what is in a name, which is shown as `shown`; `at` says what kind of name it is.
    fn found_in_name(&mut self, at: &Place, shown: &Arc<str>, findings: Vec<Finding>) {
        if findings.is_empty() {
            return;
        }
        let mut place = at.clone();
        match &mut place.member {
            Some(member) => *member = shown.clone(),
            None => place.path = shown.clone(),
        }
        self.found(&place, true, findings);
    }

    /// How a path that somebody gave is shown.
    pub(super) fn show_given(&mut self, path: &Path) -> Arc<str> {
        self.show_path(path.as_os_str().as_bytes(), &Place::file("".into()))
    }

    fn open_and_search(&mut self, path: &Path, shown: Arc<str>, flags: OFlags) {
        let place = Place::file(shown);
        self.totals.files += 1;
        let opened = File::options()
            .read(true)
            .custom_flags(flags.bits().cast_signed())
            .open(path);
        match opened {
            Ok(mut file) => self.search(&place, path.as_os_str().as_bytes(), &mut file),
            Err(error) => self.unread_place(place, reason(&error)),
        }
    }
}

impl Visitor for Worker<'_> {
    fn show(&mut self, parent: &str, name: &OsStr) -> Arc<str> {
        let (name, findings) = self.names.show(name.as_bytes());
        let shown = shown_in(parent, &name);
        self.found_in_name(&Place::file("".into()), &shown, findings);
        shown
    }

    fn file(&mut self, path: &Path, shown: Arc<str>) {
        let at = Place::file("".into());
        let shown = self.show_whole(path.as_os_str().as_bytes(), shown, &at);
        // What has become a link or a pipe since it was listed is not followed or waited for.
        self.open_and_search(path, shown, OFlags::NOFOLLOW | OFlags::NONBLOCK);
    }

    fn given(&mut self, path: &Path, shown: Arc<str>) {
        if path.as_os_str() != "-" {
            return self.open_and_search(path, shown, OFlags::empty());
        }
        self.totals.files += 1;
        let place = Place::file(shown);
        match io::stdin().as_fd().try_clone_to_owned() {
            Ok(stdin) => self.search(&place, b"", &mut File::from(stdin)),
            Err(error) => self.unread_place(place, reason(&error)),
        }
    }

    fn pass(&mut self, passed: Passed) {
        self.totals.pass(passed);
    }

    fn repository(&mut self, path: &Path, shown: &Arc<str>) {
        if self.shared.git {
            self.repositories.push(Repository {
                path: path.to_owned(),
                shown: of_repository(shown),
            });
        } else {
            self.totals.histories += 1;
        }
    }

    fn unread(&mut self, shown: Arc<str>, error: &io::Error) {
        self.unread_place(Place::file(shown), reason(error));
    }

    fn goes_on(&self) -> bool {
        Worker::goes_on(self)
    }
}

impl Historian for Worker<'_> {
    fn object(&mut self, item: &Item, size: u64, contents: &mut dyn Read) {
        let mut place = Place {
            path: "".into(),
            history: Some(History {
                repository: self.history_of.clone(),
                commit: item.commit.as_deref().map(Arc::from),
                object: item.id.as_str().into(),
            }),
            member: None,
        };
        place.path = match item.kind {
            Kind::Blob if item.path.is_empty() => "(blob)".into(),
            Kind::Blob => self.show_path(&item.path, &place),
            Kind::Commit => "(commit)".into(),
            Kind::Tag => "(tag)".into(),
        };
        match item.kind {
            Kind::Blob => self.totals.blobs += 1,
            Kind::Commit => self.totals.commits += 1,
            Kind::Tag => {}
        }
        let mut contents = contents.take(size);
        // A version can have had other names than the one that is known.
        self.search(&place, b"", &mut contents);
    }

    fn missing(&mut self, id: &str) {
        let place = Place {
            path: "(object)".into(),
            history: Some(History {
                repository: self.history_of.clone(),
                commit: None,
                object: escaped(id.as_bytes()).into(),
            }),
            member: None,
        };
        let reason = "this copy of the repository does not have it";
        self.unread_place(place, reason.to_owned());
    }

    fn goes_on(&self) -> bool {
        Worker::goes_on(self)
    }
}

/// Keeps the error of a reader, which archives are said to be damaged for.
struct Remembering<'r> {
    reader: &'r mut dyn Read,
    error: Option<io::Error>,
}

impl Read for Remembering<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.error = Some(error);
            }
            kind.into()
        })
    }
}

/// A repository is called by what it is in: `.git` is the name of none.
fn of_repository(shown: &str) -> Arc<str> {
    match shown {
        ".git" => ".".into(),
        _ => shown.strip_suffix("/.git").unwrap_or(shown).into(),
    }
}
