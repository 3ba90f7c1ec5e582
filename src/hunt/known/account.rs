//! Keys of the developer API. They have the form of any UUID, so they are told by what stands beside them:
//! in the configuration of the Upstash CLI the e-mail address, and in the user info of a call, where base64
//! around it is taken off, as well.

use super::name::is_address;
use crate::hunt::cut::is_separator;
use crate::hunt::finding::Kind;
use memchr::memmem;
use std::ops::Range;

/// The members of the CLI's configuration, as it writes them now and as it wrote them first.
const KEY_MEMBERS: [&[u8]; 2] = [b"\"api_key\"", b"\"apiKey\""];
const EMAIL_MEMBER: &[u8] = b"\"email\"";

/// How far apart the two members may be, in bytes: e-mail addresses have up to 254.
const NEAR: usize = 320;

/// Finds keys beside the address of their account.
pub(super) fn scan(text: &[u8], each: &mut impl FnMut(Range<usize>, Kind)) {
    for member in KEY_MEMBERS {
        for at in memmem::find_iter(text, member) {
            let key = string_behind(text, at + member.len());
            let near = &text[at.saturating_sub(NEAR)..text.len().min(at + NEAR)];
            let has_address = || {
                memmem::find_iter(near, EMAIL_MEMBER).any(|email| {
                    string_behind(near, email + EMAIL_MEMBER.len())
                        .is_some_and(|address| is_address(&near[address]))
                })
            };
            if let Some(key) = key.filter(|key| is_key(&text[key.clone()]) && has_address()) {
                each(key, Kind::ApiKey);
            }
        }
    }
    for at in memchr::memchr_iter(b'@', text) {
        if let Some(key) = key_behind_address(text, at) {
            each(key, Kind::ApiKey);
        }
    }
}

/// The key in `user@domain:key`, where the sign is at `at`.
fn key_behind_address(text: &[u8], at: usize) -> Option<Range<usize>> {
    let is_end = |byte: &u8| is_separator(*byte) || matches!(byte, b'=' | b'/');
    let domain = text[at..]
        .iter()
        .take(NEAR)
        .position(|byte| *byte == b':')?;
    let key = at + domain + 1..at + domain + 1 + KEY_LENGTH;
    if !text.get(key.clone()).is_some_and(is_key) || !text.get(key.end).is_none_or(is_end) {
        return None;
    }
    let near = at.saturating_sub(NEAR);
    let user = text[near..at]
        .iter()
        .rposition(is_end)
        .map_or(near, |end| near + end + 1);
    is_address(&text[user..at + domain]).then_some(key)
}

/// What stands between quotes behind the colon that follows `at`.
fn string_behind(text: &[u8], at: usize) -> Option<Range<usize>> {
    let is_blank = |byte: &&u8| byte.is_ascii_whitespace();
    let blanks = |from: usize| Some(text.get(from..)?.iter().take_while(is_blank).count());
    let colon = at + blanks(at)?;
    let quote = colon + 1 + blanks(colon + 1)?;
    if text[colon] != b':' || text.get(quote) != Some(&b'"') {
        return None;
    }
    let length = memchr::memchr(b'"', &text[quote + 1..text.len().min(quote + 1 + NEAR)])?;
    Some(quote + 1..quote + 1 + length)
}

/// How long a UUID is.
const KEY_LENGTH: usize = 36;

/// Whether a value is a UUID, and not one of an example.
fn is_key(value: &[u8]) -> bool {
    let good = |(place, byte): (usize, &u8)| match place {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    value.len() == KEY_LENGTH
        && value.iter().enumerate().all(good)
        && !super::example::is_example(value)
}
