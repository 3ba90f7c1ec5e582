//! `Upstash-Signature`: what QStash delivered, compared with what a placeholder stands for.

use super::base64::Base64;
use crate::error::{Error, ErrorKind};
use crate::fingerprint::Fingerprint;
use crate::scan::base64;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Who signs.
const ISSUER: &str = "Upstash";

/// Verifies the tokens that deliveries carry in their header `Upstash-Signature`.
///
/// A token is a JWT signed with HS256, nothing else, by the current or the next signing key. Its claim
/// `body` is the SHA-256 of the delivered body, and so the fingerprint that the body's placeholder
/// shows. The keys do not show in `Debug`.
///
/// ```
/// use qstash_redact::{Placeholder, publish::SigningKeys};
/// use std::time::{Duration, UNIX_EPOCH};
///
/// let keys = SigningKeys::new("sig_current", "sig_next")?.with_url("https://example.com/hook");
/// let token = concat!(
///     "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
///     "eyJpc3MiOiJVcHN0YXNoIiwic3ViIjoiaHR0cHM6Ly9leGFtcGxlLmNvbS9ob29rIiwiZXhwIjoxNjU2",
///     "NTgwOTEyLCJuYmYiOjE2NTY1ODA2MTIsImlhdCI6MTY1NjU4MDYxMiwianRpIjoiand0XzY3a3hYRDZV",
///     "QkFrN0RxVTZoenVITURkWEZYZlAiLCJib2R5IjoiTFBKTnVsLXdvdzRtNkRzcXhibmluaHNXSGx3ZnAw",
///     "SmVjd1F6WXBPTG1DUT0ifQ",
///     ".IsqaAciix6Krft3VVjLbAs9UotucnBbCIB5DFmVdiUs",
/// );
/// let now = UNIX_EPOCH + Duration::from_secs(1_656_580_700);
/// let signature = keys.verify(token, now)?;
/// assert_eq!(signature.body(), Placeholder::of(b"hello").fingerprint());
/// signature.require_body(Placeholder::of(b"hello").fingerprint())?;
/// # Ok::<(), qstash_redact::Error>(())
/// ```
#[derive(Clone)]
pub struct SigningKeys {
    current: Hmac<Sha256>,
    next: Hmac<Sha256>,
    skew: Duration,
    url: Option<String>,
}

/// Which key a token was signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignedBy {
    /// `QSTASH_CURRENT_SIGNING_KEY`
    Current,
    /// `QSTASH_NEXT_SIGNING_KEY`: the keys were rolled, and this service has not got the new ones.
    Next,
}

/// What a verified token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    body: Fingerprint,
    signed_by: SignedBy,
}

impl SigningKeys {
    /// The keys of `GET /v2/keys`: `current` and `next`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signature`] when a key is empty: an unset variable must not become a key that
    /// anybody knows.
    pub fn new(current: &str, next: &str) -> Result<Self, Error> {
        Ok(Self {
            current: key(current)?,
            next: key(next)?,
            skew: Duration::ZERO,
            url: None,
        })
    }

    /// Tolerates a clock that differs by up to `skew` from QStash's; none by default.
    #[must_use]
    pub fn with_clock_skew(mut self, skew: Duration) -> Self {
        self.skew = skew;
        self
    }

