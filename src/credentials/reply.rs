//! What an answer's status says, before its body is looked at.

use super::time::Time;
use http::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use http::{HeaderMap, Response, StatusCode};
use std::fmt;
use std::time::Duration;

/// What an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 2xx with JSON: its body can be read.
    Ok,
    /// 401: the credential that the request was sent with is not accepted.
    Unauthorized,
    /// 403: it is accepted and may not do this.
    Forbidden,
    /// 404: there is nothing of this id, or not for this account, or not in this region.
    NotFound,
    /// 429: too many requests; when to ask again, if the answer says so.
    RateLimited(Option<Duration>),
    /// 408 or 5xx: whether anything was done is unknown.
    ServerError(u16),
    /// Any other 4xx: the request was refused.
    Refused(u16),
    /// Anything else: a redirect, or a good status without JSON. Whether anything was done is unknown.
    NotUnderstood(u16),
}

impl Status {
    /// Classifies an answer by its status and headers.
    #[must_use]
    pub fn of<B>(response: &Response<B>) -> Self {
        let status = response.status();
        let code = status.as_u16();
        match status {
            _ if status.is_success() && is_json(response.headers()) => Self::Ok,
            StatusCode::UNAUTHORIZED => Self::Unauthorized,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::TOO_MANY_REQUESTS => Self::RateLimited(retry_after(response.headers())),
            StatusCode::REQUEST_TIMEOUT => Self::ServerError(code),
            _ if status.is_server_error() => Self::ServerError(code),
            _ if status.is_client_error() => Self::Refused(code),
            _ => Self::NotUnderstood(code),
        }
    }

    /// The HTTP status of an answer that says that a request which changes something was certainly not
    /// carried out.
    #[must_use]
    pub fn refusal(self) -> Option<u16> {
        match self {
            Self::Unauthorized => Some(401),
            Self::Forbidden => Some(403),
            Self::NotFound => Some(404),
            Self::RateLimited(_) => Some(429),
            Self::Refused(code) => Some(code),
            Self::Ok | Self::ServerError(_) | Self::NotUnderstood(_) => None,
        }
    }

    /// Whether a read can be worth sending again.
    #[must_use]
    pub fn is_temporary(self) -> bool {
        matches!(self, Self::RateLimited(_) | Self::ServerError(_))
    }
}

/// Whether a body says that it is JSON.
fn is_json(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| {
        let value = value.as_bytes();
        let end = value
            .iter()
            .position(|byte| *byte == b';')
            .unwrap_or(value.len());
        value[..end]
            .trim_ascii()
            .eq_ignore_ascii_case(b"application/json")
    })
}

/// What `Retry-After` asks for: seconds, or a date, which is held against the service's own clock,
/// as the answer's `Date` tells it.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let wait = text(RETRY_AFTER)?;
    if let Ok(seconds) = wait.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let (until, now) = (Time::read_http(wait)?, Time::read_http(text(DATE)?)?);
    let seconds = until.unix_seconds().saturating_sub(now.unix_seconds());
    Some(Duration::from_secs(seconds))
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => formatter.write_str("the service answered"),
            Self::Unauthorized => {
                formatter.write_str("401: it does not accept the credential used for this call")
            }
            Self::Forbidden => {
                formatter.write_str("403: the credential used for this call may not do this")
            }
            Self::NotFound => {
                formatter.write_str("404: it knows nothing of this id, in this account and region")
            }
            Self::RateLimited(Some(wait)) => {
                write!(
                    formatter,
                    "429: too many requests; try again in {} s",
                    wait.as_secs()
                )
            }
            Self::RateLimited(None) => {
                formatter.write_str("429: too many requests; try again later")
            }
            Self::ServerError(code) => {
                write!(formatter, "{code}: the service failed; try again later")
            }
            Self::Refused(code) => write!(formatter, "{code}: the service refused the request"),
            Self::NotUnderstood(code) => {
                write!(formatter, "{code}, and no JSON: is this the service?")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(headers: &[(&str, &str)]) -> Option<Duration> {
        let mut response = Response::builder().status(429);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        match Status::of(&response.body(()).unwrap()) {
            Status::RateLimited(wait) => wait,
            status => panic!("{status:?}"),
        }
    }

    #[test]
    fn how_long_to_wait_is_told_in_seconds_or_by_the_services_clock() {
        let now = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let seconds = |wait: Option<Duration>| wait.map(|wait| wait.as_secs());
        for (text, wait) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("Mon, 07 Nov 1994 08:49:37 GMT", Some(86400)),
            // Past by now.
            ("Sun, 06 Nov 1994 08:49:36 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:50:07", None),
            ("Sun, 31 Feb 1994 08:50:07 GMT", None),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("soon", None),
            ("-1", None),
        ] {
            assert_eq!(
                seconds(limited(&[("retry-after", text), now])),
                wait,
                "{text}"
            );
        }
        // Whose clock it is by is unknown.
        assert_eq!(limited(&[("retry-after", now.1)]), None);
        assert_eq!(limited(&[now]), None);
    }
}
