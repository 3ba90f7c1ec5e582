//! What the hunt hands back: places and placeholders, never a value or what stands around it.

use crate::fingerprint::Placeholder;
use std::fmt;

/// A copy of a secret.
///
/// It says where the copy is and how it is wrapped. It holds no byte of the value, and of what stands
/// around it at most the name of a variable that the contract knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Finding {
    /// Where it begins, in bytes of the file from 0, also if that is UTF-16. A wrapped copy begins where its first wrapped byte does.
    pub offset: u64,
    /// How many bytes it takes where it stands, wrapping included.
    pub length: u64,
    /// The line on which it begins, counted from 1; lines end with a line feed.
    pub line: u64,
    /// The character on that line with which it begins, counted from 1. A byte that belongs to no UTF-8
    /// character counts as one.
    pub column: u64,
    /// Why it counts as a secret.
    pub kind: Kind,
    /// How it was wrapped, the outermost layer first; none when it stands there as it is.
    pub layers: Vec<Layer>,
    /// The placeholder of the value.
    pub placeholder: Placeholder,
    /// The environment variable to which the value is given, where that is one of Upstash's, with
    /// whatever prefix it has.
    pub name: Option<String>,
}

/// Why something counts as a secret. More kinds may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Its fingerprint is one of those that are hunted.
    Target,
    /// It has the form of a QStash token.
    QstashToken,
    /// It has the form of a signing key.
    SigningKey,
    /// It has the form of a REST token of a Redis database, or of a Vector or Search index.
    RestToken,
    /// It is a URL of a Redis database with a password in it.
    RedisUrl,
    /// It is another URL with a password in it, of a host of Upstash.
    Url,
    /// It is a key of the developer API, beside the e-mail address of its account.
    ApiKey,
    /// It is given to an environment variable that holds a secret.
    Variable,
    /// It is given to an environment variable that holds an e-mail address: no secret, but personal.
    Email,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Target,
        Self::QstashToken,
        Self::SigningKey,
        Self::RestToken,
        Self::RedisUrl,
        Self::Url,
        Self::ApiKey,
        Self::Variable,
        Self::Email,
    ];

    /// A short name that does not change, for reports that programs read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Target => "fingerprint",
            Self::QstashToken => "qstash-token",
            Self::SigningKey => "signing-key",
            Self::RestToken => "rest-token",
            Self::RedisUrl => "redis-url",
            Self::Url => "url",
            Self::ApiKey => "api-key",
            Self::Variable => "variable",
            Self::Email => "email",
        }
    }

    /// What it is, for people.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Target => "a copy of a hunted secret",
            Self::QstashToken => "a QStash token",
            Self::SigningKey => "a QStash signing key",
            Self::RestToken => "an Upstash REST token",
            Self::RedisUrl => "a Redis URL with a password",
            Self::Url => "an Upstash URL with a password",
            Self::ApiKey => "an Upstash API key",
            Self::Variable => "the value of an Upstash variable",
            Self::Email => "the e-mail address of an Upstash account",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// One way in which a value is wrapped. More may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Layer {
    /// Escapes with a backslash, as in JSON and most languages.
    Escapes,
    /// Percent-encoding, as in URLs.
    Percent,
    /// Base64, of the standard or the URL-safe alphabet.
    Base64,
}

impl Layer {
    /// A short name that does not change, for reports that programs read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Escapes => "escapes",
            Self::Percent => "percent",
            Self::Base64 => "base64",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
