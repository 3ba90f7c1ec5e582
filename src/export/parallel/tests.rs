//! Every number of jobs and every size of chunks gives what one thread gives.

use super::*;
use crate::fields::RedactFields;
use crate::redact::Redactor;
use crate::summary::Summary;
use crate::value::Existing;
use proptest::prelude::*;
use std::io::Read;
use std::num::NonZeroUsize;

mod streams;

const SAMPLE: &[u8] = include_bytes!("../../../samples/dlq-export.json");

fn new_export() -> Export {
    Export::new(Redactor::new(RedactFields::everything())).with_unknown_names()
}

fn in_parallel(export: Export, jobs: usize, chunk: usize, max: usize) -> Export {
    let mut export = export.with_jobs(NonZeroUsize::new(jobs).unwrap());
    export.parallel.as_mut().unwrap().feed = Feed::new(chunk, max);
    export
}

/// How many chunks workers have made, and how many in vain.
fn made(export: &Export) -> (u64, u64) {
    let parallel = export.parallel.as_ref().unwrap();
    (parallel.adopted, parallel.refused)
}

/// All that can be seen of a run.
#[derive(PartialEq)]
struct Outcome {
    output: Vec<u8>,
    error: Option<String>,
    summary: Summary,
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let output = String::from_utf8_lossy(&self.output);
        write!(formatter, "{output} {:?} {:?}", self.error, self.summary)
    }
}

fn copy(export: &mut Export, input: impl Read) -> Outcome {
    let mut output = Vec::new();
    let error = export.copy(input, &mut output).err();
    Outcome {
        output,
        error: error.map(|error| format!("{error:?}")),
        summary: export.summary(),
    }
}

/// Holds some numbers of jobs against one; how many chunks workers made with two.
fn check(new: impl Fn() -> Export, input: &[u8], chunk: usize) -> u64 {
    let expected = copy(&mut new(), input);
    let mut by_workers = 0;
    for jobs in [8, 3, 2] {
        let mut export = in_parallel(new(), jobs, chunk, 8 * chunk);
        assert_eq!(copy(&mut export, input), expected, "{jobs} jobs");
        by_workers = made(&export).0;
    }
    by_workers
}

fn record(number: usize) -> String {
    format!(
        r#"{{"messageId":"msg_{number}","odd{}":[{{"messageId":"}},{{\"messageId\":"}}],"header":{{"A":["{number}"]}},"body":"b{}"}}"#,
        number % 7,
        "é\\n".repeat(number % 5),
    )
}

fn records(count: usize, separator: &str) -> String {
    let records: Vec<String> = (0..count).map(record).collect();
    records.join(separator)
}

fn pages(count: usize, per_page: usize) -> String {
    let page = format!(
        r#"{{"messages":[{}],"cursor":"c","error":"e"}}"#,
        records(per_page, ",")
    );
    (page + "\n").repeat(count)
}

fn pretty(compact: &str) -> String {
    let documents = serde_json::Deserializer::from_str(compact).into_iter::<serde_json::Value>();
    documents
        .map(|document| serde_json::to_string_pretty(&document.unwrap()).unwrap() + "\n")
        .collect()
}

