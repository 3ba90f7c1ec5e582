//! What redaction costs where messages are published and shown: reading a call, sealing a message, and
//! pages of the DLQ.
//!
//! `cargo bench --bench publish` prints ratios first, then criterion's times. A ratio is against what
//! one would have without this crate's door: the same page serialized in clear, plus `sha2` once per
//! value that is shown as a placeholder. Both sides run in turn within one process, and of each side's
//! times the lower quartile counts.

#![expect(clippy::print_stdout, reason = "the ratios are printed")]

use criterion::{BatchSize, Criterion, criterion_group};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use qstash_redact::publish::{Call, Original, Sealed};
use qstash_redact::{DlqMessage, RedactFields, Redactor};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Messages of a page: the most that QStash lists at once.
const PAGE: usize = 100;
/// Bytes of a body, and how many headers go with it.
const BODY: usize = 1024;
const HEADERS: usize = 12;
/// How long the ratios may take, each.
const ROW: Duration = Duration::from_secs(2);
/// What a page may cost at most, against clear text and `sha2`.
const GATE: f64 = 1.25;

const RULE: &str = "body,header";

/// Text of any length that is the same in every run.
fn text(seed: usize, length: usize) -> String {
    let letter = |at: usize| char::from(b'a' + ((seed * 31 + at * 7 + at / 5) % 26) as u8);
    (0..length).map(letter).collect()
}

/// The headers of a publish call.
fn call_headers(seed: usize) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut insert = |name: String, value: String| {
        let name = HeaderName::try_from(name).expect("a name");
        headers.insert(name, HeaderValue::try_from(value).expect("a value"));
    };
    insert(
        "authorization".to_owned(),
        format!("Bearer {}", text(seed, 120)),
    );
    insert("upstash-redact-fields".to_owned(), RULE.to_owned());
    for header in 0..HEADERS {
        let value = text(seed + header, 20 + header * 10);
        insert(format!("upstash-forward-x-header-{header}"), value);
    }
    headers
}

fn uri() -> Uri {
    Uri::from_static("/v2/publish/https://example.com/hook")
}

fn seal(seed: usize) -> Sealed {
    Call::new(&uri(), &call_headers(seed))
        .and_then(|call| call.seal(text(seed, BODY)))
        .expect("a message")
}

/// A page as a service holds it that redacts nothing.
#[derive(Serialize)]
struct Clear {
    url: String,
    method: String,
    header: BTreeMap<String, Vec<String>>,
    body: String,
}

impl Clear {
    fn of(original: &Original) -> Self {
        let header = original.headers.iter().map(|(name, value)| {
            let value = value.to_str().expect("a text").to_owned();
            (name.to_string(), vec![value])
        });
        Self {
            url: original.destination.clone(),
            method: original.method.to_string(),
            header: header.collect(),
            body: String::from_utf8(original.body.to_vec()).expect("a text"),
        }
    }

    /// What a plain program does for its placeholders.
    fn hash(&self) {
        let values = self.header.values().flatten().chain([&self.body]);
        for value in values {
            black_box(Sha256::digest(value));
        }
    }
}

fn clear_and_sha2(page: &[Clear], output: &mut Vec<u8>) {
    output.clear();
    serde_json::to_writer(&mut *output, page).expect("JSON");
    page.iter().for_each(Clear::hash);
}

fn show(page: &[Sealed], output: &mut Vec<u8>) {
    output.clear();
    serde_json::to_writer(&mut *output, page).expect("JSON");
}

/// Messages that were not shown yet, as they come out of a database.
fn unshown(page: &[Sealed]) -> Vec<Sealed> {
    let unshown = |message: &Sealed| {
        let (fields, original) = message.clone().into_parts();
        Sealed::new(fields, original)
    };
    page.iter().map(unshown).collect()
}

fn time(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

fn lower_quartile(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 4]
}

/// Prints one row: how often the time of the clear page goes into ours.
fn row(name: &str, turns: usize, mut clear: impl FnMut(), mut ours: impl FnMut() -> f64) {
    let (mut theirs, mut times) = (Vec::new(), Vec::new());
    let start = Instant::now();
    while theirs.is_empty() || (theirs.len() < turns && start.elapsed() < ROW) {
        theirs.push(time(&mut clear));
        times.push(ours());
    }
    let (theirs, ours) = (lower_quartile(theirs), lower_quartile(times));
    println!(
        "| {name} | {:.1} | {:.1} | {:.2} | {GATE} |",
        theirs * 1e6,
        ours * 1e6,
        ours / theirs
    );
}

