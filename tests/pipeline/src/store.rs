//! The store: SQLite on disk, in one file that only its owner can read, since it holds originals.
//!
//! Everything a call or an attempt changes is one transaction, which is on disk before anybody is told.

pub mod dlq;
pub mod events;
pub mod messages;
mod originals;
mod page;
pub mod schedules;

pub use messages::{Due, NewMessage, Outcome};
pub use page::Page;

use crate::answer::{Answer, Refusal};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The database.
#[derive(Clone)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
}

impl Store {
    /// Opens the database at `path`, or makes one, with mode 0600 in either case.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)?;
        // SQLite gives the files that it puts beside the database the mode of the database.
        file.set_permissions(PermissionsExt::from_mode(0o600))?;
        let connection = Connection::open(path).and_then(|connection| {
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.execute_batch(include_str!("store/schema.sql"))?;
            Ok(connection)
        });
        Ok(Self {
            connection: Arc::new(Mutex::new(connection.map_err(io::Error::other)?)),
        })
    }

    /// Runs `work` in a transaction, away from the threads that serve; an error undoes all of it.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let connection = Arc::clone(&self.connection);
        let done = tokio::task::spawn_blocking(move || {
            // A panic while it was held left a transaction that is undone already.
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let answer = work(&transaction)?;
            transaction.commit()?;
            Ok(answer)
        });
        done.await
            .unwrap_or_else(|_| Err(Refusal::internal("the store", "a panic")))
    }
}

/// A new identifier that nobody can guess: `prefix` and 32 hex digits.
fn new_id(transaction: &Transaction<'_>, prefix: &str) -> rusqlite::Result<String> {
    transaction.query_row("SELECT ?1 || lower(hex(randomblob(16)))", [prefix], |row| {
        row.get(0)
    })
}

/// Values for `json_each`; `NULL` if there are none.
fn json_list(values: &[String]) -> Option<String> {
    (!values.is_empty()).then(|| serde_json::json!(values).to_string())
}
