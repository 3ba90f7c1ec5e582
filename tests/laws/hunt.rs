//! What is planted is found, where it was planted and through the layers that it was wrapped in; and what
//! is found does not depend on how a file is cut into pieces.

use qstash_redact::Fingerprint;
use qstash_redact::hunt::{self, Finding, Hunter, Layer, Syntax, Targets};

/// A secret in a text, as an input says.
struct Planted {
    secret: Vec<u8>,
    text: Vec<u8>,
    /// Where its first byte stands, wrapped or not.
    offset: usize,
    layers: Vec<Layer>,
}

/// Bytes of which secrets are made: no separator of tokens, nothing that is taken for punctuation.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-+";

/// Where a secret stands in a text; the sign is where.
const PLACES: [&str; 20] = [
    "TOKEN=$",
    "export TOKEN=\"$\"",
    "TOKEN='$' # comment",
    "token: $",
    "  - token: \"$\"",
    "{\"token\":\"$\"}",
    "{\"token\": [\"a\", \"$\"]}",
    "token = \"$\"",
    "use `$` or not",
    "it is $.",
    "Authorization: Bearer $",
    "curl -H \"Authorization: Bearer $\" https://example.com",
    "curl -u user:$ https://example.com",
    "redis://default:$@example.com:6379",
    "https://example.com/?a=1&token=$&b=2",
    "https://example.com/hook/$",
    "--token=$",
    "| token | $ |",
    "<token>$</token>",
    "f($)",
];

impl Planted {
    /// Reads the length and the seed of a secret, its place, its layers, and the text around it.
    fn read(input: &[u8]) -> Option<Self> {
        let (&[length, seed, place, first, second, split], noise) =
            input.split_first_chunk::<6>()?;
        let length = 8 + usize::from(length) % 60;
        // Each byte differs from its neighbors, so that no part of the text is one by chance.
        let secret: Vec<u8> = (0..length)
            .map(|at| ALPHABET[(usize::from(seed) + at * (7 + at)) % 62])
            .collect();
        let place = PLACES[usize::from(place) % PLACES.len()].as_bytes();
        let sign = place.iter().position(|byte| *byte == b'$')?;
        let mut text = [&place[..sign], &secret[..], &place[sign + 1..]].concat();
        let mut offset = sign;
        let mut layers = Vec::new();
        for choice in [first, second] {
            let (layer, wrapped, at) = match choice % 4 {
                1 => (
                    Layer::Escapes,
                    escaped(&text),
                    escaped(&text[..offset]).len(),
                ),
                2 => (
                    Layer::Percent,
                    percent(&text),
                    percent(&text[..offset]).len(),
                ),
                // The digit in which the byte begins.
                3 => (Layer::Base64, encode(&text), offset / 3 * 4 + offset % 3),
                _ => continue,
            };
            layers.insert(0, layer);
            // As one string among others.
            text = [&b"{\"body\":\""[..], &wrapped, b"\"}"].concat();
            offset = at + 9;
        }
        // The text around stands on lines of its own.
        let before = usize::from(split).min(noise.len());
        let (before, behind) = noise.split_at(before);
        let offset = before.len() + 1 + offset;
        let text = [before, b"\n", &text, b"\n", behind].concat();
        Some(Self {
            secret,
            text,
            offset,
            layers,
        })
    }
}

/// As in a string of JSON, with some escapes that are not needed.
fn escaped(text: &[u8]) -> Vec<u8> {
    let escape = |byte: &u8| match byte {
        b'"' | b'\\' | b'/' => vec![b'\\', *byte],
        b'A'..=b'F' => format!("\\u{byte:04x}").into_bytes(),
        _ => vec![*byte],
    };
    text.iter().flat_map(escape).collect()
}

/// As in a URL.
fn percent(text: &[u8]) -> Vec<u8> {
    let encode = |byte: &u8| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'-' => vec![*byte],
        _ => format!("%{byte:02X}").into_bytes(),
    };
    text.iter().flat_map(encode).collect()
}

