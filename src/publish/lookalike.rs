//! Values that are no placeholder but were one: cut, decorated, encoded, or put into something else.
//!
//! Nobody can list all of what is done to a text on its way, so this errs on the side of finding: an
//! original that is lost is lost for good, and whoever means such a value can say so.

use crate::fingerprint::Fingerprint;

/// What placeholders begin with, compared without case.
const MARK: &[u8] = b"redacted";

/// So many hex digits are no accident.
const DIGITS: usize = 8;

/// `REDACTED:` in base64, behind a multiple of three bytes, one more, and two more.
const ENCODED: [&[u8]; 3] = [b"UkVEQUNURUQ6", b"JFREFDVEVEO", b"SRURBQ1RFRD"];

/// How many of a digest's digits are looked for together.
const CHUNK: usize = 16;

/// Whether `value` holds something that looks like a placeholder, or the rest of one.
pub(super) fn is_found(value: &[u8]) -> bool {
    holds_mark(value)
        || ENCODED
            .iter()
            .any(|encoded| memchr::memmem::find(value, encoded).is_some())
        || is_damaged(value)
}

/// Whether `value` holds digits of the fingerprint of `original`, with or without what belongs around.
pub(super) fn holds_digits(value: &[u8], original: &[u8]) -> bool {
    if value.len() < CHUNK || original.is_empty() {
        return false;
    }
    let digits = Fingerprint::of(original).to_string().into_bytes();
    let value = value.to_ascii_lowercase();
    digits
        .chunks(CHUNK)
        .any(|chunk| memchr::memmem::find(&value, chunk).is_some())
}

/// Whether the mark is in `value` with something behind it that a placeholder could have.
fn holds_mark(value: &[u8]) -> bool {
    memchr::memchr2_iter(b'r', b'R', value).any(|at| {
        let (mark, behind) = match value[at..].split_at_checked(MARK.len()) {
            Some(cut) => cut,
            None => return false,
        };
        mark.eq_ignore_ascii_case(MARK) && goes_on(behind)
    })
}

/// Whether what follows the mark could be what follows it in a placeholder.
fn goes_on(behind: &[u8]) -> bool {
    let Some(content) = behind_colon(behind) else {
        // Whatever took the place of the colon, digits give it away.
        let blank = behind
            .iter()
            .take(8)
            .take_while(|byte| !byte.is_ascii_alphanumeric())
            .count();
        return begins_with_digits(&behind[blank..]);
    };
    match content {
        // Prose has a blank behind its colon, and then no digest.
        [b' ' | b'\t', ..] => begins_with_digits(content.trim_ascii_start()),
        // As has a word.
        [b'g'..=b'z' | b'G'..=b'Z', ..] => content.starts_with(b"hmac-"),
        _ => true,
    }
}

/// What is behind a colon, plain or encoded for URLs or JSON.
fn behind_colon(text: &[u8]) -> Option<&[u8]> {
    [&b":"[..], b"%3A", b"%3a", b"\\u003a", b"\\u003A"]
        .iter()
        .find_map(|colon| text.strip_prefix(*colon))
}

fn begins_with_digits(text: &[u8]) -> bool {
    text.iter()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count()
        >= DIGITS
}

/// Whether `value` begins with the end of a placeholder's prefix, or with one wrong in one place, and
/// goes on with digits.
fn is_damaged(value: &[u8]) -> bool {
    const PREFIX: &[u8] = b"redacted:";
    let begins_as = |head: &[u8]| {
        let head = head.to_ascii_lowercase();
        PREFIX.ends_with(&head) || is_one_edit(&head, PREFIX)
    };
    (1..=PREFIX.len() + 1).any(|length| {
        value
            .split_at_checked(length)
            .is_some_and(|(head, digits)| begins_with_digits(digits) && begins_as(head))
    })
}

/// Whether one byte changed, added or left out makes one text the other.
fn is_one_edit(left: &[u8], right: &[u8]) -> bool {
    let (short, long) = match left.len() <= right.len() {
        true => (left, right),
        false => (right, left),
    };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    match long.len() - short.len() {
        0 => short.iter().skip(same + 1).eq(long.iter().skip(same + 1)),
        1 => short.iter().skip(same).eq(long.iter().skip(same + 1)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Placeholder;
    use crate::publish::base64::Base64;

    #[test]
    fn finds_what_was_a_placeholder() {
        let whole = Placeholder::of(b"x").to_string();
        for text in [
            "REDACTED:".to_owned(),
            "REDACTED:4".to_owned(),
            "REDACTED:4\u{2026}".to_owned(),
            whole[..40].to_owned(),
            whole[1..].to_owned(),
            whole[7..].to_owned(),
            format!("Bearer {whole}"),
            format!("{whole} "),
            format!("\"{whole}\""),
            whole.to_lowercase(),
            whole.replace(':', " : "),
            whole.replace(':', "="),
            whole.replace(':', ""),
            whole.replace(':', "%3A"),
            whole.replace(':', "\\u003a"),
            whole.replace("ACT", "AC"),
            whole.replace("ACT", "ACCT"),
            whole.replace("ACT", "AGT"),
            whole.replace(':', ":hmac-sha256:k:"),
            format!(r#"{{"password":"{whole}"}}"#),
            format!("https://h/?token={whole}"),
        ] {
            assert!(is_found(text.as_bytes()), "{text}");
            for before in ["", "a", "ab", "user:"] {
                if text.contains("REDACTED:") {
                    let encoded = Base64(format!("{before}{text}").as_bytes()).to_string();
                    assert!(
                        is_found(format!("Basic {encoded}").as_bytes()),
                        "{before}{text}"
                    );
                }
            }
        }
    }

    #[test]
    fn leaves_alone_what_never_was_one() {
        let digest = &Placeholder::of(b"x").to_string()[9..];
        for text in [
            "",
            "r",
            "redacted",
            "The name was redacted: see below.",
            "redacted:yes",
            "a redacted document",
            digest,
            &format!("sha256:{digest}"),
            "credacted",
        ] {
            assert!(!is_found(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn finds_the_digits_of_an_original_without_anything_around() {
        let digits = Fingerprint::of(b"x").to_string();
        for text in [
            &digits,
            &digits.to_uppercase()[20..],
            &digits[..16],
            &digits[48..],
        ] {
            assert!(holds_digits(text.as_bytes(), b"x"), "{text}");
            assert!(!holds_digits(text.as_bytes(), b"y"), "{text}");
        }
        assert!(!holds_digits(&digits.as_bytes()[..15], b"x"));
    }

    #[test]
    fn one_edit_is_one_edit() {
        for text in ["bc", "axbc", "abx", "abcx", "ab", "abc"] {
            assert!(is_one_edit(text.as_bytes(), b"abc"), "{text}");
        }
        for text in ["", "a", "acb", "xbcx", "abcxy", "xyc"] {
            assert!(!is_one_edit(text.as_bytes(), b"abc"), "{text}");
        }
    }
}
