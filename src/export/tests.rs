//! Records, splits, limits and bad lines.

use super::*;
use crate::fields::RedactFields;
use crate::fingerprint::Placeholder;
use crate::value::Existing;
use proptest::prelude::*;

fn export(rule: &str) -> Export {
    Export::new(Redactor::new(match rule {
        "all" => RedactFields::everything(),
        rule => rule.parse().unwrap(),
    }))
}

/// Everything that comes out when `input` is pushed in parts, and the first error.
fn run(export: &mut Export, parts: &[&[u8]]) -> (Vec<u8>, Option<Error>) {
    let mut output = Vec::new();
    let pushed = parts
        .iter()
        .try_for_each(|part| export.push(part, &mut output))
        .and_then(|()| export.finish(&mut output));
    (output, pushed.err())
}

/// The output and summary of a good input.
fn sanitized(rule: &str, input: &str) -> (String, Summary) {
    let mut export = export(rule);
    let (output, error) = run(&mut export, &[input.as_bytes()]);
    assert_eq!(error, None, "{input}");
    (String::from_utf8(output).unwrap(), export.summary())
}

/// Documents, records, and records without match.
fn counts(rule: &str, input: &str) -> (u64, u64, u64) {
    let (_, summary) = sanitized(rule, input);
    (summary.documents, summary.records, summary.unmatched)
}

fn placeholder(value: &str) -> String {
    Placeholder::of(value.as_bytes()).to_string()
}

