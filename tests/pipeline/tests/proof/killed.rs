//! Killed at any moment: whatever was accepted is still there, and nothing of it shows.

use crate::call::{Caller, until_none_is_left};
use crate::destination::Destination;
use crate::process::{Directory, Pipeline};
use crate::secrets;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};
use tokio::task::JoinSet;

/// How many publishers are at it.
const PUBLISHERS: usize = 6;
/// How long the pipeline is killed again and again, and how often at least.
const TIME: Duration = Duration::from_secs(20);
const ROUNDS: usize = 15;
/// How many messages are enough for all rounds but those: whatever was accepted has to be delivered.
const ENOUGH: usize = 4000;
/// The longest that it lives.
const LIFE_MS: u64 = 250;

/// What was accepted: the key under which each message has to arrive.
type Accepted = Arc<Mutex<Vec<String>>>;

/// A number that is another one each time.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let seed = since.unwrap().as_nanos() as u64 | 1;
        println!("seed {seed}");
        Self(seed)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// The secret of the message with this key.
fn secret(key: &str) -> String {
    format!("swordfish-{key}-swordfish")
}

/// Publishes in every way, until there is no pipeline any more.
async fn publish(caller: Caller, destination: Destination, name: String, accepted: Accepted) {
    for number in 0.. {
        let key = format!("{name}-{number}");
        let (what, way) = match number % 4 {
            0 => ("ok", "publish"),
            1 => ("fail", "publish"),
            2 => ("ok", "batch"),
            _ => ("fail", "enqueue/a-queue"),
        };
        let url = format!("{}/{what}/{key}", destination.url);
        let value = secret(&key);
        let answer = if way == "batch" {
            let headers = serde_json::json!({
                "Upstash-Redact-Fields": "body,header",
                "Upstash-Forward-Authorization": value,
            });
            let element =
                serde_json::json!({ "destination": url, "headers": headers, "body": value });
            let body = serde_json::json!([element]).to_string();
            caller.try_call("POST", "/v2/batch", &[], body).await
        } else {
            let headers = [
                ("upstash-redact-fields", "body,header"),
                ("upstash-forward-authorization", &*value),
                ("upstash-retries", "1"),
                ("upstash-retry-delay", "20"),
            ];
            let path = format!("/v2/{way}/{url}");
            caller
                .try_call("POST", &path, &headers, value.clone())
                .await
        };
        match answer {
            Ok(answer) => {
                assert_eq!(answer.status, 200);
                accepted.lock().unwrap().push(key);
            }
            Err(_) => return,
        }
    }
}

/// Reads everything and retries dead letters, until there is no pipeline any more.
async fn retry(caller: Caller) {
    loop {
        for path in ["/v2/dlq?count=20", "/v2/events?count=50", "/v2/schedules"] {
            if caller.try_call("GET", path, &[], "").await.is_err() {
                return;
            }
        }
        if caller
            .try_call("POST", "/v2/dlq/retry?count=3", &[], "")
            .await
            .is_err()
        {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_accepted_is_lost_and_nothing_shows_when_it_is_killed() {
    let (directory, destination) = (Directory::new(), Destination::start().await);
    let accepted = Accepted::default();
    let mut random = Random::new();
    let mut caller = Caller::new("");
    let (begun, mut rounds) = (Instant::now(), 0);
    let count = || accepted.lock().unwrap().len();
    while begun.elapsed() < TIME && count() < ENOUGH || rounds < ROUNDS {
        let pipeline = Pipeline::start(&directory);
        caller = caller.at(&pipeline.url);
        let mut tasks = JoinSet::new();
        for publisher in 0..PUBLISHERS {
            let name = format!("{rounds}-{publisher}");
            let accepted = Arc::clone(&accepted);
            tasks.spawn(publish(caller.clone(), destination.clone(), name, accepted));
        }
        tasks.spawn(retry(caller.clone()));
        tokio::time::sleep(Duration::from_millis(random.below(LIFE_MS))).await;
        pipeline.kill().unwrap();
        tasks.join_all().await;
        rounds += 1;
    }

    // Now all is well again, and everything has to arrive.
    let keys = accepted.lock().unwrap().clone();
    println!("{rounds} rounds, {} messages accepted", keys.len());
    assert!(keys.len() > ROUNDS, "too little was accepted");
    // So does what was stored, but whose caller was not told any more.
    destination.heal_all();
    let pipeline = Pipeline::start(&directory);
    caller = caller.at(&pipeline.url);
    until_none_is_left("everything accepted", || async {
        let retry = "/v2/dlq/retry?count=100";
        caller.call("POST", retry, &[], "").await;
        destination.count_missing(&keys)
    })
    .await;
    println!("delivered after {:?}", begun.elapsed());
    for key in &keys {
        for delivery in destination.deliveries(key) {
            assert_eq!(delivery.body, secret(key));
            assert_eq!(delivery.headers["authorization"], secret(key));
        }
    }
    for path in ["/v2/dlq", "/v2/events?count=1000"] {
        caller.call("GET", path, &[], "").await;
    }
    pipeline.kill().unwrap();

    let mut texts = directory.files();
    texts.retain(|(name, _)| !name.starts_with("database"));
    texts.push(("the answers".to_owned(), caller.answers()));
    assert_eq!(secrets::find("swordfish", &texts), None);
}
