//! The typed answers: which members each has.

use super::answer::{Answer, Secrets};
use super::json::{self, Document};
use super::name::{Id, Kind, SecretName};
use super::secret::Secret;
use crate::error::{Error, ErrorKind};
use crate::model::Number;
use std::fmt;
use zeroize::Zeroizing;

/// Makes a type of each answer from the lists of its members.
macro_rules! answers {
    ($(
        $(#[$meta:meta])*
        $shape:ident = $kind:expr;
        secrets { $($secret:ident = $name:expr,)+ }
        texts { $($text:ident = $text_name:literal,)* }
        numbers { $($number:ident = $number_name:literal,)* }
        flags { $($flag:ident = $flag_name:literal,)* }
    )+) => { $(
        $(#[$meta])*
        ///
        /// A secret that is missing, `null` or empty is `None`: the service does not show it. Only
        /// secrets and the id must be strings and may not occur twice; any other member is read if
        /// it has the type expected here, and kept raw in any case.
        pub struct $shape(Answer);

        impl $shape {
            /// Reads the body of an answer and takes it over: it is overwritten in the end, also
            /// where it is refused.
            ///
            /// # Errors
            ///
            /// When `body` is not one JSON object, or a secret is not as said above. The error names
            /// the place and the member, and never a value.
            pub fn from_json(body: Vec<u8>) -> Result<Self, Error> {
                Answer::from_json($kind, Zeroizing::new(body)).map(Self)
            }

            /// Reads an array of such answers.
            ///
            /// # Errors
            ///
            /// As [`from_json`](Self::from_json), with the element as record, counted from 1.
            pub fn list_from_json(body: Vec<u8>) -> Result<Vec<Self>, Error> {
                let answers = Answer::list($kind, Zeroizing::new(body))?;
                Ok(answers.into_iter().map(Self).collect())
            }

            /// The id, if it is one that a request can name.
            #[must_use]
            pub fn id(&self) -> Option<&Id> {
                self.0.id()
            }

            /// All secrets.
            #[must_use]
            pub fn secrets(&self) -> &Secrets {
                self.0.secrets()
            }

            /// All secrets, without the answer.
            #[must_use]
            pub fn into_secrets(self) -> Secrets {
                self.0.into_secrets()
            }

            /// All members in order, secrets and unknown ones too: names, and values as JSON text,
            /// in clear and not to be shown.
            pub fn clear_members(&self) -> impl Iterator<Item = (String, &str)> {
                self.0.members()
            }

            $(
                #[doc = concat!("The secret `", stringify!($secret), "`.")]
                #[must_use]
                pub fn $secret(&self) -> Option<&Secret> {
                    self.0.secrets().get($name)
                }
            )+
            $(
                #[doc = concat!("The member `", $text_name, "` in clear.")]
                #[must_use]
                pub fn $text(&self) -> Option<String> {
                    self.0.text($text_name)
                }
            )*
            $(
                #[doc = concat!("The member `", $number_name, "`, as it is written.")]
                #[must_use]
                pub fn $number(&self) -> Option<Number<'_>> {
                    self.0.number($number_name)
                }
            )*
            $(
                #[doc = concat!("The member `", $flag_name, "`.")]
                #[must_use]
                pub fn $flag(&self) -> Option<bool> {
                    self.0.flag($flag_name)
                }
            )*
        }

        impl fmt::Debug for $shape {
            /// Shows which secrets there are by their placeholders, and how many members.
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter
                    .debug_struct(stringify!($shape))
                    .field("secrets", self.0.secrets())
                    .field("members", &self.0.members().count())
                    .finish()
            }
        }
    )+ };
}

