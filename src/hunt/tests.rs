//! Planted copies of a secret, in every wrapping and at every place, are found; nothing else is.

use super::*;
use crate::fingerprint::Fingerprint;

const SECRET: &str = "s3cr3t-Value_42";

fn targets(values: &[&str]) -> Targets {
    let mut targets = Targets::new();
    for value in values {
        targets.insert(Fingerprint::of(value.as_bytes()));
    }
    targets
}

/// The only finding in `text`.
fn found(text: &str) -> Finding {
    let mut findings = search(&targets(&[SECRET]), text.as_bytes());
    assert_eq!(findings.len(), 1, "{text}");
    findings.remove(0)
}

#[test]
fn finds_values_where_files_have_them() {
    for text in [
        "TOKEN=$",
        "export TOKEN=$ # comment",
        "TOKEN='$'",
        "TOKEN=\"$\"",
        "token: $",
        "token: \"$\" # comment",
        "{\"token\":\"$\"}",
        "{token:$}",
        "token = \"$\"",
        "use `$` here",
        "the token is $.",
        "**$**",
        "| name | $ |",
        "[here]($)",
        "curl -H 'Authorization: Bearer $' https://example.com",
        "Authorization: Bearer $",
        "curl -u user:$ https://example.com",
        "--token=$",
        "https://user:$@example.com/path",
        "https://$@example.com/path",
        "https://example.com/?token=$&x=1",
        "https://example.com/?a=b&token=$",
        "https://example.com/hook/$",
        "https://example.com/$/hook",
        "https://example.com/#$",
        "<value>$</value>",
        "value=\u{201c}$\u{201d}",
        "-$",
        "+TOKEN=$",
    ] {
        let place = text.find('$').unwrap();
        let finding = found(&text.replace('$', SECRET));
        assert_eq!(finding.offset, place as u64, "{text}");
        assert_eq!(finding.length, SECRET.len() as u64, "{text}");
        assert_eq!(finding.column, text[..place].chars().count() as u64 + 1);
        assert_eq!((finding.line, finding.kind), (1, Kind::Target));
        assert_eq!(finding.layers, [], "{text}");
    }
}

/// A way to wrap text.
fn wrap(layer: Layer, text: &str) -> String {
    match layer {
        Layer::Escapes => text
            .chars()
            .map(|char| match char {
                '"' | '\\' | '/' => format!("\\{char}"),
                '3' => "\\u0033".to_owned(),
                _ => char.to_string(),
            })
            .collect(),
        Layer::Percent => text
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect(),
        Layer::Base64 => {
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            let digits = text.as_bytes().chunks(3).map(|bytes| {
                let byte = |at: usize| u32::from(*bytes.get(at).unwrap_or(&0));
                let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
                let digit = |at: usize| match at <= bytes.len() {
                    true => char::from(alphabet[(bits >> (18 - 6 * at) & 63) as usize]),
                    false => '=',
                };
                (0..4).map(digit).collect::<String>()
            });
            digits.collect()
        }
    }
}

#[test]
fn finds_values_behind_layers() {
    use Layer::{Base64, Escapes, Percent};
    let json = format!("{{\"authorization\":\"Bearer {SECRET}\"}}");
    for layers in [
        &[Escapes][..],
        &[Percent],
        &[Base64],
        &[Escapes, Base64],
        &[Base64, Base64],
        &[Base64, Escapes],
        &[Escapes, Escapes, Escapes],
        &[Percent, Base64, Escapes],
        &[Base64, Base64, Base64, Base64],
    ] {
        let mut text = json.clone();
        for layer in layers.iter().rev() {
            text = wrap(*layer, &text);
        }
        let finding = found(&format!("one\n{{\"body\":\"{text}\"}}"));
        assert_eq!(finding.layers, layers);
        assert_eq!(finding.line, 2);
    }
}

#[test]
fn headers_are_found_with_and_without_their_scheme() {
    let header = format!("Bearer {SECRET}");
    for text in [
        "-H \"Authorization: $\"",
        "Authorization: $",
        "use $ there",
        "{\"a\":[\"$\"]}",
    ] {
        let findings = search(
            &targets(&[SECRET, &header]),
            text.replace('$', &header).as_bytes(),
        );
        assert_eq!(findings.len(), 2, "{text}");
    }
}

