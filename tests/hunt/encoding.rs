//! The ways in which a value is wrapped where it is planted; written for the tests alone.

use std::fmt::Write as _;

/// How a planted value is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Plain,
    /// Everything but letters, digits and `-._~` as `%XX`.
    Percent,
    /// Every byte as `%xx`.
    PercentAll,
    /// Everything but letters and digits as `\u00XX`.
    JsonEscape,
    /// A JSON string of a JSON document that is a string itself.
    JsonInJson,
    Base64,
    Base64Url,
    /// As HTTP's basic authentication has it, behind a user.
    Basic,
    Base64Twice,
    /// In a JSON document as base64.
    Base64Json,
    PercentBase64,
    Base64Percent,
}

impl Encoding {
    pub(crate) const ALL: [Self; 12] = [
        Self::Plain,
        Self::Percent,
        Self::PercentAll,
        Self::JsonEscape,
        Self::JsonInJson,
        Self::Base64,
        Self::Base64Url,
        Self::Basic,
        Self::Base64Twice,
        Self::Base64Json,
        Self::PercentBase64,
        Self::Base64Percent,
    ];

    pub(crate) fn of(self, value: &str) -> String {
        match self {
            Self::Plain => value.to_owned(),
            Self::Percent => percent(value, |byte| {
                byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
            }),
            Self::PercentAll => percent(value, |_| false).to_lowercase(),
            Self::JsonEscape => escape(value),
            Self::JsonInJson => escape(&escape(value)),
            Self::Base64 => base64(value.as_bytes(), false),
            Self::Base64Url => base64(value.as_bytes(), true),
            Self::Basic => base64(format!("default:{value}").as_bytes(), false),
            Self::Base64Twice => base64(base64(value.as_bytes(), false).as_bytes(), false),
            Self::Base64Json => base64(format!(r#"{{"n":1,"token":"{value}"}}"#).as_bytes(), false),
            Self::PercentBase64 => Self::Percent.of(&Self::Base64.of(value)),
            Self::Base64Percent => Self::Base64.of(&Self::PercentAll.of(value)),
        }
    }
}

fn percent(value: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if keep(byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
    }
    text
}

/// `\u` for everything but letters and digits, and for the first letter, so that there is one.
fn escape(value: &str) -> String {
    let mut text = String::new();
    for (index, character) in value.chars().enumerate() {
        if character.is_ascii_alphanumeric() && index > 0 {
            text.push(character);
        } else {
            write!(text, "\\u{:04x}", u32::from(character)).unwrap();
        }
    }
    text
}

/// Base64 with padding, or of the other alphabet without.
pub(crate) fn base64(bytes: &[u8], url: bool) -> String {
    const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut bits = [0; 4];
        bits[1..=chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes(bits);
        for digit in 0..4 {
            if digit <= chunk.len() {
                let value = (bits >> (18 - 6 * digit)) as usize & 63;
                text.push(match (url, STANDARD[value]) {
                    (true, b'+') => '-',
                    (true, b'/') => '_',
                    (_, digit) => char::from(digit),
                });
            } else if !url {
                text.push('=');
            }
        }
    }
    text
}

#[test]
fn base64_is_what_others_write() {
    for (bytes, text) in [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foobar", "Zm9vYmFy"),
    ] {
        assert_eq!(base64(bytes.as_bytes(), false), text);
    }
    assert_eq!(base64(b"\xfb\xff", true), "-_8");
}
