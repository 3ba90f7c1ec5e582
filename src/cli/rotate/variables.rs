//! Which variables get which of the new secrets.

use super::super::exit::Failure;
use clap::ValueEnum;
use qstash_redact::credentials::{Kind, Region, SecretName};

/// Where a variable takes its value from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A member of the answer.
    Member(SecretName),
    /// The URL of a Redis database, with the password in it.
    Url,
}

/// A variable to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Variable {
    pub(super) name: String,
    pub(super) source: Source,
}

/// The names that platforms give to variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Preset {
    /// The names of the SDKs, such as UPSTASH_REDIS_REST_TOKEN and QSTASH_TOKEN.
    Sdk,
    /// Those of an integration for Redis: KV_URL, REDIS_URL, KV_REST_API_TOKEN and its read-only one.
    Kv,
}

const URL: &str = "url";

impl Variable {
    /// Reads `NAME=member`; whether there is such a member depends on what is rotated.
    pub(in crate::cli) fn parse(text: &str) -> Result<Self, &'static str> {
        let (name, member) = text.split_once('=').ok_or("it is NAME=member")?;
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || name.as_bytes()[0].is_ascii_digit() || !name.bytes().all(letter) {
            return Err("the name of a variable has letters, digits and `_` only");
        }
        let source = match SecretName::find(member) {
            Some(member) => Source::Member(member),
            None if member == URL => Source::Url,
            None => {
                return Err("a member is token, read_only_token, password, rest_token, \
                            read_only_rest_token, current, next or url");
            }
        };
        Ok(Self {
            name: name.to_owned(),
            source,
        })
    }

    fn new(prefix: &str, name: &str, source: Source) -> Self {
        Self {
            name: format!("{prefix}{name}"),
            source,
        }
    }
}

/// The variables to set when a credential of `kind` was rotated: what was `asked` for by name, and the
/// `presets`; without either, the names of the SDKs.
pub(super) fn choose(
    kind: Kind,
    region: Option<&Region>,
    asked: &[Variable],
    presets: &[Preset],
    prefix: Option<&str>,
) -> Result<Vec<Variable>, Failure> {
    let mut chosen = asked.to_vec();
    let presets = match (presets, asked) {
        ([], []) => &[Preset::Sdk],
        _ => presets,
    };
    // The variables of a region begin with its name.
    let regional = region.map(Region::variable_prefix);
    let prefix = prefix.map(str::to_owned).or(regional).unwrap_or_default();
    for preset in presets {
        let names = preset_names(kind, *preset)
            .ok_or_else(|| Failure::usage(format!("--preset kv is for redis; this is {kind}")))?;
        chosen.extend(
            names
                .iter()
                .map(|(name, source)| Variable::new(&prefix, name, *source)),
        );
    }
    for (index, variable) in chosen.iter().enumerate() {
        let fits = match variable.source {
            Source::Member(member) => kind.secrets().contains(&member),
            Source::Url => kind == Kind::Redis,
        };
        if !fits {
            return Err(Failure::usage(format!(
                "--as: an answer about {kind} has no such member"
            )));
        }
        if chosen[..index]
            .iter()
            .any(|other| other.name == variable.name)
        {
            return Err(Failure::usage("--as: a variable is named twice"));
        }
    }
    Ok(chosen)
}

fn preset_names(kind: Kind, preset: Preset) -> Option<&'static [(&'static str, Source)]> {
    use SecretName::{Current, Next, ReadOnlyRestToken, ReadOnlyToken, RestToken, Token};
    Some(match (preset, kind) {
        (Preset::Sdk, Kind::Qstash) => &[("QSTASH_TOKEN", Source::Member(Token))],
        (Preset::Sdk, Kind::SigningKeys) => &[
            ("QSTASH_CURRENT_SIGNING_KEY", Source::Member(Current)),
            ("QSTASH_NEXT_SIGNING_KEY", Source::Member(Next)),
        ],
        (Preset::Sdk, Kind::Redis) => &[("UPSTASH_REDIS_REST_TOKEN", Source::Member(RestToken))],
        (Preset::Sdk, Kind::Vector) => &[
            ("UPSTASH_VECTOR_REST_TOKEN", Source::Member(Token)),
            (
                "UPSTASH_VECTOR_REST_READONLY_TOKEN",
                Source::Member(ReadOnlyToken),
            ),
        ],
        (Preset::Sdk, Kind::Search) => &[
            ("UPSTASH_SEARCH_REST_TOKEN", Source::Member(Token)),
            (
                "UPSTASH_SEARCH_READ_ONLY_REST_TOKEN",
                Source::Member(ReadOnlyToken),
            ),
        ],
        (Preset::Kv, Kind::Redis) => &[
            ("KV_URL", Source::Url),
            ("REDIS_URL", Source::Url),
            ("KV_REST_API_TOKEN", Source::Member(RestToken)),
            (
                "KV_REST_API_READ_ONLY_TOKEN",
                Source::Member(ReadOnlyRestToken),
            ),
        ],
        (Preset::Kv, _) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(kind: Kind, presets: &[Preset], prefix: Option<&str>) -> Vec<String> {
        let region = "eu-central-1".parse().ok();
        choose(kind, region.as_ref(), &[], presets, prefix)
            .unwrap()
            .into_iter()
            .map(|variable| variable.name)
            .collect()
    }

    #[test]
    fn names_come_from_presets_and_prefixes() {
        assert_eq!(
            names(Kind::Qstash, &[], None),
            ["EU_CENTRAL_1_QSTASH_TOKEN"]
        );
        assert_eq!(names(Kind::Qstash, &[], Some("")), ["QSTASH_TOKEN"]);
        assert_eq!(
            names(Kind::Redis, &[Preset::Kv], Some("MY_")),
            [
                "MY_KV_URL",
                "MY_REDIS_URL",
                "MY_KV_REST_API_TOKEN",
                "MY_KV_REST_API_READ_ONLY_TOKEN"
            ]
        );
    }

    #[test]
    fn what_an_answer_cannot_hold_is_refused() {
        let asked = |text| [Variable::parse(text).unwrap()];
        for (kind, text, ok) in [
            (Kind::Redis, "A=url", true),
            (Kind::Redis, "A=password", true),
            (Kind::Redis, "A=token", false),
            (Kind::Qstash, "A=url", false),
            (Kind::SigningKeys, "A=next", true),
        ] {
            let chosen = choose(kind, None, &asked(text), &[], None);
            assert_eq!(chosen.is_ok(), ok, "{kind} {text}");
        }
        assert!(choose(Kind::Vector, None, &[], &[Preset::Kv], None).is_err());
        let twice = [asked("A=url"), asked("A=password")].concat();
        assert!(choose(Kind::Redis, None, &twice, &[], None).is_err());
        for text in ["A", "=token", "1A=token", "A B=token", "A=Token", "A="] {
            assert!(Variable::parse(text).is_err(), "{text}");
        }
    }
}
