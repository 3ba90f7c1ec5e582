//! What the service shows of a credential.

use super::super::exit::Failure;
use super::client::Client;
use super::refusal;
use qstash_redact::credentials::{
    Access, Call, Endpoints, Kind, QstashUser, RedisDatabase, SearchIndex, Secrets, SigningKeys,
    Status, Target, VectorIndex,
};
use std::mem;

/// Reads the secrets of `target`; there are none where the service hides them.
pub(super) fn read(
    client: &Client,
    endpoints: &Endpoints,
    access: &Access,
    target: &Target,
) -> Result<Secrets, Failure> {
    let body = body(client, endpoints, access, target, &Call::read(target))?;
    let secrets = match target.kind() {
        Kind::Qstash => QstashUser::from_json(body).map(QstashUser::into_secrets),
        Kind::Redis => RedisDatabase::from_json(body).map(RedisDatabase::into_secrets),
        Kind::Vector => VectorIndex::from_json(body).map(VectorIndex::into_secrets),
        Kind::Search => SearchIndex::from_json(body).map(SearchIndex::into_secrets),
        Kind::SigningKeys => SigningKeys::from_json(body).map(SigningKeys::into_secrets),
    };
    secrets.map_err(|error| refusal::not_understood(target, &error))
}

/// The body of a good answer to a call that changes nothing.
pub(super) fn body(
    client: &Client,
    endpoints: &Endpoints,
    access: &Access,
    target: &Target,
    call: &Call,
) -> Result<Vec<u8>, Failure> {
    let request = call
        .request(endpoints, access)
        .map_err(|error| Failure::input("the request", &error))?;
    let mut answer = client
        .read(&request)
        .map_err(|no_answer| Failure::outside(format!("reading {target}: {no_answer}")))?;
    match Status::of(&answer) {
        Status::Ok => Ok(mem::take(answer.body_mut())),
        status => Err(refusal::of_read(target, status)),
    }
}
