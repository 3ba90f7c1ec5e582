//! An input of most laws: a rule and documents.

use qstash_redact::RedactFields;

/// A rule on the first line, documents on all others; without a rule on it, all lines are documents
/// and everything is selected.
pub struct Case<'a> {
    pub rule: RedactFields,
    pub documents: &'a [u8],
}

impl<'a> Case<'a> {
    pub fn read(input: &'a [u8]) -> Self {
        Self::with_rule(input).unwrap_or(Self {
            rule: RedactFields::everything(),
            documents: input,
        })
    }

    fn with_rule(input: &'a [u8]) -> Option<Self> {
        let end = input.iter().position(|byte| *byte == b'\n')?;
        let rule = std::str::from_utf8(&input[..end]).ok()?.parse().ok()?;
        Some(Self {
            rule,
            documents: &input[end + 1..],
        })
    }
}