/// Inputs of several records in every shape that parallelizes, and their names.
fn shapes(count: usize) -> [(&'static str, String); 7] {
    [
        ("lines", records(count, "\n")),
        ("CRLF lines", records(count, "\r\n") + "\r\n"),
        ("array", format!("[{}]", records(count, ","))),
        ("pages", pages(count.div_ceil(10), 10)),
        ("short pages", pages(count, 1)),
        ("pretty pages", pretty(&pages(count.div_ceil(10), 10))),
        (
            "pretty array",
            pretty(&format!("[{}]", records(count, ","))),
        ),
    ]
}

#[test]
fn every_shape_is_made_by_workers() {
    for (name, input) in shapes(200) {
        for chunk in [500, 1000, 5000] {
            let by_workers = check(new_export, input.as_bytes(), chunk);
            let chunks = (input.len() / chunk) as u64;
            assert!(
                by_workers * 2 > chunks,
                "{name}: {by_workers} of {chunks} chunks of {chunk}"
            );
        }
    }
}

#[test]
fn the_sample_is_the_same_with_any_chunks() {
    for chunk in [64, 1000, 10_000, 100_000] {
        let by_workers = check(new_export, SAMPLE, chunk);
        assert!(chunk == 64 || by_workers > 0, "{chunk}");
    }
    for rule in ["body", "header[Authorization]", "url,error"] {
        let new = || Export::new(Redactor::new(rule.parse().unwrap()));
        check(new, SAMPLE, 3000);
    }
}

#[test]
fn faults_everywhere_are_found_where_they_are() {
    for (_, input) in shapes(9) {
        let input = input.into_bytes();
        for at in (0..input.len()).step_by(5) {
            let mut bad = input.clone();
            bad[at] = [b'!', b'"', b'}', 0][at % 4];
            let expected = copy(&mut new_export(), &*bad);
            for chunk in [100, 700] {
                let mut export = in_parallel(new_export(), 2, chunk, 4 * chunk);
                assert_eq!(copy(&mut export, &*bad), expected, "byte {at}");
            }
        }
    }
}

#[test]
fn input_cut_anywhere_is_truncated_in_the_same_place() {
    for (_, input) in shapes(8) {
        for at in (0..input.len()).step_by(5) {
            let cut = &input.as_bytes()[..at];
            let expected = copy(&mut new_export(), cut);
            let mut export = in_parallel(new_export(), 2, 150, 600);
            assert_eq!(copy(&mut export, cut), expected, "byte {at}");
        }
    }
}

#[test]
fn records_larger_than_chunks_go_through() {
    let large = format!(r#"{{"messageId":"large","body":"{}"}}"#, "x".repeat(20_000));
    for separator in ["\n", ","] {
        let mut input = records(50, separator);
        for _ in 0..3 {
            input = [&*input, &large, &large, &records(50, separator)].join(separator);
        }
        if separator == "," {
            input = format!("[{input}]");
        }
        // Up to 8000 bytes, and up to 40,000.
        assert!(check(new_export, input.as_bytes(), 1000) > 10);
        assert!(check(new_export, input.as_bytes(), 5000) > 3);
    }
}

#[test]
fn chunks_grow_until_they_hold_a_record() {
    let record = format!(r#"{{"messageId":"m","body":"{}"}}"#, "x".repeat(2500));
    let input = format!("[{}]", vec![record; 100].join(","));
    let by_workers = check(new_export, input.as_bytes(), 1000);
    assert!(by_workers > 90, "{by_workers}");
}

#[test]
fn what_looks_like_the_next_record_inside_of_one_misleads_nobody_for_long() {
    for inner in [1, 3, 30] {
        let items = vec![r#"{"messageId":"m"}"#; inner].join(",");
        let record = format!(r#"{{"messageId":"m","body":"b","x":[{items}],"y":1}}"#);
        for separator in [",", "\n"] {
            let mut input = vec![record.as_str(); 300].join(separator);
            if separator == "," {
                input = format!("[{input}]");
            }
            check(new_export, input.as_bytes(), 300);
            let mut export = in_parallel(new_export(), 2, 300, 1000);
            copy(&mut export, input.as_bytes());
            let (made, in_vain) = made(&export);
            let chunks = (input.len() / 300) as u64;
            assert!(
                in_vain <= made + chunks / 8,
                "{made}, {in_vain} of {chunks}"
            );
        }
    }
}

#[test]
fn a_word_at_the_end_of_a_chunk_may_go_on() {
    // The input is also cut behind such a number. The main export cannot know yet that it has ended,
    // but else stands as the next worker assumes.
    let lines = "{\"a\":1}12345678901234567890\n{\"a\":1}\n{\"a\":1}\n";
    let input = "\"x\"\n{\"a\":1}\n{\"a\":1}\n{\"a\":1}\n".repeat(20) + &lines.repeat(50);
    for chunk in 64..200 {
        check(new_export, input.as_bytes(), chunk);
    }
}

#[test]
fn a_change_of_shape_is_learned() {
    let shapes = shapes(60);
    let input: String = shapes.iter().map(|(_, input)| &**input).collect();
    let by_workers = check(new_export, input.as_bytes(), 600);
    assert!(by_workers as usize > input.len() / 600 / 4, "{by_workers}");
}

#[test]
fn logs_keep_their_encoding_across_chunks() {
    let logs = vec![r#"{"time":1,"body":"Ym9keQ==","state":"x"}"#; 100].join(",");
    let page = format!(r#"{{"logs":[{logs}],"cursor":"c"}}"#);
    let by_workers = check(new_export, page.repeat(10).as_bytes(), 500);
    assert!(by_workers > 40, "{by_workers}");
}

#[test]
fn limits_hold_for_every_record() {
    for (name, input) in shapes(60) {
        for limit in (20..300).step_by(11) {
            let new = || new_export().with_record_limit(limit);
            let expected = copy(&mut new(), input.as_bytes());
            let mut export = in_parallel(new(), 2, 400, 1200);
            assert_eq!(
                copy(&mut export, input.as_bytes()),
                expected,
                "{name}, {limit}"
            );
        }
    }
    // What stands between records counts as well.
    for blanks in [40, 400] {
        let input = records(50, &format!("{}\n", " ".repeat(blanks)));
        let new = || new_export().with_record_limit(500);
        check(new, input.as_bytes(), 600);
    }
}

#[test]
fn a_placeholder_that_is_refused_is_refused_in_its_place() {
    let redactor = Redactor::new(RedactFields::everything()).with_existing(Existing::Refuse);
    let placeholder = crate::Placeholder::of(b"x");
    for at in [0, 20, 99] {
        let mut lines: Vec<String> = (0..100).map(record).collect();
        lines[at] = format!(r#"{{"messageId":"m","body":"{placeholder}"}}"#);
        let new = || Export::new(redactor.clone());
        check(new, lines.join("\n").as_bytes(), 500);
    }
}

#[test]
fn unknown_names_are_the_same_however_many() {
    let names: Vec<String> = (0..3000)
        .map(|number| format!(r#"{{"messageId":"m","n{}":1}}"#, number * 7919 % 3000))
        .collect();
    let input = names.join("\n");
    assert!(check(new_export, input.as_bytes(), 2000) > 10);
    let summary = copy(&mut new_export(), input.as_bytes()).summary;
    let mut first: Vec<String> = (0..3000).map(|number| format!("n{number}")).collect();
    first.sort();
    assert!(summary.unknown_names().eq(first[..1000].iter()));
}

/// Documents and pieces of them, good and bad.
fn documents() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => (0..30_usize, 1..20_usize).prop_map(|(from, count)| {
            (from..from + count).map(|number| record(number) + "\n").collect()
        }),
        3 => (1..4_usize, 1..12_usize).prop_map(|(count, length)| pages(count, length)),
        2 => (1..20_usize).prop_map(|count| format!("[{}]", records(count, ","))),
        2 => (1..9_usize).prop_map(|count| pretty(&pages(1, count))),
        1 => (1..20_usize).prop_map(|count| format!(r#"{{"logs":[{}]}}"#, records(count, ", "))),
        1 => Just("\r\n \n".to_owned()),
        1 => Just("12 null[][{}]".to_owned()),
        1 => (1..9_usize).prop_map(|count| format!("[[{}]]", records(count, ","))),
        1 => (1..9_usize).prop_map(|count| {
            format!(r#"{{"messages":[{}],"messages":[5]}}"#, records(count, ","))
        }),
    ];
    let good = prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat());
    let bad = prop_oneof![
        Just("}"),
        Just("x"),
        Just("\""),
        Just("{\"messageId\":"),
        Just("\u{1}")
    ];
    let bad = prop::option::weighted(0.3, (any::<prop::sample::Index>(), bad));
    (good, bad).prop_map(|(mut good, bad)| {
        if let Some((index, bad)) = bad {
            let mut at = index.index(good.len() + 1);
            while !good.is_char_boundary(at) {
                at -= 1;
            }
            good.insert_str(at, bad);
        }
        good
    })
}

proptest! {
    #[test]
    fn every_number_of_jobs_gives_the_same(
        input in documents(),
        jobs in 2_usize..5,
        chunk in 64_usize..3000,
        max in 1_usize..6,
        limit in prop_oneof![3 => Just(1 << 20), 1 => 50_usize..400],
    ) {
        let new = || new_export().with_record_limit(limit);
        let expected = copy(&mut new(), input.as_bytes());
        let mut export = in_parallel(new(), jobs, chunk, chunk * max);
        prop_assert_eq!(copy(&mut export, input.as_bytes()), expected);
    }
}
