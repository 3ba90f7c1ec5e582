//! What is written: a file put in place when it is complete, or a stream; compressed by name.

use super::input::Compression;
use super::target::Target;
use super::unfinished::Unfinished;
use flate2::write::GzEncoder;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd as _;

/// An output that was begun. Dropped before it is finished it leaves no file behind, and a
/// compressed stream has no end.
pub(super) struct Output(Coder);

enum Coder {
    Plain(Raw),
    Gzip(GzEncoder<Raw>),
    Zstd(zstd::Encoder<'static, Raw>),
}

struct Raw {
    place: Place,
    /// Refuses everything. The encoder of gzip writes an end when it is dropped, which would make
    /// half an output look whole.
    closed: bool,
}

enum Place {
    Stream(File),
    File(Unfinished),
}

impl Output {
    /// Begins to write to `target`.
    pub(super) fn begin(target: &Target) -> io::Result<Self> {
        let (place, compression) = match target {
            Target::Stdout => {
                let descriptor = io::stdout().as_fd().try_clone_to_owned()?;
                (Place::Stream(File::from(descriptor)), Compression::None)
            }
            Target::Direct(path) => {
                let file = OpenOptions::new().append(true).open(path)?;
                (Place::Stream(file), Compression::of(path))
            }
            Target::File { path, replaces } => {
                let access = replaces.map(|(_, access)| access);
                let file = Unfinished::begin(path, access)?;
                (Place::File(file), Compression::of(path))
            }
        };
        let raw = Raw {
            place,
            closed: false,
        };
        Ok(Self(match compression {
            Compression::None => Coder::Plain(raw),
            Compression::Gzip => Coder::Gzip(GzEncoder::new(raw, flate2::Compression::default())),
            Compression::Zstd => {
                let mut encoder = zstd::Encoder::new(raw, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Coder::Zstd(encoder)
            }
        }))
    }

    /// Ends the output and puts it in its place.
    pub(super) fn finish(mut self) -> io::Result<()> {
        match &mut self.0 {
            Coder::Plain(_) => {}
            Coder::Gzip(encoder) => encoder.try_finish()?,
            Coder::Zstd(encoder) => encoder.do_finish()?,
        }
        let raw = self.raw();
        raw.flush()?;
        raw.closed = true;
        match &mut raw.place {
            Place::Stream(_) => Ok(()),
            Place::File(file) => file.finish(),
        }
    }

    fn raw(&mut self) -> &mut Raw {
        match &mut self.0 {
            Coder::Plain(raw) => raw,
            Coder::Gzip(encoder) => encoder.get_mut(),
            Coder::Zstd(encoder) => encoder.get_mut(),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.raw().closed = true;
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Coder::Plain(raw) => raw.write(bytes),
            Coder::Gzip(encoder) => encoder.write(bytes),
            Coder::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Coder::Plain(raw) => raw.flush(),
            Coder::Gzip(encoder) => encoder.flush(),
            Coder::Zstd(encoder) => encoder.flush(),
        }
    }
}

impl Write for Raw {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        match &mut self.place {
            Place::Stream(file) => file.write(bytes),
            Place::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
