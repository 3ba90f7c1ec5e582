use super::*;

fn lex(text: &[u8]) -> Result<usize, Stop> {
    value(text, true, 0, &mut Vec::new())
}

fn kind(text: &[u8]) -> Option<ErrorKind> {
    match lex(text) {
        Err(Stop::Bad { kind, .. }) => Some(kind),
        Err(Stop::More) => panic!("a complete text waits for more"),
        Ok(_) => None,
    }
}

#[test]
fn takes_every_value() {
    for text in [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-0.0e-0",
        "9223372036854775808",
        "1e400",
        "1E+2",
        "\"\"",
        "\"\u{7f}é\u{2028}😀\"",
        r#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00\ud83d""#,
        "[]",
        "[ ]",
        "{}",
        "{ }",
        r#"{"a" : [1 , {"a":null}], "a":"b"}"#,
        "[\t1,\r\n2 ]",
    ] {
        assert_eq!(lex(text.as_bytes()), Ok(text.len()), "{text}");
    }
}

#[test]
fn refuses_what_is_no_json() {
    let texts = r#"x +1 .5 01 -01 1.e1 1.x 1ex --1 NaN nul! True 'a' [1,] [,1] [1;2] {,} {"a"} {"a"?1} {"a":1,}
        {a:1} {1:1} {"a":1?"b":2} ] } , : "\x" "\u12g4" "\U0041" // [1} {]"#;
    let spaced = [
        "[1 2]",
        r#"{"a" 1}"#,
        "\"\n\"",
        "\"\u{0}\"",
        "\u{feff}1",
        "\u{a0}1",
    ];
    for text in texts.split_ascii_whitespace().chain(spaced) {
        assert_eq!(kind(text.as_bytes()), Some(ErrorKind::Syntax), "{text}");
    }
}

#[test]
fn refuses_what_is_no_utf8() {
    for text in [
        &b"\"\xff\""[..],
        b"\"\xc0\x80\"",
        b"\"\xed\xa0\x80\"",
        b"\"\xf4\x90\x80\x80\"",
        b"{\"\xe9\":1}",
    ] {
        assert_eq!(kind(text), Some(ErrorKind::Utf8), "{text:?}");
    }
}

#[test]
fn every_beginning_of_a_value_waits_for_more_or_is_truncated() {
    let text = r#"{"a":[-10.5e+3,true,false,null,"x\u00e9\n"],"b":{"c":[]}}"#.as_bytes();
    for end in 0..text.len() {
        let mut tape = Vec::new();
        assert_eq!(value(&text[..end], false, 0, &mut tape), Err(Stop::More));
        assert_eq!(kind(&text[..end]), Some(ErrorKind::Truncated), "{end}");
    }
}

#[test]
fn a_number_at_the_end_waits_for_its_rest() {
    assert_eq!(value(b"12", false, 0, &mut Vec::new()), Err(Stop::More));
    assert_eq!(value(b"12 ", false, 0, &mut Vec::new()), Ok(2));
    assert_eq!(lex(b"12"), Ok(2));
}

#[test]
fn opens_128_and_no_more() {
    let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    assert_eq!(kind(&nested(128)), None);
    assert_eq!(kind(&nested(129)), Some(ErrorKind::Depth));
    assert!(value(&nested(1), true, 127, &mut Vec::new()).is_ok());
    assert!(value(&nested(1), true, 128, &mut Vec::new()).is_err());
    assert_eq!(value(b"1", true, 128, &mut Vec::new()), Ok(1));
}

#[test]
fn says_where_it_stopped() {
    for (text, place) in [
        ("[1,x]", 3),
        ("{\"a\":\"b\u{1}\"}", 7),
        (r#"["\q"]"#, 2),
        ("[1", 2),
        ("[nil]", 1),
    ] {
        let Err(Stop::Bad { at, .. }) = lex(text.as_bytes()) else {
            panic!("{text} is taken");
        };
        assert_eq!(at, place, "{text}");
    }
}
