//! What credentials and their parts are called: kinds, ids, regions and members of answers.

use crate::error::{Error, ErrorKind};
use std::fmt;
use std::str::FromStr;

/// A member of an answer that is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SecretName {
    /// `token`: the bearer token of QStash, Vector or Search.
    Token,
    /// `read_only_token`: the same, for reading alone.
    ReadOnlyToken,
    /// `password`: of a Redis database, or of a QStash user in the first documented form.
    Password,
    /// `rest_token`: the bearer token of a Redis database.
    RestToken,
    /// `read_only_rest_token`: the same, for reading alone.
    ReadOnlyRestToken,
    /// `current`: the signing key that messages are signed with.
    Current,
    /// `next`: the signing key that they will be signed with after the keys were rolled.
    Next,
}

impl SecretName {
    /// Every member.
    pub const ALL: [Self; 7] = [
        Self::Token,
        Self::ReadOnlyToken,
        Self::Password,
        Self::RestToken,
        Self::ReadOnlyRestToken,
        Self::Current,
        Self::Next,
    ];

    /// The member's name in answers and in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::ReadOnlyToken => "read_only_token",
            Self::Password => "password",
            Self::RestToken => "rest_token",
            Self::ReadOnlyRestToken => "read_only_rest_token",
            Self::Current => "current",
            Self::Next => "next",
        }
    }

    /// The member called `name`, exactly.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|member| member.as_str() == name)
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What kind of credential is rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The token of a QStash user.
    Qstash,
    /// The password and tokens of a Redis database.
    Redis,
    /// The tokens of a Vector index.
    Vector,
    /// The tokens of a Search index.
    Search,
    /// QStash's two signing keys.
    SigningKeys,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Qstash,
        Self::Redis,
        Self::Vector,
        Self::Search,
        Self::SigningKeys,
    ];

    /// The kind's name on command lines and in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Qstash => "qstash",
            Self::Redis => "redis",
            Self::Vector => "vector",
            Self::Search => "search",
            Self::SigningKeys => "signing-keys",
        }
    }

    /// The members that a rotation always changes: by these it is seen whether there was one.
    #[must_use]
    pub const fn changing(self) -> &'static [SecretName] {
        match self {
            Self::Qstash | Self::Vector | Self::Search => &[SecretName::Token],
            Self::Redis => &[SecretName::Password, SecretName::RestToken],
            Self::SigningKeys => &[SecretName::Current, SecretName::Next],
        }
    }

    /// The members that an answer about this kind can hold.
    #[must_use]
    pub const fn secrets(self) -> &'static [SecretName] {
        match self {
            Self::Qstash => &[
                SecretName::Token,
                SecretName::ReadOnlyToken,
                SecretName::Password,
            ],
            Self::Vector | Self::Search => &[SecretName::Token, SecretName::ReadOnlyToken],
            Self::Redis => &[
                SecretName::Password,
                SecretName::RestToken,
                SecretName::ReadOnlyRestToken,
            ],
            Self::SigningKeys => &[SecretName::Current, SecretName::Next],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| refused("no kind of credential; there are qstash, redis, vector, search and signing-keys"))
    }
}

/// The id of a QStash user, Redis database, Vector or Search index.
///
/// Letters, digits, `-` and `_` alone, up to 128 of them, so that it is one segment of a path
/// whatever stands in it. Ids are no secrets: they are shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(String);