    /// Demands that deliveries were for exactly this URL: the one that the message was published to.
    #[must_use]
    pub fn with_url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Verifies a token at the time `now`: its signature, issuer, times and, if asked for, URL.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signature`] when anything of it does not hold. The error names the claim as its
    /// [field](Error::field).
    pub fn verify(&self, token: &str, now: SystemTime) -> Result<Signature, Error> {
        let (signed, signature) = token.rsplit_once('.').ok_or_else(not_a_token)?;
        let (header, payload) = signed.split_once('.').ok_or_else(not_a_token)?;
        let signed_by = self.signed_by(signed, &decode(signature)?)?;
        // From here on it is QStash that speaks; still, nothing it did not mean is read.
        let header = object(header)?;
        if header.get("alg").and_then(Value::as_str) != Some("HS256") {
            return Err(error("the token is not signed with HS256").in_field("alg"));
        }
        if header.contains_key("crit") {
            let what = "the token demands extensions that are not known here";
            return Err(error(what).in_field("crit"));
        }
        let claims = object(payload)?;
        self.check_times(&claims, now)?;
        if claims.get("iss").and_then(Value::as_str) != Some(ISSUER) {
            return Err(error("the token was not issued by Upstash").in_field("iss"));
        }
        if let Some(url) = &self.url
            && claims.get("sub").and_then(Value::as_str) != Some(url)
        {
            return Err(error("the token was made for another URL").in_field("sub"));
        }
        let body = claims
            .get("body")
            .and_then(Value::as_str)
            .and_then(|body| decode(body.trim_end_matches('=')).ok()?.try_into().ok())
            .ok_or_else(|| error("the claim is no SHA-256 in base64url").in_field("body"))?;
        Ok(Signature {
            body: Fingerprint::from_bytes(body),
            signed_by,
        })
    }

    /// The key that made `signature`; both are tried, in constant time each.
    fn signed_by(&self, signed: &str, signature: &[u8]) -> Result<SignedBy, Error> {
        let made_by = |key: &Hmac<Sha256>| {
            let mut mac = key.clone();
            mac.update(signed.as_bytes());
            mac.verify_slice(signature).is_ok()
        };
        match (made_by(&self.current), made_by(&self.next)) {
            (true, _) => Ok(SignedBy::Current),
            (false, true) => Ok(SignedBy::Next),
            (false, false) => Err(error(
                "signed with neither the current nor the next signing key; \
                 if the keys were rolled, give this service the new ones",
            )),
        }
    }

    fn check_times(
        &self,
        claims: &serde_json::Map<String, Value>,
        now: SystemTime,
    ) -> Result<(), Error> {
        let time = |claim: &'static str| {
            claims
                .get(claim)
                .and_then(Value::as_u64)
                .ok_or_else(|| error("the claim is no time in seconds").in_field(claim))
        };
        let now = now
            .duration_since(UNIX_EPOCH)
            .map_err(|_| error("the clock stands before 1970; set it"))?;
        if now >= Duration::from_secs(time("exp")?).saturating_add(self.skew) {
            let what = "the token has expired; check the clock, or allow for its skew";
            return Err(error(what).in_field("exp"));
        }
        if now.saturating_add(self.skew) < Duration::from_secs(time("nbf")?) {
            let what = "the token is not valid yet; check the clock, or allow for its skew";
            return Err(error(what).in_field("nbf"));
        }
        Ok(())
    }
}

impl Signature {
    /// The fingerprint of the delivered body: what its placeholder shows.
    #[must_use]
    pub fn body(&self) -> Fingerprint {
        self.body
    }

    /// The key that the token was signed with.
    #[must_use]
    pub fn signed_by(&self) -> SignedBy {
        self.signed_by
    }

    /// Demands that what was signed is the body with this fingerprint: the one received, or the one
    /// that a placeholder stands for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Signature`] when it is another.
    pub fn require_body(&self, body: Fingerprint) -> Result<(), Error> {
        // Fingerprints compare in constant time.
        if self.body != body {
            return Err(error("another body was signed").in_field("body"));
        }
        Ok(())
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SigningKeys")
            .field("skew", &self.skew)
            .finish_non_exhaustive()
    }
}

fn key(key: &str) -> Result<Hmac<Sha256>, Error> {
    if key.trim().is_empty() {
        return Err(error("a signing key is empty; is its variable set?"));
    }
    Hmac::new_from_slice(key.as_bytes()).map_err(|_| error("a signing key cannot be used"))
}

fn error(what: &'static str) -> Error {
    Error::new(ErrorKind::Signature, what)
}

fn not_a_token() -> Error {
    error("not a JWT: three parts in base64url, with dots between")
}

/// A part of a token that is a JSON object.
fn object(part: &str) -> Result<serde_json::Map<String, Value>, Error> {
    match serde_json::from_slice(&decode(part)?) {
        Ok(Value::Object(object)) => Ok(object),
        // The error of the parser would quote the token.
        _ => Err(not_a_token()),
    }
}

/// Decodes base64url without padding, spelled in the one way there is.
fn decode(text: &str) -> Result<Vec<u8>, Error> {
    let standard = text.replace('-', "+").replace('_', "/");
    let mut decoded = Vec::new();
    let is_base64 = base64::decode(standard.as_bytes(), &mut decoded);
    let again = Base64(&decoded).to_string();
    let again = again.trim_end_matches('=').replace('+', "-");
    if !is_base64 || again.replace('/', "_") != text {
        return Err(not_a_token());
    }
    Ok(decoded)
}
