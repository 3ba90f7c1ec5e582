use super::*;
use crate::verify::failure::Side;
use std::io;

/// Gives one byte at a time, so that everything is cut everywhere.
struct Drops<'a>(&'a [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let one = self.0.len().min(1);
        (&self.0[..one])
            .read(buffer)
            .inspect(|read| self.0 = &self.0[*read..])
    }
}

/// Every part as text, with its record number or `-`, and the way to its array.
fn parts(source: impl Read) -> Result<Vec<String>, Cause> {
    let mut records = Records::new(source, 1000);
    let (mut part, mut all) = (Part::default(), Vec::new());
    while records.next(&mut part)? {
        let number = part
            .record
            .map_or("-".to_owned(), |number| number.to_string());
        let way = part.element.as_ref().map_or(String::new(), |element| {
            let names = element.array.steps.iter().map(|step| &*step.name);
            let names = String::from_utf8(names.collect::<Vec<_>>().join(&b'.')).unwrap();
            format!("{names}[{}] ", element.index)
        });
        let text = std::str::from_utf8(part.tree.root().raw()).unwrap();
        all.push(format!("{number} {way}{text}"));
    }
    Ok(all)
}

#[test]
fn takes_records_out_of_their_documents() {
    for (text, expected) in [
        (" \n\t", &[][..]),
        (r#"{"a":1}"#, &[r#"1 {"a"1}"#]),
        (
            "[ {} , 1, [ ] ]",
            &["1 [0] {}", "2 [1] 1", "3 [2] [ ]", "- []"],
        ),
        (
            r#"{"x":[1,{}],"messages":[{"events":[{}]}],"cursor":"c","y":{"z":[{}]}}"#,
            &[
                r#"1 messages[0] {"events":[{}]}"#,
                "2 y.z[0] {}",
                r#"- {"x"[1,{}]"messages"[]"cursor""c""y"{"z"[]}}"#,
            ],
        ),
        (r#"{"messages":[ ]}"#, &[r#"- {"messages"[ ]}"#]),
        ("[]", &["- []"]),
        (r#"{"labels":[]}"#, &[r#"1 {"labels"[]}"#]),
        ("[[{}]]", &["1 [[{}]]"]),
        ("[1,{}]", &["1 [1,{}]"]),
        (r#"{"body":{"x":[{}]}}"#, &[r#"1 {"body"{"x":[{}]}}"#]),
        (
            r#"{"header":{"messages":[{}]}}"#,
            &[r#"1 {"header"{"messages":[{}]}}"#],
        ),
        (r#"{"\u0062ody":[{}]}"#, &[r#"1 {"\u0062ody"[{}]}"#]),
        (
            "1 2\n\"a\"\"b\"3[]4{}null{}true",
            &[
                "1 1", "2 2", "3 \"a\"", "4 \"b\"", "5 3", "- []", "6 4", "7 {}", "8 null", "9 {}",
                "10 true",
            ],
        ),
        ("{}\r\n\r\n{}", &["1 {}", "2 {}"]),
    ] {
        assert_eq!(parts(text.as_bytes()).unwrap(), expected, "{text}");
        assert_eq!(parts(Drops(text.as_bytes())).unwrap(), expected, "{text}");
    }
}

#[test]
fn refuses_what_is_no_sequence_of_documents() {
    for text in [
        "1-1",
        "1true",
        "truefalse",
        "null1",
        "01",
        "1,2",
        "]",
        "{}]",
        "{\"a\":1,}",
        "{,}",
        "{\"a\" 1}",
        "[{},]",
        "[{} {}]",
        "[{}}",
        "{\"a\":[{}]]",
        "{1:1}",
        "\u{feff}{}",
        "{}\0",
    ] {
        for result in [parts(text.as_bytes()), parts(Drops(text.as_bytes()))] {
            let Err(Cause::Input(error)) = result else {
                panic!("{text} is taken");
            };
            assert_eq!(error.kind(), ErrorKind::Syntax, "{text}");
        }
    }
}

#[test]
fn every_beginning_of_a_document_is_truncated() {
    let text = br#"{"a":{"messages" : [ {"b":"c"} , {} ] , "d":[1]} }"#;
    for end in 1..text.len() {
        let Err(Cause::Input(error)) = parts(&text[..end]) else {
            panic!("{end} bytes are taken");
        };
        assert_eq!(error.kind(), ErrorKind::Truncated, "{end}");
        assert_eq!(error.offset(), Some(end as u64));
    }
}

#[test]
fn depth_counts_what_surrounds_a_record() {
    let nested = |objects: usize, arrays: usize| {
        let (open, close) = (r#"{"a":"#.repeat(objects), "}".repeat(objects));
        format!("{open}{}{}{close}", "[".repeat(arrays), "]".repeat(arrays))
    };
    for (text, is_taken) in [
        (nested(128, 0).replace(":}", ":1}"), true),
        (nested(129, 0).replace(":}", ":1}"), false),
        (nested(100, 28), true),
        (nested(100, 29), false),
        (nested(0, 129), false),
        (nested(126, 1).replace("[]", "[{}]"), true),
        (nested(127, 1).replace("[]", "[{}]"), false),
    ] {
        match parts(text.as_bytes()) {
            Ok(_) => assert!(is_taken, "{text}"),
            Err(Cause::Input(error)) => {
                assert_eq!(error.kind(), ErrorKind::Depth);
                assert!(!is_taken, "{text}");
            }
            Err(Cause::Io(error)) => panic!("{error}"),
        }
    }
}

#[test]
fn a_record_may_be_as_large_as_the_limit() {
    let string = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
    for (text, is_taken) in [
        (string(1000), true),
        (string(1001), false),
        (format!("[{{}},{},{0}]", string(1000)), true),
        (format!("[{{}},{}]", string(1001)), false),
        // What surrounds records is held, too; blanks are not.
        (format!(r#"{{"a":{0},"b":{0}}}"#, string(400)), true),
        (format!(r#"{{"a":{0},"b":{0}}}"#, string(600)), false),
        (format!("[{}1,{{}}]", " ".repeat(2000)), false),
        (format!("{}{{{0}}}{0}{{}}", " ".repeat(600_000)), true),
    ] {
        match parts(text.as_bytes()) {
            Ok(_) => assert!(is_taken),
            Err(Cause::Input(error)) => {
                assert_eq!(error.kind(), ErrorKind::TooLarge);
                assert!(!is_taken);
            }
            Err(Cause::Io(error)) => panic!("{error}"),
        }
    }
}

#[test]
fn an_error_says_where_and_in_which_record() {
    let error = parts(&b"{}\n[{},\n {\"a\":x}]"[..])
        .unwrap_err()
        .of(Side::Redacted);
    let input = error.input().unwrap();
    assert_eq!(
        (input.line(), input.offset(), input.record()),
        (Some(3), Some(14), Some(3))
    );
    assert!(
        error
            .to_string()
            .starts_with("redacted: line 3, byte 14, record 3")
    );
}

#[test]
fn nothing_comes_after_an_error() {
    let mut records = Records::new(&b"{\"a\":x} {} {}"[..], 1000);
    let mut part = Part::default();
    assert!(records.next(&mut part).is_err());
    assert!(!records.next(&mut part).unwrap());
}
