//! The calls of the services as requests, without sending them.

use super::endpoint::{Base, Endpoints};
use super::name::{Id, Kind, Target};
use super::rotation::RotatePath;
use super::secret::Secret;
use crate::error::{Error, ErrorKind};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderValue, Method, Request};
use std::fmt;
use zeroize::Zeroizing;

/// What a request proves itself with.
pub enum Access {
    /// The developer API: an account's e-mail address and API key.
    Developer {
        /// The address; no secret, but personal.
        email: Secret,
        /// The API key.
        api_key: Secret,
    },
    /// The QStash API, and the REST APIs of databases and indexes: a bearer token.
    Token(Secret),
}

impl Access {
    /// The value of `Authorization`: sensitive, and overwritten when its last copy is dropped.
    fn authorization(&self) -> Result<HeaderValue, Error> {
        let value = match self {
            Self::Developer { email, api_key } => {
                if email.is_empty() || api_key.is_empty() || email.expose().contains(':') {
                    return Err(refused(
                        "an e-mail address, without a colon, and an API key are needed",
                    ));
                }
                let pair = Zeroizing::new([email.expose(), ":", api_key.expose()].concat());
                base64(b"Basic ", pair.as_bytes())
            }
            Self::Token(token) => {
                if token.is_empty() {
                    return Err(refused("a token is needed"));
                }
                Zeroizing::new([b"Bearer ", token.expose().as_bytes()].concat())
            }
        };
        let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(value))
            .map_err(|_| refused("a credential has characters that no header can hold"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for Access {
    /// Shows which it is, and not even a placeholder: an e-mail address can be guessed.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Developer { .. } => "Developer",
            Self::Token(_) => "Token",
        })
    }
}

/// A call of a service.
///
/// What it acts on is part of it: only ids that are one segment of a path can be named.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    method: Method,
    api: Api,
    path: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Api {
    Developer,
    Qstash,
}

impl Call {
    /// Lists the QStash users of the account: `GET /v2/qstash/users`.
    #[must_use]
    pub fn qstash_users() -> Self {
        Self::developer(Method::GET, "/v2/qstash/users".to_owned())
    }

    /// Lists the Redis databases of the account: `GET /v2/redis/databases`.
    #[must_use]
    pub fn redis_databases() -> Self {
        Self::developer(Method::GET, "/v2/redis/databases".to_owned())
    }

    /// Reads one QStash user: `GET /v2/qstash/user/{id}`.
    #[must_use]
    pub fn qstash_user(id: &Id) -> Self {
        Self::developer(Method::GET, format!("/v2/qstash/user/{id}"))
    }

    /// Reads one Redis database: `GET /v2/redis/database/{id}`, with its secrets.
    #[must_use]
    pub fn redis_database(id: &Id) -> Self {
        Self::developer(Method::GET, format!("/v2/redis/database/{id}"))
    }

    /// Reads one Redis database and asks the service to leave its secrets out.
    #[must_use]
    pub fn redis_database_without_secrets(id: &Id) -> Self {
        Self::developer(
            Method::GET,
            format!("/v2/redis/database/{id}?credentials=hide"),
        )
    }

    /// Reads one Vector index: `GET /v2/vector/index/{id}`.
    #[must_use]
    pub fn vector_index(id: &Id) -> Self {
        Self::developer(Method::GET, format!("/v2/vector/index/{id}"))
    }

    /// Reads one Search index: `GET /v2/search/{id}`.
    #[must_use]
    pub fn search_index(id: &Id) -> Self {
        Self::developer(Method::GET, format!("/v2/search/{id}"))
    }

    /// Reads QStash's signing keys: `GET /v2/keys`. Also tells whether a token is accepted.
    #[must_use]
    pub fn signing_keys() -> Self {
        Self::qstash(Method::GET, "/v2/keys".to_owned())
    }

    /// Replaces the token of a QStash user: `POST /v2/qstash/rotate-token/{id}`.
    #[must_use]
    pub fn rotate_qstash(id: &Id) -> Self {
        Self::developer(Method::POST, format!("/v2/qstash/rotate-token/{id}"))
    }

    /// Replaces the token of the account's own QStash user, by the path that was documented first:
    /// `POST /qstash/user/rotatetoken`.
    ///
    /// It names no id. Never fall back to it: with several users it can replace another one's token.
    #[must_use]
    pub fn rotate_own_qstash_by_the_first_path() -> Self {
        Self::developer(Method::POST, "/qstash/user/rotatetoken".to_owned())
    }

    /// Replaces password and tokens of a Redis database: `POST /v2/redis/reset-password/{id}`.
    #[must_use]
    pub fn reset_redis(id: &Id) -> Self {
        Self::developer(Method::POST, format!("/v2/redis/reset-password/{id}"))
    }

    /// Replaces the tokens of a Vector index: `POST /v2/vector/index/{id}/reset-password`.
    #[must_use]
    pub fn reset_vector(id: &Id) -> Self {
        Self::developer(
            Method::POST,
            format!("/v2/vector/index/{id}/reset-password"),
        )
    }