fn ratios(turns: usize) {
    let page: Vec<Sealed> = (0..PAGE).map(seal).collect();
    let clear: Vec<Clear> = page
        .iter()
        .map(|message| Clear::of(message.deliver()))
        .collect();
    let json = serde_json::to_string(&clear).expect("JSON");
    let elements: Vec<&serde_json::value::RawValue> = serde_json::from_str(&json).expect("JSON");
    let messages: Vec<DlqMessage<'_>> = elements
        .iter()
        .map(|json| DlqMessage::from_json(json.get().as_bytes()).expect("a message"))
        .collect();
    let redactor = Redactor::new(RULE.parse().expect("a rule"));
    // The same placeholders on both ways.
    let shown: serde_json::Value = serde_json::to_value(&page).expect("JSON");
    let viewed: serde_json::Value = serde_json::to_value(redactor.view(&messages)).expect("JSON");
    for (shown, viewed) in shown
        .as_array()
        .into_iter()
        .flatten()
        .zip(viewed.as_array().into_iter().flatten())
    {
        assert_eq!(shown["body"], viewed["body"]);
        assert_eq!(
            shown["header"]["X-Header-3"],
            viewed["header"]["x-header-3"]
        );
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    println!("| a page of {PAGE} messages | clear + sha2, us | ours, us | ratio | gate |");
    println!("| --- | --- | --- | --- | --- |");
    row(
        "sealed, shown for the first time",
        turns,
        || clear_and_sha2(&clear, &mut left),
        || {
            let page = unshown(&page);
            time(|| show(&page, &mut right))
        },
    );
    row(
        "sealed, hashed together and shown",
        turns,
        || clear_and_sha2(&clear, &mut left),
        || {
            let page = unshown(&page);
            time(|| {
                Sealed::hash_together(&page);
                show(&page, &mut right);
            })
        },
    );
    row(
        "sealed, shown again",
        turns,
        || clear_and_sha2(&clear, &mut left),
        || time(|| show(&page, &mut right)),
    );
    row(
        "DLQ messages, by a redactor's view",
        turns,
        || clear_and_sha2(&clear, &mut left),
        || {
            time(|| {
                right.clear();
                serde_json::to_writer(&mut right, &redactor.view(&messages)).expect("JSON");
            })
        },
    );
}

/// One publish: reading the call, the view of it for a log, sealing, the view of the message.
fn publish(criterion: &mut Criterion) {
    let (uri, headers) = (uri(), call_headers(1));
    let body = bytes::Bytes::from(text(1, BODY));
    let mut group = criterion.benchmark_group("publish");
    group.bench_function("read", |bencher| {
        bencher.iter(|| Call::new(black_box(&uri), black_box(&headers)).unwrap());
    });
    let call = Call::new(&uri, &headers).unwrap();
    group.bench_function("show headers", |bencher| {
        bencher.iter(|| call.shown_headers());
    });
    group.bench_function("read and seal", |bencher| {
        bencher.iter(|| {
            Call::new(&uri, &headers)
                .unwrap()
                .seal(body.clone())
                .unwrap()
        });
    });
    let message = seal(1);
    let mut output = Vec::new();
    group.bench_function("show for the first time", |bencher| {
        bencher.iter_batched(
            || unshown(std::slice::from_ref(&message)),
            |messages| show(&messages, &mut output),
            BatchSize::SmallInput,
        );
    });
    let mut output = Vec::new();
    let message = [message];
    group.bench_function("show again", |bencher| {
        bencher.iter(|| show(black_box(&message), &mut output));
    });
    // What all of it is against: the hashing alone.
    let clear = Clear::of(message[0].deliver());
    group.bench_function("sha2 alone", |bencher| {
        bencher.iter(|| black_box(&clear).hash());
    });
    let nothing = Redactor::new(RedactFields::new());
    group.bench_function("show headers, no rule", |bencher| {
        bencher.iter(|| nothing.redact_headers(black_box(&headers)).unwrap());
    });
    group.finish();
}

criterion_group!(benches, publish);

fn main() {
    // Cargo says `--bench` when it benches; without, or with `--test`, a glance is enough.
    let asked = |flag: &str| std::env::args().any(|argument| argument == flag);
    ratios(if asked("--bench") && !asked("--test") {
        5000
    } else {
        1
    });
    benches();
    Criterion::default().configure_from_args().final_summary();
}
