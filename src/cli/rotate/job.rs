//! One credential to be rotated or checked, with everything that the flags say about it.

use super::super::exit::Failure;
use super::args::{Flags, What};
use super::client::Client;
use super::command::Receiver;
use super::store::Store;
use super::trust::Trust;
use super::variables::{self, Source, Variable};
use super::whereabouts::Whereabouts;
use qstash_redact::credentials::{
    Access, Endpoints, Kind, Permit, RotatePath, Secret, SecretName, Secrets, Target,
};
use std::time::Duration;

/// What is to be done, checked as far as that goes without asking a service.
pub(super) struct Job {
    pub(super) target: Target,
    pub(super) path: RotatePath,
    pub(super) flags: Flags,
    pub(super) variables: Vec<Variable>,
    pub(super) endpoints: Endpoints,
    pub(super) trust: Trust,
    pub(super) client: Client,
}

impl Job {
    pub(super) fn of(what: What) -> Result<Self, Failure> {
        let (target, path, flags) = match what {
            What::Qstash {
                id,
                region,
                legacy_path,
                flags,
            } => {
                let path = if legacy_path {
                    RotatePath::First
                } else {
                    RotatePath::Documented
                };
                (Target::qstash(id.id, region.region), path, flags)
            }
            What::Redis { id, flags } => (Target::redis(id.id), RotatePath::Documented, flags),
            What::Vector { id, flags } => (Target::vector(id.id), RotatePath::Documented, flags),
            What::Search { id, flags } => (Target::search(id.id), RotatePath::Documented, flags),
            What::SigningKeys {
                region,
                label,
                flags,
            } => (
                Target::signing_keys(region.region, label.label),
                RotatePath::Documented,
                flags,
            ),
            What::Confirm { .. } => return Err(Failure::fault("`confirm` rotates nothing")),
        };
        let variables = variables::choose(
            target.kind(),
            target.region(),
            &flags.to.variables,
            &flags.to.preset,
            flags.to.prefix.as_deref(),
        )?;
        let mut endpoints = Endpoints::production(target.region());
        if let Some(endpoint) = &flags.places.endpoint {
            endpoints.developer = endpoint.clone();
        }
        if let Some(endpoint) = &flags.places.qstash_endpoint {
            endpoints.qstash = endpoint.clone();
        }
        let trust = Trust::read(flags.places.ca_file.as_deref())?;
        let client = Client::new(&trust, Duration::from_secs(flags.places.timeout.into()));
        Ok(Self {
            target,
            path,
            flags,
            variables,
            endpoints,
            trust,
            client,
        })
    }

    /// How long an answer is waited for.
    pub(super) fn patience(&self) -> Duration {
        Duration::from_secs(self.flags.places.timeout.into())
    }

    /// What a person allows.
    pub(super) fn permit(&self) -> Permit {
        if self.flags.again {
            Permit::Again
        } else {
            Permit::Once
        }
    }

    /// The names of the variables that will be set.
    pub(super) fn names(&self) -> Vec<&str> {
        self.variables
            .iter()
            .map(|variable| variable.name.as_str())
            .collect()
    }

    /// The secrets that are rotated, too, and that no variable takes.
    pub(super) fn left_out(&self) -> Vec<&'static str> {
        let kind = self.target.kind();
        let takes = |member| {
            self.variables.iter().any(|variable| {
                variable.source == Source::Member(member)
                    || variable.source == Source::Url && member == SecretName::Password
            })
        };
        kind.secrets()
            .iter()
            // That of a QStash user is part of its token.
            .filter(|member| (kind, **member) != (Kind::Qstash, SecretName::Password))
            .filter(|member| !takes(**member))
            .map(|member| member.as_str())
            .collect()
    }

    /// The places where new secrets go.
    pub(super) fn store(&self) -> Result<Store, Failure> {
        let receiver = match &self.flags.to.exec[..] {
            [] => None,
            command => {
                let patience = Duration::from_secs(self.flags.to.exec_timeout.into());
                Some(Receiver::find(command, patience)?)
            }
        };
        Store::find(self.flags.to.out.as_deref(), receiver, self.flags.to.format)
    }

    /// Where the database or index is.
    pub(super) fn whereabouts(&self, access: &Access) -> Result<Whereabouts, Failure> {
        Whereabouts::ask(
            &self.client,
            &self.endpoints,
            access,
            &self.target,
            self.flags.places.rest_endpoint.as_ref(),
        )
    }

    /// Refuses, before anything is rotated, URLs that cannot be made.
    pub(super) fn refuse_urls_to_nowhere(&self, whereabouts: &Whereabouts) -> Result<(), Failure> {
        let is_url = |variable: &Variable| variable.source == Source::Url;
        if self.variables.iter().any(is_url) && !whereabouts.has_url() {
            return Err(Failure::content(format!(
                "the service does not say at which host and port {} is, so that no URL can be made; \
                 choose variables without one, with --as or --preset sdk",
                self.target
            )));
        }
        Ok(())
    }

    /// The values of the variables, those left out that the service does not show.
    pub(super) fn values(&self, secrets: &Secrets, whereabouts: &Whereabouts) -> Values {
        let mut values = Values::default();
        for variable in &self.variables {
            let secret = match variable.source {
                Source::Member(member) => secrets.get(member).map(|secret| {
                    // The one copy that is not in the machine.
                    Secret::new(secret.expose().to_owned())
                }),
                Source::Url => secrets
                    .get(SecretName::Password)
                    .and_then(|password| whereabouts.url(password)),
            };
            match secret {
                Some(secret) => values.known.push((variable.name.clone(), secret)),
                None => values.missing.push(variable.name.clone()),
            }
        }
        values
    }
}

/// What variables will hold.
#[derive(Default)]
pub(super) struct Values {
    pub(super) known: Vec<(String, Secret)>,
    /// The names of those for which the service shows nothing.
    pub(super) missing: Vec<String>,
}

impl Values {
    /// Names and secrets, as a store takes them.
    pub(super) fn as_refs(&self) -> Vec<(&str, &Secret)> {
        self.known
            .iter()
            .map(|(name, secret)| (name.as_str(), secret))
            .collect()
    }
}