answers! {
    /// A QStash user: what `GET /v2/qstash/user/{id}` answers, and both forms of the rotate call.
    ///
    /// ```
    /// use qstash_redact::credentials::QstashUser;
    ///
    /// let body = br#"{"id":"user-1","token":"my-token","max_delay":18446744073709551616}"#;
    /// let user = QstashUser::from_json(body.to_vec())?;
    /// assert_eq!(user.token().map(|token| token.expose()), Some("my-token"));
    /// assert!(user.read_only_token().is_none());
    /// assert_eq!(user.max_delay().map(|limit| limit.as_str()), Some("18446744073709551616"));
    /// assert!(!format!("{user:?}").contains("my-token"));
    /// # Ok::<(), qstash_redact::Error>(())
    /// ```
    QstashUser = Kind::Qstash;
    secrets {
        token = SecretName::Token,
        read_only_token = SecretName::ReadOnlyToken,
        password = SecretName::Password,
    }
    texts {
        customer_id = "customer_id",
        state = "state",
        region = "region",
        plan = "type",
        reserved_type = "reserved_type",
        created_by = "created_by",
    }
    numbers {
        last_plan_upgrade_time = "last_plan_upgrade_time",
        max_message_size = "max_message_size",
        max_requests_per_day = "max_requests_per_day",
        max_requests_per_day_hard = "max_requests_per_day_hard",
        max_endpoints_per_topic = "max_endpoints_per_topic",
        max_requests_per_second = "max_requests_per_second",
        max_dlq_size = "max_dlq_size",
        max_retries = "max_retries",
        max_topics = "max_topics",
        max_schedules = "max_schedules",
        max_events_size = "max_events_size",
        max_dlq_retention_time_milis = "max_dlq_retention_time_milis",
        max_delay = "max_delay",
        max_parallelism = "max_parallelism",
        max_global_parallelism = "max_global_parallelism",
        max_queues = "max_queues",
        timeout = "timeout",
        reserved_price = "reserved_price",
        creation_time = "creation_time",
    }
    flags {
        active = "active",
        prod_pack_enabled = "prod_pack_enabled",
    }

    /// A Redis database: what `GET /v2/redis/database/{id}` and the reset of its password answer.
    RedisDatabase = Kind::Redis;
    secrets {
        password = SecretName::Password,
        rest_token = SecretName::RestToken,
        read_only_rest_token = SecretName::ReadOnlyRestToken,
    }
    texts {
        customer_id = "customer_id",
        user_email = "user_email",
        database_name = "database_name",
        region = "region",
        state = "state",
        modifying_state = "modifying_state",
        endpoint = "endpoint",
        plan = "type",
        primary_region = "primary_region",
        db_acl_enabled = "db_acl_enabled",
        db_acl_default_user_status = "db_acl_default_user_status",
        prometheus_enabled = "prometheus_enabled",
    }
    numbers {
        port = "port",
        creation_time = "creation_time",
        budget = "budget",
        db_request_limit = "db_request_limit",
        replicas = "replicas",
    }
    flags {
        tls = "tls",
        eviction = "eviction",
        auto_upgrade = "auto_upgrade",
        consistent = "consistent",
        daily_backup_enabled = "daily_backup_enabled",
        prod_pack_enabled = "prod_pack_enabled",
    }

    /// The signing keys of QStash: what `GET /v2/keys` and `POST /v2/keys/rotate` answer.
    SigningKeys = Kind::SigningKeys;
    secrets {
        current = SecretName::Current,
        next = SecretName::Next,
    }
    texts {}
    numbers {}
    flags {}
}

/// Indexes are alike, but for what they are called.
macro_rules! indexes {
    ($($(#[$meta:meta])* $shape:ident = $kind:expr;)+) => {
        answers! { $(
            $(#[$meta])*
            $shape = $kind;
            secrets {
                token = SecretName::Token,
                read_only_token = SecretName::ReadOnlyToken,
            }
            texts {
                customer_id = "customer_id",
                name = "name",
                endpoint = "endpoint",
                region = "region",
                plan = "type",
            }
            numbers {
                creation_time = "creation_time",
            }
            flags {}
        )+ }
    };
}

indexes! {
    /// A Vector index: what `GET /v2/vector/index/{id}` answers.
    VectorIndex = Kind::Vector;
    /// A Search index: what `GET /v2/search/{id}` answers.
    SearchIndex = Kind::Search;
}

/// What a rotate call answered, in any of the documented forms.
#[derive(Debug)]
pub enum RotateAnswer {
    /// It was done, and the new secrets must be read: `"OK"`, or an object without secrets.
    Accepted,
    /// The new secrets, and the id of what they belong to, where the answer says so.
    Rotated {
        /// The id.
        id: Option<Id>,
        /// The secrets, at least one of those that a rotation always changes.
        secrets: Secrets,
    },
}

impl RotateAnswer {
    /// Reads the body of an answer to the rotate call of `kind` and takes it over.
    ///
    /// # Errors
    ///
    /// When `body` is neither the string `"OK"` nor an object as the answers of `kind` are. That a
    /// credential was rotated is possible then, and is to be found out by reading.
    pub fn from_json(kind: Kind, body: Vec<u8>) -> Result<Self, Error> {
        Self::read(kind, Zeroizing::new(body))
    }

    pub(super) fn read(kind: Kind, body: Zeroizing<Vec<u8>>) -> Result<Self, Error> {
        if let Document::Text(text) = json::document(&body)? {
            return if json::unescaped(text, &body).as_slice() == b"OK" {
                Ok(Self::Accepted)
            } else {
                Err(Error::new(ErrorKind::Type, "expected \"OK\" or an object").at(1, 0))
            };
        }
        let answer = Answer::from_json(kind, body)?;
        let has_any = |names: &[SecretName]| {
            names
                .iter()
                .any(|name| answer.secrets().get(*name).is_some())
        };
        if !has_any(kind.changing()) {
            return Ok(Self::Accepted);
        }
        Ok(Self::Rotated {
            id: answer.id().cloned(),
            secrets: answer.into_secrets(),
        })
    }
}

#[cfg(test)]
mod tests;
