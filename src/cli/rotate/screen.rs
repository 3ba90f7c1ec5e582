//! What a command printed, as it can be shown: secrets in it become placeholders, and where anything is
//! left that may be a part of one, however it is written, nothing of it is shown.

use super::candidates;
use memchr::memmem;
use qstash_redact::credentials::Secret;
use zeroize::Zeroizing;

/// How much is shown, in bytes. More is not shown at all: a secret may be cut in two at its end.
pub(super) const LARGEST: usize = 64 << 10;

/// The shortest part of a secret that is looked for, in bytes. What is shorter is no use to anybody, and
/// stands in many texts by chance.
const PART: usize = 8;

/// The text that can be shown of `printed`, control characters but those of lines taken out; or why
/// there is none.
pub(super) fn shown(printed: &[u8], secrets: &[&Secret]) -> Result<String, &'static str> {
    if printed.len() > LARGEST {
        return Err("the command printed too much; none of it is shown");
    }
    let mut text = Zeroizing::new(String::from_utf8_lossy(printed).into_owned());
    let mut secrets = secrets.to_vec();
    secrets.retain(|secret| !secret.is_empty());
    // One may be part of another: a password is part of its URL.
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in &secrets {
        text = Zeroizing::new(text.replace(secret.expose(), secret.placeholder().as_str()));
    }
    // Lines may be broken anywhere, and so may be what is written in two pieces.
    let joined = Zeroizing::new(
        text.bytes()
            .filter(|byte| !byte.is_ascii_whitespace() && !byte.is_ascii_control())
            .collect::<Vec<_>>(),
    );
    if secrets.iter().any(|secret| has_part(&joined, secret)) {
        return Err("the command printed what may be a part of a secret; nothing of it is shown");
    }
    Ok(text.replace(
        |letter: char| letter.is_control() && letter != '\n' && letter != '\t',
        "\u{fffd}",
    ))
}

/// Whether a part of a secret stands in `text`: as it is, or as base64 or hexadecimal digits write it.
/// Escapes and percent-encoding leave letters and digits as they are.
fn has_part(text: &[u8], secret: &Secret) -> bool {
    // Of a URL the rest is no secret.
    let password = candidates::password(secret);
    let bytes = password.as_ref().unwrap_or(secret).expose().as_bytes();
    let lower = Zeroizing::new(text.to_ascii_lowercase());
    let plain = Zeroizing::new(
        text.iter()
            .map(|byte| match byte {
                b'-' => b'+',
                b'_' => b'/',
                byte => *byte,
            })
            .collect::<Vec<_>>(),
    );
    has_window(text, bytes)
        || has_window(&lower, &hex(bytes))
        // Digits are groups of three bytes, which can begin at any of three places.
        || (0..3).any(|skip| {
            has_window(&plain, &base64(bytes.get(skip..).unwrap_or_default()))
        })
}

/// Whether any [`PART`] bytes of `whole` stand in `text`.
fn has_window(text: &[u8], whole: &[u8]) -> bool {
    whole
        .windows(PART)
        .any(|part| memmem::find(text, part).is_some())
}

fn hex(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| {
        [
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 15)],
        ]
    });
    Zeroizing::new(digits.collect())
}

/// The digits of whole groups of three bytes: what comes behind them depends on what follows.
fn base64(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = bytes.chunks_exact(3).flat_map(|group| {
        let group = group
            .iter()
            .fold(0, |group, byte| group << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| DIGITS[group >> shift & 63])
    });
    Zeroizing::new(digits.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "AX9s/k3+Qm-7_tZ0wP2vLr8N";

    fn show(printed: &str) -> Result<String, &'static str> {
        shown(printed.as_bytes(), &[&Secret::new(SECRET.to_owned())])
    }

    #[test]
    fn secrets_become_placeholders() {
        let [password, url] = ["s3cret-password", "rediss://default:s3cret-password@h:1"]
            .map(|text| Secret::new(text.to_owned()));
        let text = shown(
            b"set s3cret-password\x1b[2J\nurl rediss://default:s3cret-password@h:1\n",
            &[&password, &url],
        );
        assert_eq!(
            text.unwrap(),
            format!(
                "set {}\u{fffd}[2J\nurl {}\n",
                password.placeholder(),
                url.placeholder()
            )
        );
    }

    #[test]
    fn however_a_secret_is_written_nothing_is_shown_of_it() {
        // The same in front of it moves the groups of base64.
        for (what, text) in [
            ("its first half", "AX9s/k3+Qm-7".to_owned()),
            ("its last half", "_tZ0wP2vLr8N".to_owned()),
            ("broken lines", "AX9s/k3+Qm-7_t\n  Z0wP2vLr8N".to_owned()),
            (
                "letter by letter",
                SECRET.split("").collect::<Vec<_>>().join(" "),
            ),
            ("JSON", SECRET.replace('/', "\\/").replace('+', "\\u002b")),
            ("percent", SECRET.replace('/', "%2F").replace('+', "%2B")),
            ("base64", "QVg5cy9rMytRbS03X3RaMHdQMnZMcjhO".to_owned()),
            (
                "base64 behind a byte",
                "OkFYOXMvazMrUW0tN190WjB3UDJ2THI4Tg==".to_owned(),
            ),
            (
                "base64 behind two",
                "dTpBWDlzL2szK1FtLTdfdFowd1AydkxyOE4=".to_owned(),
            ),
            (
                "hex",
                "415839732f6b332b516d2d375f745a30775032764c72384e".to_owned(),
            ),
            (
                "HEX",
                "415839732F6B332B516D2D375F745A30775032764C72384E".to_owned(),
            ),
        ] {
            let shown = show(&format!("stored: {text}\n"));
            assert!(shown.is_err(), "{what}: {shown:?}");
        }
    }

    #[test]
    fn what_is_no_secret_is_shown() {
        for text in ["", "Success! Data written to: secret/qstash\n", "AX9s/k3\n"] {
            assert_eq!(show(text).unwrap(), text);
        }
        let url = Secret::new("rediss://default:s3cret-password@db.upstash.io:6379".to_owned());
        let text = "rediss://default:…@db.upstash.io:6379 is set\n";
        assert_eq!(shown(text.as_bytes(), &[&url]).unwrap(), text);
        assert!(shown(b"cret-password", &[&url]).is_err());
        assert!(show(&"x".repeat(LARGEST + 1)).is_err());
        assert_eq!(show(&"x".repeat(LARGEST)).unwrap().len(), LARGEST);
    }
}
