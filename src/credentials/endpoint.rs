//! Where requests go: the services, or a server for tests.

use super::name::Region;
use crate::error::{Error, ErrorKind};
use http::Uri;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// The beginning of a URL that secrets may be sent to: scheme, host and port, nothing behind.
///
/// `https` to any host, or `http` to a loopback address or `localhost`, for tests.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Base {
    text: String,
    loopback: bool,
}

impl Base {
    /// The REST endpoint of a database or index, as its answer names it: a host name, or a URL.
    ///
    /// # Errors
    ///
    /// As for reading a base from text.
    pub fn of_endpoint(endpoint: &str) -> Result<Self, Error> {
        if endpoint.contains("://") {
            endpoint.parse()
        } else {
            format!("https://{endpoint}").parse()
        }
    }

    /// The base as text, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is a loopback address or `localhost`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    fn known(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            loopback: false,
        }
    }
}

impl FromStr for Base {
    type Err = Error;

    /// The text is not shown in errors: people paste URLs with credentials in them.
    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = |what| Error::new(ErrorKind::Request, what);
        let uri: Uri = text
            .parse()
            .map_err(|_| refused("a base URL was not understood"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(refused("a base URL is written like `https://host`"));
        };
        if authority.as_str().contains('@') {
            return Err(refused("a base URL must not hold a user name or password"));
        }
        if uri.path() != "/" && !uri.path().is_empty()
            || uri.query().is_some()
            || text.contains('#')
        {
            return Err(refused("a base URL has nothing behind host and port"));
        }
        let host = authority.host();
        if host.is_empty() {
            return Err(refused("a base URL is written like `https://host`"));
        }
        let loopback = is_loopback(host);
        match scheme {
            "https" => {}
            "http" if loopback => {}
            _ => {
                return Err(refused(
                    "a base URL must be https, or http to a loopback address",
                ));
            }
        }
        Ok(Self {
            text: format!("{scheme}://{authority}"),
            loopback,
        })
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Base {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.text)
    }
}

impl fmt::Debug for Base {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Base({self})")
    }
}

/// The bases of both APIs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoints {
    /// The developer API.
    pub developer: Base,
    /// The QStash API.
    pub qstash: Base,
}

impl Endpoints {
    /// The services themselves: `https://api.upstash.com`, and QStash in `region`, or
    /// `https://qstash.upstash.io`.
    #[must_use]
    pub fn production(region: Option<&Region>) -> Self {
        let qstash = match region {
            Some(region) => format!("https://qstash-{region}.upstash.io"),
            None => "https://qstash.upstash.io".to_owned(),
        };
        Self {
            developer: Base::known("https://api.upstash.com"),
            qstash: Base::known(&qstash),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_to_https_or_to_this_machine() {
        for (good, loopback) in [
            ("https://api.upstash.com", false),
            ("https://api.upstash.com:8443/", false),
            ("http://127.0.0.1:8080", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:80", true),
            ("http://localhost:1", true),
            ("https://localhost:1", true),
        ] {
            let base: Base = good.parse().unwrap();
            assert_eq!(base.as_str(), good.trim_end_matches('/'));
            assert_eq!(base.is_loopback(), loopback, "{good}");
        }
        for bad in [
            "",
            "api.upstash.com",
            "/v2",
            "http://api.upstash.com",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://127.0.0.1@example.com",
            "ftp://127.0.0.1",
            "https://user:p4ssw0rd@api.upstash.com",
            "https://api.upstash.com/v2",
            "https://api.upstash.com?p4ssw0rd",
            "https://api.upstash.com/?",
            "https://api.upstash.com#p4ssw0rd",
            "https://",
            "https:// ",
        ] {
            let error = bad.parse::<Base>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Request, "{bad}");
            assert!(!format!("{error:?}").contains("p4ssw0rd"), "{bad}");
        }
    }

    #[test]
    fn every_region_has_its_own_host() {
        let region: Region = "us-east-1".parse().unwrap();
        assert_eq!(
            Endpoints::production(Some(&region)).qstash.as_str(),
            "https://qstash-us-east-1.upstash.io"
        );
        let plain = Endpoints::production(None);
        assert_eq!(plain.qstash.as_str(), "https://qstash.upstash.io");
        for base in [&plain.developer, &plain.qstash] {
            assert_eq!(&base.as_str().parse::<Base>().unwrap(), base);
        }
    }

    #[test]
    fn an_endpoint_of_an_answer_is_a_host_or_a_url() {
        assert_eq!(
            Base::of_endpoint("db-1.upstash.io").unwrap().as_str(),
            "https://db-1.upstash.io"
        );
        assert_eq!(
            Base::of_endpoint("http://127.0.0.1:9").unwrap().as_str(),
            "http://127.0.0.1:9"
        );
        assert!(Base::of_endpoint("db.upstash.io/x").is_err());
        assert!(Base::of_endpoint("user@db.upstash.io").is_err());
    }
}