#[test]
fn the_placeholder_of_a_header_finds_its_token_alone() {
    let header = format!("Bearer {SECRET}");
    let fingerprint = Fingerprint::of(header.as_bytes());
    let mut with_length = Targets::new();
    with_length.insert_with_length(fingerprint, header.len());
    for targets in [targets(&[&header]), with_length] {
        for (text, places) in [
            ("TOKEN=$", &["TOKEN="][..]),
            ("https://user:$@example.com", &["https://user:"]),
            ("Authorization: Bearer $", &["Authorization: "]),
            ("authorization: bearer $", &["authorization: bearer "]),
            (
                "Authorization: Bearer $\nTOKEN=$\nOLD=$",
                &[
                    "Authorization: ",
                    "Authorization: Bearer $\nTOKEN=",
                    "Authorization: Bearer $\nTOKEN=$\nOLD=",
                ],
            ),
        ] {
            let findings = search(&targets, text.replace('$', SECRET).as_bytes());
            let offsets: Vec<u64> = findings.iter().map(|finding| finding.offset).collect();
            let expected: Vec<u64> = places
                .iter()
                .map(|before| before.replace('$', SECRET).len() as u64)
                .collect();
            assert_eq!(offsets, expected, "{text}");
            assert!(
                findings
                    .iter()
                    .all(|finding| finding.placeholder.fingerprint() == fingerprint)
            );
        }
        let encoded = wrap(Layer::Base64, &format!("{{\"token\":\"{SECRET}\"}}"));
        assert_eq!(
            search(&targets, encoded.as_bytes())[0].layers,
            [Layer::Base64]
        );
    }
}

#[test]
fn a_body_is_found_as_a_file_a_line_and_a_string() {
    let body = r#"{"user": 1, "text": "hello, world"}"#;
    let pretty = "{\n  \"user\": 1\n}";
    for text in [
        body.to_owned(),
        format!("{body}\n"),
        format!("{body}\n{body}x\n"),
        format!("{{\"body\":\"{}\"}}", wrap(Layer::Escapes, body)),
        format!("{{\"bodyBase64\":\"{}\"}}", wrap(Layer::Base64, body)),
    ] {
        assert_eq!(
            search(&targets(&[body]), text.as_bytes()).len(),
            1,
            "{text}"
        );
    }
    assert_eq!(
        search(&targets(&[pretty]), format!("{pretty}\n").as_bytes()).len(),
        1
    );
}

#[test]
fn a_header_is_tried_of_what_may_be_a_token_of_one() {
    for (token, is_tried) in [
        ("dev-token-12", true),
        ("abc.DEF~ghi+jkl/mno1==", true),
        ("QWxhZGRpbjpvcGVuIHNlc2FtZQ", true),
        ("AbCdEfGhIjKlMnOpQrStUvWx", true),
        ("short-tok-1", false),
        ("no-number-in-it", false),
        ("AbCdEfGhIjKlMnOpQrStUvW", false),
        ("a_name_of_some_function_in_code", false),
        ("of::another::function_1", false),
        ("what*no*header*holds*1", false),
    ] {
        let header = format!("Bearer {token}");
        for text in [
            format!("x={token}"),
            format!("x {token} y"),
            format!("({token})"),
        ] {
            let found = search(&targets(&[&header]), text.as_bytes()).len();
            assert_eq!(found == 1, is_tried, "{text}");
        }
    }
}

#[test]
fn what_was_unwrapped_elsewhere_stands_before_nothing() {
    // "and the header is Bearer ", and "dev-token-0123456789 is it".
    let text = "YW5kIHRoZSBoZWFkZXIgaXMgQmVhcmVyIA== ZGV2LXRva2VuLTAxMjM0NTY3ODkgaXMgaXQ=";
    let findings = search(&targets(&["Bearer dev-token-0123456789"]), text.as_bytes());
    assert_eq!(findings.len(), 1);
}

#[test]
fn a_line_of_nothing_but_separators_is_a_line() {
    let secret = "{}[]()<>;;,|";
    for text in ["a\n$\nb\n", "a\n$", "a\n'$'\nb", "$"] {
        let text = text.replace('$', secret);
        assert_eq!(
            search(&targets(&[secret]), text.as_bytes()).len(),
            1,
            "{text}"
        );
    }
}

#[test]
fn lines_are_counted_through_all_windows() {
    let mut text = String::new();
    while text.len() < 5 << 20 {
        text.push_str(&"some words\n".repeat(1 + text.len() % 3));
        text.push_str(&"x".repeat(text.len() % 301));
    }
    let expected = text.matches('\n').count() as u64 + 2;
    text.push_str(&format!("\n  TOKEN={SECRET}\n"));
    let finding = found(&text);
    assert_eq!((finding.line, finding.column), (expected, 9));
}

