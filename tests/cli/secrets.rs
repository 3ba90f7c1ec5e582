//! A canary in every kind of bad input, looked for wherever the program writes.

use crate::place::{CLEAN, Place, RECORD};
use std::fs;
use std::io::Write as _;

const CANARY: &str = "s3cr3tc4n4ry";

/// Bad documents with the canary in front of, at, or behind the fault.
fn bad_documents() -> Vec<Vec<u8>> {
    let mut documents = [
        // Torn off: in a value, a name, behind a backslash, in an array.
        r#"{"body":"CANARY"#,
        r#"{"body":"CANARY\"#,
        r#"{"body":"CANARY\u00"#,
        r#"{"body":"CANARY""#,
        r#"{"CANARY"#,
        r#"{"CANARY""#,
        r#"{"CANARY":"#,
        r#"{"header":{"Authorization":["CANARY"#,
        r#"{"header":{"CANARY":["#,
        r#"{"messages":[{"body":"CANARY"},"#,
        // Wrong: escapes, control characters, what follows a value, bare words, numbers.
        r#"{"body":"CANARY\q"}"#,
        r#"{"body":"\qCANARY"}"#,
        r#"{"body":"CANARY\u12xx"}"#,
        "{\"body\":\"CANARY\u{1}\"}",
        "{\"body\":\"CANARY\u{0}CANARY\"}",
        "{\"body\":\"CANARY\nCANARY\"}",
        "{\"CANARY\u{7}\":1}",
        r#"{"body":"x" "CANARY"}"#,
        r#"{"body":"x","CANARY"}"#,
        r#"{"body":"CANARY",}"#,
        r#"{"CANARY" 1}"#,
        r#"{"CANARY":}"#,
        r#"{CANARY:1}"#,
        r#"{'CANARY':1}"#,
        r#"{"body":CANARY}"#,
        r#"{"body":'CANARY'}"#,
        r#"{"body":1CANARY}"#,
        r#"{"body":-CANARY}"#,
        r#"{"body":nullCANARY}"#,
        r#"{"body":"CANARY"]"#,
        r#"["CANARY"}"#,
        r#"{"body":"x"} CANARY"#,
        r#"{"body":"CANARY"}}"#,
        r#"CANARY"#,
        r#"// CANARY"#,
        "\u{feff}{\"body\":\"CANARY\"}",
        // Twice the same name, one of them bad.
        r#"{"body":"CANARY","body":"CANARY"#,
        r#"{"body":"CANARY","body":CANARY}"#,
        // Base64 that is none, and bad beyond it.
        r#"{"bodyBase64":"CANARY!!","x":}"#,
        r#"{"logs":[{"body":"CANARY\x"}]}"#,
    ]
    .map(|text| text.replace("CANARY", CANARY).into_bytes())
    .to_vec();
    for invalid in [
        &b"\xff"[..],
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf5\x80\x80\x80",
        b"\xe2\x82",
    ] {
        documents.push([b"{\"body\":\"", CANARY.as_bytes(), invalid, b"\"}"].concat());
        documents.push([b"{\"body\":\"", invalid, CANARY.as_bytes(), b"\"}"].concat());
        documents.push([b"{\"", CANARY.as_bytes(), invalid, b"\":1}"].concat());
    }
    documents.push(format!("{}\"{CANARY}\"", "[".repeat(129)).into_bytes());
    documents.push(format!("{{\"body\":{}\"{CANARY}\"", "[".repeat(129)).into_bytes());
    documents.push(format!("{}{{\"{CANARY}\":1}}", "[".repeat(128)).into_bytes());
    let wide = format!("{{\"body\":\"{CANARY}\"}}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    documents.push(wide);
    documents
}

/// Whether `text` holds the canary or half of it.
fn sings(text: &[u8]) -> bool {
    let (left, right) = CANARY.split_at(CANARY.len() / 2);
    [left, right]
        .iter()
        .any(|half| text.windows(half.len()).any(|part| part == half.as_bytes()))
}

#[test]
fn bad_input_shows_nothing_of_itself() {
    let place = Place::new();
    for document in bad_documents() {
        let shown = String::from_utf8_lossy(&document).into_owned();
        let input = [RECORD.as_bytes(), b"\n", &document, b"\n"].concat();
        place.put("in", &input);
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&input).unwrap();
        place.put("in.gz", encoder.finish().unwrap());
        for line in [
            "in --report report",
            "in.gz -o out --report report --list-unknown",
            "in --fields body --existing fail --report report --quiet",
            "in --on-bad quarantine=bad --report report",
        ] {
            let ran = place.run(&format!("sanitize {line}")).ends(3);
            assert!(!sings(ran.stdout.as_bytes()), "{shown}: {ran:?}");
            assert!(!sings(ran.stderr.as_bytes()), "{shown}: {ran:?}");
            assert!(!sings(place.get("report").as_bytes()), "{shown}: {line}");
            assert!(
                ran.stdout.is_empty() || ran.stdout.starts_with(CLEAN),
                "{shown}"
            );
        }
        for line in [
            "verify in in",
            "verify --only in.gz --json",
            "verify /dev/null in --pair id",
        ] {
            let ran = place.run(line).ends(3);
            assert!(!sings(ran.stdout.as_bytes()), "{shown}: {ran:?}");
            assert!(!sings(ran.stderr.as_bytes()), "{shown}: {ran:?}");
        }
        // Where it belongs, it is: a bad line is not lost, unless it is a page and so fatal.
        let bad = fs::read(place.path("bad")).unwrap();
        assert!(input.ends_with(&bad), "{shown}");
        let page = shown.starts_with("{\"messages\"") || shown.starts_with("{\"logs\"");
        assert_eq!(bad.is_empty(), page, "{shown}");
        fs::remove_file(place.path("bad")).unwrap();
        assert_eq!(place.names(), ["in", "in.gz", "report"]);
    }
}

