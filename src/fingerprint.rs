//! The two forms of a digest: [`Fingerprint`], 32 raw bytes, and [`Placeholder`], its 73 bytes of text.

use crate::error::{Error, ErrorKind};
use crate::sha256;
use std::fmt;
use std::str::FromStr;

/// What every placeholder begins with; case-sensitive.
const PREFIX: &[u8; 9] = b"REDACTED:";

/// The SHA-256 of an original value: unsalted, so equal values have equal fingerprints.
///
/// Comparing two fingerprints takes the same time wherever they differ.
#[derive(Clone, Copy, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Fingerprints the exact bytes of `value`; allocates nothing.
    #[must_use]
    pub fn of(value: &[u8]) -> Self {
        Self(sha256::hash(value))
    }

    /// A fingerprint from a digest computed elsewhere.
    #[must_use]
    pub const fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The 32 bytes of the digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The digest in lowercase hex digits.
    ///
    /// Compilers make a few vector instructions of this loop, and inline it: a third of what the call
    /// into a library costs that first asks what the processor has.
    #[inline]
    pub(crate) fn digits(&self) -> [u8; 64] {
        let digit = |value: u8| value + if value < 10 { b'0' } else { b'a' - 10 };
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair[0] = digit(byte >> 4);
            pair[1] = digit(byte & 0xF);
        }
        digits
    }

    /// Reads 64 hex digits of either case.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Placeholder`] when `text` is anything else.
    pub fn from_hex(text: &[u8]) -> Result<Self, Error> {
        let mut digest = [0; 32];
        match hex::decode_to_slice(text, &mut digest) {
            // The decoder takes a leading `0x`, which is none of ours; 64 digits leave no room for it.
            Ok(()) if text.len() == 64 && !text.starts_with(b"0x") => Ok(Self(digest)),
            _ => Err(Error::new(
                ErrorKind::Placeholder,
                "a fingerprint is 64 hex digits",
            )),
        }
    }
}

impl PartialEq for Fingerprint {
    fn eq(&self, other: &Self) -> bool {
        // No early exit: how long a comparison takes says nothing about where the two differ.
        let difference = self
            .0
            .iter()
            .zip(&other.0)
            .fold(0, |seen, (left, right)| seen | (left ^ right));
        std::hint::black_box(difference) == 0
    }
}

impl std::hash::Hash for Fingerprint {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Fingerprint({self})")
    }
}

/// `REDACTED:` and the fingerprint in 64 lowercase hex digits: what stands where a value stood.
///
/// ```
/// use qstash_redact::Placeholder;
///
/// let placeholder = Placeholder::of(b"Bearer my-token");
/// assert_eq!(
///     placeholder.as_str(),
///     "REDACTED:89561152c3f595f91dee15b0d8bf91457346c37c09fb804d2a9da1c5a3b481c1"
/// );
/// assert!(placeholder.matches(b"Bearer my-token"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Placeholder([u8; Placeholder::LEN]);

impl Placeholder {
    /// Length of every placeholder in bytes, all of them ASCII.
    pub const LEN: usize = 73;

    /// What stands where a placeholder will be filled in: fixed bytes that are no placeholder themselves.
    pub(crate) const PENDING: [u8; Self::LEN] = {
        let mut bytes = [b'?'; Self::LEN];
        let mut index = 0;
        while index < PREFIX.len() {
            bytes[index] = PREFIX[index];
            index += 1;
        }
        bytes
    };

    /// The placeholder of the exact bytes of `value`; allocates nothing.
    #[must_use]
    pub fn of(value: &[u8]) -> Self {
        Fingerprint::of(value).into()
    }

    /// Whether `value` is the original behind this placeholder.
    #[must_use]
    pub fn matches(&self, value: &[u8]) -> bool {
        self.fingerprint() == Fingerprint::of(value)
    }

    /// The fingerprint this placeholder shows.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        // Only hex digits are ever stored behind the prefix, so nothing is lost by the default.
        Fingerprint::from_hex(&self.0[PREFIX.len()..]).unwrap_or(Fingerprint([0; 32]))
    }

    /// Reads a placeholder: the prefix exactly, the hex digits in either case.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Placeholder`] when `text` is not a placeholder as a whole.
    pub fn from_bytes(text: &[u8]) -> Result<Self, Error> {
        text.strip_prefix(PREFIX)
            .and_then(|digits| Fingerprint::from_hex(digits).ok())
            .map(Self::from)
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Placeholder,
                    "a placeholder is `REDACTED:` and 64 hex digits",
                )
            })
    }

    /// The 73 bytes as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The 73 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Whether `text` reads as a placeholder. A keyed form is reserved and is none yet.
    #[must_use]
    pub fn is_placeholder(text: &[u8]) -> bool {
        text.len() == Self::LEN && Self::from_bytes(text).is_ok()
    }
}

impl From<Fingerprint> for Placeholder {
    #[inline]
    fn from(fingerprint: Fingerprint) -> Self {
        let mut text = Self::PENDING;
        text[PREFIX.len()..].copy_from_slice(&fingerprint.digits());
        Self(text)
    }
}

impl FromStr for Placeholder {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::from_bytes(text.as_bytes())
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl fmt::Debug for Placeholder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl serde::Serialize for Placeholder {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_and_this_crate_agree_on_real_values() {
        for (value, digits) in [
            (
                "Bearer my-token",
                "89561152c3f595f91dee15b0d8bf91457346c37c09fb804d2a9da1c5a3b481c1",
            ),
            (
                r#"{"test":true}"#,
                "6fd977db9b2afe87a9ceee48432881299a6aaf83d935fbbe83007660287f9c2e",
            ),
        ] {
            let placeholder = Placeholder::of(value.as_bytes());
            assert_eq!(placeholder.to_string(), format!("REDACTED:{digits}"));
        }
        // Of this one the service's screen showed 45 digits.
        assert!(
            Placeholder::of(b"Bearer secret")
                .as_str()
                .starts_with("REDACTED:bffde20413347b7a00e1363de3f97ca69e419dc0aea55")
        );
    }

    #[test]
    fn reads_hex_of_either_case_and_writes_lowercase() {
        let lower = Placeholder::of(b"x");
        let upper = format!("REDACTED:{}", lower.as_str()[9..].to_uppercase());
        assert_eq!(upper.parse::<Placeholder>().unwrap(), lower);
    }

    #[test]
    fn refuses_what_only_looks_like_a_placeholder() {
        let good = Placeholder::of(b"x").to_string();
        let hex_prefixed = format!("REDACTED:0x{}", &good[11..]);
        let keyed = format!("REDACTED:hmac-sha256:k1:{}", &good[9..]);
        for text in [
            "",
            "REDACTED:",
            &good[1..],
            &good[..72],
            &good.replace("REDACTED", "redacted"),
            &format!("{good}0"),
            &format!(" {good}"),
            &hex_prefixed,
            &keyed,
        ] {
            assert!(text.parse::<Placeholder>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_pending_place_is_no_placeholder() {
        assert!(!Placeholder::is_placeholder(&Placeholder::PENDING));
    }

    #[test]
    fn matches_only_the_exact_bytes() {
        let placeholder = Placeholder::of(b"value");
        assert!(placeholder.matches(b"value"));
        assert!(!placeholder.matches(b"value\n"));
        assert_eq!(placeholder.fingerprint(), Fingerprint::of(b"value"));
    }
}
