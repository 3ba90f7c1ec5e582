//! Messages: made, delivered, tried again, and dead in the end.

use super::{dlq, events, new_id, originals};
use crate::answer::{Answer, Refusal};
use crate::clock::Millis;
use crate::deliver::Reply;
use crate::settings::Settings;
use qstash_redact::publish::Sealed;
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// A message as it is stored.
pub struct Message {
    /// Its identifier.
    pub id: String,
    /// The original under its rule.
    pub sealed: Sealed,
    /// How it is delivered.
    pub settings: Settings,
    /// The queue it waits in, if any.
    pub queue: Option<String>,
    /// The schedule that made it, if any.
    pub schedule_id: Option<String>,
    /// When it was made.
    pub created_at: Millis,
    /// When its first attempt was due.
    pub not_before: Millis,
}

/// A message that does not exist yet.
pub struct NewMessage<'m> {
    /// The original under its rule.
    pub sealed: &'m Sealed,
    /// How it is delivered.
    pub settings: &'m Settings,
    /// The queue it goes to, if any.
    pub queue: Option<&'m str>,
    /// The schedule that makes it, if any.
    pub schedule_id: Option<&'m str>,
}

/// A message that is due.
pub struct Due {
    /// The message.
    pub message: Message,
    /// How many attempts were made before.
    pub attempts: u32,
}

/// How an attempt went.
pub enum Outcome {
    /// The destination took the message.
    Delivered,
    /// The destination answered with another status than a good one.
    Refused(Reply),
    /// There was no answer, for this reason.
    Unanswered(&'static str),
}

/// The columns that [`Message::read`] reads.
pub(super) const COLUMNS: &str =
    "m.id, m.sealed, m.body, m.settings, m.queue, m.schedule_id, m.created_at, m.not_before";

impl Message {
    pub(super) fn read(row: &Row<'_>) -> Answer<Self> {
        Ok(Self {
            id: row.get("id")?,
            sealed: sealed_of(row)?,
            settings: settings_of(row)?,
            queue: row.get("queue")?,
            schedule_id: row.get("schedule_id")?,
            created_at: row.get("created_at")?,
            not_before: row.get("not_before")?,
        })
    }
}

/// The sealed message of a row.
pub(super) fn sealed_of(row: &Row<'_>) -> Answer<Sealed> {
    let text: String = row.get("sealed")?;
    let body: Vec<u8> = row.get("body")?;
    originals::thaw(&text, body)
}

/// The settings of a row.
pub(super) fn settings_of(row: &Row<'_>) -> Answer<Settings> {
    let text: String = row.get("settings")?;
    originals::from_text(&text)
}

impl NewMessage<'_> {
    /// Makes the message and says its identifier.
    pub fn insert(&self, transaction: &Transaction<'_>) -> Answer<String> {
        let id = new_id(transaction, "msg_")?;
        let now = Millis::now();
        let not_before = self.settings.not_before(now);
        transaction
            .prepare_cached(
                "INSERT INTO messages
                 (id, sealed, body, settings, queue, schedule_id, created_at, not_before, due_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
            )?
            .execute(params![
                id,
                originals::freeze(self.sealed)?,
                &self.sealed.deliver().body[..],
                originals::to_text(self.settings)?,
                self.queue,
                self.schedule_id,
                now,
                not_before,
            ])?;
        events::add(transaction, &id, now, &events::Change::Created)?;
        Ok(id)
    }
}

/// The message called `id`.
pub fn get(transaction: &Transaction<'_>, id: &str) -> Answer<Message> {
    transaction
        .prepare_cached(&format!("SELECT {COLUMNS} FROM messages m WHERE m.id = ?1"))?
        .query_and_then([id], Message::read)?
        .next()
        .unwrap_or_else(|| Err(Refusal::not_found("message")))
}

/// The messages that are due at `?1`, up to `?2`.
const DUE: &str = "SELECT id FROM (
         SELECT * FROM (
             SELECT id, due_at, seq FROM messages
             WHERE state = 'PENDING' AND queue IS NULL AND due_at <= ?1
             ORDER BY due_at, seq LIMIT ?2)
         UNION ALL
         SELECT id, due_at, seq FROM heads JOIN messages USING (seq) WHERE due_at <= ?1)
     ORDER BY due_at, seq LIMIT ?2";

