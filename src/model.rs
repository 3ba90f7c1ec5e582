//! The typed shapes of the contract: parsed, in clear, and not to be shown.
//!
//! A shape borrows from the JSON text and keeps all members in order; it can be read, delivered
//! and handed to a redactor, but not serialized. [`parse`] turns text into the flat list of [`node`],
//! [`read`] has the types of members, and this file says which members a shape has.

mod node;
mod parse;
mod read;
mod record;

use crate::error::Error;
use crate::members;
pub(crate) use node::{Tree, Value};
pub use read::{Headers, Json, Number, Texts};
use read::{Read, is};
pub(crate) use record::Record;
use record::{HasType, Shape};
use std::fmt;

/// Makes a type of each shape from the list of its members: `accessor: type = "name" or "name"`.
macro_rules! shapes {
    ($(
        $(#[$meta:meta])*
        $shape:ident, is_log: $is_log:literal {
            $($accessor:ident: $type:ty = $name:literal $(or $other:literal)?,)+
        }
    )+) => { $(
        $(#[$meta])*
        ///
        /// # What is refused
        ///
        /// Stricter than the raw path, which takes any JSON: a shape refuses what it cannot hold.
        /// That is more or less than one document; a document that is no object; a member that
        /// occurs twice; a member listed here that has another type and is not `null`; a lone
        /// surrogate in any string or name.
        #[derive(Clone)]
        pub struct $shape<'a>(Record<'a>);

        impl<'a> $shape<'a> {
            const SHAPE: &'static Shape = &Shape {
                name: stringify!($shape),
                is_log: $is_log,
                members: {
                    let mut members = [None; members::COUNT];
                    $(
                        let has_type: HasType = |tree| is::<$type>(tree);
                        members[members::id($name).index()] = Some(has_type);
                        $(members[members::id($other).index()] = Some(has_type);)?
                    )+
                    members
                },
            };

            /// Parses one JSON document, and borrows from it.
            ///
            /// # Errors
            ///
            /// When `json` is not JSON, or is refused as said above. The error names line, byte and
            /// the member if the contract knows it, and never a value.
            pub fn from_json(json: &'a [u8]) -> Result<Self, Error> {
                parse::parse(json, Self::SHAPE).map(Self)
            }

            /// The JSON text in clear, as it was given: for delivery, not to be shown.
            #[must_use]
            pub fn clear_json(&self) -> &'a str {
                self.0.json()
            }

            /// All members in order, unknown ones too: names, and values as JSON text in clear.
            pub fn clear_members(&self) -> impl Iterator<Item = (&str, &str)> {
                self.0.members().map(|tree| (tree.name(), tree.node.json))
            }

            $(
                #[doc = concat!(
                    "The member `", $name, "`", $(" or `", $other, "`",)?
                    " in clear; `None` if it is missing or `null`.",
                )]
                #[must_use]
                pub fn $accessor(&self) -> Option<$type> {
                    let ids = const { &[members::id($name) $(, members::id($other))?] };
                    self.0.find(ids).and_then(Read::read)
                }
            )+

            pub(crate) fn record(&self) -> &Record<'a> {
                &self.0
            }
        }

        impl fmt::Debug for $shape<'_> {
            /// Shows the names of members that the shape knows, and how many others there are.
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    )+ };
}

