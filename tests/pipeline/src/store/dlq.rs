//! The dead letters: messages that failed too often, with what the last attempt was answered.

use super::events::{EVENT_COLUMNS, Event};
use super::messages::{COLUMNS, NewMessage};
use super::new_id;
use super::page::{Item, Page};
use crate::answer::{Answer, Refusal};
use rusqlite::{Row, ToSql, Transaction, params};

/// A dead letter.
pub struct Dead {
    /// Its identifier among the dead letters.
    pub id: String,
    /// The last attempt, and the message.
    pub last: Event,
    /// Its place in the order of all dead letters.
    pub seq: i64,
}

/// Which dead letters are wanted.
#[derive(Default)]
pub struct Wanted {
    /// These; any if there are none.
    pub ids: Vec<String>,
    /// Of these messages; of any if there are none.
    pub message_ids: Vec<String>,
    /// Of messages of this queue.
    pub queue: Option<String>,
    /// Of messages of this schedule.
    pub schedule_id: Option<String>,
    /// Behind this place in the order.
    pub behind: Option<i64>,
}

impl Dead {
    fn read(row: &Row<'_>) -> Answer<Self> {
        Ok(Self {
            id: row.get("dlq_id")?,
            last: Event::read(row)?,
            seq: row.get("dlq_seq")?,
        })
    }
}

/// Puts a message that failed to the dead letters.
pub(super) fn bury(transaction: &Transaction<'_>, message_id: &str, event: i64) -> Answer<()> {
    let id = new_id(transaction, "dlq_")?;
    transaction
        .prepare_cached("INSERT INTO dlq (id, message_id, event) VALUES (?1, ?2, ?3)")?
        .execute(params![id, message_id, event])?;
    Ok(())
}

impl Item for Dead {
    fn place(&self) -> i64 {
        self.seq
    }

    fn bytes(&self) -> usize {
        self.last.bytes()
    }
}

/// The oldest dead letters that are wanted, up to `count`.
pub fn list(transaction: &Transaction<'_>, wanted: &Wanted, count: usize) -> Answer<Page<Dead>> {
    let values: &[&dyn ToSql] = &[
        &super::json_list(&wanted.ids),
        &super::json_list(&wanted.message_ids),
        &wanted.queue,
        &wanted.schedule_id,
        &wanted.behind,
    ];
    let mut list = transaction.prepare_cached(&format!(
        "SELECT d.id AS dlq_id, d.seq AS dlq_seq, {COLUMNS}, {EVENT_COLUMNS}
             FROM dlq d JOIN messages m ON m.id = d.message_id JOIN events e ON e.seq = d.event
             WHERE (?1 IS NULL OR d.id IN (SELECT value FROM json_each(?1)))
               AND (?2 IS NULL OR d.message_id IN (SELECT value FROM json_each(?2)))
               AND (?3 IS NULL OR m.queue = ?3)
               AND (?4 IS NULL OR m.schedule_id = ?4)
               AND (?5 IS NULL OR d.seq > ?5)
             ORDER BY d.seq"
    ))?;
    Page::take(list.query_and_then(values, Dead::read)?, count)
}

/// The dead letter called `id`.
pub fn get(transaction: &Transaction<'_>, id: &str) -> Answer<Dead> {
    let wanted = Wanted {
        ids: vec![id.to_owned()],
        ..Wanted::default()
    };
    let found = list(transaction, &wanted, 1)?.items.pop();
    found.ok_or_else(|| Refusal::not_found("dead letter"))
}

/// Takes a dead letter away.
pub fn delete(transaction: &Transaction<'_>, dead: &Dead) -> Answer<()> {
    transaction
        .prepare_cached("DELETE FROM dlq WHERE seq = ?1")?
        .execute([dead.seq])?;
    Ok(())
}

/// Makes a new message of a dead letter's original, takes the letter away, and says the identifier of
/// the message.
pub fn retry(transaction: &Transaction<'_>, dead: &Dead) -> Answer<String> {
    let message = &dead.last.message;
    let retried = NewMessage {
        sealed: &message.sealed,
        settings: &message.settings.clone().without_delay(),
        queue: message.queue.as_deref(),
        schedule_id: message.schedule_id.as_deref(),
    };
    let id = retried.insert(transaction)?;
    delete(transaction, dead)?;
    Ok(id)
}
