//! Whether an old secret is dead: what may be concluded from two probes of one endpoint.

use super::name::{Region, SecretName};
use super::reply::Status;
use crate::fingerprint::Fingerprint;
use std::fmt;

/// What an endpoint did with a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It let it in: 2xx, or `OK` to a Redis `AUTH`.
    Accepted,
    /// It refused the secret itself: 401, or `WRONGPASS` to a Redis `AUTH`.
    Refused,
    /// It answered something else, with this HTTP status where there is one.
    Other(Option<u16>),
    /// It did not answer.
    NoAnswer,
}

impl Seen {
    /// What an HTTP status says. The body is not looked at: a page of some proxy says 2xx, too, so
    /// that the old secret must have got 401 beside it.
    #[must_use]
    pub fn of_status(status: http::StatusCode) -> Self {
        match status {
            _ if status.is_success() => Self::Accepted,
            http::StatusCode::UNAUTHORIZED => Self::Refused,
            _ => Self::Other(Some(status.as_u16())),
        }
    }

    /// What the first line of the answer to a Redis `AUTH` says.
    #[must_use]
    pub fn of_redis_auth(line: &[u8]) -> Self {
        let line = line.trim_ascii_end();
        match line {
            b"+OK" => Self::Accepted,
            _ if line.starts_with(b"-WRONGPASS ") || line == b"-WRONGPASS" => Self::Refused,
            _ if line == b"-ERR invalid password" => Self::Refused,
            _ => Self::Other(None),
        }
    }
}

impl From<Status> for Seen {
    fn from(status: Status) -> Self {
        match status {
            Status::Ok => Self::Accepted,
            Status::Unauthorized => Self::Refused,
            Status::Forbidden => Self::Other(Some(403)),
            Status::NotFound => Self::Other(Some(404)),
            Status::RateLimited(_) => Self::Other(Some(429)),
            Status::ServerError(code) | Status::Refused(code) | Status::NotUnderstood(code) => {
                Self::Other(Some(code))
            }
        }
    }
}

/// What was found out about an old secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It was refused where and when the new one was accepted.
    Dead,
    /// It is still accepted.
    Alive,
    /// Neither was seen.
    NotProven,
    /// The old and the new one were refused alike, by an endpoint that is not documented to take
    /// secrets of this kind: there is nothing that could be dead.
    NotTaken,
    /// It is a signing key, and no endpoint tells from outside whether one is still in use.
    NotProvable,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 5] = [
        Self::Dead,
        Self::Alive,
        Self::NotProven,
        Self::NotTaken,
        Self::NotProvable,
    ];

    /// Concludes from what one endpoint did with the old and the new secret in the same run.
    ///
    /// ```
    /// use qstash_redact::credentials::{Seen, Verdict};
    ///
    /// assert_eq!(Verdict::of(Seen::Refused, Seen::Accepted), Verdict::Dead);
    /// // An endpoint that refuses everybody proves nothing.
    /// assert_eq!(Verdict::of(Seen::Refused, Seen::Refused), Verdict::NotProven);
    /// assert_eq!(Verdict::of(Seen::Other(Some(403)), Seen::Accepted), Verdict::NotProven);
    /// ```
    #[must_use]
    pub fn of(old: Seen, new: Seen) -> Self {
        match (old, new) {
            (Seen::Accepted, _) => Self::Alive,
            (Seen::Refused, Seen::Accepted) => Self::Dead,
            _ => Self::NotProven,
        }
    }

    /// The same where the endpoint is not documented to take secrets of this kind, so that refusing
    /// both of them is what it should do.
    #[must_use]
    pub fn of_undocumented(old: Seen, new: Seen) -> Self {
        match (old, new) {
            (Seen::Refused, Seen::Refused) => Self::NotTaken,
            _ => Self::of(old, new),
        }
    }

    /// The verdict's name in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Alive => "alive",
            Self::NotProven => "not-proven",
            Self::NotTaken => "not-taken",
            Self::NotProvable => "not-provable",
        }
    }

    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|verdict| verdict.as_str() == name)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Dead => "dead",
            Self::Alive => "still accepted",
            Self::NotProven => "not proven",
            Self::NotTaken => "refused like the new one; none is taken there",
            Self::NotProvable => "cannot be proved from outside",
        })
    }
}

