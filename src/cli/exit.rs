//! How a run ends: the exit codes, and failures that can be shown to anyone.

use super::console::say;
use super::input::Damaged;
use qstash_redact::{CopyError, Error, ErrorKind, verify};
use std::io;
use std::process::ExitCode;

/// The exit codes, as the help documents them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All was done.
    Done = 0,
    /// Verification found a difference, an old secret is not proven dead, or a hunt found something.
    Difference = 1,
    /// The command line was not understood, or cannot be done.
    Usage = 2,
    /// The input is bad, or nothing was selected in some of its records.
    BadInput = 3,
    /// Something could not be read or written.
    Io = 4,
    /// A service refused, or nobody knows what it did.
    Refused = 5,
    /// A fault of this program; the code that a panic has, too.
    Fault = 101,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a run ended early.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    /// `None` where the reader of the output has gone, who cannot want to hear about it.
    message: Option<String>,
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: Some(message.into()),
        }
    }

    /// A command line that cannot be done.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// The engine refused what `name` holds.
    pub(super) fn input(name: &str, error: &Error) -> Self {
        let exit = match error.kind() {
            ErrorKind::Internal => Exit::Fault,
            ErrorKind::Rule => Exit::Usage,
            _ => Exit::BadInput,
        };
        Self::new(exit, format!("{name}: {error}"))
    }

    /// What `name` stands for could not be read.
    pub(super) fn read(name: &str, error: &io::Error) -> Self {
        match Damaged::find(error) {
            Some(damaged) => Self::new(Exit::BadInput, format!("{name}: {damaged}")),
            None => Self::io(&format!("cannot read {name}"), error),
        }
    }

    /// Something could not be written; without a word if its reader has gone.
    pub(super) fn write(name: &str, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self {
                exit: Exit::Io,
                message: None,
            };
        }
        Self::io(&format!("cannot write {name}"), error)
    }

    /// A copy from `input` to `output` ended early.
    pub(super) fn copy(input: &str, output: &str, error: &CopyError) -> Self {
        match error {
            CopyError::Input(error) => Self::input(input, error),
            CopyError::Read(error) => Self::read(input, error),
            CopyError::Write(error) => Self::write(output, error),
        }
    }

    /// A verification could not be finished, because of what `name` stands for.
    pub(super) fn verification(name: &str, failure: &verify::Failure) -> Self {
        match (failure.input(), failure.io()) {
            (Some(error), _) => Self::input(name, error),
            (None, Some(error)) => Self::read(name, error),
            (None, None) => Self::new(Exit::Fault, format!("{name}: {failure}")),
        }
    }

    /// There was nothing to do in the input, which must not pass for success.
    pub(super) fn nothing(message: impl Into<String>) -> Self {
        Self::new(Exit::BadInput, message)
    }

    /// What a file holds cannot be used.
    pub(super) fn content(message: impl Into<String>) -> Self {
        Self::new(Exit::BadInput, message)
    }

    /// A service could not be reached, or a command did not do its work.
    pub(super) fn outside(message: impl Into<String>) -> Self {
        Self::new(Exit::Io, message)
    }

    /// A service refused, or nobody knows what it did.
    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self::new(Exit::Refused, message)
    }

    /// A fault of the program.
    pub(super) fn fault(message: impl Into<String>) -> Self {
        Self::new(Exit::Fault, message)
    }

    /// The system refused something.
    pub(super) fn io(what: &str, error: &io::Error) -> Self {
        Self::new(Exit::Io, format!("{what}: {}", reason(error)))
    }

    /// Adds what follows from it.
    pub(super) fn and(mut self, consequence: &str) -> Self {
        if let Some(message) = &mut self.message {
            message.push_str("; ");
            message.push_str(consequence);
        }
        self
    }

    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    /// Whether nothing at all is to be printed.
    pub(super) fn is_silent(&self) -> bool {
        self.message.is_none()
    }

    /// Prints it.
    pub(super) fn tell(&self) {
        if let Some(message) = &self.message {
            say(message);
        }
    }
}

/// The system's words for an error, without anything that a library put around them: that could be
/// the name of a file which is none, but a value given by mistake.
pub(super) fn reason(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code).to_string(),
        None => error.kind().to_string(),
    }
}
