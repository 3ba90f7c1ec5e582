//! The request that a destination gets: the originals, and who sends them.

use crate::store::Due;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Uri, header, uri};
use http_body_util::Full;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// What cannot stand in a URL as it is.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

const MESSAGE_ID: HeaderName = HeaderName::from_static("upstash-message-id");
const RETRIED: HeaderName = HeaderName::from_static("upstash-retried");

/// Makes the request of one attempt. An error says what is wrong, and shows nothing of it.
pub(super) fn of(due: &Due) -> Result<Request<Full<Bytes>>, &'static str> {
    let original = due.message.sealed.deliver();
    let Destination { url, authorization } = Destination::read(&original.destination)?;
    let mut request = Request::new(Full::new(original.body.clone()));
    *request.method_mut() = original.method.clone();
    *request.uri_mut() = url;
    let headers = request.headers_mut();
    headers.clone_from(&original.headers);
    if let Some(authorization) = authorization {
        // As everywhere, a header that is there counts for more than the URL.
        headers
            .entry(header::AUTHORIZATION)
            .or_insert(authorization);
    }
    let id = HeaderValue::from_str(&due.message.id).map_err(|_| "the identifier is damaged")?;
    headers.insert(MESSAGE_ID, id);
    headers.insert(RETRIED, due.attempts.into());
    headers
        .entry(header::USER_AGENT)
        .or_insert(HeaderValue::from_static("Upstash-QStash"));
    Ok(request)
}

/// Where a message goes.
pub struct Destination {
    url: Uri,
    authorization: Option<HeaderValue>,
}

impl Destination {
    /// Reads a URL. Only plain HTTP is spoken here.
    pub fn read(url: &str) -> Result<Self, &'static str> {
        let url = url.split_once('#').map_or(url, |(url, _fragment)| url);
        let url: Uri = utf8_percent_encode(url, ENCODED)
            .to_string()
            .parse()
            .map_err(|_| "the destination is no URL")?;
        match url.scheme_str() {
            Some("http") => {}
            Some("https") => return Err("this pipeline delivers to http:// only"),
            _ => return Err("the destination is no URL; this pipeline knows no URL groups"),
        }
        let mut parts = url.into_parts();
        let authority = parts
            .authority
            .take()
            .ok_or("the destination has no host")?;
        let (user, host) = match authority.as_str().rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority.as_str()),
        };
        parts.authority = Some(host.parse().map_err(|_| "the destination has no host")?);
        // A URL of nothing but a host has the path `/`.
        parts.path_and_query = parts
            .path_and_query
            .or(Some(uri::PathAndQuery::from_static("/")));
        Ok(Self {
            authorization: user.map(basic).transpose()?,
            url: Uri::from_parts(parts).map_err(|_| "the destination is no URL")?,
        })
    }
}

/// The `Authorization` that a URL's user info stands for.
fn basic(user: &str) -> Result<HeaderValue, &'static str> {
    let user: Vec<u8> = percent_decode_str(user).collect();
    let value = format!("Basic {}", STANDARD.encode(user));
    let mut value = HeaderValue::try_from(value).map_err(|_| "the destination is no URL")?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_as_they_are_given() {
        for (text, url, authorization) in [
            ("http://h", "http://h/", None),
            (
                "http://h:8/é b?q=ü&r=%20#f",
                "http://h:8/%C3%A9%20b?q=%C3%BC&r=%20",
                None,
            ),
            ("http://u:p%40@h/x", "http://h/x", Some("Basic dTpwQA==")),
        ] {
            let read = Destination::read(text).unwrap();
            assert_eq!(read.url, url);
            assert_eq!(
                read.authorization
                    .as_ref()
                    .map(|value| value.to_str().unwrap()),
                authorization
            );
        }
        for text in [
            "",
            "group",
            "https://h/x",
            "ftp://h",
            "http://",
            "http://a b",
        ] {
            assert!(Destination::read(text).is_err(), "{text}");
        }
    }
}