#[test]
fn records_are_the_elements_of_the_outermost_array_of_objects_else_documents() {
    for (input, expected) in [
        ("", (0, 0, 0)),
        (" \r\n\n", (0, 0, 0)),
        (r#"{"body":"b"}"#, (1, 1, 0)),
        ("{\"body\":\"b\"}\r\n\n{\"messageId\":\"m\"}", (2, 2, 1)),
        (
            r#"{"messages":[{"body":"b"},{"x":1}],"cursor":"c"}"#,
            (1, 2, 1),
        ),
        (r#"[{"body":"b"},{"body":"b"},[],5]"#, (1, 4, 2)),
        (
            r#"{"a":{"b":{"c":[{"body":"b"},{}]}}}{"body":"b"}"#,
            (2, 3, 1),
        ),
        // Grouped logs: the records are the groups.
        (
            r#"{"messages":[{"messageId":"m","events":[{"body":"Yg=="},{"body":"Yg=="}]}]}"#,
            (1, 1, 0),
        ),
        (
            r#"{"runs":[{"steps":[{"steps":[{"out":"1"}]}]}]}"#,
            (1, 1, 0),
        ),
        // Neither is an array of objects.
        (r#"{"labels":["a","b"],"x":[[{"body":"b"}]]}"#, (1, 1, 0)),
        (r#"[["a"]]"#, (1, 1, 1)),
        // Content is no envelope.
        (r#"{"body":"b","header":{"A":[{}]}}"#, (1, 1, 0)),
        // Empty pages have no records.
        (r#"{"messages":[],"cursor":""}"#, (1, 0, 0)),
        ("[]", (1, 0, 0)),
        (r#"{"messageId":"m","labels":[]}"#, (1, 1, 1)),
        ("5 \"x\"", (2, 2, 2)),
        // What stands around the records is none of theirs.
        (
            r#"{"error":"e","messages":[{"x":1}],"body":"b"}"#,
            (1, 1, 1),
        ),
    ] {
        assert_eq!(counts("body,error", input), expected, "{input}");
    }
    // A parsed body that the rule leaves alone does not change what is a record.
    let input = r#"{"header":{"A":["v"]},"body":{"items":[{"sku":1}]}}"#;
    assert_eq!(counts("header", input), (1, 1, 0));
}

#[test]
fn records_come_out_one_by_one() {
    let mut export = export("body");
    let mut output = Vec::new();
    export
        .push(br#"{"messages":[{"body":"a"},{"bo"#, &mut output)
        .unwrap();
    let first = format!(r#"{{"messages":[{{"body":"{}"}}"#, placeholder("a"));
    assert_eq!(String::from_utf8_lossy(&output), first);
    export.push(br#"dy":"b"}"#, &mut output).unwrap();
    assert!(output.ends_with(format!(r#",{{"body":"{}"}}"#, placeholder("b")).as_bytes()));
    let error = export.push(b"!", &mut output).unwrap_err();
    assert_eq!((error.offset(), error.record()), (Some(38), Some(3)));
    // The run is over.
    assert_eq!(export.push(b"]}", &mut output).unwrap_err(), error);
    assert_eq!(export.finish(&mut output).unwrap_err(), error);
    assert!(!export.summary().complete);
}

#[test]
fn a_record_is_written_only_when_all_of_it_is_good() {
    let mut export = export("body");
    let (output, error) = run(
        &mut export,
        &[b"[{\"body\":\"a\"},\n {\"header\":{\"A\":\"s3cret\"},\"body\":\"x\" \"y\"}]"],
    );
    let error = error.unwrap();
    assert_eq!((error.line(), error.record()), (Some(2), Some(2)));
    assert_eq!(
        String::from_utf8_lossy(&output),
        format!(r#"[{{"body":"{}"}}"#, placeholder("a"))
    );
}

#[test]
fn the_summary_counts_what_was_done_and_what_stays_visible() {
    let input = format!(
        r#"{{"messages":[{{"messageId":"m","url":"https://h/p","body":"12345678","bodyBase64":"no base64",
           "header":{{"A":"123456789","B":"{}"}},"callback":"https://h/?q","unknown":{{"x":1}}}}]}}"#,
        placeholder("v")
    );
    let (output, summary) = sanitized("body,header,url", &input);
    assert_eq!(summary.replaced(crate::Group::Body), 2);
    assert_eq!(summary.replaced(crate::Group::Header), 1);
    assert_eq!(summary.replaced(crate::Group::Url), 1);
    assert_eq!(summary.replaced_total(), 4);
    assert_eq!(summary.already_redacted, 1);
    assert_eq!(summary.not_base64, 1);
    assert_eq!(summary.guessable, 1);
    assert_eq!(summary.unknown, 2);
    assert_eq!(summary.unknown_names().count(), 0);
    assert_eq!(
        summary.visible().collect::<Vec<_>>(),
        [("url", 1), ("messages", 1), ("messageId", 1)]
    );
    assert_eq!(summary.bytes_in, input.len() as u64);
    assert_eq!(summary.bytes_out, output.len() as u64);
    assert!(summary.complete);
    // Of a header map that is partly visible, the visible headers are counted.
    let (_, summary) = sanitized("header[A]", &input);
    assert!(summary.visible().any(|entry| entry == ("header", 1)));
}

#[test]
fn unknown_names_are_collected_on_request() {
    let mut export = export("body").with_unknown_names();
    let parts: [&[u8]; 2] = [br#"[{"zeta":1,"al"#, br#"pha":{"\u0062eta":1},"zeta":2}]"#];
    assert_eq!(run(&mut export, &parts).1, None);
    let summary = export.summary();
    assert_eq!(
        summary.unknown_names().collect::<Vec<_>>(),
        ["alpha", "beta", "zeta"]
    );
}

#[test]
fn a_record_over_the_limit_is_an_error_however_it_is_pushed() {
    let long = format!(r#"{{"body":"{}"}}"#, "x".repeat(100));
    for (input, record) in [
        (long.clone(), 1),
        (format!("{{}}\n{long}"), 2),
        (format!("[{{}},{long}]"), 2),
        (format!("{{}}{}", " ".repeat(200) + &long), 2),
        (format!("[{{}}, \n{}", long.replace('}', "!")), 2),
    ] {
        for size in [1, 7, 1000] {
            let mut export = export("body").with_record_limit(64);
            let parts: Vec<&[u8]> = input.as_bytes().chunks(size).collect();
            let error = run(&mut export, &parts).1.unwrap();
            assert_eq!(
                (error.kind(), error.record()),
                (ErrorKind::TooLarge, Some(record))
            );
        }
    }
    let mut export = export("body").with_record_limit(long.len());
    assert_eq!(run(&mut export, &[long.as_bytes()]).1, None);
}

#[test]
fn truncated_input_is_an_error() {
    for input in [
        "{",
        "[1",
        "{\"body\":\"x",
        "tru",
        "-",
        "\"a",
        "{\"a\":1}\n{\"b\"",
    ] {
        let error = run(&mut export("body"), &[input.as_bytes()]).1.unwrap();
        assert!(error.is_truncated() || input == "-", "{input}: {error}");
        assert_eq!(error.offset(), Some(input.len() as u64));
    }
}

#[test]
fn a_reader_is_copied_to_a_writer() {
    let mut export = export("body");
    let mut output = Vec::new();
    let input = r#"{"body":"b"}"#.repeat(100_000);
    export.copy(input.as_bytes(), &mut output).unwrap();
    let expected = format!(r#"{{"body":"{}"}}"#, placeholder("b")).repeat(100_000);
    assert!(output == expected.as_bytes());
    assert_eq!(export.summary().documents, 100_000);
}

/// Output and bad lines of an input with bad lines set aside.
fn lines(input: &[u8], cuts: &[usize]) -> (Vec<u8>, Vec<u8>, Vec<Error>, Option<Error>, Summary) {
    let mut export = export("body").with_bad_lines_set_aside();
    let mut output = Vec::new();
    let (mut bad, mut errors) = (Vec::new(), Vec::new());
    let mut take = |export: &mut Export| {
        for line in export.take_bad_lines() {
            bad.extend(line.bytes);
            errors.extend(line.error);
        }
    };
    let mut from = 0;
    let mut error = None;
    for &cut in cuts.iter().chain([&input.len()]) {
        error = error.or(export.push(&input[from..cut], &mut output).err());
        take(&mut export);
        from = cut;
    }
    error = error.or(export.finish(&mut output).err());
    take(&mut export);
    (output, bad, errors, error, export.summary())
}

#[test]
fn bad_lines_are_set_aside_and_the_rest_goes_on() {
    let good = r#"{"body":"b"}"#;
    let clean = format!(r#"{{"body":"{}"}}"#, placeholder("b"));
    for bad in [
        "not json",
        r#"{"body":"cut"#,
        r#"{"body":"cut","#,
        r#"{"body":"#,
        "{",
        "[",
        r#"{"body":"b"} x"#,
        r#"{"body":"b"}{"body":"b"} {"#,
        r#"{"body":"b"}5"#,
        "5",
        "\"s3cret\"",
        r#"{"messages":{"messages":[1,{"body":"b"}],"x":"#,
        "{\"body\":\"\u{1}\"}",
    ] {
        // A cut value could go on in the next line, which then fails to; the last line shows no such thing.
        let next = if bad.ends_with([':', '[', '{']) {
            "x"
        } else {
            good
        };
        let (output, aside, errors, error, summary) =
            lines(format!("{good}\r\n{bad}\n{next}\n\n{good}").as_bytes(), &[]);
        assert_eq!(error, None, "{bad}");
        let (middle, count) = if next == "x" { ("", 2) } else { ("{}\n", 1) };
        let expected = format!("{clean}\r\n{}\n{clean}", middle.replace("{}", &clean));
        assert_eq!(String::from_utf8_lossy(&output), expected, "{bad}");
        let next = if next == "x" { "x\n" } else { "" };
        assert_eq!(
            String::from_utf8_lossy(&aside),
            format!("{bad}\n{next}"),
            "{bad}"
        );
        assert_eq!(errors.len() as u64, count, "{bad}");
        assert_eq!(summary.quarantined, count, "{bad}");
        assert_eq!(summary.records, 4 - count, "{bad}");
        // The last line of the input can be the bad one.
        let (output, aside, _, error, _) = lines(format!("{good}\n{bad}").as_bytes(), &[]);
        assert_eq!(error, None, "{bad}");
        assert_eq!(
            String::from_utf8_lossy(&output),
            format!("{clean}\n"),
            "{bad}"
        );
        assert_eq!(String::from_utf8_lossy(&aside), bad);
    }
}

#[test]
fn a_long_number_on_a_line_is_a_bad_line_however_it_is_pushed() {
    let digits = "7".repeat(3 * CHUNK);
    let input = format!("{digits}\n{{\"messageId\":\"m\"}}\n");
    for cuts in [&[][..], &[5000], &[5000, 9000, CHUNK + 5], &[digits.len()]] {
        let (output, aside, _, error, _) = lines(input.as_bytes(), cuts);
        assert_eq!(error, None);
        assert_eq!(String::from_utf8_lossy(&output), "{\"messageId\":\"m\"}\n");
        assert_eq!(aside.len(), digits.len() + 1);
    }
}

#[test]
fn too_large_a_line_is_fatal_however_it_is_pushed() {
    let long = "x".repeat(300);
    for input in [
        format!("{{\"body\":\"{long}\"}}\n{{}}\n"),
        format!("{{\"body\":\"{long}\",x}}\n{{}}\n"),
        format!("{}\n{{}}\n", "{\"body\":\"b\"}".repeat(30)),
    ] {
        for size in [1, 50, 250, 1000] {
            let mut export = export("body")
                .with_bad_lines_set_aside()
                .with_record_limit(200);
            let parts: Vec<&[u8]> = input.as_bytes().chunks(size).collect();
            let (output, error) = run(&mut export, &parts);
            assert_eq!(
                error.map(|error| error.kind()),
                Some(ErrorKind::TooLarge),
                "{size}"
            );
            assert!(output.is_empty());
            assert_eq!(export.summary().records, 0);
        }
    }
}

#[test]
fn what_is_not_written_is_not_counted() {
    let input = format!(
        r#"{{"body":"some body","header":{{"A":["{}"]}}}}"#,
        placeholder("v")
    );
    for set_aside in [false, true] {
        let redactor = Redactor::new("body,header".parse().unwrap());
        let mut export = Export::new(redactor.with_existing(Existing::Refuse));
        if set_aside {
            export = export.with_bad_lines_set_aside();
        }
        let (output, error) = run(&mut export, &[input.as_bytes()]);
        assert_eq!(error.unwrap().record(), Some(1));
        assert!(output.is_empty());
        let summary = export.summary();
        assert_eq!((summary.records, summary.replaced_total()), (0, 0));
    }
}

#[test]
fn long_names_of_unknown_members_are_cut() {
    let mut export = export("body").with_unknown_names();
    let input = format!(r#"{{"{}":1}}"#, "é".repeat(1000));
    assert_eq!(run(&mut export, &[input.as_bytes()]).1, None);
    let summary = export.summary();
    let names: Vec<_> = summary.unknown_names().collect();
    assert_eq!(names, ["é".repeat(128) + "…"]);
}

#[test]
fn inside_a_page_or_a_document_of_several_lines_an_error_is_fatal() {
    for input in [
        "{\"messages\":[{\"body\":\"b\"},\n{\"body\":x}]}\n{}\n",
        "{\"messages\":[{\"body\":\"b\"},{\"body\":x}]}\n{}\n",
        "{\n\"body\":\"b\",\n\"error\":x}\n{}\n",
        "[\n\"a\",\n",
        "{\"body\":\n{\"body\":\"s3cret\"}\n{}\n",
        "{\"messages\":[{\"body\":\"b\"}]} x\n{}\n",
    ] {
        let (output, aside, _, error, _) = lines(input.as_bytes(), &[]);
        assert!(error.is_some(), "{input}");
        assert!(aside.is_empty());
        assert!(!String::from_utf8_lossy(&output).contains("s3cret"));
    }
    // Good ones go through.
    for input in [
        "{\n\"x\":1}\n{}\n",
        "[{\"x\":1},\n{}\n]\n\n[\n]",
        "{}{}\n[] ",
    ] {
        let (output, aside, _, error, _) = lines(input.as_bytes(), &[]);
        assert_eq!((error, aside.len()), (None, 0), "{input}");
        assert_eq!(String::from_utf8_lossy(&output), input);
    }
}

/// Documents and pieces of them, good and bad.
fn documents() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => Just(r#"{"body":"b\u00e9","header":{"A":["v"]}}"#),
        3 => Just("\n"),
        2 => Just(r#"{"messages":[{"body":"x"},{"logs":[{"body":"eA=="}]}],"cursor":"c"}"#),
        1 => Just(r#"[{"x":[1.5e3,"é",null]},{"body":{"y":[]}}]"#),
        1 => Just(" "),
        1 => Just("\r\n"),
        1 => Just("12"),
        1 => Just("{\n\"body\" : \"c\" }"),
        1 => Just(r#"{"body":"cut"#),
        1 => Just("]"),
        1 => Just("x"),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_split_gives_the_same(
        input in documents(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let input = input.as_bytes();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
        cuts.sort_unstable();
        let mut parts = Vec::new();
        let mut from = 0;
        for cut in cuts.iter().chain([&input.len()]) {
            parts.push(&input[from..*cut]);
            from = *cut;
        }
        let (mut whole, mut split) = (export("body,header[a]"), export("body,header[a]"));
        prop_assert_eq!(run(&mut whole, &[input]), run(&mut split, &parts));
        if whole.summary().complete {
            prop_assert_eq!(whole.summary(), split.summary());
        }
        prop_assert_eq!(lines(input, &[]), lines(input, &cuts));
    }

    #[test]
    fn an_export_gives_what_the_redactor_gives(input in documents()) {
        let mut export = export("body,header[a]");
        let (output, error) = run(&mut export, &[input.as_bytes()]);
        match export.redactor.redact_json(input.as_bytes()) {
            Ok(clean) => {
                prop_assert_eq!(error, None);
                prop_assert_eq!(output, clean.as_bytes());
            }
            Err(expected) => {
                let error = error.unwrap();
                prop_assert_eq!(error.offset(), expected.offset());
                prop_assert_eq!(error.line(), expected.line());
            }
        }
    }

    #[test]
    fn nothing_is_lost_with_bad_lines_set_aside(input in documents()) {
        let (output, aside, _, error, summary) = lines(input.as_bytes(), &[]);
        if error.is_none() {
            // Byte for byte, what came in is what went out and what was set aside.
            let grown = summary.replaced_total() == 0;
            prop_assert!(!grown || output.len() + aside.len() == input.len());
            prop_assert_eq!(summary.bytes_in, input.len() as u64);
            prop_assert!(summary.complete);
        }
    }
}
