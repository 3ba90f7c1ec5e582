//! A secret: compared and fingerprinted, never shown, gone from memory when it is dropped.

use crate::error::{Error, ErrorKind};
use crate::fingerprint::{Fingerprint, Placeholder};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// A token, password, key or anything else that nobody may see.
///
/// It has no `Display` and no `Serialize`, `Debug` shows its placeholder, and its bytes are
/// overwritten when it is dropped. It cannot be cloned, so that the places that hold it can be
/// counted. The one door to its text is [`expose`](Self::expose).
///
/// A placeholder does not hide a secret that can be guessed, as a short password can be.
///
/// ```
/// use qstash_redact::credentials::Secret;
///
/// let secret = Secret::new("my-token".to_owned());
/// assert!(secret.matches(&secret.fingerprint()));
/// assert!(!format!("{secret:?}").contains("my-token"));
/// ```
///
/// None of this compiles:
///
/// ```compile_fail,E0277
/// println!("{}", qstash_redact::credentials::Secret::new(String::new()));
/// ```
///
/// ```compile_fail,E0277
/// serde_json::to_string(&qstash_redact::credentials::Secret::new(String::new()));
/// ```
///
/// ```compile_fail,E0599
/// qstash_redact::credentials::Secret::new(String::new()).clone();
/// ```
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text over; its buffer is overwritten in the end, other copies of it are not.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    pub(super) fn from_zeroizing(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// Takes bytes over that were read from a file or a prompt.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Utf8`] when they are not UTF-8; they are overwritten all the same.
    pub fn from_utf8(bytes: Vec<u8>) -> Result<Self, Error> {
        String::from_utf8(bytes).map(Self::new).map_err(|error| {
            error.into_bytes().zeroize();
            Error::new(ErrorKind::Utf8, "a secret is not UTF-8")
        })
    }

    /// The text in clear: for the one place where it is used or stored.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it is empty, and so no secret.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What stands in for it.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.0.as_bytes())
    }

    /// What is shown instead of it.
    #[must_use]
    pub fn placeholder(&self) -> Placeholder {
        self.fingerprint().into()
    }

    /// Whether `fingerprint` is this secret's.
    #[must_use]
    pub fn matches(&self, fingerprint: &Fingerprint) -> bool {
        self.fingerprint() == *fingerprint
    }
}

impl PartialEq for Secret {
    /// Compares fingerprints, so that the time it takes says nothing about where two secrets differ.
    fn eq(&self, other: &Self) -> bool {
        self.matches(&other.fingerprint())
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Secret({})", self.placeholder())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_its_placeholder_and_nothing_else() {
        let secret = Secret::new("my-token".to_owned());
        let shown = format!("{secret:?} {secret:#?} {:?}", Some(&secret));
        assert!(!shown.contains("my-token"));
        assert!(shown.contains(Placeholder::of(b"my-token").as_str()));
    }

    #[test]
    fn equals_the_same_text_only() {
        let secret = |text: &str| Secret::new(text.to_owned());
        assert_eq!(secret("a"), secret("a"));
        assert_ne!(secret("a"), secret("b"));
        assert_ne!(secret("a"), secret("a\n"));
        assert!(secret("a").matches(&Fingerprint::of(b"a")));
        assert!(secret("").is_empty() && secret("é").len() == 2);
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_without_showing_them() {
        let error = Secret::from_utf8(b"tok\xFFen".to_vec()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Utf8);
        assert!(!format!("{error:?}").contains("tok"));
        assert_eq!(Secret::from_utf8(b"tok".to_vec()).unwrap().expose(), "tok");
    }
}