    /// Replaces the tokens of a Search index: `POST /v2/search/{id}/reset-password`.
    #[must_use]
    pub fn reset_search(id: &Id) -> Self {
        Self::developer(Method::POST, format!("/v2/search/{id}/reset-password"))
    }

    /// Rolls QStash's signing keys: `POST /v2/keys/rotate`.
    #[must_use]
    pub fn roll_signing_keys() -> Self {
        Self::qstash(Method::POST, "/v2/keys/rotate".to_owned())
    }

    /// Reads a target's credentials.
    #[must_use]
    pub fn read(target: &Target) -> Self {
        match (target.kind(), target.id()) {
            (Kind::Qstash, Some(id)) => Self::qstash_user(id),
            (Kind::Redis, Some(id)) => Self::redis_database(id),
            (Kind::Vector, Some(id)) => Self::vector_index(id),
            (Kind::Search, Some(id)) => Self::search_index(id),
            // Only signing keys can be without an id.
            (Kind::SigningKeys, _) | (_, None) => Self::signing_keys(),
        }
    }

    /// Replaces a target's credentials, by the documented path of today.
    #[must_use]
    pub fn rotate(target: &Target) -> Self {
        match (target.kind(), target.id()) {
            (Kind::Qstash, Some(id)) => Self::rotate_qstash(id),
            (Kind::Redis, Some(id)) => Self::reset_redis(id),
            (Kind::Vector, Some(id)) => Self::reset_vector(id),
            (Kind::Search, Some(id)) => Self::reset_search(id),
            (Kind::SigningKeys, _) | (_, None) => Self::roll_signing_keys(),
        }
    }

    /// The same by a given path.
    pub(super) fn rotate_by(target: &Target, path: RotatePath) -> Result<Self, Error> {
        match path {
            RotatePath::Documented => Ok(Self::rotate(target)),
            RotatePath::First if target.kind() == Kind::Qstash => {
                Ok(Self::rotate_own_qstash_by_the_first_path())
            }
            RotatePath::First => Err(refused(
                "only a QStash token can be rotated by the first path",
            )),
        }
    }

    fn developer(method: Method, path: String) -> Self {
        Self {
            method,
            api: Api::Developer,
            path,
        }
    }

    fn qstash(method: Method, path: String) -> Self {
        Self {
            method,
            api: Api::Qstash,
            path,
        }
    }

    /// Whether it changes nothing, so that it can be sent once more.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    /// The request, with an empty body and a sensitive `Authorization`.
    ///
    /// The header is overwritten in memory when its last copy is dropped; what an HTTP client copies
    /// it to is not.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] when `access` is not what the API takes, or no header can hold it.
    pub fn request(
        &self,
        endpoints: &Endpoints,
        access: &Access,
    ) -> Result<Request<Vec<u8>>, Error> {
        let base = match (self.api, access) {
            (Api::Developer, Access::Developer { .. }) => &endpoints.developer,
            (Api::Qstash, Access::Token(_)) => &endpoints.qstash,
            (Api::Developer, _) => {
                return Err(refused(
                    "the developer API takes an e-mail address and an API key",
                ));
            }
            (Api::Qstash, _) => return Err(refused("the QStash API takes a token")),
        };
        build(self.method.clone(), base, &self.path, access)
    }
}

/// A request that tells whether `token` is accepted by the REST API of a database or index: `GET /`.
///
/// # Errors
///
/// [`ErrorKind::Request`] when no header can hold the token.
pub fn probe_rest(base: &Base, token: Secret) -> Result<Request<Vec<u8>>, Error> {
    build(Method::GET, base, "/", &Access::Token(token))
}

fn build(
    method: Method,
    base: &Base,
    path: &str,
    access: &Access,
) -> Result<Request<Vec<u8>>, Error> {
    Request::builder()
        .method(method)
        .uri(format!("{base}{path}"))
        .header(AUTHORIZATION, access.authorization()?)
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .body(Vec::new())
        .map_err(|_| refused("a request cannot be built from this base URL"))
}

impl fmt::Debug for Call {
    /// Shows method and path, in which nothing is secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Call({} {})", self.method, self.path)
    }
}

fn refused(what: &'static str) -> Error {
    Error::new(ErrorKind::Request, what)
}

/// `scheme` and `bytes` in base64, in a buffer that never grows and is overwritten in the end.
fn base64(scheme: &[u8], bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = Zeroizing::new(Vec::with_capacity(
        scheme.len() + bytes.len().div_ceil(3) * 4,
    ));
    text.extend_from_slice(scheme);
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0, |group, at| {
            group << 8 | u32::from(chunk.get(at).copied().unwrap_or(0))
        });
        for at in 0..4 {
            text.push(if at > chunk.len() {
                b'='
            } else {
                DIGITS[(group >> (18 - 6 * at) & 63) as usize]
            });
        }
    }
    text
}

#[cfg(test)]
mod tests;
