//! Archives: what is packed as gz, zst or tar, one in the other, as streams of plain bytes.
//!
//! What an input is packed as is told by its first bytes, not by its name; an input that is not packed is
//! one entry itself. Nothing is written anywhere, and nothing is held but the buffers of the decoders.
//!
//! ```
//! use qstash_redact::Fingerprint;
//! use qstash_redact::hunt::archive::{self, Limits};
//! use qstash_redact::hunt::{self, Targets};
//! use std::io::{self, Read as _};
//!
//! let mut targets = Targets::new();
//! targets.insert(Fingerprint::of(b"an-old-token"));
//! let packed = zstd::encode_all(&b"TOKEN=an-old-token\n"[..], 3)?;
//! let mut findings = Vec::new();
//! archive::read(&mut &packed[..], Limits::default(), &mut |entry| {
//!     let mut bytes = Vec::new();
//!     entry.content.map_err(io::Error::other)?.read_to_end(&mut bytes)?;
//!     findings = hunt::search(&targets, &bytes);
//!     Ok(())
//! });
//! assert_eq!(findings.len(), 1);
//! # Ok::<(), std::io::Error>(())
//! ```

mod format;
mod meter;
mod tar;

use crate::error::{Error, ErrorKind};
use format::Format;
use meter::{Meter, Raw};
use std::io::{self, BufReader, Read};

/// How far archives are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many archives may be open in one another; 8 unless told. A `.tar.gz` is two.
    pub depth: usize,
    /// To how many times the bytes read of the outermost input a stream may grow; 1000 unless told.
    pub growth: u64,
    /// How many bytes any stream may have, however much it grew; 64 MiB unless told.
    pub free: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 8,
            growth: 1000,
            free: 64 << 20,
        }
    }
}

/// A file in an archive, or what is wrong with it.
pub struct Entry<'e> {
    /// Its name in the archive, behind the names of the archives in between, joined by `!`. Empty for an
    /// input that holds no names. Control characters are escaped.
    pub path: &'e str,
    /// Its bytes. The error says why it is not read, or not read on.
    pub content: Result<&'e mut dyn Read, Error>,
}

impl std::fmt::Debug for Entry<'_> {
    /// Shows whether there is content, none of it.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let content = self.content.as_ref().map(|_| ());
        formatter
            .debug_struct("Entry")
            .field("content", &content)
            .finish_non_exhaustive()
    }
}

/// Whether bytes begin as an archive does that [`read`] opens. 512 of them are enough, where there are.
#[must_use]
pub fn is_archive(beginning: &[u8]) -> bool {
    Format::of(beginning).is_some()
}

/// Gives every file in an archive to `visit`, in the order of the archive, and every reason why one could
/// not be read.
///
/// What `visit` does not read is passed over. When it gives an error, as it does by handing on one that
/// reading gave, the entry is given to it again with that error as its content. What follows is still
/// read where the archive around it is sound.
///
/// Refused are streams that grow beyond the [`Limits`], archives that are nested too deeply, entries
/// whose names lead out of the archive, and archives that are damaged or cut off.
pub fn read(
    input: &mut dyn Read,
    limits: Limits,
    visit: &mut dyn FnMut(Entry<'_>) -> io::Result<()>,
) {
    let raw = Raw::new(limits);
    let mut metered = raw.count(input);
    let mut walk = Walk {
        raw: &raw,
        depth: limits.depth,
        visit,
    };
    walk.report(&mut metered, "");
}

/// The archives that are open.
struct Walk<'w> {
    raw: &'w Raw,
    /// How many may still be opened.
    depth: usize,
    visit: &'w mut dyn FnMut(Entry<'_>) -> io::Result<()>,
}

impl Walk<'_> {
    /// Reads a stream, and gives what is wrong with it to the visitor.
    fn report(&mut self, input: &mut dyn Read, path: &str) {
        if let Err(error) = self.stream(input, path) {
            self.refuse(path, error_of(&error));
        }
    }

    fn refuse(&mut self, path: &str, error: Error) {
        // What the visitor says to an error changes nothing.
        let _ = (self.visit)(Entry {
            path,
            content: Err(error),
        });
    }

    /// Reads a stream, packed or not.
    fn stream(&mut self, input: &mut dyn Read, path: &str) -> io::Result<()> {
        let mut beginning = Vec::with_capacity(format::BEGINNING);
        input
            .take(format::BEGINNING as u64)
            .read_to_end(&mut beginning)?;
        let format = Format::of(&beginning);
        let mut whole = beginning.as_slice().chain(input);
        let Some(format) = format else {
            return (self.visit)(Entry {
                path,
                content: Ok(&mut whole),
            });
        };
        let Some(depth) = self.depth.checked_sub(1) else {
            return Err(refusal(
                ErrorKind::Depth,
                "more archives are nested than the limit allows",
            ));
        };
        let mut inner = Walk {
            raw: self.raw,
            depth,
            visit: &mut *self.visit,
        };
        match format {
            Format::Gzip => {
                let plain = flate2::bufread::MultiGzDecoder::new(BufReader::new(whole));
                inner.unpacked(Meter::new(plain, self.raw), path)
            }
            Format::Zstd => {
                let mut plain = zstd::stream::read::Decoder::new(whole)?;
                plain.window_log_max(format::MAX_WINDOW_LOG)?;
                inner.unpacked(Meter::new(plain, self.raw), path)
            }
            Format::Tar => tar::read(&mut inner, &mut whole, path),
        }
    }

    /// Reads what a decoder gives, to its end, so that what is wrong at the end is seen.
    fn unpacked(&mut self, mut plain: impl Read, path: &str) -> io::Result<()> {
        self.stream(&mut plain, path)?;
        io::copy(&mut plain, &mut io::sink())?;
        Ok(())
    }
}

/// A refusal on its way through readers.
fn refusal(kind: ErrorKind, what: &'static str) -> io::Error {
    io::Error::other(Error::new(kind, what))
}

/// What an error of reading means for the archive. Messages of decoders are not handed on: they are not
/// ours to vouch for.
fn error_of(error: &io::Error) -> Error {
    let ours = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>());
    match (ours, error.kind()) {
        (Some(ours), _) => ours.clone(),
        (None, io::ErrorKind::UnexpectedEof) => Error::new(
            ErrorKind::Truncated,
            "the archive is cut off; get a complete copy of it",
        ),
        (None, _) => Error::new(
            ErrorKind::Archive,
            "the archive is damaged, or could not be read on",
        ),
    }
}

#[cfg(test)]
mod tests;
