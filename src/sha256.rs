//! SHA-256 of one value, and of many: the safe door to the hashing backends.
//!
//! Hashing is what redaction spends its time on, and most of what it hashes is short. So the door
//! for many values at once is the one to use: it hashes up to sixteen of them side by side, where
//! hashing one after the other leaves most of a processor idle.
//!
//! ```
//! use qstash_redact::sha256;
//!
//! let headers: [&[u8]; 2] = [b"Bearer my-token", b"application/json"];
//! let mut digests = [[0; 32]; 2];
//! sha256::hash_many(headers, |position, digest| digests[position] = digest);
//! assert_eq!(digests[0], sha256::hash(b"Bearer my-token"));
//! ```
//!
//! Which instructions do it is decided once per process, by what the processor has: [`Backend`].
//! This module knows bytes and digests, nothing of JSON or placeholders.

mod batch;
mod hasher;
mod portable;

// What schedules values onto lanes is safe and compiles everywhere, but only x86-64 has lanes.
#[cfg_attr(not(target_arch = "x86_64"), expect(dead_code))]
mod block;
#[cfg_attr(not(target_arch = "x86_64"), expect(dead_code))]
mod buckets;
#[cfg_attr(not(target_arch = "x86_64"), expect(dead_code))]
mod equal;
#[cfg_attr(not(target_arch = "x86_64"), expect(dead_code))]
mod lanes;
#[cfg_attr(not(target_arch = "x86_64"), expect(dead_code))]
mod queue;
#[cfg_attr(not(target_arch = "x86_64"), expect(dead_code))]
mod streams;

#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "vector loads, and the calls that detection allows"
)]
mod avx512;
#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "vector loads, and the calls that detection allows"
)]
mod sha_ni;

#[cfg(test)]
mod tests;

pub use batch::Batch;
pub use hasher::Hasher;

use queue::Queue;

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

/// A SHA-256 digest as raw bytes.
pub type Digest = [u8; 32];

/// The digest of one value.
#[must_use]
pub fn hash(value: &[u8]) -> Digest {
    Backend::current().hash(value)
}

/// Digests many values; `each` gets the position of a value in `values` and its digest, in any order.
pub fn hash_many<'a>(values: impl IntoIterator<Item = &'a [u8]>, each: impl FnMut(usize, Digest)) {
    Backend::current().hash_many(values, each);
}

/// A way to compute SHA-256 that this machine has: the value is the proof that it was detected.
///
/// All backends give the same digests. Nobody has to choose one: [`hash`], [`hash_many`] and
/// [`Batch`] use the best. Tests and benches name each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Backend(Kind);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Portable,
    #[cfg(target_arch = "x86_64")]
    ShaNi(sha_ni::ShaNi),
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Avx512),
}

/// The backend of this process, chosen once.
static CHOSEN: OnceLock<Backend> = OnceLock::new();

/// The place in [`Backend::NAMES`] of the backend that [`Backend::install`] put in, counted from 1.
static INSTALLED: AtomicU8 = AtomicU8::new(0);

impl Backend {
    /// The names of all backends, also of those that this machine or this build has not; the best last.
    pub const NAMES: [&str; 3] = ["portable", "sha-ni", "avx512"];

    /// The `sha2` crate, one value after the other: what every machine has.
    #[must_use]
    pub const fn portable() -> Self {
        Self(Kind::Portable)
    }

    /// The SHA instructions of x86-64, two values at a time.
    #[must_use]
    pub fn sha_ni() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        return sha_ni::ShaNi::detect().map(|found| Self(Kind::ShaNi(found)));
        #[cfg(not(target_arch = "x86_64"))]
        None
    }

    /// AVX-512, sixteen values at a time, with the SHA instructions for what fills no sixteen lanes.
    #[must_use]
    pub fn avx512() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        return avx512::Avx512::detect().map(|found| Self(Kind::Avx512(found)));
        #[cfg(not(target_arch = "x86_64"))]
        None
    }

    /// The backend of this name, if there is one and this machine has it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "portable" => Some(Self::portable()),
            "sha-ni" => Self::sha_ni(),
            "avx512" => Self::avx512(),
            _ => None,
        }
    }

    /// Every backend that this machine has, the best last.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::NAMES.into_iter().filter_map(Self::named)
    }

    /// The best backend of this machine.
    #[must_use]
    pub fn best() -> Self {
        Self::avx512()
            .or_else(Self::sha_ni)
            .unwrap_or(Self::portable())
    }

    /// The backend that [`hash`], [`hash_many`] and [`Batch`] use: the best, unless another was installed.
    #[must_use]
    #[inline]
    pub fn current() -> Self {
        match INSTALLED.load(Ordering::Relaxed) {
            0 => Self::chosen(),
            place => Self::installed(place),
        }
    }

    #[inline]
    fn chosen() -> Self {
        *CHOSEN.get_or_init(|| {
            // So that tests can take every path; a release takes none but the best.
            let forced = cfg!(debug_assertions)
                .then(|| std::env::var("QSTASH_REDACT_HASH").ok())
                .flatten();
            let Some(name) = forced else {
                return Self::best();
            };
            // A slip of the pen must not pass for a run on another path.
            assert!(
                Self::NAMES.contains(&name.as_str()),
                "QSTASH_REDACT_HASH names no backend; there are {:?}",
                Self::NAMES
            );
            Self::named(&name).unwrap_or_else(Self::best)
        })
    }

    #[cold]
    fn installed(place: u8) -> Self {
        Self::NAMES
            .get(usize::from(place) - 1)
            .and_then(|name| Self::named(name))
            .unwrap_or(Self::portable())
    }

    /// Uses this backend for the whole process from now on, so that tests can run on each.
    ///
    /// It may be called at any time and from any thread, since all backends give the same digests.
    pub fn install(self) {
        let place = match self.0 {
            Kind::Portable => 1,
            #[cfg(target_arch = "x86_64")]
            Kind::ShaNi(_) => 2,
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(_) => 3,
        };
        INSTALLED.store(place, Ordering::Relaxed);
    }

    /// Its name, one of [`Backend::NAMES`].
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Kind::ShaNi(_) => "sha-ni",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(_) => "avx512",
        }
    }

    /// [`hash`] on this backend.
    #[must_use]
    #[inline]
    pub fn hash(self, value: &[u8]) -> Digest {
        match self.0 {
            Kind::Portable => portable::hash(value),
            #[cfg(target_arch = "x86_64")]
            Kind::ShaNi(sha_ni) => sha_ni.hash(value),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(avx512) => avx512.hash(value),
        }
    }

    /// [`hash_many`] on this backend.
    pub fn hash_many<'a>(
        self,
        values: impl IntoIterator<Item = &'a [u8]>,
        each: impl FnMut(usize, Digest),
    ) {
        self.hash_queued(values, &mut Queue::new(), each);
    }

    /// As [`Backend::hash_many`]; `queue` is where values wait that are not short, empty before and after.
    #[cfg_attr(not(target_arch = "x86_64"), expect(unused_variables))]
    fn hash_queued<'a>(
        self,
        values: impl IntoIterator<Item = &'a [u8]>,
        queue: &mut Queue<'a>,
        each: impl FnMut(usize, Digest),
    ) {
        match self.0 {
            Kind::Portable => portable::hash_many(values, each),
            #[cfg(target_arch = "x86_64")]
            Kind::ShaNi(sha_ni) => sha_ni.hash_many(values, queue, each),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(avx512) => avx512.hash_many(values, queue, each),
        }
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Backend({})", self.name())
    }
}
