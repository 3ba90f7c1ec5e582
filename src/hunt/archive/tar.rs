//! The entries of a tar.
//!
//! The library that reads the headers is asked for raw entries, since it would hold names of any length
//! in memory; what pax and GNU say in entries of their own is read here, with a limit.

use super::{Walk, refusal};
use crate::error::{Error, ErrorKind};
use std::io::{self, Read};

/// Entries that only describe the next one may have so many bytes.
const MAX_DESCRIPTION: u64 = 1 << 20;

/// Headers and what follows them fill blocks of so many bytes.
const BLOCK: u64 = 512;

/// Gives the files of a tar to the walk.
pub(super) fn read(walk: &mut Walk<'_>, input: &mut dyn Read, path: &str) -> io::Result<()> {
    let mut counted = Counted { input, read: 0 };
    let mut archive = tar::Archive::new(&mut counted);
    let mut next = Description::default();
    let mut end = 0;
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        let size = entry.size();
        end = entry.raw_file_position() + size.next_multiple_of(BLOCK);
        let kind = entry.header().entry_type();
        if kind.is_gnu_longname() {
            next.name = Some(description(&mut entry)?);
        } else if kind.is_pax_local_extensions() {
            next.read_pax(&description(&mut entry)?);
        } else if kind.is_pax_global_extensions() || kind.is_gnu_longlink() {
            // They name no file.
        } else {
            let Description { name, size: stated } = std::mem::take(&mut next);
            let name = name.unwrap_or_else(|| entry.path_bytes().into_owned());
            let path = join(path, &name);
            if stated.is_some_and(|stated| stated != size) {
                return Err(refusal(
                    ErrorKind::Archive,
                    "an entry of the tar has two different sizes",
                ));
            }
            if leads_out(&name) {
                walk.refuse(
                    &path,
                    Error::new(
                        ErrorKind::Archive,
                        "the name of the entry leads out of its archive, so it is not read",
                    ),
                );
            } else if size > 0 || kind.is_file() {
                walk.report(&mut Whole(&mut entry, size), &path);
            }
        }
    }
    if counted.read < end + BLOCK {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    nothing_behind(counted.input)
}

/// What is said of the next entry.
#[derive(Default)]
struct Description {
    name: Option<Vec<u8>>,
    size: Option<u64>,
}

impl Description {
    /// Reads records of the form `length keyword=value`.
    fn read_pax(&mut self, records: &[u8]) {
        for record in tar::PaxExtensions::new(records).flatten() {
            match record.key_bytes() {
                b"path" => self.name = Some(record.value_bytes().to_vec()),
                b"size" => self.size = record.value().ok().and_then(|size| size.parse().ok()),
                _ => {}
            }
        }
    }
}

/// The content of an entry that describes the next one.
fn description(entry: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    entry.take(MAX_DESCRIPTION + 1).read_to_end(&mut content)?;
    if content.len() as u64 > MAX_DESCRIPTION {
        return Err(refusal(
            ErrorKind::TooLarge,
            "an entry of the tar has a name or a description of more than a megabyte",
        ));
    }
    let end = content.iter().rposition(|byte| *byte != 0);
    content.truncate(end.map_or(0, |last| last + 1));
    Ok(content)
}

/// Whether a name would leave the folder that the archive is unpacked in.
fn leads_out(name: &[u8]) -> bool {
    let is_drive = matches!(name, [letter, b':', ..] if letter.is_ascii_alphabetic());
    let mut parts = name.split(|byte| matches!(byte, b'/' | b'\\'));
    is_drive || name.starts_with(b"/") || name.starts_with(b"\\") || parts.any(|part| part == b"..")
}

/// The path of an entry, fit to be shown.
fn join(archive: &str, name: &[u8]) -> String {
    let mut path = archive.to_owned();
    if !path.is_empty() {
        path.push('!');
    }
    for char in String::from_utf8_lossy(name).chars() {
        if char.is_control() {
            path.extend(char.escape_default());
        } else {
            path.push(char);
        }
    }
    path
}

/// Reads on to the end of the stream, where only padding may stand.
fn nothing_behind(input: &mut dyn Read) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        match input.read(&mut buffer)? {
            0 => return Ok(()),
            count if buffer[..count].iter().all(|byte| *byte == 0) => {}
            _ => {
                return Err(refusal(
                    ErrorKind::Archive,
                    "there are bytes behind the end of the tar, which are not read",
                ));
            }
        }
    }
}

/// Counts what the library reads.
struct Counted<'r> {
    input: &'r mut dyn Read,
    read: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.read += count as u64;
        Ok(count)
    }
}

/// The content of an entry: that it ends early is an error, not its end.
struct Whole<R>(R, u64);

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        if count == 0 && self.1 > 0 && !buffer.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.1 = self.1.saturating_sub(count as u64);
        Ok(count)
    }
}
