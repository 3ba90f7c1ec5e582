//! The HTTP client: TLS in Rust, limits on everything, and no way for a secret to leave by: it follows
//! no redirect, uses no proxy, keeps no connection, and nobody listens to its log.

use super::trust::Trust;
use http::{Method, Request, Response};
use qstash_redact::credentials::Status;
use std::fmt;
use std::io::{self, Read as _};
use std::mem;
use std::thread;
use std::time::Duration;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Timeout};
use zeroize::Zeroizing;

/// The largest answer, in bytes: of those known the largest is a list of databases.
const LARGEST: u64 = 8 << 20;

/// How often a read is tried again after 429 or 5xx, and how long all of its waits are together.
const RETRIES: u32 = 3;
const PATIENCE: Duration = Duration::from_secs(60);
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// An answer; whoever reads its body takes it over, and overwrites it in the end.
pub(super) type Answer = Response<Vec<u8>>;

/// Sends requests.
#[derive(Debug)]
pub(super) struct Client(Agent);

/// Why there is no answer. Whether the service did what was asked is unknown, unless it was never
/// reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// The request never left.
    Unreachable(&'static str),
    /// It may have arrived.
    Lost(&'static str),
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) | Self::Lost(why) => formatter.write_str(why),
        }
    }
}

impl Client {
    /// A client that trusts `trust` and waits no longer than `patience` for an answer.
    pub(super) fn new(trust: &Trust, patience: Duration) -> Self {
        let roots = match trust.authorities() {
            None => RootCerts::WebPki,
            Some(authorities) => RootCerts::new_with_certs(
                &authorities
                    .iter()
                    .map(|der| Certificate::from_der(der).to_owned())
                    .collect::<Vec<_>>(),
            ),
        };
        let config = Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .max_idle_connections(0)
            .timeout_global(Some(patience))
            .timeout_connect(Some(patience.min(Duration::from_secs(10))))
            .user_agent(concat!("qstash-redact/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .build();
        Self(config.new_agent())
    }

    /// Sends a request once.
    pub(super) fn send(&self, request: &Request<Vec<u8>>) -> Result<Answer, NoAnswer> {
        let request = request.clone();
        let response = if request.method() == Method::GET {
            self.0.run(request.map(drop))
        } else {
            self.0.run(request)
        };
        let (parts, body) = response.map_err(|error| NoAnswer::of(&error))?.into_parts();
        let length = body.content_length().unwrap_or(LARGEST);
        if length > LARGEST {
            return Err(NoAnswer::Lost("the answer is too large"));
        }
        // Large enough at once: what a growing buffer leaves behind is not overwritten.
        let mut content = Zeroizing::new(Vec::with_capacity(length as usize + 64));
        let read = body
            .into_with_config()
            .limit(LARGEST)
            .reader()
            .read_to_end(&mut content);
        match read {
            Ok(_) => Ok(Response::from_parts(parts, mem::take(&mut content))),
            Err(error) => Err(NoAnswer::of_read(&error)),
        }
    }

    /// Sends a request that changes nothing; again, a few times, while the service asks for patience.
    pub(super) fn read(&self, request: &Request<Vec<u8>>) -> Result<Answer, NoAnswer> {
        let mut waited = Duration::ZERO;
        let mut attempt = 0;
        loop {
            let answer = self.send(request)?;
            let status = Status::of(&answer);
            let wait = match status {
                Status::RateLimited(Some(wait)) => wait,
                _ => FIRST_WAIT * 2_u32.pow(attempt),
            };
            if !status.is_temporary()
                || attempt == RETRIES
                || wait > PATIENCE.saturating_sub(waited)
            {
                return Ok(answer);
            }
            thread::sleep(wait);
            waited += wait;
            attempt += 1;
        }
    }
}

impl NoAnswer {
    /// Says it in our own words: an error of the client may quote.
    fn of(error: &ureq::Error) -> Self {
        match error {
            ureq::Error::HostNotFound => Self::Unreachable("the host was not found"),
            ureq::Error::ConnectionFailed => Self::Unreachable("no connection was made"),
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
                Self::Unreachable("no connection was made in time")
            }
            ureq::Error::Timeout(_) => Self::Lost("no answer came in time"),
            ureq::Error::Io(error) => Self::of_read(error),
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Self::Unreachable(TLS),
            ureq::Error::BodyExceedsLimit(_) => Self::Lost("the answer is too large"),
            ureq::Error::Protocol(_) => Self::Lost("the answer is no HTTP"),
            _ => Self::Lost("no answer came"),
        }
    }

    fn of_read(error: &io::Error) -> Self {
        let inner = error.get_ref();
        if let Some(error) = inner.and_then(|inner| inner.downcast_ref::<ureq::Error>()) {
            return Self::of(error);
        }
        if inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return Self::Lost(TLS);
        }
        match error.kind() {
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable => Self::Unreachable("no connection was made"),
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                Self::Lost("no answer came in time")
            }
            _ => Self::Lost("the connection broke before the answer was complete"),
        }
    }
}

const TLS: &str = "the server could not prove who it is (TLS)";
