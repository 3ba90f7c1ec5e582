//! A small real pipeline in front of HTTP destinations, which speaks the part of QStash's API that its
//! clients use: messages are published, stored, shown and delivered.
//!
//! Who may see what is the library's business: a call is sealed as it comes in, and from then on only
//! [`deliver`] opens it. The way of a message through the files:
//! [`routes`] → `Sealed` → [`store`] → [`deliver`]; what is shown goes [`store`] → [`show`] → [`routes`].

pub mod answer;
mod body;
pub mod clock;
pub mod deliver;
pub mod log;
mod query;
pub mod routes;
pub mod settings;
pub mod show;
pub mod store;

use deliver::Delivery;
use routes::Pipeline;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// Serves calls on `listener`, for callers with `token`, and delivers what is in `store`; returns only
/// when it cannot go on. There is nothing to do to stop it: what was accepted is on disk.
///
/// `backoff` is the wait between the first and the second attempt to deliver a message.
pub async fn serve(
    listener: TcpListener,
    store: Store,
    token: &str,
    backoff: Duration,
) -> io::Result<()> {
    let news = Arc::new(Notify::new());
    let pipeline = Pipeline::new(store.clone(), token, Arc::clone(&news));
    tokio::spawn(Delivery::new(store, backoff, news).run());
    axum::serve(listener, pipeline.router()).await
}
