//! What callers get to see: the library's redacted views, and what the pipeline itself knows.
//!
//! The only place where answers are put together. What a destination answered passes a redactor here.

use crate::answer::{Answer, Refusal};
use crate::clock::Millis;
use crate::deliver::Reply;
use crate::store::dlq::Dead;
use crate::store::events::Event;
use crate::store::messages::Message;
use crate::store::schedules::Schedule;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qstash_redact::publish::{Sealed, Shown};
use qstash_redact::{BodyEncoding, Group, RedactFields, Redactor};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Members of a JSON object that are safe to show, by name.
type Members = BTreeMap<String, Box<RawValue>>;

/// What the pipeline itself knows of a message, wherever that is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Known<'m> {
    message_id: &'m str,
    max_retries: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_name: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule_id: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'m str>,
}

impl<'m> Known<'m> {
    fn of(message: &'m Message) -> Self {
        Self {
            message_id: &message.id,
            max_retries: message.settings.retries,
            queue_name: message.queue.as_deref(),
            schedule_id: message.schedule_id.as_deref(),
            label: message.settings.label.as_deref(),
        }
    }
}

/// A message as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageView<'m> {
    #[serde(flatten)]
    known: Known<'m>,
    #[serde(flatten)]
    shown: Shown<'m>,
    not_before: Millis,
    created_at: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_delay_expression: Option<String>,
}

impl<'m> MessageView<'m> {
    /// The view of `message`.
    pub fn of(message: &'m Message) -> Self {
        let retry_delay = message.settings.retry_delay;
        Self {
            known: Known::of(message),
            shown: message.sealed.as_message(),
            not_before: message.not_before,
            created_at: message.created_at,
            retry_delay_expression: retry_delay.map(|delay| delay.as_millis().to_string()),
        }
    }
}

/// A dead letter as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadView<'m> {
    dlq_id: &'m str,
    #[serde(flatten)]
    message: MessageView<'m>,
    #[serde(flatten)]
    reply: Members,
}

impl<'m> DeadView<'m> {
    /// The view of `dead`.
    pub fn of(dead: &'m Dead) -> Answer<Self> {
        let Event { message, reply, .. } = &dead.last;
        Ok(Self {
            dlq_id: &dead.id,
            message: MessageView::of(message),
            reply: reply_members(reply.as_ref(), &message.sealed, Form::Dead)?,
        })
    }
}

/// A log entry as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventView<'m> {
    #[serde(flatten)]
    known: Known<'m>,
    #[serde(flatten)]
    shown: Shown<'m>,
    time: Millis,
    state: &'m str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_delivery_time: Option<Millis>,
    #[serde(flatten)]
    reply: Members,
}

impl<'m> EventView<'m> {
    /// The view of `event`.
    pub fn of(event: &'m Event) -> Answer<Self> {
        let message = &event.message;
        let reply = match &event.reply {
            Some(reply) => reply_members(Some(reply), &message.sealed, Form::Log)?,
            None => Members::new(),
        };
        Ok(Self {
            known: Known::of(message),
            shown: message.sealed.as_log(),
            time: event.time,
            state: &event.state,
            error: event.error.as_deref(),
            next_delivery_time: event.next_at,
            reply,
        })
    }
}

/// A schedule as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleView<'m> {
    schedule_id: &'m str,
    cron: &'m str,
    #[serde(flatten)]
    shown: Shown<'m>,
    retries: u32,
    delay: u64,
    created_at: Millis,
    is_paused: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_name: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'m str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_schedule_time: Option<Millis>,
}

impl<'m> ScheduleView<'m> {
    /// The view of `schedule`.
    pub fn of(schedule: &'m Schedule) -> Self {
        let settings = &schedule.settings;
        Self {
            schedule_id: &schedule.id,
            cron: &schedule.cron,
            shown: schedule.sealed.as_schedule(),
            retries: settings.retries,
            delay: settings.delay_seconds(),
            created_at: schedule.created_at,
            is_paused: schedule.is_paused,
            queue_name: schedule.queue.as_deref(),
            label: settings.label.as_deref(),
            last_schedule_time: schedule.fired_at,
        }
    }
}

/// Where a destination's answer is shown, which says how its body is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As text, or as base64 under another name.
    Dead,
    /// As base64.
    Log,
}

/// What a destination answered, as it may be shown. No answer has the status 0.
fn reply_members(reply: Option<&Reply>, sealed: &Sealed, form: Form) -> Answer<Members> {
    let Some(reply) = reply else {
        return redacted(&json!({ "responseStatus": 0 }), &Redactor::default());
    };
    let mut headers = Map::new();
    for (name, value) in &reply.headers {
        let values = headers.entry(name.as_str()).or_insert_with(|| json!([]));
        if let Value::Array(values) = values {
            values.push(String::from_utf8_lossy(value.as_bytes()).into());
        }
    }
    let (name, body) = match (form, std::str::from_utf8(&reply.body)) {
        (Form::Dead, Ok(text)) => ("responseBody", text.to_owned()),
        (Form::Dead, Err(_)) => ("responseBodyBase64", STANDARD.encode(&reply.body)),
        (Form::Log, _) => ("responseBody", STANDARD.encode(&reply.body)),
    };
    let clear = json!({
        "responseStatus": reply.status,
        "responseHeader": headers,
        name: body,
    });
    let encoding = match form {
        Form::Dead => BodyEncoding::Text,
        Form::Log => BodyEncoding::Base64,
    };
    let redactor = Redactor::new(rule_for_replies(sealed)).with_body_encoding(encoding);
    redacted(&clear, &redactor)
}

/// A destination that fails may send back what it got, in whatever form: so where anything of a message
/// is private, all of the answer is.
fn rule_for_replies(sealed: &Sealed) -> RedactFields {
    let has_private_url = sealed.deliver().destination.contains(['@', '?', '#']);
    if sealed.fields().is_empty() && !has_private_url {
        return RedactFields::new();
    }
    RedactFields::new()
        .with(Group::ResponseBody)
        .with(Group::ResponseHeader)
}

/// The members of `clear` as `redactor` shows them.
fn redacted(clear: &Value, redactor: &Redactor) -> Answer<Members> {
    let clear = clear.to_string();
    let shown = redactor.redact_json(clear.as_bytes())?;
    serde_json::from_str(shown.as_str())
        .map_err(|_| Refusal::internal("a view", "cannot be put together"))
}
