//! The workers: threads that take work in order and hand it back when it is done.

use super::proof::Work;
use std::num::NonZeroUsize;
use std::panic;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// Some work, and where to put it when it is done.
type Order = (Work, SyncSender<Work>);

/// Threads that work for one export; they end with this.
pub(super) struct Crew {
    /// `None` when there is no more work.
    orders: Option<SyncSender<Order>>,
    threads: Vec<JoinHandle<()>>,
}

/// Work that was given to a crew.
///
/// The mutex is never contended: it lets an export that waits be shared between threads.
pub(super) struct Ticket(Mutex<Receiver<Work>>);

impl Crew {
    /// As many workers as are asked for, or as the system lets there be, if it lets there be any;
    /// `hire` makes one.
    pub(super) fn new<W>(jobs: NonZeroUsize, hire: impl Fn() -> W) -> Option<Self>
    where
        W: FnMut(&mut Work) + Send + 'static,
    {
        let (sender, receiver) = mpsc::sync_channel(jobs.get());
        let orders = Arc::new(Mutex::new(receiver));
        let threads: Vec<_> = (0..jobs.get())
            .map_while(|_| {
                let orders = Arc::clone(&orders);
                let worker = hire();
                thread::Builder::new()
                    .name("redact".to_owned())
                    .spawn(move || work(worker, &orders))
                    .ok()
            })
            .collect();
        (!threads.is_empty()).then_some(Self {
            orders: Some(sender),
            threads,
        })
    }

    /// Gives work away; the ticket tells if nobody is left to do it.
    pub(super) fn give(&self, work: Work) -> Ticket {
        let (done, ticket) = mpsc::sync_channel(1);
        if let Some(orders) = &self.orders {
            let _ = orders.send((work, done));
        }
        Ticket(Mutex::new(ticket))
    }

    /// Ends all threads, and panics as the first of them that did.
    pub(super) fn rethrow(mut self) {
        self.orders = None;
        for thread in std::mem::take(&mut self.threads) {
            if let Err(payload) = thread.join() {
                panic::resume_unwind(payload);
            }
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.orders = None;
        for thread in self.threads.drain(..) {
            // A panic that nobody waited for has been told by the panic hook.
            let _ = thread.join();
        }
    }
}

impl Ticket {
    /// The work when it is done; `None` if its worker has panicked, or all have.
    pub(super) fn wait(self) -> Option<Work> {
        self.0.into_inner().ok()?.recv().ok()
    }
}

fn work(mut worker: impl FnMut(&mut Work), orders: &Mutex<Receiver<Order>>) {
    loop {
        // The lock is held while waiting for work, not while working.
        let order = orders.lock().map(|orders| orders.recv());
        let Ok(Ok((mut work, done))) = order else {
            return;
        };
        worker(&mut work);
        // Nobody waits for it any more if the run has failed.
        let _ = done.send(work);
    }
}
