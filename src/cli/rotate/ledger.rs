//! The ledger's file: appended to under a lock, and on the disk before anything follows from it.

use super::super::console::say;
use super::super::exit::Failure;
use super::super::target::{FileId, Target as Place};
use qstash_redact::credentials::ledger::{Event, Ledger, Record, State, Tail};
use qstash_redact::credentials::{Target, Time};
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What it is called in messages.
const NAME: &str = "the ledger";

/// A ledger that nobody else can write to while this lives.
pub(super) struct Book {
    file: File,
    ledger: Ledger,
}

impl Book {
    /// Opens the ledger, and makes it if there is none, and locks it.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let path = &place(path)?;
        let failed = |error: &io::Error| Failure::io(&format!("cannot open {NAME}"), error);
        if let (false, Some(directory)) = (path.exists(), path.parent())
            && !directory.as_os_str().is_empty()
        {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(directory)
                .map_err(|error| failed(&error))?;
        }
        let is_new = check_place(path)?;
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)
            .map_err(|error| failed(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::usage(format!(
                    "{NAME} is locked: another rotation is running; wait for its end"
                )));
            }
            Err(TryLockError::Error(error)) => return Err(failed(&error)),
        }
        if is_new {
            // A file that is not in its directory yet would be gone after a crash.
            super::super::unfinished::sync_directory(super::super::target::directory_of(path))
                .map_err(|error| failed(&error))?;
        }
        let ledger = read(&mut file)?;
        match ledger.tail() {
            Tail::Whole => {}
            Tail::NoLineFeed => append(&mut file, "\n")?,
            Tail::Cut(end) => {
                say("the ledger ends in half a record, which is cut off");
                file.set_len(end)
                    .and_then(|()| file.sync_all())
                    .map_err(|error| Failure::write(NAME, &error))?;
            }
        }
        Ok(Self { file, ledger })
    }

    /// What it says of a credential.
    pub(super) fn state(&self, target: &Target) -> &State {
        self.ledger.state(target)
    }

    /// All of it.
    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Adds a record; it is on the disk when this returns.
    pub(super) fn add(&mut self, record: Record) -> Result<(), Failure> {
        let line = record.to_line();
        // What cannot follow must not get into the file.
        self.ledger
            .append(record)
            .map_err(|error| Failure::input(NAME, &error))?;
        append(&mut self.file, &line)
    }

    /// Adds what just happened to a credential.
    pub(super) fn add_now(&mut self, target: &Target, event: Event) -> Result<(), Failure> {
        self.add(Record {
            time: now(),
            target: target.clone(),
            event,
        })
    }
}

/// The time of a record.
pub(super) fn now() -> Time {
    Time::from(SystemTime::now())
}

/// Reads a ledger that is only looked at; there is none where nothing was ever rotated.
pub(in crate::cli) fn look(path: Option<&Path>) -> Result<Option<Ledger>, Failure> {
    let path = &place(path)?;
    match File::open(path) {
        Ok(mut file) => read(&mut file).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::io(&format!("cannot open {NAME}"), &error)),
    }
}

/// Whether `id` is the ledger's file, which nothing else may take the place of.
pub(in crate::cli) fn is_ledger(id: Option<FileId>, path: Option<&Path>) -> Result<bool, Failure> {
    let ledger = place(path)?.metadata();
    Ok(id.is_some() && ledger.is_ok_and(|data| FileId::of(&data) == id))
}

/// The path that was given, or the one that the system has for such files.
pub(super) fn place(path: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(path) = path {
        return Ok(path.to_owned());
    }
    let variable = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    variable("XDG_STATE_HOME")
        .or_else(|| Some(variable("HOME")?.join(".local/state")))
        .map(|states| states.join("qstash-redact/ledger.jsonl"))
        .ok_or_else(|| {
            Failure::usage("there is no home directory to keep the ledger in; give --ledger FILE")
        })
}

/// Whether the file is new; one that others may read or write is refused.
fn check_place(path: &Path) -> Result<bool, Failure> {
    let Place::File { replaces, .. } = Place::find(path, NAME)? else {
        return Err(Failure::usage(format!("{NAME} must be a file")));
    };
    if replaces.is_some_and(|(_, access)| access.mode & 0o077 != 0) {
        return Err(Failure::usage(format!(
            "{NAME} may be read by others; give it mode 0600 first"
        )));
    }
    Ok(replaces.is_none())
}

fn read(file: &mut File) -> Result<Ledger, Failure> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)
        .map_err(|error| Failure::read(NAME, &error))?;
    Ledger::parse(&bytes).map_err(|error| Failure::input(NAME, &error))
}

fn append(file: &mut File, text: &str) -> Result<(), Failure> {
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| Failure::write(NAME, &error))
}
