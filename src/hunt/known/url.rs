//! URLs with a password in their user info: of any Redis database, and of everything at Upstash.

use super::example::is_random;
use super::rest_token::is_rest_token;
use crate::hunt::cut::is_separator;
use crate::hunt::finding::Kind;
use memchr::memmem;
use std::ops::Range;

/// What is longer, in bytes, is no URL.
const MAX_URL: usize = 2048;

/// Shorter passwords are words of examples.
pub(super) const MIN_PASSWORD: usize = 12;

/// The schemes of Redis, whose hosts may be anybody's.
const REDIS: [&[u8]; 2] = [b"redis", b"rediss"];

/// The domains of Upstash. Behind other schemes a host is one of theirs.
const DOMAINS: [&[u8]; 2] = [b"upstash.io", b"upstash.com"];

/// Finds URLs with a password, user and colon in front of it or not.
pub(super) fn scan(text: &[u8], each: &mut impl FnMut(Range<usize>, Kind)) {
    for at in memmem::find_iter(text, b"://") {
        let scheme = scheme_before(text, at);
        let rest = &text[at + 3..text.len().min(at + 3 + MAX_URL)];
        let is_end = |byte: &u8| is_separator(*byte);
        let rest = &rest[..rest.iter().position(is_end).unwrap_or(rest.len())];
        let is_behind = |byte: &u8| matches!(byte, b'/' | b'?' | b'#');
        let authority = &rest[..rest.iter().position(is_behind).unwrap_or(rest.len())];
        let Some(sign) = memchr::memrchr(b'@', authority) else {
            continue;
        };
        let Some(colon) = memchr::memchr(b':', &authority[..sign]) else {
            continue;
        };
        let is_redis = REDIS.iter().any(|redis| scheme.eq_ignore_ascii_case(redis));
        let kind = match is_redis {
            true => Kind::RedisUrl,
            false if is_of_upstash(&authority[sign + 1..]) => Kind::Url,
            false => continue,
        };
        let password = &authority[colon + 1..sign];
        let is_one = is_random(password) || is_rest_token(password);
        if password.len() >= MIN_PASSWORD && is_one {
            each(at - scheme.len()..at + 3 + rest.len(), kind);
        }
    }
}

/// The letters and digits that end at `at`.
fn scheme_before(text: &[u8], at: usize) -> &[u8] {
    let near = &text[at.saturating_sub(16)..at];
    let is_other = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'+';
    &near[near.iter().rposition(is_other).map_or(0, |other| other + 1)..]
}

/// Whether a host, with or without a port, is one of Upstash.
fn is_of_upstash(host: &[u8]) -> bool {
    let name = &host[..memchr::memchr(b':', host).unwrap_or(host.len())];
    DOMAINS.iter().any(|domain| {
        name.len().checked_sub(domain.len()).is_some_and(|before| {
            name[before..].eq_ignore_ascii_case(domain) && (before == 0 || name[before - 1] == b'.')
        })
    })
}
