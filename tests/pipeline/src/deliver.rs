//! Delivery: what is due goes out, a number of messages at a time, until the destination takes it or
//! it has failed too often.
//!
//! A message stays due in the store until the outcome of its attempt is written down. Killed in
//! between, the pipeline delivers it again: at least once, never not at all.

mod request;
mod send;

pub use request::Destination;
pub use send::Reply;

use crate::clock::Millis;
use crate::store::{Due, Outcome, Store, messages};
use send::Sender;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::{self, JoinError, JoinSet};

/// How many messages are under way at once.
const AT_ONCE: u32 = 64;
/// How long an attempt may take, if the message does not say.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The longest wait between two attempts.
const LONGEST_BACKOFF: Duration = Duration::from_secs(24 * 3600);
/// How long delivery rests when the store failed.
const REST: Duration = Duration::from_secs(1);

/// Delivers what is in a store.
pub struct Delivery {
    store: Store,
    sender: Sender,
    /// The wait before the second attempt; doubled for each one after.
    backoff: Duration,
    news: Arc<Notify>,
}

impl Delivery {
    /// The delivery of `store`, which looks for messages whenever `news` says so.
    pub fn new(store: Store, backoff: Duration, news: Arc<Notify>) -> Self {
        Self {
            store,
            sender: Sender::new(),
            backoff,
            news,
        }
    }

    /// Delivers until it is dropped.
    pub async fn run(self) {
        let this = Arc::new(self);
        let mut under_way = HashMap::new();
        let mut attempts = JoinSet::new();
        loop {
            let wake_at = match this.due(&under_way).await {
                Ok((ids, next)) => {
                    for id in ids {
                        let attempt = attempts.spawn(Arc::clone(&this).attempt(id.clone()));
                        under_way.insert(attempt.id(), id);
                    }
                    next
                }
                Err(Failed) => Some(Millis::now() + REST),
            };
            // A message that is due while all places are taken is found when one gets free.
            let sleep = wake_at.map_or(LONGEST_BACKOFF, |at| at - Millis::now());
            tokio::select! {
                Some(done) = attempts.join_next_with_id() => {
                    under_way.remove(&attempt_of(done));
                    // The store is asked once for the places of all that are over by now.
                    while let Some(done) = attempts.try_join_next_with_id() {
                        under_way.remove(&attempt_of(done));
                    }
                }
                () = this.news.notified() => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    /// What is due and not under way, and when there will be more.
    async fn due(
        &self,
        under_way: &HashMap<task::Id, String>,
    ) -> Result<(Vec<String>, Option<Millis>), Failed> {
        // One time for both questions, so that no message falls between them.
        let now = Millis::now();
        let (mut ids, next) = self
            .store
            .run(move |transaction| {
                let ids = messages::due(transaction, now, 2 * AT_ONCE)?;
                Ok((ids, messages::next_due(transaction, now)?))
            })
            .await
            .map_err(|_| Failed)?;
        let under_way: HashSet<&String> = under_way.values().collect();
        ids.retain(|id| !under_way.contains(id));
        ids.truncate(AT_ONCE as usize - under_way.len());
        Ok((ids, next))
    }

    /// Makes one attempt.
    async fn attempt(self: Arc<Self>, id: String) {
        if self.try_attempt(id).await.is_err() {
            // The store failed, which was logged; the message is still due.
            tokio::time::sleep(REST).await;
        }
    }

    async fn try_attempt(&self, id: String) -> Result<(), Failed> {
        let pending = self
            .store
            .run(move |transaction| messages::pending(transaction, &id));
        let Some(due) = pending.await.map_err(|_| Failed)? else {
            return Ok(());
        };
        let begun = Millis::now();
        let timeout = due.message.settings.timeout.unwrap_or(TIMEOUT);
        let outcome = match request::of(&due) {
            Ok(request) => match self.sender.send(request, timeout).await {
                Ok(reply) if (200..300).contains(&reply.status) => Outcome::Delivered,
                Ok(reply) => Outcome::Refused(reply),
                Err(why) => Outcome::Unanswered(why),
            },
            Err(why) => Outcome::Unanswered(why),
        };
        let retry_delay = self.retry_delay(&due);
        self.store
            .run(move |transaction| {
                messages::conclude(transaction, &due, begun, &outcome, retry_delay)
            })
            .await
            .map_err(|_| Failed)
    }

    fn retry_delay(&self, due: &Due) -> Duration {
        due.message.settings.retry_delay.unwrap_or_else(|| {
            let factor = 2_u32.saturating_pow(due.attempts);
            self.backoff.saturating_mul(factor).min(LONGEST_BACKOFF)
        })
    }
}

/// The attempt that is over; one that panicked is over, too.
fn attempt_of(done: Result<(task::Id, ()), JoinError>) -> task::Id {
    done.map_or_else(|panic| panic.id(), |(attempt, ())| attempt)
}

/// The store failed, which is in the log.
struct Failed;
