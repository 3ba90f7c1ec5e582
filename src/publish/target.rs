//! What a call's path and query say: where the message goes, and what may be shown of both.

use super::query;
use super::rule::REDACT_FIELDS;
use crate::fingerprint::Placeholder;
use crate::members;
use http::Uri;

/// What a call asks for, by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `/v2/publish/{destination}`
    Publish,
    /// `/v2/enqueue/{queue}/{destination}`
    Enqueue,
    /// `/v2/batch`
    Batch,
    /// `/v2/schedules/{destination}`
    Schedule,
    /// Anything else; nothing is published.
    Other,
}

/// A path in its two parts: before the destination, and the destination as it stands.
struct Path<'p> {
    endpoint: Endpoint,
    before: &'p str,
    destination: &'p str,
}

impl<'p> Path<'p> {
    fn read(path: &'p str) -> Self {
        let mut rest = path;
        while let Some((segment, behind)) = next_segment(rest) {
            let endpoint = match segment {
                "publish" => Endpoint::Publish,
                "enqueue" => Endpoint::Enqueue,
                "batch" => Endpoint::Batch,
                "schedules" => Endpoint::Schedule,
                _ => {
                    rest = behind;
                    continue;
                }
            };
            let destination = match endpoint {
                Endpoint::Enqueue => next_segment(behind).map_or("", |(_queue, behind)| behind),
                Endpoint::Batch => "",
                _ => behind,
            };
            let destination = destination.strip_prefix('/').unwrap_or(destination);
            return Self {
                endpoint,
                before: &path[..path.len() - destination.len()],
                destination,
            };
        }
        Self {
            endpoint: Endpoint::Other,
            before: path,
            destination: "",
        }
    }

    /// Whether the query is the destination's, but for the call's own parameters: that of a URL is,
    /// and the name of a URL group has no colon.
    fn takes_query(&self) -> bool {
        self.destination.contains(':') || is_encoded_url(self.destination)
    }

    /// The destination with what of the query belongs to it.
    fn full_destination(&self, query: Option<&str>) -> String {
        let mut destination = match is_encoded_url(self.destination) {
            true => String::from_utf8_lossy(&query::decode_percent(self.destination)).into_owned(),
            false => self.destination.to_owned(),
        };
        let query = match self.takes_query() {
            true => query.map(query::of_destination).unwrap_or_default(),
            false => String::new(),
        };
        if !query.is_empty() {
            destination.push(if destination.contains('?') { '&' } else { '?' });
            destination.push_str(&query);
        }
        destination
    }
}

/// The first segment of a path, and what is behind it.
fn next_segment(path: &str) -> Option<(&str, &str)> {
    let path = path.strip_prefix('/').unwrap_or(path);
    if path.is_empty() {
        return None;
    }
    let end = path.find('/').unwrap_or(path.len());
    Some(path.split_at(end))
}

/// Whether the colon behind the scheme is encoded, so that all of the URL is.
fn is_encoded_url(text: &str) -> bool {
    let scheme = text.split(':').next().unwrap_or(text);
    query::decode_percent(scheme).contains(&b':')
}

/// What `uri` asks for, and the destination it names; the destination is empty if it names none.
pub(super) fn read(uri: &Uri) -> (Endpoint, String) {
    let path = Path::read(uri.path());
    (path.endpoint, path.full_destination(uri.query()))
}

/// What becomes of parameters of a URI that are neither the call's own nor its destination's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreign {
    /// They are needed, as a cursor is, where no destination is named.
    Keep,
    Hide,
}

/// `uri` as it may be shown: a destination with user info, query or fragment is its placeholder, and
/// so are the values of the call's own parameters but the rule. It is a URI still.
pub(super) fn show(uri: &Uri, foreign: Foreign) -> String {
    let mut shown = String::new();
    if let Some(host) = uri.host() {
        // Without a scheme there is nothing but a host, as `CONNECT` has it.
        if let Some(scheme) = uri.scheme_str() {
            shown.extend([scheme, "://"]);
        }
        shown.push_str(host);
        if let Some(port) = uri.port() {
            shown.extend([":", port.as_str()]);
        }
    }
    let path = Path::read(uri.path());
    if path.endpoint == Endpoint::Other && foreign == Foreign::Keep {
        shown.push_str(path.before);
    } else {
        shown.push_str(&show_path(path.before));
    }
    let destination = path.full_destination(uri.query());
    shown.push_str(&show_destination(path.destination, &destination));
    let needs_destination = matches!(path.endpoint, Endpoint::Publish | Endpoint::Enqueue);
    let keeps_foreign =
        foreign == Foreign::Keep && path.destination.is_empty() && !needs_destination;
    let mut separator = '?';
    for parameter in uri.query().into_iter().flat_map(query::parameters) {
        // Those of the destination are part of its placeholder.
        if parameter.raw.is_empty() || (path.takes_query() && !parameter.is_own()) {
            continue;
        }
        shown.push(separator);
        separator = '&';
        if parameter.name == REDACT_FIELDS || (!parameter.is_own() && keeps_foreign) {
            shown.push_str(parameter.raw);
        } else if parameter.is_own() {
            let placeholder = Placeholder::of(&query::decode(parameter.value));
            shown.extend([parameter.raw_name, "=", placeholder.as_str()]);
        } else {
            // A parameter without value may be the secret itself.
            shown.push_str(Placeholder::of(parameter.raw.as_bytes()).as_str());
        }
    }
    shown
}

