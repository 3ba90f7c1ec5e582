//! Schedules: originals that make messages.

use super::messages::NewMessage;
use super::messages::{sealed_of, settings_of};
use super::{new_id, originals};
use crate::answer::{Answer, Refusal};
use crate::clock::Millis;
use crate::settings::Settings;
use qstash_redact::publish::Sealed;
use rusqlite::{Row, Transaction, params};

/// A schedule as it is stored.
pub struct Schedule {
    /// Its identifier.
    pub id: String,
    /// The original of its messages, under their rule.
    pub sealed: Sealed,
    /// How its messages are delivered.
    pub settings: Settings,
    /// The queue its messages go to, if any.
    pub queue: Option<String>,
    /// When it makes messages, as a cron expression.
    pub cron: String,
    /// Whether it makes none for now.
    pub is_paused: bool,
    /// When it was made.
    pub created_at: Millis,
    /// When it last made messages.
    pub fired_at: Option<Millis>,
}

const COLUMNS: &str = "id, sealed, body, settings, queue, cron, is_paused, created_at, fired_at";

impl Schedule {
    fn read(row: &Row<'_>) -> Answer<Self> {
        Ok(Self {
            id: row.get("id")?,
            sealed: sealed_of(row)?,
            settings: settings_of(row)?,
            queue: row.get("queue")?,
            cron: row.get("cron")?,
            is_paused: row.get("is_paused")?,
            created_at: row.get("created_at")?,
            fired_at: row.get("fired_at")?,
        })
    }
}

/// Makes or updates a schedule, and says its identifier.
pub fn put(
    transaction: &Transaction<'_>,
    id: Option<String>,
    sealed: &Sealed,
    settings: &Settings,
    queue: Option<&str>,
    cron: &str,
) -> Answer<String> {
    let id = id.map_or_else(|| new_id(transaction, "scd_"), Ok)?;
    transaction
        .prepare_cached(
            "INSERT INTO schedules (id, sealed, body, settings, queue, cron, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE
             SET sealed = ?2, body = ?3, settings = ?4, queue = ?5, cron = ?6",
        )?
        .execute(params![
            id,
            originals::freeze(sealed)?,
            &sealed.deliver().body[..],
            originals::to_text(settings)?,
            queue,
            cron,
            Millis::now(),
        ])?;
    Ok(id)
}

/// The schedule called `id`, if there is one.
pub fn find(transaction: &Transaction<'_>, id: &str) -> Answer<Option<Schedule>> {
    transaction
        .prepare_cached(&format!("SELECT {COLUMNS} FROM schedules WHERE id = ?1"))?
        .query_and_then([id], Schedule::read)?
        .next()
        .transpose()
}

/// The schedule called `id`.
pub fn get(transaction: &Transaction<'_>, id: &str) -> Answer<Schedule> {
    find(transaction, id)?.ok_or_else(|| Refusal::not_found("schedule"))
}

/// All schedules.
pub fn list(transaction: &Transaction<'_>) -> Answer<Vec<Schedule>> {
    transaction
        .prepare_cached(&format!("SELECT {COLUMNS} FROM schedules ORDER BY seq"))?
        .query_and_then([], Schedule::read)?
        .collect()
}

/// Takes the schedule called `id` away.
pub fn delete(transaction: &Transaction<'_>, id: &str) -> Answer<()> {
    change(transaction, "DELETE FROM schedules WHERE id = ?1", id)
}

/// Lets the schedule called `id` make no messages, or some again.
pub fn pause(transaction: &Transaction<'_>, id: &str, is_paused: bool) -> Answer<()> {
    let statement = match is_paused {
        true => "UPDATE schedules SET is_paused = 1 WHERE id = ?1",
        false => "UPDATE schedules SET is_paused = 0 WHERE id = ?1",
    };
    change(transaction, statement, id)
}

/// Makes a message of the schedule called `id`, under the schedule's rule, and says its identifier.
pub fn fire(transaction: &Transaction<'_>, id: &str) -> Answer<String> {
    let schedule = get(transaction, id)?;
    if schedule.is_paused {
        return Err(Refusal::precondition_failed("the schedule is paused"));
    }
    transaction
        .prepare_cached("UPDATE schedules SET fired_at = ?2 WHERE id = ?1")?
        .execute(params![id, Millis::now()])?;
    let message = NewMessage {
        sealed: &schedule.sealed.fire(),
        settings: &schedule.settings,
        queue: schedule.queue.as_deref(),
        schedule_id: Some(id),
    };
    message.insert(transaction)
}

fn change(transaction: &Transaction<'_>, statement: &str, id: &str) -> Answer<()> {
    match transaction.prepare_cached(statement)?.execute([id])? {
        0 => Err(Refusal::not_found("schedule")),
        _ => Ok(()),
    }
}
