//! What REST tokens are made of: Redis databases have them, and Vector and Search indexes.

use super::example::is_example;
use crate::hunt::base64;

/// Tokens of which only the end is known have so many digits at least.
const MIN_DIGITS: usize = 80;

/// They end with a password: so many of their last bytes are letters and digits.
const PASSWORD_BYTES: usize = 24;

/// Whether these digits of base64url, with or without padding, are a REST token.
pub(super) fn is_rest_token(token: &[u8]) -> bool {
    if token.iter().any(|byte| matches!(byte, b'+' | b'/')) {
        return false;
    }
    let is_long = token.len() >= MIN_DIGITS && token[0] == b'A' && !is_example(token);
    let mut decoded = Vec::new();
    base64::decode(token, &mut decoded)
        && (has_parts_of_stated_lengths(&decoded) || is_long && ends_with_password(&decoded))
}

/// Whether it is a kind, the number of a database, a flag, two lengths, and two parts that have them: a
/// user, and a password, which is no text where the token may only read.
///
/// The number has two bytes, or eight where the highest bit of the kind is set.
fn has_parts_of_stated_lengths(decoded: &[u8]) -> bool {
    let number = match decoded.first() {
        Some(1 | 2) => 2,
        Some(0x81 | 0x82) => 8,
        _ => return false,
    };
    let Some([0 | 1, user, password, parts @ ..]) = decoded.get(1 + number..) else {
        return false;
    };
    let (user, password) = (usize::from(*user), usize::from(*password));
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    // The number begins with zeros, so the password alone says whether this is an example.
    parts.len() == user + password
        && user > 0
        && password >= 16
        && parts[..user].iter().all(is_name)
        && !is_example(&parts[user..])
}

/// Whether the end is a password of letters and digits, as that of tokens with other beginnings is.
fn ends_with_password(decoded: &[u8]) -> bool {
    let end = decoded.last_chunk::<PASSWORD_BYTES>();
    end.is_some_and(|end| end.iter().all(u8::is_ascii_alphanumeric))
}