/// The call's own part of a path: it names a queue at most, unless it is nothing we know.
fn show_path(path: &str) -> String {
    if hides_private_url(path) || path.contains("://") {
        // Still a path.
        format!("/{}", Placeholder::of(path.as_bytes()))
    } else {
        path.to_owned()
    }
}

/// A destination, as it stands or as the placeholder that the message's `url` has.
fn show_destination(raw: &str, destination: &str) -> String {
    if hides_private_url(destination) {
        Placeholder::of(destination.as_bytes()).to_string()
    } else {
        raw.to_owned()
    }
}

/// Whether there may be user info, a query or a fragment once `text` is decoded: many a service decodes
/// its path, and some do it twice.
fn hides_private_url(text: &str) -> bool {
    let decoded = query::decode_percent(text);
    members::is_private_url(&decoded) || decoded.contains(&b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        text.parse().unwrap()
    }

    #[test]
    fn finds_endpoint_and_destination() {
        use Endpoint::*;
        for (text, endpoint, destination) in [
            ("/v2/publish/https://a.b/c", Publish, "https://a.b/c"),
            (
                "/publish/https://a.b/publish/c",
                Publish,
                "https://a.b/publish/c",
            ),
            (
                "/v2/publish/https://u:p@a.b/c?d=e&f",
                Publish,
                "https://u:p@a.b/c?d=e&f",
            ),
            (
                "/v2/publish/https://a.b?qstash_token=t&d=e&upstash-redact-fields=body",
                Publish,
                "https://a.b?d=e",
            ),
            ("/v2/publish/my-group?a=b", Publish, "my-group"),
            (
                "/v2/publish/https%3A%2F%2Fu%3Ap%40a.b",
                Publish,
                "https://u:p@a.b",
            ),
            (
                "/v2/publish/https%3a%2F%2Fa.b%3Fc=d?e=f",
                Publish,
                "https://a.b?c=d&e=f",
            ),
            ("/v2/publish/%68ttp%3A//a.b?c=d", Publish, "http://a.b?c=d"),
            ("/v2/enqueue/batch/https://a.b/c", Enqueue, "https://a.b/c"),
            ("/v2/enqueue/q", Enqueue, ""),
            ("/v2/schedules/https://a.b", Schedule, "https://a.b"),
            ("https://qstash.upstash.io/v2/publish/a", Publish, "a"),
            ("/v2/schedules", Schedule, ""),
            ("/v2/batch", Batch, ""),
            ("/v2/dlq?cursor=a", Other, ""),
            ("/", Other, ""),
        ] {
            assert_eq!(
                read(&uri(text)),
                (endpoint, destination.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn shows_no_user_info_no_query_and_no_token() {
        let placeholder = |text: &str| Placeholder::of(text.as_bytes()).to_string();
        for (text, shown) in [
            (
                "/v2/publish/https://a.b/c",
                "/v2/publish/https://a.b/c".to_owned(),
            ),
            (
                "/v2/publish/https://u:p@a.b/c?d=e&qstash_token=t",
                format!(
                    "/v2/publish/{}?qstash_token={}",
                    placeholder("https://u:p@a.b/c?d=e"),
                    placeholder("t")
                ),
            ),
            (
                "/v2/publish/g?upstash-redact-fields=body",
                "/v2/publish/g?upstash-redact-fields=body".to_owned(),
            ),
            (
                "http://u:p@h:8080/v2/dlq?secret&cursor=a",
                format!(
                    "http://h:8080/v2/dlq?{}&{}",
                    placeholder("secret"),
                    placeholder("cursor=a")
                ),
            ),
            ("u:p@h:443", "h:443".to_owned()),
            ("*", "*".to_owned()),
            ("/x/u:p@h", format!("/{}", placeholder("/x/u:p@h"))),
            ("/x/https://h", format!("/{}", placeholder("/x/https://h"))),
        ] {
            let hidden = show(&uri(text), Foreign::Hide);
            assert_eq!(hidden, shown, "{text}");
            assert!(hidden.parse::<Uri>().is_ok(), "{text}");
        }
    }

    #[test]
    fn no_spelling_of_a_destination_shows_its_secret() {
        for destination in [
            "https://u:s3cret@h",
            "https://u%3As3cret%40h",
            "https://h%3Fs3cret",
            "https://h/a%23s3cret?b",
            "https%3A%2F%2Fh%3Fs3cret",
            "%68ttps%3A%2F%2Fu%3As3cret%40h",
            "https%3a//h?s3cret",
            "https%253A%252F%252Fu%253As3cret%2540h",
            "group?s3cret",
            "group?a=s3cret",
            "/https://h?s3cret",
        ] {
            for endpoint in ["publish", "schedules", "enqueue/q", "enqueue"] {
                let uri = uri(&format!("/v2/{endpoint}/{destination}"));
                for foreign in [Foreign::Hide, Foreign::Keep] {
                    let shown = show(&uri, foreign);
                    assert!(!shown.contains("s3cret"), "{uri}: {shown}");
                }
            }
        }
    }

    #[test]
    fn what_names_no_destination_keeps_its_parameters_if_they_are_needed() {
        for text in [
            "/v2/schedules?cursor=a",
            "/v2/batch?a=b",
            "/v2/dlq?cursor=a&b",
        ] {
            assert_eq!(show(&uri(text), Foreign::Keep), text);
        }
    }
}