shapes! {
    /// A message: what `GET /v2/messages/{id}` answers.
    ///
    /// ```
    /// use qstash_redact::Message;
    ///
    /// let json = br#"{"messageId":"msg_1","header":{"X-Key":["secret"]},"createdAt":1620000000000}"#;
    /// let message = Message::from_json(json)?;
    /// assert_eq!(message.message_id(), Some("msg_1"));
    /// assert_eq!(message.header().and_then(|headers| headers.get("x-key")), Some("secret"));
    /// assert_eq!(message.created_at().and_then(|time| time.parse()), Some(1_620_000_000_000_u64));
    /// // In clear it is for delivery only, and has no `Serialize`.
    /// assert_eq!(message.clear_json().as_bytes(), json);
    /// assert_eq!(
    ///     format!("{message:?}"),
    ///     r#"Message { members: ["messageId", "header", "createdAt"], others: 0 }"#
    /// );
    /// # Ok::<(), qstash_redact::Error>(())
    /// ```
    Message, is_log: false {
        message_id: &str = "messageId",
        url: &str = "url",
        topic_name: &str = "topicName",
        endpoint_name: &str = "endpointName",
        method: &str = "method",
        header: Headers<'_> = "header",
        body: &str = "body",
        body_base64: &str = "bodyBase64",
        max_retries: Number<'_> = "maxRetries",
        retry_delay_expression: &str = "retryDelayExpression",
        not_before: Number<'_> = "notBefore",
        created_at: Number<'_> = "createdAt",
        callback: &str = "callback",
        callback_header: Headers<'_> = "callbackHeader",
        failure_callback: &str = "failureCallback",
        failure_callback_header: Headers<'_> = "failureCallbackHeader",
        queue_name: &str = "queueName",
        schedule_id: &str = "scheduleId",
        caller_ip: &str = "callerIP",
        label: &str = "label",
        labels: Texts<'_> = "labels",
        flow_control_key: &str = "flowControlKey",
        rate: Number<'_> = "rate",
        period: Number<'_> = "period",
        parallelism: Number<'_> = "parallelism",
    }

    /// A message that could not be delivered: an element of `messages` in `GET /v2/dlq`.
    DlqMessage, is_log: false {
        message_id: &str = "messageId",
        dlq_id: &str = "dlqId",
        url: &str = "url",
        topic_name: &str = "topicName",
        endpoint_name: &str = "endpointName",
        method: &str = "method",
        header: Headers<'_> = "header",
        body: &str = "body",
        body_base64: &str = "bodyBase64",
        max_retries: Number<'_> = "maxRetries",
        retry_delay_expression: &str = "retryDelayExpression",
        not_before: Number<'_> = "notBefore",
        created_at: Number<'_> = "createdAt",
        callback: &str = "callback",
        callback_header: Headers<'_> = "callbackHeader",
        failure_callback: &str = "failureCallback",
        failure_callback_header: Headers<'_> = "failureCallbackHeader",
        queue_name: &str = "queueName",
        schedule_id: &str = "scheduleId",
        caller_ip: &str = "callerIP",
        label: &str = "label",
        labels: Texts<'_> = "labels",
        flow_control_key: &str = "flowControlKey",
        rate: Number<'_> = "rate",
        period: Number<'_> = "period",
        parallelism: Number<'_> = "parallelism",
        response_status: Number<'_> = "responseStatus",
        response_header: Headers<'_> = "responseHeader",
        response_body: &str = "responseBody",
        response_body_base64: &str = "responseBodyBase64",
    }

    /// A schedule: an element of `GET /v2/schedules`.
    Schedule, is_log: false {
        schedule_id: &str = "scheduleId",
        name: &str = "name",
        cron: &str = "cron",
        destination: &str = "destination",
        method: &str = "method",
        header: Headers<'_> = "header",
        body: &str = "body",
        body_base64: &str = "bodyBase64",
        created_at: Number<'_> = "createdAt",
        retries: Number<'_> = "retries",
        delay: Number<'_> = "delay",
        retry_delay_expression: &str = "retryDelayExpression",
        callback: &str = "callback",
        failure_callback: &str = "failureCallback",
        caller_ip: &str = "callerIP" or "callerIp",
        is_paused: bool = "isPaused",
        queue_name: &str = "queueName",
        label: &str = "label",
        labels: Texts<'_> = "labels",
        flow_control_key: &str = "flowControlKey",
        rate: Number<'_> = "rate",
        period: Number<'_> = "period",
        parallelism: Number<'_> = "parallelism",
        last_schedule_time: Number<'_> = "lastScheduleTime",
        next_schedule_time: Number<'_> = "nextScheduleTime",
        last_schedule_states: Json<'_> = "lastScheduleStates",
    }

    /// A log or event: an element of `logs` or `events` in `GET /v2/logs`.
    ///
    /// Its bodies are base64, and a redactor reads them so, unless it was told the encoding of bodies
    /// explicitly. [`body`](Self::body) and [`response_body`](Self::response_body) give them undecoded.
    LogEntry, is_log: true {
        time: Number<'_> = "time",
        message_id: &str = "messageId",
        state: &str = "state",
        error: &str = "error",
        next_delivery_time: Number<'_> = "nextDeliveryTime",
        url: &str = "url",
        topic_name: &str = "topicName",
        endpoint_name: &str = "endpointName",
        method: &str = "method",
        header: Headers<'_> = "header",
        body: &str = "body",
        schedule_id: &str = "scheduleId",
        queue_name: &str = "queueName",
        response_status: Number<'_> = "responseStatus",
        response_headers: Headers<'_> = "responseHeaders" or "responseHeader",
        response_body: &str = "responseBody",
        timeout: Number<'_> = "timeout",
        callback: &str = "callback",
        callback_headers: Headers<'_> = "callbackHeaders",
        failure_callback: &str = "failureCallback",
        failure_callback_headers: Headers<'_> = "failureCallbackHeaders",
        max_retries: Number<'_> = "maxRetries",
        retry_delay_expression: &str = "retryDelayExpression",
        label: &str = "label",
        labels: Texts<'_> = "labels",
    }

    /// One request of a batch: an element of the array that `POST /v2/batch` takes.
    BatchRequest, is_log: false {
        destination: &str = "destination",
        queue: &str = "queue",
        headers: Headers<'_> = "headers",
        body: Json<'_> = "body",
    }
}

#[cfg(test)]
mod tests;
