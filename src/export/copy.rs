//! The shell around the machine: from a reader to a writer.

use super::{CHUNK, Export, LONG_CHUNK};
use crate::error::Error;
use std::fmt;
use std::io::{self, Read, Write};

/// Why a copy ended early.
#[derive(Debug)]
pub enum CopyError {
    /// The input is bad.
    Input(Error),
    /// The input could not be read.
    Read(io::Error),
    /// The output could not be written.
    Write(io::Error),
}

impl fmt::Display for CopyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(error) => write!(formatter, "{error}"),
            Self::Read(error) => write!(formatter, "cannot read the input: {error}"),
            Self::Write(error) => write!(formatter, "cannot write the output: {error}"),
        }
    }
}

impl std::error::Error for CopyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Input(error) => Some(error),
            Self::Read(error) | Self::Write(error) => Some(error),
        }
    }
}

impl From<Error> for CopyError {
    fn from(error: Error) -> Self {
        Self::Input(error)
    }
}

impl Export {
    /// Sanitizes everything that `reader` gives into `writer`, and flushes it.
    ///
    /// # Errors
    ///
    /// When the input is bad (the good records before are written then), or cannot be read, or the
    /// output cannot be written.
    pub fn copy(&mut self, mut reader: impl Read, mut writer: impl Write) -> Result<(), CopyError> {
        let mut output = Vec::new();
        loop {
            let more = self.step(&mut reader, &mut output);
            writer.write_all(&output).map_err(CopyError::Write)?;
            output.clear();
            if !more? {
                return writer.flush().map_err(CopyError::Write);
            }
        }
    }

    /// Reads and appends what is sanitized by then, a chunk or two at most; `false` at the end of the
    /// input.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push) and [`finish`](Self::finish), and when `reader` fails.
    pub fn step(
        &mut self,
        reader: &mut impl Read,
        output: &mut Vec<u8>,
    ) -> Result<bool, CopyError> {
        self.check()?;
        if self.lines.is_none()
            && let Some(more) =
                self.with_parallel(|parallel, export| parallel.step(export, reader, output))
        {
            return more;
        }
        let chunk = if self.has_long_values {
            LONG_CHUNK
        } else {
            CHUNK
        };
        let length = read(reader, self.input.space(chunk)).map_err(CopyError::Read)?;
        if length == 0 {
            self.complete(output)?;
        } else {
            self.input.advance(length);
            self.work(length, output)?;
        }
        Ok(length > 0)
    }
}

/// Reads once; nothing is the end of the input.
pub(super) fn read(reader: &mut impl Read, space: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(space) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
