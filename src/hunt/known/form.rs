//! Credentials by form: what their bytes look like, wherever they stand.

use super::example::is_random;
use super::{account, rest_token, url};
use crate::hunt::base64;
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

/// Digits of a REST token.
const REST_DIGITS: Range<usize> = 48..141;

/// Finds credentials and says what they are.
pub(super) fn scan(text: &[u8], each: &mut impl FnMut(Range<usize>, Kind)) {
    qstash_tokens(text, each);
    signing_keys(text, each);
    rest_tokens(text, each);
    url::scan(text, each);
    account::scan(text, each);
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
        password.len() >= url::MIN_PASSWORD && !password.contains(&b'"') && is_random(password)
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

/// Stretches of base64url of which a REST token can be made.
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
        if REST_DIGITS.contains(&digits) && rest_token::is_rest_token(&text[token.clone()]) {
            each(token.clone(), Kind::RestToken);
        }
        start = token.end + 1;
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
