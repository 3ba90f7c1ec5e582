//! Why a verification could not be finished, and which of the two inputs is at fault.

use crate::error::Error;
use std::{fmt, io};

/// One of the two inputs of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// What was redacted.
    Original,
    /// What came out.
    Redacted,
}

impl Side {
    /// `original` or `redacted`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Redacted => "redacted",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A verification that could not be finished: an input cannot be read, or is not JSON.
///
/// Never carries input; findings reported before it stand.
#[derive(Debug)]
pub struct Failure {
    side: Side,
    cause: Cause,
}

/// What is wrong with one input.
#[derive(Debug)]
pub(super) enum Cause {
    Io(io::Error),
    Input(Error),
}

impl Cause {
    pub(super) fn of(self, side: Side) -> Failure {
        Failure { side, cause: self }
    }
}

impl Failure {
    /// The input at fault.
    #[must_use]
    pub fn side(&self) -> Side {
        self.side
    }

    /// The error of the reader, if it could not be read.
    #[must_use]
    pub fn io(&self) -> Option<&io::Error> {
        match &self.cause {
            Cause::Io(error) => Some(error),
            Cause::Input(_) => None,
        }
    }

    /// What is wrong with the input, and where, if it could be read.
    #[must_use]
    pub fn input(&self) -> Option<&Error> {
        match &self.cause {
            Cause::Io(_) => None,
            Cause::Input(error) => Some(error),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.side)?;
        match &self.cause {
            Cause::Io(error) => error.fmt(formatter),
            Cause::Input(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Io(error) => Some(error),
            Cause::Input(error) => Some(error),
        }
    }
}
