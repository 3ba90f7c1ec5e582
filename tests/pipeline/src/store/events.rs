//! What happened to messages, in order.

use super::messages::{COLUMNS, Message, Outcome};
use super::originals;
use super::page::{Item, Page};
use crate::answer::Answer;
use crate::clock::Millis;
use crate::deliver::Reply;
use rusqlite::{Row, ToSql, Transaction, params};

/// Something that happens to a message.
pub(super) enum Change<'c> {
    Created,
    Active,
    Delivered,
    Retry { failure: &'c Outcome, next: Millis },
    Failed { failure: &'c Outcome },
}

/// Something that happened to a message.
pub struct Event {
    /// The message.
    pub message: Message,
    /// When it happened.
    pub time: Millis,
    /// What happened, in QStash's words.
    pub state: String,
    /// When the next attempt is due, if one was planned.
    pub next_at: Option<Millis>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// What the destination answered, if the attempt failed.
    pub reply: Option<Reply>,
    /// Its place in the order of all events.
    pub seq: i64,
}

/// Which events are wanted.
#[derive(Default)]
pub struct Wanted {
    /// Of these messages; of any if there are none.
    pub message_ids: Vec<String>,
    /// In this state.
    pub state: Option<String>,
    /// Of messages of this queue.
    pub queue: Option<String>,
    /// Of messages of this schedule.
    pub schedule_id: Option<String>,
    /// Before this place in the order.
    pub before: Option<i64>,
}

/// Writes down what happened, and says the place of that in the order of all events.
pub(super) fn add(
    transaction: &Transaction<'_>,
    message_id: &str,
    time: Millis,
    change: &Change<'_>,
) -> Answer<i64> {
    let (state, next, failure) = match change {
        Change::Created => ("CREATED", None, None),
        Change::Active => ("ACTIVE", None, None),
        Change::Delivered => ("DELIVERED", None, None),
        Change::Retry { failure, next } => ("RETRY", Some(*next), Some(*failure)),
        Change::Failed { failure } => ("FAILED", None, Some(*failure)),
    };
    let (error, reply) = match failure {
        Some(Outcome::Refused(reply)) => (None, Some(reply)),
        Some(Outcome::Unanswered(error)) => (Some(*error), None),
        _ => (None, None),
    };
    transaction
        .prepare_cached(
            "INSERT INTO events (message_id, time, state, next_at, error, reply, reply_body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .insert(params![
            message_id,
            time,
            state,
            next,
            error,
            reply.map(originals::freeze_reply).transpose()?,
            reply.map(|reply| &reply.body[..]),
        ])
        .map_err(Into::into)
}

impl Event {
    pub(super) fn read(row: &Row<'_>) -> Answer<Self> {
        let reply: Option<String> = row.get("reply")?;
        let reply = reply
            .map(|text| originals::thaw_reply(&text, row.get("reply_body")?))
            .transpose()?;
        Ok(Self {
            message: Message::read(row)?,
            time: row.get("time")?,
            state: row.get("event_state")?,
            next_at: row.get("next_at")?,
            error: row.get("error")?,
            reply,
            seq: row.get("event_seq")?,
        })
    }
}

/// The columns that [`Event::read`] reads beside those of its message.
pub(super) const EVENT_COLUMNS: &str =
    "e.time, e.state AS event_state, e.next_at, e.error, e.reply, e.reply_body, e.seq AS event_seq";

impl Item for Event {
    fn place(&self) -> i64 {
        self.seq
    }

    fn bytes(&self) -> usize {
        let reply = self.reply.as_ref().map_or(0, |reply| reply.body.len());
        self.message.sealed.deliver().body.len() + reply
    }
}

/// The newest events that are wanted, up to `count`.
pub fn list(transaction: &Transaction<'_>, wanted: &Wanted, count: usize) -> Answer<Page<Event>> {
    let ids = super::json_list(&wanted.message_ids);
    let values: &[&dyn ToSql] = &[
        &ids,
        &wanted.state,
        &wanted.queue,
        &wanted.schedule_id,
        &wanted.before,
    ];
    let mut list = transaction.prepare_cached(&format!(
        "SELECT {COLUMNS}, {EVENT_COLUMNS}
             FROM events e JOIN messages m ON m.id = e.message_id
             WHERE (?1 IS NULL OR e.message_id IN (SELECT value FROM json_each(?1)))
               AND (?2 IS NULL OR e.state = ?2)
               AND (?3 IS NULL OR m.queue = ?3)
               AND (?4 IS NULL OR m.schedule_id = ?4)
               AND (?5 IS NULL OR e.seq < ?5)
             ORDER BY e.seq DESC"
    ))?;
    Page::take(list.query_and_then(values, Event::read)?, count)
}
