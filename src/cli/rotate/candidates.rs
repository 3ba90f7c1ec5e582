//! Everything in a file that can be a secret: its fingerprint decides whether it is.

use super::{dotenv, json};
use qstash_redact::credentials::Secret;
use std::mem;

/// The lines of a file, the values of its variables, the strings of its object, and the passwords of
/// the URLs among them.
pub(super) fn of(content: &[u8]) -> Vec<Secret> {
    let mut found = Vec::new();
    for line in content.split(|byte| *byte == b'\n') {
        add(&mut found, line.trim_ascii());
    }
    for assignment in dotenv::assignments(content).unwrap_or_default() {
        add(&mut found, assignment.value(content));
    }
    for (_, mut value) in json::strings(content).unwrap_or_default() {
        found.push(Secret::new(mem::take(&mut value)));
    }
    let passwords = found.iter().filter_map(password).collect::<Vec<_>>();
    found.extend(passwords);
    found
}

fn add(found: &mut Vec<Secret>, bytes: &[u8]) {
    if !bytes.is_empty()
        && let Ok(secret) = Secret::from_utf8(bytes.to_vec())
    {
        found.push(secret);
    }
}

/// The password in a URL, as it stands there: none of those that services make has escapes.
pub(super) fn password(url: &Secret) -> Option<Secret> {
    let (_, rest) = url.expose().split_once("://")?;
    let (user, _) = rest.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    Some(Secret::new(password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_however_they_are_written_down() {
        for content in [
            "s3cret",
            "other\n  s3cret\r\n",
            "A=1\nexport T=\"s3cret\" # x\n",
            "T='s3cret'",
            r#"{"a":1,"T":"s3cret"}"#,
            "KV_URL=rediss://default:s3cret@db.upstash.io:6379\n",
        ] {
            let found = of(content.as_bytes());
            assert!(
                found.iter().any(|secret| secret.expose() == "s3cret"),
                "{content}"
            );
        }
    }
}
