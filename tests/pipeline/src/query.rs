//! Query parameters. One that is not known is refused: a filter that is passed over would select too much.

use crate::answer::{Answer, Refusal};
use http::Uri;

/// The parameters of a call, by name; a name can occur more than once.
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the parameters of a call that knows those in `known`.
    pub fn read(uri: &Uri, known: &[&str]) -> Answer<Self> {
        let query = uri.query().unwrap_or_default();
        let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        // The name itself is not said, since it came from the caller.
        match parameters.iter().all(|(name, _)| known.contains(&&**name)) {
            true => Ok(Self(parameters)),
            false => Err(Refusal::bad_request(format_args!(
                "a query parameter is unknown; known here: {}",
                known.join(", ")
            ))),
        }
    }

    /// All values of the parameter `name`.
    pub fn all(&self, name: &str) -> Vec<String> {
        let named = self.0.iter().filter(|(other, _)| other == name);
        named.map(|(_, value)| value.clone()).collect()
    }

    /// The value of the parameter `name`.
    pub fn one(&self, name: &str) -> Option<String> {
        self.all(name).into_iter().next()
    }

    /// The place that the parameter `cursor` says.
    pub fn cursor(&self) -> Answer<Option<i64>> {
        self.one("cursor")
            .map(|cursor| {
                cursor
                    .parse()
                    .map_err(|_| Refusal::bad_request("`cursor` is none that was given out"))
            })
            .transpose()
    }

    /// How many are wanted: up to `limit`, and that many if the call does not say.
    pub fn count(&self, limit: usize) -> Answer<usize> {
        let error = || Refusal::bad_request(format_args!("`count` goes from 1 to {limit}"));
        match self.one("count") {
            None => Ok(limit),
            Some(count) => match count.parse() {
                Ok(count) if (1..=limit).contains(&count) => Ok(count),
                _ => Err(error()),
            },
        }
    }
}
