//! The scanner against serde_json, and against itself with the input cut anywhere.

use super::kernel::Portable;
use super::*;
use proptest::prelude::*;

/// The integration tests and fuzz targets ask it, too.
#[path = "../../tests/laws/reference.rs"]
mod reference;

/// Scans with the input growing from one cut to the next.
fn tokens_in_parts(input: &[u8], cuts: &[usize]) -> Result<Vec<Token>, Fault> {
    let mut scanner = Scanner::at(0);
    let mut tokens = Vec::new();
    for (end, last) in cuts
        .iter()
        .map(|cut| (*cut, false))
        .chain([(input.len(), true)])
    {
        while let Found::Token(token) = scanner.next(Portable, &input[..end], last)? {
            tokens.push(token);
        }
    }
    Ok(tokens)
}

fn assert_agrees(input: &[u8]) {
    let scanned = tokens(input);
    assert_eq!(
        scanned.is_ok(),
        reference::accepts(input),
        "{:?}: {scanned:?}",
        String::from_utf8_lossy(input)
    );
}

#[test]
fn accepts_and_refuses_what_the_reference_does() {
    for input in [
        "",
        " ",
        "\n\r\t ",
        "null",
        "nul",
        "nulll",
        "true",
        "false",
        "True",
        "nan",
        "0",
        "-0",
        "00",
        "01",
        "-",
        "+1",
        "1.",
        ".5",
        "1.5",
        "1e5",
        "1E+5",
        "1e-5",
        "1e",
        "1e+",
        "1.e5",
        "0x1",
        "1e400",
        "9223372036854775808",
        "1 2",
        "1-2",
        "1true",
        "true1",
        "truefalse",
        "\"a\"1",
        "1\"a\"",
        "[]1",
        "1[]",
        "{}{}",
        "[][]",
        "\"a\"\"b\"",
        "nullnull",
        "null[]",
        "[",
        "]",
        "{",
        "}",
        "[]",
        "{}",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "{1:2}",
        "{a:1}",
        "[1}",
        "{\"a\":1]",
        "\"",
        "\"a",
        "\"\\",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u123g\"",
        "\"\\u12345\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\t\"",
        "\"\u{7f}\"",
        "\"\u{0}\"",
        "\"é\"",
        "\"\u{2028}\"",
        "// a",
        "/* a */1",
        "'a'",
        "\u{feff}{}",
        "{}\u{feff}",
        "\u{a0}{}",
        "\u{b}1",
        "{\"a\":1}\n{\"a\":2}\n",
        "{\"a\":[{\"b\":null},true,[],{}]}",
        "[\"a\",\"b\"]x",
        "Infinity",
        "-Infinity",
        "1_000",
        "[1]]",
    ] {
        assert_agrees(input.as_bytes());
    }
    for input in [
        &b"\"\xff\""[..],
        b"\"\xc3\"",
        b"\"\xed\xa0\x80\"",
        b"\"\xf4\x90\x80\x80\"",
        b"\xc3\xa9",
        b"\"\xc0\x80\"",
        b"{\"\xff\":1}",
        b"\xef\xbb\xbf{}",
    ] {
        assert_agrees(input);
    }
}

#[test]
fn takes_128_open_containers_and_no_more() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [127, 128, 129, 1000] {
            let value = if open == "[" { "" } else { "1" };
            let input = format!("{}{value}{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(tokens(input.as_bytes()).is_ok(), depth <= 128, "{depth}");
        }
    }
}

#[test]
fn a_fault_is_where_it_is() {
    for (input, at) in [
        ("[1,x]", 3),
        ("[1, 2", 5),
        ("{\"a\" 1}", 5),
        ("\"ab\\q\"", 3),
        ("\"ab\\u12_4\"", 7),
        ("\"a\nb\"", 2),
        ("[1e]", 3),
        ("  }", 2),
    ] {
        assert_eq!(tokens(input.as_bytes()).unwrap_err().at, at, "{input}");
    }
    assert_eq!(tokens(b"[\"a\xff\"]").unwrap_err().at, 3);
}

/// JSON-like bytes: mostly well formed, with faults sprinkled in.
fn json_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "[\\[\\]{}:,\" \n]",
        Just("\"a\":".to_owned()),
        Just("{\"k\":1}".to_owned()),
        Just("[\"v\",null,true,-1.5e3]".to_owned()),
        "\"[a-z\\\\\"é\u{20AC}😀/un0]{0,9}\"",
        "-?[0-9.eE+]{1,6}",
        Just("\\ud83d\\ude00".to_owned()),
        Just("false".to_owned()),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat().into_bytes())
}

/// Valid JSON of any shape.
fn json() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "(0|-?[1-9][0-9]{0,20})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?",
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap_or_default()),
        Just(r#""\ud800\u00e9\n""#.to_owned()),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5)
                .prop_map(|values| format!("[ {}\n]", values.join(" , "))),
            prop::collection::vec(("\"[a-z]{0,3}\"", inner), 0..5).prop_map(|members| {
                let members: Vec<String> = members
                    .into_iter()
                    .map(|(name, value)| format!("{name} :{value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
    .prop_map(String::into_bytes)
}

proptest! {
    #[test]
    fn agrees_with_the_reference_on_valid_json(input in json()) {
        prop_assert!(tokens(&input).is_ok());
        assert_agrees(&input);
    }

    #[test]
    fn agrees_with_the_reference_on_broken_json(
        input in json(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut input = input;
        let at = at.index(input.len());
        input[at] = byte;
        assert_agrees(&input);
        assert_agrees(&input[..at]);
    }

    #[test]
    fn agrees_with_the_reference_on_json_like_bytes(input in json_like()) {
        assert_agrees(&input);
    }

    #[test]
    fn every_cut_gives_the_same_tokens_or_fault(
        input in prop_oneof![json(), json_like()],
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
        cuts.sort_unstable();
        prop_assert_eq!(tokens_in_parts(&input, &cuts), tokens(&input));
    }
}