#[test]
fn other_refusals_show_nothing_either() {
    let place = Place::new();
    let private = format!("{{\"body\":\"{CANARY}\",\"header\":{{\"{CANARY}\":[\"{CANARY}\"]}}}}");
    for (line, input) in [
        ("sanitize --max-record 10", private.clone()),
        (
            "sanitize --existing fail",
            private.replace(
                &format!("\"body\":\"{CANARY}\""),
                &CLEAN[18..CLEAN.len() - 1],
            ),
        ),
        ("sanitize -o out", format!("{{\"{CANARY}\":\"{CANARY}\"}}")),
    ] {
        let ran = place
            .pipe(&format!("{line} --report report"), &input)
            .ends(3);
        assert!(!sings(ran.stdout.as_bytes()), "{input}: {ran:?}");
        assert!(!sings(ran.stderr.as_bytes()), "{input}: {ran:?}");
        assert!(!sings(place.get("report").as_bytes()), "{input}");
    }
}

#[test]
fn good_input_keeps_its_private_values_private() {
    let place = Place::new();
    for input in [
        r#"{"body":"CANARY"}"#,
        r#"{"b\u006fdy":"CANARY"}"#,
        r#"{"body":"CANARY","body":"CANARY"}"#,
        r#"{"bodyBase64":"CANARY!!"}"#,
        r#"{"body":{"CANARY":["CANARY"]}}"#,
        r#"{"body":"\ud800CANARY"}"#,
        r#"{"header":{"A":["CANARY",{"CANARY":1}]},"url":"https://CANARY@x/"}"#,
    ] {
        let ran = place
            .pipe(
                "sanitize --list-unknown --report report",
                input.replace("CANARY", CANARY),
            )
            .ends(0);
        assert!(!sings(ran.stdout.as_bytes()), "{input}: {ran:?}");
        assert!(!sings(ran.stderr.as_bytes()), "{input}: {ran:?}");
        assert!(!sings(place.get("report").as_bytes()), "{input}");
    }
}
