//! Are the old secrets dead? Each is tried where its successor is tried, in the same run.

use super::super::exit::Failure;
use super::client::Client;
use super::redis;
use super::trust::Trust;
use super::whereabouts::Whereabouts;
use qstash_redact::credentials::{
    Access, Call, Check, Endpoints, Kind, Secret, SecretName, Secrets, Seen, Target, Verdict, Way,
    probe_rest,
};
use std::time::Duration;

/// What tries secrets.
pub(super) struct Prober<'a> {
    pub(super) client: &'a Client,
    pub(super) trust: &'a Trust,
    pub(super) patience: Duration,
    pub(super) endpoints: &'a Endpoints,
    pub(super) target: &'a Target,
    /// Where the database or index is; nothing is asked of the others.
    pub(super) whereabouts: &'a Whereabouts,
}

impl Prober<'_> {
    /// Tries every old secret, and the new one in its place.
    pub(super) fn check<'s>(
        &self,
        old: impl IntoIterator<Item = (SecretName, &'s Secret)>,
        new: &Secrets,
    ) -> Result<Vec<Check>, Failure> {
        let mut checks = Vec::new();
        for (member, secret) in old {
            if self.target.kind() == Kind::SigningKeys {
                // The next key has become the current one, and is not old.
                if new.iter().all(|(_, new)| new != secret) {
                    checks.push(Check::signing_key(member, secret.fingerprint()));
                }
                continue;
            }
            for way in ways(self.target.kind(), member) {
                checks.push(Check {
                    member,
                    old: secret.fingerprint(),
                    way: *way,
                    region: self.target.region().cloned(),
                    verdict: self.verdict(member, *way, secret, new)?,
                });
            }
        }
        Ok(checks)
    }

    fn verdict(
        &self,
        member: SecretName,
        way: Way,
        old: &Secret,
        new: &Secrets,
    ) -> Result<Verdict, Failure> {
        let new = match self.successor(new, member, way) {
            // The same secret cannot be dead and in use.
            Some(new) if new == old => return Ok(Verdict::Alive),
            new => new,
        };
        let seen = self.probe(way, old)?;
        let beside = new.map_or(Ok(Seen::NoAnswer), |new| self.probe(way, new))?;
        Ok(if is_documented(member, way) {
            Verdict::of(seen, beside)
        } else {
            Verdict::of_undocumented(seen, beside)
        })
    }

    /// The new secret that is tried beside an old one: of the same name, or one that the same endpoint
    /// takes, where only that is known.
    fn successor<'n>(&self, new: &'n Secrets, member: SecretName, way: Way) -> Option<&'n Secret> {
        let is_taken =
            |other| is_documented(other, way) && ways(self.target.kind(), other).contains(&way);
        let mut others = new.iter().filter(|(other, _)| is_taken(*other));
        new.get(member)
            .or_else(|| others.next().map(|(_, secret)| secret))
    }

    fn probe(&self, way: Way, secret: &Secret) -> Result<Seen, Failure> {
        let secret = Secret::new(secret.expose().to_owned());
        let request = match way {
            Way::Qstash => Call::signing_keys().request(self.endpoints, &Access::Token(secret)),
            Way::Rest => match self.whereabouts.rest() {
                Some(base) => probe_rest(base, secret),
                None => return Ok(Seen::NoAnswer),
            },
            Way::RedisTls => {
                let Some((host, port)) = self.whereabouts.redis() else {
                    return Ok(Seen::NoAnswer);
                };
                let tls = self.trust.tls()?;
                return Ok(redis::auth(host, port, &secret, &tls, self.patience));
            }
            Way::None => return Ok(Seen::NoAnswer),
        };
        let request = request.map_err(|error| Failure::input("a secret", &error))?;
        Ok(match self.client.read(&request) {
            Ok(answer) => Seen::of_status(answer.status()),
            Err(_) => Seen::NoAnswer,
        })
    }
}

/// How a secret is tried; not at all where nothing takes it.
fn ways(kind: Kind, member: SecretName) -> &'static [Way] {
    match (kind, member) {
        (Kind::Redis, SecretName::Password) => &[Way::RedisTls, Way::Rest],
        (Kind::Redis | Kind::Vector | Kind::Search, _) => &[Way::Rest],
        // The password of a QStash user in the first documented form is part of its token.
        (Kind::Qstash, SecretName::Password) | (Kind::SigningKeys, _) => &[],
        (Kind::Qstash, _) => &[Way::Qstash],
    }
}

/// Whether the endpoint is documented to take such secrets. REST takes tokens, and the one of the
/// database has the password in it; should it take the bare password, too, that is found out.
fn is_documented(member: SecretName, way: Way) -> bool {
    (member, way) != (SecretName::Password, Way::Rest)
}

/// What was found out, a line for each.
pub(super) fn lines(checks: &[Check]) -> impl Iterator<Item = String> {
    checks.iter().map(|check| {
        let how = match check.way {
            Way::Qstash => " at the QStash API",
            Way::Rest => " at the REST API",
            Way::RedisTls => " as password over TLS",
            Way::None => "",
        };
        format!("old {}{how}: {}", check.member, check.verdict)
    })
}