/// The identifiers of up to `limit` messages that are due `now`, first come first served. Of a queue, only
/// the first message is ever due.
pub fn due(transaction: &Transaction<'_>, now: Millis, limit: u32) -> Answer<Vec<String>> {
    let mut due = transaction.prepare_cached(DUE)?;
    let ids = due.query_map(params![now, limit], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// When the next message becomes due that is not yet `now`.
pub fn next_due(transaction: &Transaction<'_>, now: Millis) -> Answer<Option<Millis>> {
    let next = transaction
        .prepare_cached(
            "SELECT min(due_at) FROM (
                 SELECT min(due_at) AS due_at FROM messages
                 WHERE state = 'PENDING' AND queue IS NULL AND due_at > ?1
                 UNION ALL
                 SELECT min(due_at) FROM heads JOIN messages USING (seq) WHERE due_at > ?1)",
        )?
        .query_row([now], |row| row.get(0))?;
    Ok(next)
}

/// The message called `id`, if it is still to be delivered.
pub fn pending(transaction: &Transaction<'_>, id: &str) -> Answer<Option<Due>> {
    let attempts: Option<u32> = transaction
        .prepare_cached("SELECT attempts FROM messages WHERE id = ?1 AND state = 'PENDING'")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    attempts
        .map(|attempts| {
            Ok(Due {
                message: get(transaction, id)?,
                attempts,
            })
        })
        .transpose()
}

/// Writes down how the attempt went that began at `begun`; a message that failed too often goes to
/// the dead letters.
pub fn conclude(
    transaction: &Transaction<'_>,
    due: &Due,
    begun: Millis,
    outcome: &Outcome,
    retry_delay: std::time::Duration,
) -> Answer<()> {
    let (id, now) = (&due.message.id, Millis::now());
    events::add(transaction, id, begun, &events::Change::Active)?;
    let (state, due_at) = match outcome {
        Outcome::Delivered => ("DELIVERED", now),
        _ if due.attempts < due.message.settings.retries => ("PENDING", now + retry_delay),
        _ => ("FAILED", now),
    };
    transaction
        .prepare_cached("UPDATE messages SET state = ?2, due_at = ?3, attempts = ?4 WHERE id = ?1")?
        .execute(params![id, state, due_at, due.attempts + 1])?;
    let change = match (state, outcome) {
        ("PENDING", failure) => events::Change::Retry {
            failure,
            next: due_at,
        },
        ("FAILED", failure) => events::Change::Failed { failure },
        _ => events::Change::Delivered,
    };
    let event = events::add(transaction, id, now, &change)?;
    if state == "FAILED" {
        dlq::bury(transaction, id, event)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::{Connection, StatementStatus};

    /// A database with `count` messages that are due, in the queues in turn.
    fn database(queues: &[Option<&str>], count: u32) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(include_str!("schema.sql"))
            .unwrap();
        for (number, queue) in (0..count).zip(queues.iter().cycle()) {
            connection
                .execute(
                    "INSERT INTO messages (id, sealed, body, settings, queue, created_at, not_before, due_at)
                     VALUES (?1, '', x'', '', ?2, 0, 0, ?3)",
                    params![number.to_string(), queue, number],
                )
                .unwrap();
        }
        connection
    }

    fn now(millis: u64) -> Millis {
        Millis::from_secs(0) + std::time::Duration::from_millis(millis)
    }

    #[test]
    fn of_a_queue_the_first_message_is_due_and_the_next_when_that_is_over() {
        let mut connection = database(&[Some("a"), None, Some("b")], 9);
        let transaction = connection.transaction().unwrap();
        let due = |at, limit| super::due(&transaction, now(at), limit).unwrap();
        assert_eq!(due(100, 10), ["0", "1", "2", "4", "7"]);
        assert_eq!(due(100, 2), ["0", "1"]);
        assert_eq!(due(1, 10), ["0", "1"]);
        let next = |at| next_due(&transaction, now(at)).unwrap();
        // The fourth is in a queue, behind the first.
        assert_eq!((next(2), next(100)), (Some(now(4)), None));

        let change = "UPDATE messages SET state = 'DELIVERED' WHERE id = '0'";
        transaction.execute(change, []).unwrap();
        assert_eq!(due(100, 10), ["1", "2", "3", "4", "7"]);
        // One that is to be tried again later still comes before those behind it.
        let change = "UPDATE messages SET due_at = 200 WHERE id = '3'";
        transaction.execute(change, []).unwrap();
        assert_eq!(due(100, 10), ["1", "2", "4", "7"]);
        assert_eq!(next(100), Some(now(200)));
    }

    #[test]
    fn a_long_queue_costs_no_more_than_a_short_one() {
        let steps = |count: u32| {
            let connection = database(&[Some("a"), Some("b")], count);
            let mut due = connection.prepare(DUE).unwrap();
            let ids = due.query_map(params![now(1_000_000), 10], |row| row.get(0));
            let ids: Vec<String> = ids.unwrap().collect::<Result<_, _>>().unwrap();
            assert_eq!(ids, ["0", "1"]);
            due.get_status(StatementStatus::VmStep)
        };
        assert_eq!(steps(10), steps(5000));
    }
}
