//! The parameters of a call's query: the call's own, and those that belong to the destination's URL.

/// The parameter that carries the call's token.
pub(super) const TOKEN: &str = "qstash_token";

/// One parameter, as it stands and as it reads.
pub(super) struct Parameter<'q> {
    /// As it stands between two `&`.
    pub(super) raw: &'q str,
    /// Its name as it stands.
    pub(super) raw_name: &'q str,
    /// Its name, decoded, in lower case.
    pub(super) name: String,
    /// Its value as it stands.
    pub(super) value: &'q str,
}

impl Parameter<'_> {
    /// Whether the call itself is meant, not the destination.
    pub(super) fn is_own(&self) -> bool {
        self.name == TOKEN || self.name.starts_with("upstash-")
    }
}

/// The parameters of a query, in order.
pub(super) fn parameters(query: &str) -> impl Iterator<Item = Parameter<'_>> {
    query.split('&').map(|raw| {
        let (raw_name, value) = raw.split_once('=').unwrap_or((raw, ""));
        Parameter {
            raw,
            raw_name,
            name: String::from_utf8_lossy(&decode(raw_name)).to_ascii_lowercase(),
            value,
        }
    })
}

/// The parameters that belong to the destination's URL, as they stand.
pub(super) fn of_destination(query: &str) -> String {
    let theirs: Vec<&str> = parameters(query)
        .filter(|parameter| !parameter.is_own())
        .map(|parameter| parameter.raw)
        .collect();
    theirs.join("&")
}

/// Takes the percent-encoding off, and `+` for a blank; what is no encoding stays as it is.
pub(super) fn decode(text: &str) -> Vec<u8> {
    decode_percent(&text.replace('+', " "))
}

/// Takes the percent-encoding off; what is no encoding stays as it is.
pub(super) fn decode_percent(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        let escape = match behind {
            [high, low, ..] if byte == b'%' => digit(*high).zip(digit(*low)),
            _ => None,
        };
        match escape {
            Some((high, low)) => {
                decoded.push(high << 4 | low);
                rest = &behind[2..];
            }
            None => {
                decoded.push(byte);
                rest = behind;
            }
        }
    }
    decoded
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calls_own_parameters_are_no_part_of_the_destination() {
        for (query, theirs) in [
            ("", ""),
            ("a=1&qstash_token=t&b=2", "a=1&b=2"),
            ("QSTASH%5FTOKEN=t", ""),
            ("Upstash-Redact-Fields=body&a=%20", "a=%20"),
            ("a&&b=", "a&&b="),
            ("qstash_tokens=1", "qstash_tokens=1"),
        ] {
            assert_eq!(of_destination(query), theirs, "{query}");
        }
    }

    #[test]
    fn decodes_what_is_encoded() {
        assert_eq!(decode("a+b%2Cc%2c"), b"a b,c,");
        assert_eq!(decode("%"), b"%");
        assert_eq!(decode("%4"), b"%4");
        assert_eq!(decode("%+1%zz%é"), "% 1%zz%é".as_bytes());
        assert_eq!(decode_percent("a+b%2B%ff"), b"a+b+\xff");
    }
}