impl Id {
    /// The longest id in bytes.
    pub const MAX: usize = 128;

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl FromStr for Id {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if text.is_empty() || text.len() > Self::MAX || !text.bytes().all(good) {
            return Err(refused(
                "an id has letters, digits, `-` and `_` only, up to 128 of them",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// A region of QStash, such as `us-east-1`: each has tokens and signing keys of its own.
///
/// Lowercase letters, digits and single dashes between them, up to 32 of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(String);

impl Region {
    /// The region as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the names of its environment variables begin with, such as `US_EAST_1_`.
    #[must_use]
    pub fn variable_prefix(&self) -> String {
        let mut prefix = self.0.to_ascii_uppercase().replace('-', "_");
        prefix.push('_');
        prefix
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl FromStr for Region {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if text.len() > 32
            || !text
                .split('-')
                .all(|part| !part.is_empty() && part.bytes().all(good))
        {
            return Err(refused("a region is written like `us-east-1`"));
        }
        Ok(Self(text.to_owned()))
    }
}

/// One credential: what a rotation is about, and what the ledger files its records under.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    kind: Kind,
    id: Option<Id>,
    region: Option<Region>,
}

impl Target {
    /// The credential of the QStash user `id`; `None` is the region without a name of its own.
    #[must_use]
    pub fn qstash(id: Id, region: Option<Region>) -> Self {
        Self {
            kind: Kind::Qstash,
            id: Some(id),
            region,
        }
    }

    /// The credentials of the Redis database `id`.
    #[must_use]
    pub fn redis(id: Id) -> Self {
        Self {
            kind: Kind::Redis,
            id: Some(id),
            region: None,
        }
    }

    /// The tokens of the Vector index `id`.
    #[must_use]
    pub fn vector(id: Id) -> Self {
        Self {
            kind: Kind::Vector,
            id: Some(id),
            region: None,
        }
    }

    /// The tokens of the Search index `id`.
    #[must_use]
    pub fn search(id: Id) -> Self {
        Self {
            kind: Kind::Search,
            id: Some(id),
            region: None,
        }
    }

    /// The signing keys of the QStash user whose token is used, in a region.
    ///
    /// They have no id. Whoever keeps one ledger for several accounts gives `label` one of their
    /// own, so that their keys are told apart.
    #[must_use]
    pub fn signing_keys(region: Option<Region>, label: Option<Id>) -> Self {
        Self {
            kind: Kind::SigningKeys,
            id: label,
            region,
        }
    }

    /// Reads the parts as a ledger has them.
    pub(super) fn from_parts(kind: Kind, id: Option<Id>, region: Option<Region>) -> Option<Self> {
        let fits = match kind {
            Kind::Qstash => id.is_some(),
            Kind::Redis | Kind::Vector | Kind::Search => id.is_some() && region.is_none(),
            Kind::SigningKeys => true,
        };
        fits.then_some(Self { kind, id, region })
    }

    /// The kind of the credential.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its id; of signing keys, the label.
    #[must_use]
    pub fn id(&self) -> Option<&Id> {
        self.id.as_ref()
    }

    /// Its region, where it has one.
    #[must_use]
    pub fn region(&self) -> Option<&Region> {
        self.region.as_ref()
    }
}

impl fmt::Display for Target {
    /// Such as `qstash 99a4c327 in us-east-1`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.kind)?;
        if let Some(id) = &self.id {
            write!(formatter, " {id}")?;
        }
        if let Some(region) = &self.region {
            write!(formatter, " in {region}")?;
        }
        Ok(())
    }
}

fn refused(what: &'static str) -> Error {
    Error::new(ErrorKind::Request, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_segment_of_a_path() {
        for good in ["99a4c327-31f0-490f-a594-043ade84085a", "a", "A_b-9"] {
            assert_eq!(good.parse::<Id>().unwrap().as_str(), good);
        }
        let long = "a".repeat(Id::MAX + 1);
        for bad in [
            "", ".", "..", "a/b", "a?b", "a#b", "a%2Fb", "a b", "é", "a\r\nb", &long,
        ] {
            let error = bad.parse::<Id>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Request, "{bad:?}");
        }
    }

    #[test]
    fn a_region_is_one_label_of_a_host() {
        let region: Region = "us-east-1".parse().unwrap();
        assert_eq!(region.variable_prefix(), "US_EAST_1_");
        for bad in [
            "",
            "-",
            "us-",
            "us--east",
            "US-EAST-1",
            "us.east",
            "us/east",
            "us@east",
        ] {
            assert!(bad.parse::<Region>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse::<Kind>().unwrap(), kind);
            assert!(
                kind.changing()
                    .iter()
                    .all(|name| kind.secrets().contains(name))
            );
        }
        for name in SecretName::ALL {
            assert_eq!(SecretName::find(name.as_str()), Some(name));
        }
        assert_eq!(SecretName::find("Token"), None);
    }
}
