//! The proof type: what only a redactor can make.

use crate::view::{Clear, View};
use serde::ser::{Serialize, Serializer};
use std::{fmt, io};

/// What a redactor made of something: safe to show, as far as its rule goes.
///
/// Only a [`Redactor`](crate::Redactor), and what redacts answers with credentials, can make one, so that code which shows messages can ask for
/// it by type. Raw JSON is at hand as bytes and text; a [`View`] of typed messages serializes.
/// `Display` and `Debug` show the redacted JSON of both.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Redacted<T>(pub(crate) T);

impl<T> Redacted<T> {
    /// What was made elsewhere in this crate, by a redactor.
    pub(crate) fn proven(made: T) -> Self {
        Self(made)
    }

    /// What was made.
    pub fn get(&self) -> &T {
        &self.0
    }

    /// What was made, without the proof.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: AsRef<[u8]>> Redacted<T> {
    /// The redacted JSON as bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_ref()
    }

    /// The redacted JSON as text.
    pub fn as_str(&self) -> &str {
        // The scanner has checked every string, and all else of JSON is ASCII.
        std::str::from_utf8(self.0.as_ref()).unwrap_or_default()
    }
}

impl<T: AsRef<[u8]>> fmt::Display for Redacted<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl<T: AsRef<[u8]>> fmt::Debug for Redacted<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Redacted({self})")
    }
}

impl<M: Clear + ?Sized> Serialize for Redacted<View<'_, M>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<M: Clear + ?Sized> fmt::Display for Redacted<View<'_, M>> {
    /// Writes the redacted JSON; a placeholder that serializing would refuse is shown.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An error would make `to_string` panic, and a placeholder does no harm.
        let view = Redacted(self.0.keeping_placeholders());
        serde_json::to_writer(Writer(formatter), &view).map_err(|_| fmt::Error)
    }
}

impl<M: Clear + ?Sized> fmt::Debug for Redacted<View<'_, M>> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Redacted({self})")
    }
}

/// A formatter that JSON is written to.
pub(crate) struct Writer<'f, 'b>(pub(crate) &'f mut fmt::Formatter<'b>);

impl io::Write for Writer<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // serde_json cuts strings at ASCII only, where it escapes something.
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        self.0.write_str(text).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
