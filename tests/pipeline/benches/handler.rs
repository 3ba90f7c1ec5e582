//! What redaction costs where it is a part of a whole: `cargo bench --bench handler` publishes a message
//! of 1 KB with 12 headers and reads it back, through all handlers down to SQLite on disk, with a rule
//! and without, in turn within one process; and it does the redaction alone.
//!
//! Of each side's times the lower quartile counts.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, HeaderName, Request, StatusCode};
use http_body_util::BodyExt;
use pipeline::routes::Pipeline;
use pipeline::store::Store;
use qstash_redact::publish::Call;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt;

/// How often each side is measured.
const ROUNDS: usize = 400;
const BODY_BYTES: usize = 1024;
const HEADERS: usize = 12;
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

async fn call(router: &Router, request: Request<Body>) -> serde_json::Value {
    let response = router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

/// Publishes a message and reads it back; the times of both.
async fn round(router: &Router, is_private: bool) -> [Duration; 2] {
    let request = publish(is_private);
    let begun = Instant::now();
    let told = call(router, request).await;
    let published = begun.elapsed();
    let read = Request::get(format!(
        "/v2/messages/{}",
        told["messageId"].as_str().unwrap()
    ))
    .header("authorization", format!("Bearer {TOKEN}"))
    .body(Body::empty())
    .unwrap();
    let begun = Instant::now();
    let shown = call(router, read).await;
    let is_hidden = shown["body"].as_str().unwrap().starts_with("REDACTED:");
    assert_eq!(is_hidden, is_private, "a bench of something else");
    [published, begun.elapsed()]
}

/// All that the library does for a message that is published and shown once.
fn redact(headers: &HeaderMap, body: &str) -> Duration {
    let begun = Instant::now();
    let call = Call::from_headers(headers).unwrap();
    let sealed = call
        .with_destination("http://127.0.0.1:9/hook")
        .seal(body.to_owned())
        .unwrap();
    black_box(sealed.to_string());
    begun.elapsed()
}

fn quartile(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 4].as_secs_f64() * 1e6
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    let _ = std::fs::remove_file(&path);
    let store = Store::open(&path).unwrap();
    let router = Pipeline::new(store, TOKEN, Arc::default()).router();
    let request = publish(true);
    let (headers, body) = (request.headers().clone(), text(99, BODY_BYTES));
    let mut times: [Vec<Duration>; 5] = Default::default();
    for _ in 0..ROUNDS {
        let [published, read] = round(&router, true).await;
        let [published_clear, read_clear] = round(&router, false).await;
        let all = [
            published,
            published_clear,
            read,
            read_clear,
            redact(&headers, &body),
        ];
        times
            .iter_mut()
            .zip(all)
            .for_each(|(times, time)| times.push(time));
    }
    let [published, published_clear, read, read_clear, alone] = times.map(quartile);
    println!("publish:      {published:7.1} µs, without a rule {published_clear:7.1} µs");
    println!("read back:    {read:7.1} µs, without a rule {read_clear:7.1} µs");
    println!(
        "redact alone: {alone:7.1} µs, {:.1} % of both",
        alone / (published + read) * 100.0
    );
}
