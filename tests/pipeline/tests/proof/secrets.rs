//! Looking for secrets, as they are and in other writing.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// How much is shown around what was found.
const AROUND: usize = 120;

/// Where a secret is in one of `texts`, in which form, and what stands around; `None` if it is nowhere.
pub fn find(secret: &str, texts: &[(String, Vec<u8>)]) -> Option<String> {
    let forms = forms(secret);
    texts.iter().find_map(|(name, text)| {
        forms.iter().find_map(|(what, form)| {
            let at = memmem::find(text, form)?;
            let around = at.saturating_sub(AROUND)..text.len().min(at + AROUND);
            let around = String::from_utf8_lossy(&text[around]);
            Some(format!("{what} in {name}: {around}"))
        })
    })
}

/// Everything that a secret could be written as.
fn forms(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let hex = |digit: fn(&u8) -> String| secret.as_bytes().iter().map(digit).collect::<String>();
    let mut forms = vec![
        ("clear", secret.to_owned()),
        ("upper case", secret.to_uppercase()),
        ("lower case", secret.to_lowercase()),
        ("hex", hex(|byte| format!("{byte:02x}"))),
        ("hex", hex(|byte| format!("{byte:02X}"))),
        (
            "numbers",
            secret.bytes().map(|byte| format!("{byte},")).collect(),
        ),
        (
            "percent",
            utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        ),
        (
            "JSON",
            serde_json::to_string(secret)
                .unwrap()
                .trim_matches('"')
                .to_owned(),
        ),
    ];
    for offset in 0..3 {
        // In the midst of something else: the digits that only the secret decides.
        let text = [&[0; 2][..offset], secret.as_bytes()].concat();
        let (from, to) = ((offset * 8).div_ceil(6), text.len() * 8 / 6);
        forms.push(("base64", STANDARD_NO_PAD.encode(&text)[from..to].to_owned()));
        forms.push((
            "base64url",
            URL_SAFE_NO_PAD.encode(&text)[from..to].to_owned(),
        ));
    }
    forms
        .into_iter()
        .map(|(what, form)| (what, form.into_bytes()))
        .collect()
}

#[test]
fn a_secret_is_found_in_every_form() {
    let secret = "sw0rd/fish+?é";
    let texts = |text: String| vec![("text".to_owned(), text.into_bytes())];
    for text in [
        format!("a{secret}b"),
        STANDARD_NO_PAD.encode(format!("a{secret}b")),
        STANDARD_NO_PAD.encode(format!("ab{secret}b")),
        STANDARD_NO_PAD.encode(format!("abc{secret}")),
        URL_SAFE_NO_PAD.encode(format!("{secret}~~")),
        "x73773072642f666973682b3fc3a9".to_owned(),
        "sw0rd%2Ffish%2B%3F%C3%A9".to_owned(),
    ] {
        assert!(find(secret, &texts(text.clone())).is_some(), "{text}");
    }
    for text in ["", "sw0rd", "REDACTED:"] {
        assert!(find(secret, &texts(text.to_owned())).is_none(), "{text}");
    }
}
