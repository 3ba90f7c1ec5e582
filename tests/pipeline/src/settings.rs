//! What a call asks of the pipeline itself: its `Upstash-…` headers, as far as they are obeyed here.
//!
//! What is not obeyed is refused, so that nobody waits for what will not come. Nothing in here is
//! private; URLs of callbacks and all forwarded headers stay with the library.

use crate::answer::{Answer, Refusal};
use crate::clock::Millis;
use http::{HeaderMap, Uri};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The longest delay that is taken, as on the service's plans: 90 days.
const MAX_DELAY: Duration = Duration::from_secs(90 * 24 * 3600);
/// More retries than that are taken for a mistake.
const MAX_RETRIES: u32 = 100;
/// How often an attempt is repeated if the call does not say.
const DEFAULT_RETRIES: u32 = 3;

/// Headers that would change what happens to a message, and are not obeyed here.
const NOT_OBEYED: [&str; 5] = [
    "upstash-content-based-deduplication",
    "upstash-deduplication-id",
    "upstash-flow-control-key",
    "upstash-flow-control-value",
    "upstash-header-forward-callback",
];

/// How a message is to be delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// How often an attempt that failed is repeated.
    pub retries: u32,
    /// The time between two attempts, where the call gives one.
    pub retry_delay: Option<Duration>,
    /// How long an attempt may take, where the call says.
    pub timeout: Option<Duration>,
    /// The label that logs can be filtered by.
    pub label: Option<String>,
    /// How long the first attempt waits.
    delay: Duration,
    /// The time before which there is no attempt.
    not_before: Option<Millis>,
}

/// Refuses settings among the parameters of a call, which are not obeyed there: only the rule and the token
/// are.
pub fn refuse_parameters(uri: &Uri) -> Answer<()> {
    let query = uri.query().unwrap_or_default();
    let mut names =
        form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.to_ascii_lowercase());
    match names.any(|name| name.starts_with("upstash-") && name != "upstash-redact-fields") {
        true => Err(Refusal::bad_request(
            "this pipeline takes settings as headers only",
        )),
        false => Ok(()),
    }
}

impl Settings {
    /// Reads the settings of a call, or of one request of a batch.
    pub fn read(headers: &HeaderMap) -> Answer<Self> {
        if let Some(name) = NOT_OBEYED
            .into_iter()
            .find(|name| headers.contains_key(*name))
        {
            return Err(Refusal::bad_request(format_args!(
                "this pipeline does not know `{name}`"
            )));
        }
        let retries = match text(headers, "upstash-retries")? {
            Some(text) => number(text, "upstash-retries", MAX_RETRIES)?,
            None => DEFAULT_RETRIES,
        };
        let retry_delay = text(headers, "upstash-retry-delay")?
            .map(|text| {
                // The service takes an expression of the number of attempts, too.
                let limit = MAX_DELAY.as_secs() as u32;
                number(text, "upstash-retry-delay", limit).map(u64::from)
            })
            .transpose()?
            .map(Duration::from_millis);
        Ok(Self {
            retries,
            retry_delay,
            timeout: duration(headers, "upstash-timeout")?,
            label: text(headers, "upstash-label")?.map(str::to_owned),
            delay: duration(headers, "upstash-delay")?.unwrap_or_default(),
            not_before: text(headers, "upstash-not-before")?
                .map(|text| number(text, "upstash-not-before", u32::MAX))
                .transpose()?
                .map(|seconds| Millis::from_secs(seconds.into())),
        })
    }

    /// When the first attempt of a message is due that is made `now`.
    pub fn not_before(&self, now: Millis) -> Millis {
        self.not_before.unwrap_or(now).max(now) + self.delay
    }

    /// The same, to be tried at once.
    pub fn without_delay(mut self) -> Self {
        self.delay = Duration::ZERO;
        self.not_before = None;
        self
    }

    /// The delay that messages of a schedule have, in seconds.
    pub fn delay_seconds(&self) -> u64 {
        self.delay.as_secs()
    }
}

/// A header's value as text.
pub fn text<'h>(headers: &'h HeaderMap, name: &'static str) -> Answer<Option<&'h str>> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    std::str::from_utf8(value.as_bytes())
        .map(Some)
        .map_err(|_| Refusal::bad_request(format_args!("`{name}` is not UTF-8")))
}

fn number(text: &str, name: &'static str, limit: u32) -> Answer<u32> {
    text.parse()
        .ok()
        .filter(|number| *number <= limit)
        .ok_or_else(|| {
            Refusal::bad_request(format_args!("`{name}` takes a number from 0 to {limit}"))
        })
}

/// A duration as `10s`, `2m`, `1h`, `3d` or `3d5h12m`.
fn duration(headers: &HeaderMap, name: &'static str) -> Answer<Option<Duration>> {
    text(headers, name)?
        .map(|text| {
            parse_duration(text)
                .filter(|duration| *duration <= MAX_DELAY)
                .ok_or_else(|| {
                    Refusal::bad_request(format_args!(
                        "`{name}` takes a duration of up to 90 days as `30s`, `5m` or `1d12h`"
                    ))
                })
        })
        .transpose()
}

fn parse_duration(text: &str) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|char: char| !char.is_ascii_digit())?;
        let count: u32 = rest[..end].parse().ok()?;
        let unit = match rest.as_bytes()[end] {
            b's' => 1,
            b'm' => 60,
            b'h' => 3600,
            b'd' => 24 * 3600,
            _ => return None,
        };
        total = total.checked_add(Duration::from_secs(unit).checked_mul(count)?)?;
        rest = &rest[end + 1..];
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_the_clients_write_them() {
        for (text, seconds) in [
            ("0s", Some(0)),
            ("10s", Some(10)),
            ("3d5h12m", Some(277_920)),
            ("", None),
            ("s", None),
            ("10", None),
            ("10é", None),
            ("-1s", None),
            ("99999999999s", None),
        ] {
            assert_eq!(
                parse_duration(text),
                seconds.map(Duration::from_secs),
                "{text}"
            );
        }
    }
}
