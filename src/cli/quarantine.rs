//! Where bad lines go: raw, so for their owner's eyes only.

use super::exit::Failure;
use super::target::Target;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;

/// What it is called in messages.
pub(super) const NAME: &str = "the quarantine file";

/// A file that lines are added to. What is in it stays, whatever happens to the run, and lines are
/// written out before the records that followed them, so that no bad line is lost.
pub(super) struct Quarantine {
    file: BufWriter<File>,
    /// The last line in it has no line break.
    open_line: bool,
}

impl Quarantine {
    /// Opens the file, made with mode 0600 if there is none.
    pub(super) fn open(target: &Target) -> Result<Self, Failure> {
        let Target::File { path, replaces } = target else {
            return Err(Failure::usage(format!("{NAME} must be a file")));
        };
        if replaces.is_some_and(|(_, access)| access.mode & 0o077 != 0) {
            return Err(Failure::usage(format!(
                "{NAME} may be read by others; give it mode 0600 first"
            )));
        }
        let open = || -> io::Result<Self> {
            let mut file = OpenOptions::new()
                .read(true)
                .append(true)
                .create(true)
                .mode(0o600)
                .open(path)?;
            let open_line = ends_in_open_line(&mut file)?;
            Ok(Self {
                file: BufWriter::new(file),
                open_line,
            })
        };
        open().map_err(|error| Failure::write(NAME, &error))
    }

    /// Adds a line, or a further part of the last one.
    pub(super) fn add(&mut self, bytes: &[u8], begins_line: bool) -> Result<(), Failure> {
        if begins_line && self.open_line {
            self.write(b"\n")?;
        }
        self.write(bytes)?;
        self.open_line = bytes.last() != Some(&b'\n');
        Ok(())
    }

    /// Writes out what was added.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.file
            .flush()
            .map_err(|error| Failure::write(NAME, &error))
    }

    /// Makes what was written out last.
    pub(super) fn sync(&self) -> Result<(), Failure> {
        self.file
            .get_ref()
            .sync_all()
            .map_err(|error| Failure::write(NAME, &error))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file
            .write_all(bytes)
            .map_err(|error| Failure::write(NAME, &error))
    }
}

fn ends_in_open_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}
