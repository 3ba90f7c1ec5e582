//! Runs the pipeline: `QSTASH_TOKEN=… pipeline DATABASE ADDRESS [BACKOFF_MS]`.

use pipeline::store::Store;
use std::env;
use std::error::Error;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;

/// The wait before the second attempt to deliver a message, if none is given.
const BACKOFF_MS: u64 = 10_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (database, address, backoff) = match &arguments[..] {
        [database, address] => (database, address, BACKOFF_MS),
        [database, address, backoff] => (database, address, backoff.parse()?),
        _ => return Err("usage: QSTASH_TOKEN=… pipeline DATABASE ADDRESS [BACKOFF_MS]".into()),
    };
    // Not an argument: those are there for everybody on the machine to see.
    let token = env::var("QSTASH_TOKEN").map_err(|_| "QSTASH_TOKEN is not set")?;
    if token.is_empty() {
        return Err("QSTASH_TOKEN is empty".into());
    }
    let store = Store::open(Path::new(database))?;
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    pipeline::serve(listener, store, &token, Duration::from_millis(backoff)).await?;
    Ok(())
}