/// As base64 of the standard alphabet, bit by bit.
fn encode(text: &[u8]) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bit = |at: usize| {
        text.get(at / 8)
            .map_or(0, |byte| usize::from(byte >> (7 - at % 8) & 1))
    };
    let digit = |at: usize| {
        if at * 6 >= text.len() * 8 {
            return b'=';
        }
        alphabet[(0..6).fold(0, |value, place| value << 1 | bit(at * 6 + place))]
    };
    (0..text.len().div_ceil(3) * 4).map(digit).collect()
}

/// The law, for any bytes.
pub fn holds(input: &[u8]) {
    cuts_do_not_matter(input);
    let Some(planted) = Planted::read(input) else {
        return;
    };
    let mut targets = Targets::new();
    targets.insert(Fingerprint::of(&planted.secret));
    let findings = hunt::search(&targets, &planted.text);
    let found = findings
        .iter()
        .find(|finding| finding.offset == planted.offset as u64);
    let Some(found) = found else {
        panic!("not found: {:?}", String::from_utf8_lossy(&planted.text));
    };
    assert!(found.layers.len() <= planted.layers.len(), "{found:?}");
    if planted.layers.is_empty() {
        assert_eq!(found.length, planted.secret.len() as u64);
    }
    for finding in &findings {
        is_placed(finding, &planted.text);
        assert!(finding.placeholder.matches(&planted.secret));
        let shown = format!("{finding:?} {targets:?}");
        let secret = String::from_utf8_lossy(&planted.secret);
        assert!(!shown.contains(&*secret));
    }
    // A token is found in source code, too.
    let code = pieces(&mut Hunter::new(&targets), Syntax::Code, &planted.text, 64);
    assert!(code.contains(found), "{code:?}");
    // Nothing is found that is not there.
    let mut others = Targets::new();
    others.insert(Fingerprint::of(&[&planted.secret[..], b"\0"].concat()));
    assert_eq!(hunt::search(&others, &planted.text), []);
    // Every offset and the length say the same.
    let mut every = Targets::new().with_every_offset([planted.secret.len()]);
    every.insert_with_length(Fingerprint::of(&planted.secret), planted.secret.len());
    let every = hunt::search(&every, &planted.text);
    assert!(findings.iter().all(|finding| {
        every.iter().any(|other| {
            other.offset == finding.offset && other.layers.len() <= finding.layers.len()
        })
    }));
}

/// What is found in the pieces of a text.
fn pieces(hunter: &mut Hunter<'_>, syntax: Syntax, text: &[u8], size: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    hunter.expect(syntax);
    for piece in text.chunks(size) {
        hunter.push(piece, &mut findings);
    }
    hunter.finish(&mut findings);
    findings
}

/// Line and column say the same as the offset.
fn is_placed(finding: &Finding, text: &[u8]) {
    let before = &text[..finding.offset as usize];
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(finding.line, lines as u64 + 1);
    let line = before
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let characters: usize = line
        .utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        .sum();
    assert_eq!(finding.column, characters as u64 + 1);
}

/// Any bytes are searched alike in one piece and in many, with and without what is known by name and form.
fn cuts_do_not_matter(input: &[u8]) {
    let mut targets = Targets::new().with_known().with_min_length(4);
    for word in input.split(|byte| !byte.is_ascii_alphanumeric()).take(8) {
        targets.insert(Fingerprint::of(word));
    }
    let whole = hunt::search(&targets, input);
    let mut hunter = Hunter::new(&targets);
    let code = pieces(&mut hunter, Syntax::Code, input, input.len().max(1));
    for size in [1, 3, 64] {
        assert_eq!(pieces(&mut hunter, Syntax::Any, input, size), whole);
        assert_eq!(pieces(&mut hunter, Syntax::Code, input, size), code);
    }
    // Whatever is found by fewer rules is found by all.
    for finding in &code {
        let is_same = |other: &Finding| {
            (other.offset, other.placeholder) == (finding.offset, finding.placeholder)
        };
        assert!(whole.iter().any(is_same), "{finding:?}");
    }
    for finding in &whole {
        is_placed(finding, input);
        assert!(finding.offset + finding.length <= input.len() as u64);
    }
    assert!(whole.is_sorted_by_key(|finding| finding.offset));
}
