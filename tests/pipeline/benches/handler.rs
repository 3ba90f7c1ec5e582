//! What redaction costs where it is a part of a whole: a message of 1 KB with 12 headers is published and
//! read back, through all handlers down to SQLite on disk, with a rule and without; and the redaction alone.
//!
//! `cargo bench --bench handler` prints shares first, then criterion's times. For the shares all sides run
//! in turn within one process, and of each side's times the lower quartile counts.

use axum::Router;
use axum::body::Body;
use criterion::{BatchSize, Criterion, criterion_group};
use http::{HeaderMap, HeaderName, Request, StatusCode};
use http_body_util::BodyExt;
use pipeline::routes::Pipeline;
use pipeline::store::Store;
use qstash_redact::publish::Call;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::{self, Runtime};
use tower::ServiceExt;

const BODY_BYTES: usize = 1024;
const HEADERS: usize = 12;
const DESTINATION: &str = "http://127.0.0.1:9/hook";
const TOKEN: &str = "token";
const RULE: (&str, &str) = ("upstash-redact-fields", "body,header");

/// Letters that are the same in every run.
fn text(seed: usize, length: usize) -> String {
    let letter = |at: usize| char::from(b'a' + ((seed * 31 + at * 7 + at / 5) % 26) as u8);
    (0..length).map(letter).collect()
}

fn publish(is_private: bool) -> Request<Body> {
    let mut request = Request::post("/v2/publish/http://127.0.0.1:9/hook")
        .header("authorization", format!("Bearer {TOKEN}"));
    for seed in 0..HEADERS {
        let name: HeaderName = format!("upstash-forward-x-header-{seed}").parse().unwrap();
        request = request.header(name, text(seed, 40));
    }
    if is_private {
        request = request.header(RULE.0, RULE.1);
    }
    request.body(text(99, BODY_BYTES).into()).unwrap()
}

fn read(message_id: &str) -> Request<Body> {
    Request::get(format!("/v2/messages/{message_id}"))
        .header("authorization", format!("Bearer {TOKEN}"))
        .body(Body::empty())
        .unwrap()
}

/// The pipeline, without its delivery.
struct World {
    runtime: Runtime,
    router: Router,
}

impl World {
    fn new() -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
        }
        let store = Store::open(&path).unwrap();
        Self {
            runtime: runtime::Builder::new_current_thread().build().unwrap(),
            router: Pipeline::new(store, TOKEN, Arc::default()).router(),
        }
    }

    fn call(&self, request: Request<Body>) -> serde_json::Value {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            let body = response.into_body().collect().await.unwrap().to_bytes();
            serde_json::from_slice(&body).unwrap()
        })
    }

    /// Publishes a message, and says its identifier.
    fn publish(&self, request: Request<Body>) -> String {
        let told = self.call(request);
        told["messageId"].as_str().unwrap().to_owned()
    }
}

/// All that the library does for a message that is published and shown once.
fn redact(headers: &HeaderMap, body: &str) {
    let call = Call::from_headers(headers).unwrap();
    let sealed = call
        .with_destination(DESTINATION)
        .seal(body.to_owned())
        .unwrap();
    black_box(sealed.to_string());
}

fn time<T>(run: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let done = run();
    (begun.elapsed(), done)
}

/// The times to publish a message and to read it back.
fn round(world: &World, is_private: bool) -> [Duration; 2] {
    let request = publish(is_private);
    let (published, id) = time(|| world.publish(request));
    let (read, shown) = time(|| world.call(read(&id)));
    let is_hidden = shown["body"].as_str().unwrap().starts_with("REDACTED:");
    assert_eq!(is_hidden, is_private, "a bench of something else");
    [published, read]
}

fn quartile(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 4].as_secs_f64() * 1e6
}

/// Prints what redaction takes of the whole, measured so many times.
fn shares(rounds: usize) {
    let world = World::new();
    let (headers, body) = (publish(true).headers().clone(), text(99, BODY_BYTES));
    let mut times: [Vec<Duration>; 5] = Default::default();
    for _ in 0..rounds {
        let [published, read] = round(&world, true);
        let [published_clear, read_clear] = round(&world, false);
        let (alone, ()) = time(|| redact(&headers, &body));
        let all = [published, published_clear, read, read_clear, alone];
        for (times, time) in times.iter_mut().zip(all) {
            times.push(time);
        }
    }
    let [published, published_clear, read, read_clear, alone] = times.map(quartile);
    println!("| a message of 1 KB with 12 headers | with a rule, us | without, us |");
    println!("| --- | ---: | ---: |");
    println!("| publish | {published:.1} | {published_clear:.1} |");
    println!("| read back | {read:.1} | {read_clear:.1} |");
    let share = alone / (published + read) * 100.0;
    println!("| redaction alone | {alone:.1}, {share:.1} % of both | |");
}

fn handlers(criterion: &mut Criterion) {
    let world = World::new();
    let mut group = criterion.benchmark_group("handler");
    for (name, is_private) in [("with a rule", true), ("without", false)] {
        group.bench_function(format!("publish, {name}"), |bencher| {
            let request = || publish(is_private);
            bencher.iter_batched(
                request,
                |request| world.publish(request),
                BatchSize::SmallInput,
            );
        });
        let id = world.publish(publish(is_private));
        group.bench_function(format!("read back, {name}"), |bencher| {
            let request = || read(&id);
            bencher.iter_batched(
                request,
                |request| world.call(request),
                BatchSize::SmallInput,
            );
        });
    }
    let (headers, body) = (publish(true).headers().clone(), text(99, BODY_BYTES));
    group.bench_function("redaction alone", |bencher| {
        bencher.iter(|| redact(&headers, &body));
    });
    group.finish();
}

criterion_group!(benches, handlers);

fn main() {
    // Cargo says `--bench` when it benches; without, or with `--test`, a glance is enough.
    let asked = |flag: &str| std::env::args().any(|argument| argument == flag);
    shares(match asked("--bench") && !asked("--test") {
        true => 400,
        false => 1,
    });
    benches();
    Criterion::default().configure_from_args().final_summary();
}
