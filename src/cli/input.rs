//! What is read: files and stdin, decompressed by name.

use super::console::name_of;
use super::exit::Failure;
use super::target::FileId;
use flate2::bufread::MultiGzDecoder;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, BufRead as _, BufReader, Read};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much of a compressed file is read at once, in bytes.
const COMPRESSED_CHUNK: usize = 64 << 10;

/// How a file is compressed, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    pub(super) fn of(path: &Path) -> Self {
        match path.extension() {
            Some(ending) if ending.eq_ignore_ascii_case("gz") => Self::Gzip,
            Some(ending) if ending.eq_ignore_ascii_case("zst") => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// Something to read that is there, as far as that can be known beforehand.
#[derive(Clone, Debug)]
pub(super) enum Input {
    Stdin,
    File(PathBuf),
}

impl Input {
    /// The input that `path` names; `what` stands for its name if it does not exist.
    pub(super) fn find(path: &Path, what: &str) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            return Ok(Self::Stdin);
        }
        match path.metadata() {
            Ok(data) if data.is_dir() => {
                Err(Failure::usage(format!("{} is a directory", name_of(path))))
            }
            Ok(_) => Ok(Self::File(path.to_owned())),
            Err(error) => Err(Failure::io(&format!("cannot read {what}"), &error)
                .and("it is not named here, since it might be a value: those are read from files and stdin")),
        }
    }

    /// What to call it in messages.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Stdin => "stdin".to_owned(),
            Self::File(path) => name_of(path),
        }
    }

    /// Which file it is, if it is one.
    pub(super) fn id(&self) -> Option<FileId> {
        match self {
            Self::Stdin => FileId::of_open(io::stdin().as_fd()),
            Self::File(path) => FileId::of(&path.metadata().ok()?),
        }
    }

    /// How many bytes will be read, which a file knows, and a pipe does not.
    pub(super) fn length(&self) -> Option<u64> {
        let data = match self {
            Self::Stdin => self.open_raw().ok()?.metadata(),
            Self::File(path) => path.metadata(),
        };
        data.ok().filter(Metadata::is_file).map(|data| data.len())
    }

    /// Opens the bytes as they are.
    pub(super) fn open_raw(&self) -> io::Result<File> {
        match self {
            Self::Stdin => Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?)),
            Self::File(path) => File::open(path),
        }
    }

    /// Opens it, decompressed; `meter` counts the bytes that are read, compressed as they are.
    pub(super) fn open(&self, meter: &Meter) -> io::Result<Box<dyn Read + Send>> {
        let compression = match self {
            Self::Stdin => Compression::None,
            Self::File(path) => Compression::of(path),
        };
        decompress(compression, meter.count(self.open_raw()?))
    }
}

/// Counts bytes as they are read; its clones count together.
#[derive(Clone, Debug, Default)]
pub(super) struct Meter(Arc<AtomicU64>);

impl Meter {
    /// The bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts bytes that were read in another way.
    pub(super) fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    fn count<R>(&self, reader: R) -> Metered<R> {
        Metered {
            reader,
            meter: self.clone(),
        }
    }
}

struct Metered<R> {
    reader: R,
    meter: Meter,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.meter.add(length as u64);
        Ok(length)
    }
}

fn decompress(
    compression: Compression,
    reader: impl Read + Send + 'static,
) -> io::Result<Box<dyn Read + Send>> {
    let buffered = |reader| BufReader::with_capacity(COMPRESSED_CHUNK, reader);
    Ok(match compression {
        Compression::None => Box::new(reader),
        Compression::Gzip => Box::new(Checked {
            decoder: MultiGzDecoder::new(buffered(reader)),
            format: "gzip",
        }),
        Compression::Zstd => {
            let mut reader = buffered(reader);
            // No frame at all is the decoder's end of input, too.
            if reader.fill_buf()?.is_empty() {
                return Err(Damaged::Truncated("zstd").into());
            }
            Box::new(Checked {
                decoder: zstd::Decoder::with_buffer(reader)?,
                format: "zstd",
            })
        }
    })
}

/// Tells a damaged file from one that cannot be read.
struct Checked<D> {
    decoder: D,
    format: &'static str,
}

impl<D: Read> Read for Checked<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.decoder.read(buffer).map_err(|error| {
            // Only the system's own errors have a code.
            if error.raw_os_error().is_some() || error.kind() == io::ErrorKind::Interrupted {
                error
            } else if error.kind() == io::ErrorKind::UnexpectedEof {
                Damaged::Truncated(self.format).into()
            } else {
                Damaged::Garbage(self.format).into()
            }
        })
    }
}

/// What is wrong with a compressed input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Damaged {
    Truncated(&'static str),
    Garbage(&'static str),
}

impl Damaged {
    /// The damage behind the error of a reader.
    pub(super) fn find(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

impl fmt::Display for Damaged {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated(format) => write!(formatter, "the {format} data is cut off"),
            Self::Garbage(format) => {
                write!(
                    formatter,
                    "this is no {format} data, or it is damaged, or something follows it"
                )
            }
        }
    }
}

impl std::error::Error for Damaged {}

impl From<Damaged> for io::Error {
    fn from(damaged: Damaged) -> Self {
        Self::new(io::ErrorKind::InvalidData, damaged)
    }
}
