//! Where a database or index is, as the developer API says or a flag.

use super::super::exit::Failure;
use super::client::Client;
use super::{refusal, shown};
use qstash_redact::credentials::{
    Access, Base, Call, Endpoints, Kind, RedisDatabase, SearchIndex, Secret, Target, VectorIndex,
};
use std::mem;
use zeroize::Zeroizing;

/// The places where secrets are tried on, and that URLs name.
#[derive(Debug, Default)]
pub(super) struct Whereabouts {
    rest: Option<Base>,
    redis: Option<Redis>,
}

#[derive(Debug)]
struct Redis {
    host: String,
    port: u16,
    is_tls: bool,
}

impl Whereabouts {
    /// Asks the developer API. QStash itself is where it always is.
    pub(super) fn ask(
        client: &Client,
        endpoints: &Endpoints,
        access: &Access,
        target: &Target,
        rest: Option<&Base>,
    ) -> Result<Self, Failure> {
        let Some(id) = target.id() else {
            return Ok(Self::default());
        };
        let call = match target.kind() {
            Kind::Qstash | Kind::SigningKeys => return Ok(Self::default()),
            Kind::Redis => Call::redis_database_without_secrets(id),
            Kind::Vector | Kind::Search => Call::read(target),
        };
        let body = shown::body(client, endpoints, access, target, &call)?;
        let (endpoint, redis) = match target.kind() {
            Kind::Redis => RedisDatabase::from_json(body).map(|database| {
                let endpoint = database.endpoint();
                let redis = endpoint.clone().and_then(|host| Redis::of(host, &database));
                (endpoint, redis)
            }),
            Kind::Vector => VectorIndex::from_json(body).map(|index| (index.endpoint(), None)),
            _ => SearchIndex::from_json(body).map(|index| (index.endpoint(), None)),
        }
        .map_err(|error| refusal::not_understood(target, &error))?;
        let named = endpoint.and_then(|endpoint| Base::of_endpoint(&endpoint).ok());
        Ok(Self {
            rest: rest.cloned().or(named),
            redis,
        })
    }

    /// The REST API, where it is known.
    pub(super) fn rest(&self) -> Option<&Base> {
        self.rest.as_ref()
    }

    /// Host and port on which Redis speaks its own protocol over TLS.
    pub(super) fn redis(&self) -> Option<(&str, u16)> {
        let redis = self.redis.as_ref().filter(|redis| redis.is_tls)?;
        Some((&redis.host, redis.port))
    }

    /// Whether a URL for clients of Redis can be made.
    pub(super) fn has_url(&self) -> bool {
        self.redis.is_some()
    }

    /// The URL that holds `password`, as clients of Redis take it.
    pub(super) fn url(&self, password: &Secret) -> Option<Secret> {
        let redis = self.redis.as_ref()?;
        let scheme = if redis.is_tls { "rediss" } else { "redis" };
        // Large enough at once: what a growing buffer leaves behind is not overwritten.
        let mut url = Zeroizing::new(String::with_capacity(
            3 * password.len() + redis.host.len() + 64,
        ));
        url.push_str(scheme);
        url.push_str("://default:");
        for byte in password.expose().bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                url.push(char::from(byte));
            } else {
                url.push_str(&format!("%{byte:02X}"));
            }
        }
        url.push_str(&format!("@{}:{}", redis.host, redis.port));
        Some(Secret::new(mem::take(&mut url)))
    }
}

impl Redis {
    /// `None` where the answer does not say where it is; a host must look like one, since the
    /// password is sent there and the URL gets into files.
    fn of(host: String, database: &RedisDatabase) -> Option<Self> {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
        let port = database.port()?.as_str().parse().ok()?;
        (!host.is_empty() && host.bytes().all(letter)).then_some(Self {
            host,
            port,
            is_tls: database.tls() != Some(false),
        })
    }
}
