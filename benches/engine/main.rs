//! Scanning, redacting, exporting and showing pages of the DLQ, each beside what one would write with
//! serde_json. Every result is checked before its time is taken.
//!
//! `cargo bench --bench engine`

mod corpus;

use corpus::Corpus;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use qstash_redact::{DlqMessage, Export, Placeholder, RedactFields, Redactor};
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::hint::black_box;

/// Rules, and what to call them: everything that QStash itself redacts, and one header.
const RULES: [(&str, &str); 2] = [("all", "body,header"), ("one", "header[Authorization]")];

fn redactor(rule: &str) -> Redactor {
    Redactor::new(rule.parse().unwrap())
}

fn group<'c>(
    criterion: &'c mut Criterion,
    name: &str,
    corpus: &Corpus,
) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(format!("{name}/{}", corpus.name));
    group.throughput(Throughput::Bytes(corpus.page.len() as u64));
    group
}

/// Finding nothing to replace costs the scan alone.
fn scan(criterion: &mut Criterion) {
    let redactor = Redactor::new(RedactFields::new());
    for corpus in Corpus::all() {
        let page = corpus.page.as_bytes();
        assert_eq!(redactor.redact_json(page).unwrap().as_bytes(), page);
        let mut group = group(criterion, "scan", &corpus);
        group.bench_function("ours", |bencher| {
            bencher.iter(|| {
                redactor
                    .redact_json(black_box(page))
                    .unwrap()
                    .as_bytes()
                    .len()
            });
        });
        group.bench_function("serde_json", |bencher| {
            bencher.iter(|| serde_json::from_slice::<IgnoredAny>(black_box(page)).unwrap());
        });
        group.finish();
    }
}

/// Into a buffer that is used again, beside a round trip through `serde_json::Value`.
fn redact(criterion: &mut Criterion) {
    for corpus in Corpus::all() {
        let page = corpus.page.as_bytes();
        let mut group = group(criterion, "redact", &corpus);
        for (name, rule) in RULES {
            let redactor = redactor(rule);
            let mut output = Vec::new();
            let clean: Value =
                serde_json::from_slice(redactor.redact_json(page).unwrap().as_bytes()).unwrap();
            let theirs: Value = serde_json::from_slice(&round_trip(page, rule)).unwrap();
            assert_eq!(clean, theirs);
            group.bench_function(format!("{name}/ours"), |bencher| {
                bencher.iter(|| {
                    let clean = redactor.redact_json_into(black_box(page), &mut output);
                    clean.unwrap().as_bytes().len()
                });
            });
            group.bench_function(format!("{name}/serde_json"), |bencher| {
                bencher.iter(|| round_trip(black_box(page), rule).len());
            });
        }
        group.finish();
    }
}

/// In pushes of 64 KiB, as a file is read.
fn export(criterion: &mut Criterion) {
    fn run(redactor: &Redactor, page: &[u8], output: &mut Vec<u8>) {
        output.clear();
        let mut export = Export::new(redactor.clone());
        for part in page.chunks(64 << 10) {
            export.push(part, output).unwrap();
        }
        export.finish(output).unwrap();
    }
    for corpus in Corpus::all() {
        let page = corpus.page.as_bytes();
        let mut group = group(criterion, "export", &corpus);
        for (name, rule) in RULES {
            let redactor = redactor(rule);
            let mut output = Vec::new();
            run(&redactor, page, &mut output);
            assert!(output == redactor.redact_json(page).unwrap().as_bytes());
            group.bench_function(name, |bencher| {
                bencher.iter(|| run(&redactor, black_box(page), &mut output));
            });
        }
        group.finish();
    }
}

/// What a service does to show a page that it has parsed.
fn view(criterion: &mut Criterion) {
    fn run(redactor: &Redactor, messages: &[DlqMessage<'_>], output: &mut Vec<u8>) {
        output.clear();
        serde_json::to_writer(output, &redactor.view(messages)).unwrap();
    }
    for corpus in Corpus::all() {
        let messages = messages(&corpus.page);
        let mut group = group(criterion, "view", &corpus);
        for (name, rule) in RULES {
            let redactor = redactor(rule);
            let mut output = Vec::new();
            run(&redactor, &messages, &mut output);
            let clean = redactor.redact_json(corpus.page.as_bytes()).unwrap();
            let clean: Value = serde_json::from_slice(clean.as_bytes()).unwrap();
            let shown: Value = serde_json::from_slice(&output).unwrap();
            assert!(shown == clean["messages"]);
            group.bench_function(name, |bencher| {
                bencher.iter(|| run(&redactor, black_box(&messages), &mut output));
            });
        }
        group.finish();
    }
}

fn messages(page: &str) -> Vec<DlqMessage<'_>> {
    let page: HashMap<&str, &RawValue> = serde_json::from_str(page).unwrap();
    let messages: Vec<&RawValue> = serde_json::from_str(page["messages"].get()).unwrap();
    messages
        .into_iter()
        .map(|message| DlqMessage::from_json(message.get().as_bytes()).unwrap())
        .collect()
}

/// The plain way for this page: parse all of it, replace, write all of it.
fn round_trip(page: &[u8], rule: &str) -> Vec<u8> {
    let mut page: Value = serde_json::from_slice(page).unwrap();
    let hide = |value: &mut Value| {
        *value = Placeholder::of(value.as_str().unwrap().as_bytes())
            .as_str()
            .into();
    };
    for message in page["messages"].as_array_mut().unwrap() {
        if rule.contains("body") {
            hide(&mut message["body"]);
        }
        for (name, values) in message["header"].as_object_mut().unwrap() {
            if rule == "body,header" || name == "Authorization" {
                values.as_array_mut().unwrap().iter_mut().for_each(hide);
            }
        }
    }
    serde_json::to_vec(&page).unwrap()
}

criterion_group!(benches, scan, redact, export, view);
criterion_main!(benches);