/// The way a secret was tried on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// As bearer token of the QStash API.
    Qstash,
    /// As bearer token of the REST API of a database or index.
    Rest,
    /// As password of a Redis connection over TLS.
    RedisTls,
    /// Not at all: it is a signing key.
    None,
}

impl Way {
    /// The way's name in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Qstash => "qstash",
            Self::Rest => "rest",
            Self::RedisTls => "redis-tls",
            Self::None => "none",
        }
    }

    pub(super) fn find(name: &str) -> Option<Self> {
        [Self::Qstash, Self::Rest, Self::RedisTls, Self::None]
            .into_iter()
            .find(|way| way.as_str() == name)
    }
}

/// One old secret, tried in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which secret.
    pub member: SecretName,
    /// The old one's fingerprint.
    pub old: Fingerprint,
    /// How it was tried.
    pub way: Way,
    /// In which region of QStash, where one was named.
    pub region: Option<Region>,
    /// What was found out.
    pub verdict: Verdict,
}

impl Check {
    /// What can be said of an old signing key.
    #[must_use]
    pub fn signing_key(member: SecretName, old: Fingerprint) -> Self {
        Self {
            member,
            old,
            way: Way::None,
            region: None,
            verdict: Verdict::NotProvable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dead_is_only_what_is_refused_where_the_new_one_is_accepted() {
        let all = [
            Seen::Accepted,
            Seen::Refused,
            Seen::Other(Some(403)),
            Seen::Other(Some(404)),
            Seen::Other(Some(500)),
            Seen::Other(None),
            Seen::NoAnswer,
        ];
        for old in all {
            for new in all {
                let verdict = Verdict::of(old, new);
                let dead = old == Seen::Refused && new == Seen::Accepted;
                assert_eq!(verdict == Verdict::Dead, dead, "{old:?} {new:?}");
                assert_eq!(verdict == Verdict::Alive, old == Seen::Accepted);
                let undocumented = Verdict::of_undocumented(old, new);
                if (old, new) == (Seen::Refused, Seen::Refused) {
                    assert_eq!(undocumented, Verdict::NotTaken);
                } else {
                    assert_eq!(undocumented, verdict);
                }
            }
        }
    }

    #[test]
    fn statuses_and_redis_answers_are_read_alike() {
        for (code, seen) in [
            (200, Seen::Accepted),
            (204, Seen::Accepted),
            (302, Seen::Other(Some(302))),
            (401, Seen::Refused),
            (403, Seen::Other(Some(403))),
            (404, Seen::Other(Some(404))),
            (429, Seen::Other(Some(429))),
            (503, Seen::Other(Some(503))),
        ] {
            let status = http::StatusCode::from_u16(code).unwrap();
            assert_eq!(Seen::of_status(status), seen);
        }
        for (line, seen) in [
            (&b"+OK\r\n"[..], Seen::Accepted),
            (
                b"-WRONGPASS invalid username-password pair\r\n",
                Seen::Refused,
            ),
            (b"-ERR invalid password\r\n", Seen::Refused),
            (b"-NOAUTH Authentication required.\r\n", Seen::Other(None)),
            (
                b"-ERR max concurrent connections exceeded\r\n",
                Seen::Other(None),
            ),
            (b"+OKAY\r\n", Seen::Other(None)),
            (b"HTTP/1.1 400 Bad Request\r\n", Seen::Other(None)),
            (b"", Seen::Other(None)),
        ] {
            assert_eq!(Seen::of_redis_auth(line), seen);
        }
    }
}