/// The lines on which something is found in what a hunter is told to be of a syntax.
fn lines(hunter: &mut Hunter<'_>, syntax: Syntax, text: &str) -> Vec<u64> {
    let mut findings = Vec::new();
    hunter.expect(syntax);
    for piece in text.as_bytes().chunks(7) {
        hunter.push(piece, &mut findings);
    }
    hunter.finish(&mut findings);
    findings.iter().map(|finding| finding.line).collect()
}

#[test]
fn of_source_code_lines_are_no_values() {
    let secret = "correct horse (battery) staple";
    let bearer = format!("Bearer {SECRET}");
    let text = format!(
        "// {secret}\nlet one = {SECRET};\nlet two = \"{secret}\";\nlet three = '{secret}'; // {SECRET}\n\
         //! the header {bearer}\n\tx({SECRET}, \"a: \\\"{secret}\\\"\");\npassword: {secret}\n{secret}\n"
    );
    let targets = targets(&[secret, &bearer]);
    let mut hunter = Hunter::new(&targets);
    // One hunter: what it knows of one file is not held against the next.
    for _ in 0..2 {
        assert_eq!(
            lines(&mut hunter, Syntax::Code, &text),
            [2, 3, 4, 4, 5, 6, 6]
        );
        assert_eq!(
            lines(&mut hunter, Syntax::Any, &text),
            [1, 2, 3, 4, 4, 5, 6, 6, 7, 8]
        );
    }
    // It is said of one file at a time.
    hunter.expect(Syntax::Code);
    hunter.finish(&mut Vec::new());
    let mut findings = Vec::new();
    hunter.push(text.as_bytes(), &mut findings);
    hunter.finish(&mut findings);
    assert_eq!(findings.len(), 10);
    // Unless it is asked for.
    let targets = targets.clone().with_every_line();
    assert_eq!(
        lines(&mut Hunter::new(&targets), Syntax::Code, &text).len(),
        10
    );
    // What was unwrapped is no source code: this is a line of YAML.
    let packed = "let config = \"cGFzc3dvcmQ6IGNvcnJlY3QgaG9yc2UgKGJhdHRlcnkpIHN0YXBsZQo=\";";
    assert_eq!(lines(&mut hunter, Syntax::Code, packed), [1]);
}

/// A file of UTF-16 with its mark.
fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = [0xFEFF].into_iter().chain(text.encode_utf16());
    units.flat_map(order).collect()
}

#[test]
fn utf16_is_searched_with_the_places_of_the_file() {
    let text = format!("# Zwölf 😀 Dinge\r\nTOKEN=\"{SECRET}\" 😀 \"{SECRET}\"\r\n");
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let file = utf16(&text, order);
        for pieces in [1, 2, 3, 1000] {
            let targets = targets(&[SECRET]);
            let (mut hunter, mut findings) = (Hunter::new(&targets), Vec::new());
            // One hunter, two files: what it knows of one is not held against the other.
            for _ in 0..2 {
                findings.clear();
                for piece in file.chunks(pieces) {
                    hunter.push(piece, &mut findings);
                }
                hunter.finish(&mut findings);
                let places: Vec<_> = (findings.iter())
                    .map(|finding| (finding.line, finding.column))
                    .collect();
                assert_eq!(places, [(2, 8), (2, 28)], "{pieces}");
                for finding in &findings {
                    let start = finding.offset as usize;
                    let found = &file[start..start + finding.length as usize];
                    assert_eq!(found, &utf16(SECRET, order)[2..]);
                }
            }
            findings.clear();
            hunter.push(format!("x {SECRET}").as_bytes(), &mut findings);
            hunter.finish(&mut findings);
            assert_eq!(findings[0].offset, 2);
        }
    }
}

#[test]
fn a_mark_of_utf16_hides_nothing_that_stands_behind_it() {
    for mark in [b"\xFF\xFE", b"\xFE\xFF"] {
        let mut file = mark.to_vec();
        file.extend_from_slice(format!("\nTOKEN={SECRET}\n").as_bytes());
        let findings = search(&targets(&[SECRET]), &file);
        assert_eq!(findings.len(), 1);
        assert_eq!(
            (findings[0].line, findings[0].column, findings[0].offset),
            (2, 7, 9)
        );
    }
}

