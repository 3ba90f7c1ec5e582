//! Credentials by form: what their bytes look like, wherever they stand.

use super::example::{is_example, is_random};
use crate::hunt::base64;
use crate::hunt::cut::is_separator;
use crate::hunt::finding::Kind;
use memchr::memmem;
use std::ops::Range;

/// What base64 makes of `{"UserID":`.
const TOKEN_MARK: &[u8] = b"eyJVc2VySUQiOi";

/// Digits of a QStash token: 128 as long as users and passwords have the length they have now.
const TOKEN_DIGITS: Range<usize> = 80..257;

/// What a signing key begins with, and the base58 digits behind it.
const KEY_MARK: &[u8] = b"sig_";
const KEY_DIGITS: usize = 28;

/// Digits of a REST token, which begins with `A`.
const REST_DIGITS: Range<usize> = 80..141;

/// Such tokens end with the password; so many of their last bytes are its letters and digits.
const PASSWORD_BYTES: usize = 24;

/// A URL with more bytes is none.
const MAX_URL: usize = 2048;

/// Shorter passwords of URLs are words of examples.
const MIN_PASSWORD: usize = 12;

/// Finds credentials and says what they are.
pub(super) fn scan(text: &[u8], each: &mut impl FnMut(Range<usize>, Kind)) {
    qstash_tokens(text, each);
    signing_keys(text, each);
    rest_tokens(text, each);
    redis_urls(text, each);
}

/// Base64 of `{"UserID":"…","Password":"…"}`.
fn qstash_tokens(text: &[u8], each: &mut impl FnMut(Range<usize>, Kind)) {
    for start in memmem::find_iter(text, TOKEN_MARK) {
        if start > 0 && base64::is_digit(text[start - 1]) {
            continue;
        }
        let digits = digits_at(text, start, TOKEN_DIGITS.end);
        let padding = text[start + digits..]
            .iter()
            .take(2)
            .take_while(|byte| **byte == b'=')
            .count();
        let range = start..start + digits + padding;
        if TOKEN_DIGITS.contains(&digits) && holds_password(&text[range.clone()]) {
            each(range, Kind::QstashToken);
        }
    }
}

fn holds_password(token: &[u8]) -> bool {
    let mut decoded = Vec::new();
    if !base64::decode(token, &mut decoded) {
        return false;
    }
    let mark = br#""Password":""#;
    let password =
        memmem::find(&decoded, mark).and_then(|at| decoded[at + mark.len()..].strip_suffix(b"\"}"));
    password.is_some_and(|password| {
        password.len() >= MIN_PASSWORD && !password.contains(&b'"') && is_random(password)
    })
}

/// `sig_` and 28 digits of base58.
fn signing_keys(text: &[u8], each: &mut impl FnMut(Range<usize>, Kind)) {
    for start in memmem::find_iter(text, KEY_MARK) {
        let digits = start + KEY_MARK.len();
        let Some(key) = text.get(digits..digits + KEY_DIGITS) else {
            continue;
        };
        let end = digits + KEY_DIGITS;
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let alone =
            !text[..start].last().is_some_and(is_word) && !text.get(end).is_some_and(is_word);
        let is_base58 =
            |byte: &u8| byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l');
        if alone && key.iter().all(is_base58) && is_random(key) {
            each(start..end, Kind::SigningKey);
        }
    }
}

/// About a hundred digits of base64url that begin with `A` and hold the password.
fn rest_tokens(text: &[u8], each: &mut impl FnMut(Range<usize>, Kind)) {
    let mut start = 0;
    // Where a token begins at `start`, all of its digits do: from the last of them backwards most texts
    // are passed in steps.
    while let Some(first) = text.get(start..start + REST_DIGITS.start) {
        if let Some(other) = first.iter().rposition(|byte| !base64::is_digit(*byte)) {
            start += other + 1;
            continue;
        }
        let digits = text[start..]
            .iter()
            .position(|byte| !base64::is_digit(*byte))
            .unwrap_or(text.len() - start);
        let padding = text[start + digits..]
            .iter()
            .take(2)
            .take_while(|byte| **byte == b'=')
            .count();
        let token = start..start + digits + padding;
        // What follows a REST token is no digit, and what precedes it is none by now.
        if REST_DIGITS.contains(&digits) && is_rest_token(&text[token.clone()]) {
            each(token.clone(), Kind::RestToken);
        }
        start = token.end + 1;
    }
}

fn is_rest_token(token: &[u8]) -> bool {
    if token[0] != b'A' || token.iter().any(|byte| matches!(byte, b'+' | b'/')) || is_example(token)
    {
        return false;
    }
    let mut decoded = Vec::new();
    base64::decode(token, &mut decoded)
        && decoded
            .last_chunk::<PASSWORD_BYTES>()
            .is_some_and(|end| end.iter().all(u8::is_ascii_alphanumeric))
}

/// `redis://` or `rediss://` with a user and a password.
fn redis_urls(text: &[u8], each: &mut impl FnMut(Range<usize>, Kind)) {
    for start in memmem::find_iter(text, b"redis") {
        let behind = &text[start..];
        let Some(scheme) = [&b"redis://"[..], b"rediss://"]
            .into_iter()
            .find(|scheme| behind.starts_with(scheme))
        else {
            continue;
        };
        let rest = &behind[scheme.len()..];
        let rest = &rest[..rest.len().min(MAX_URL)];
        let length = rest
            .iter()
            .position(|byte| is_separator(*byte))
            .unwrap_or(rest.len());
        let url = &rest[..length];
        let authority = &url[..memchr::memchr3(b'/', b'?', b'#', url).unwrap_or(url.len())];
        let Some(at) = memchr::memrchr(b'@', authority) else {
            continue;
        };
        let Some(colon) = memchr::memchr(b':', &authority[..at]) else {
            continue;
        };
        let password = &authority[colon + 1..at];
        if password.len() >= MIN_PASSWORD && is_random(password) {
            each(start..start + scheme.len() + length, Kind::RedisUrl);
        }
    }
}

/// How many digits follow from `start` on, counted up to `most`.
fn digits_at(text: &[u8], start: usize, most: usize) -> usize {
    text[start..]
        .iter()
        .take(most)
        .take_while(|byte| base64::is_digit(**byte))
        .count()
}