#[test]
fn utf16_larger_than_several_windows_is_searched_to_its_end() {
    for separator in ["\n", " "] {
        let mut text = "ä ".repeat(1 << 20);
        let mut places = Vec::new();
        for _ in 0..4 {
            places.push(2 + 2 * text.encode_utf16().count() as u64);
            text.push_str(SECRET);
            text.push_str(separator);
            text.push_str(&"😀 filler, ".repeat(150_001));
            text.push_str(separator);
        }
        let findings = search(&targets(&[SECRET]), &utf16(&text, u16::to_le_bytes));
        let offsets: Vec<_> = findings.iter().map(|finding| finding.offset).collect();
        assert_eq!(offsets, places);
    }
}

#[test]
fn a_line_longer_than_several_windows_hides_nothing() {
    for (separator, length) in [(" ", 5 << 20), ("\"", 5 << 20), (",", (2 << 20) + 7)] {
        let mut text = String::new();
        let mut places = Vec::new();
        while text.len() < length {
            // At odd distances, so that windows end in the midst of some.
            places.push(text.len() as u64);
            text.push_str(SECRET);
            text.push_str(separator);
            text.push_str(&"filler, ".repeat(1 + places.len() % 701));
            text.push_str(separator);
        }
        let findings = search(&targets(&[SECRET]), text.as_bytes());
        let offsets: Vec<_> = findings.iter().map(|finding| finding.offset).collect();
        assert!(
            offsets == places,
            "{separator}: {} of {}",
            offsets.len(),
            places.len()
        );
        assert!(findings.iter().all(|finding| finding.line == 1));
    }
}

#[test]
fn hostile_wrapping_takes_time_in_proportion_to_its_length() {
    use Layer::{Base64, Escapes, Percent};
    let targets = targets(&[SECRET]);
    let seed = "\"a='b c'\" `d` https://u:p@h/x?y=z#\\ token: 1234abcd";
    let mut worst = std::time::Duration::ZERO;
    for layers in [
        &[Base64; 4][..],
        &[Base64; 6],
        &[Escapes; 4],
        &[Percent; 4],
        &[Escapes, Base64, Escapes, Base64],
        &[Percent, Escapes, Percent, Escapes],
        &[Base64, Percent, Base64, Percent],
    ] {
        // Many small texts and few large ones, each of them many at the next level.
        for width in [1, 8, 64] {
            let mut text = seed.to_owned();
            for layer in layers {
                let inner = format!("{text} \"{text}\" ").repeat(width);
                text = wrap(*layer, &inner[..inner.len().min(256 << 10)]);
            }
            let time = |length: usize| {
                let text = format!("{text} \"{text}\" '{text}' ").repeat(1 + length / text.len());
                let text = &text.as_bytes()[..length];
                let begun = std::time::Instant::now();
                assert_eq!(search(&targets, text), []);
                begun.elapsed()
            };
            let (short, long) = (time(32 << 10), time(1 << 20));
            // Thirty-two times as long; a thousand times as much if it grew with the square.
            let most = (short * 150).max(std::time::Duration::from_secs(1));
            assert!(long < most, "{layers:?} {width}: {short:?}, then {long:?}");
            worst = worst.max(long);
        }
    }
    // A megabyte. Unoptimized, on a machine that does other things, too.
    assert!(worst.as_secs() < 20, "{worst:?}");
}

/// Copies of the secret, as many as there are, in one line of JSON in a string of JSON, in base64.
fn dense(copies: usize) -> String {
    let object = format!("{{\"token\":\"{SECRET}\"}},").repeat(copies);
    let escaped = wrap(Layer::Escapes, &object);
    wrap(Layer::Base64, &format!("{{\"body\":\"{escaped}\"}}"))
}

#[test]
fn many_copies_in_one_text_are_found_in_time_proportional_to_their_number() {
    let targets = targets(&[SECRET]);
    let time = |copies: usize| {
        let text = dense(copies);
        let run = || {
            let begun = std::time::Instant::now();
            let findings = search(&targets, text.as_bytes());
            assert_eq!(findings.len(), copies);
            assert!(findings.is_sorted_by_key(|finding| finding.offset));
            begun.elapsed()
        };
        [run(), run(), run()].into_iter().min().unwrap()
    };
    // Sixteen times as many would take 256 times as long if each were looked for on its own.
    let (few, many) = (time(1_000), time(16_000));
    assert!(many < few * 100, "{few:?}, then {many:?}");
}
