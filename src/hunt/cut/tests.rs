//! How a text is divided into stretches does not show, rules for lines, and how much work a text makes.

use super::*;
use crate::scan::kernel::{Best, Portable};
use std::collections::BTreeSet;

/// Everything that was cut.
#[derive(Default)]
struct All {
    candidates: BTreeSet<(usize, usize)>,
    wrapped: BTreeSet<(usize, usize)>,
}

impl All {
    /// What only one of both has cut.
    fn first_difference(&self, other: &Self) -> Option<(usize, usize)> {
        let candidates = self.candidates.symmetric_difference(&other.candidates);
        let wrapped = self.wrapped.symmetric_difference(&other.wrapped);
        candidates.chain(wrapped).next().copied()
    }
}

impl Sink for All {
    fn candidate(&mut self, range: Range<usize>) {
        self.candidates.insert((range.start, range.end));
    }

    fn token(&mut self, range: Range<usize>, _: bool) {
        self.candidate(range);
    }

    fn keep_new(&mut self, _: Rule, _: &mut Vec<Span>) {}

    fn wrapped(&mut self, _: Layer, range: Range<usize>) {
        self.wrapped.insert((range.start, range.end));
    }
}

fn all(bytes: &[u8], syntax: Syntax) -> All {
    let mut all = All::default();
    text(bytes, syntax, 8, &mut Room::default(), &mut all);
    all
}

/// What is cut of a line as a candidate.
fn candidates(line: &str) -> Vec<&str> {
    let all = all(line.as_bytes(), Syntax::Any);
    (all.candidates.into_iter())
        .map(|(start, end)| &line[start..end])
        .collect()
}

#[test]
fn lines_are_cut_alike_alone_and_among_others() {
    let lines = [
        "TOKEN=some-value-or-other # comment",
        "",
        "\tlet a_long_name = \"a string with \\\"quotes\\\"\";",
        "  curl -H 'Authorization: Bearer my-token' https://user:pass@example.com/?a=b&c=d",
        "caf\u{e9}: a%20word%20or%20two ZGF0YTogd2hhdGV2ZXI=\r",
        "{\"key\":\"value\",\"other\":[1,2,3]}",
        "        \t ",
    ];
    for syntax in [Syntax::Any, Syntax::Code] {
        let mut text = String::new();
        let mut alone = All::default();
        for round in 0..2000 {
            // Lines end at every place of a block, and some have several.
            let more = round % 67 + if round % 50 == 0 { 300 } else { 0 };
            let line = format!("{}{}", lines[round % lines.len()], "x".repeat(more));
            let part = all(line.as_bytes(), syntax);
            let at = |(start, end): (usize, usize)| (text.len() + start, text.len() + end);
            alone.candidates.extend(part.candidates.into_iter().map(at));
            alone.wrapped.extend(part.wrapped.into_iter().map(at));
            text.push_str(&line);
            text.push('\n');
        }
        assert!(text.len() > 8 * STRETCH);
        for end in [text.len(), text.len() - 1] {
            let together = all(&text.as_bytes()[..end], syntax);
            assert_eq!(together.first_difference(&alone), None);
        }
        for (name, kernel) in Best::available() {
            let mut together = All::default();
            let stretches = Stretches {
                text: text.as_bytes(),
                syntax,
                shortest: 8,
                room: &mut Room::default(),
                sink: &mut together,
            };
            kernel::run_with(kernel, stretches);
            assert_eq!(together.first_difference(&alone), None, "{name}");
        }
    }
}

#[test]
fn tokens_are_what_separators_divide_and_has_the_least_length() {
    // Tokens of all lengths up to three blocks; the text ends with one, at every place of a block.
    let text: String = (0..200)
        .map(|round| format!("{}{}", " ".repeat(round % 3), "x".repeat(round * 37 % 200)) + "(")
        .collect();
    for end in text.len() - 200..text.len() {
        let text = &text[..end];
        let mut masks = Masks::default();
        masks.fill(Portable, text.as_bytes());
        let line = Line::new(text.as_bytes(), 0..end, &masks);
        for shortest in [1, 2, 7, 8, 9, 63, 64, 65, 150] {
            let mut found = Vec::new();
            token::find(Portable, &line, shortest, &mut Vec::new(), &mut found);
            let found = found.into_iter().map(|token| &text[token.range()]);
            let expected = text
                .split([' ', '('])
                .filter(|token| token.len() >= shortest);
            assert!(found.eq(expected), "{shortest} {end}");
        }
    }
}

#[test]
fn a_line_is_a_candidate_unless_it_is_a_statement() {
    for line in [
        "correct horse battery staple",
        "{\"user\": 1, \"text\": \"hello, world\"}",
        "machine x login y password z(9{k",
        "x(9{k2,v;",
        "four words, and more.",
    ] {
        assert!(candidates(line).contains(&line), "{line}");
    }
    for line in [
        "while there is more {",
        "call(one, two);",
        "\"one\": \"two three\",",
    ] {
        assert!(!candidates(line).contains(&line), "{line}");
    }
}

#[test]
fn a_value_stands_behind_a_name_and_not_behind_an_operator() {
    for line in [
        "PASSWORD=$",
        "password: $",
        "export PASSPHRASE = $ # ours",
        "- name: $",
        "[2026-01-01] <info> password: $",
        "password := $",
        "the password is = $,",
    ] {
        for value in ["two words", "a(b){c},d;e", "=begins so"] {
            let line = line.replace('$', value);
            assert!(candidates(&line).contains(&value), "{line}");
        }
    }
    for (line, value) in [
        (
            "use std::collections::{One, Two}",
            ":collections::{One, Two}",
        ),
        ("some => other thing", "> other thing"),
        ("some == other thing", "= other thing"),
        ("call(name: one two)", "one two)"),
    ] {
        assert!(!candidates(line).contains(&value), "{line}");
    }
}

#[test]
fn a_value_in_the_path_of_a_url_can_hold_dividers() {
    let value = "ab/cd+ef:gh@12345==";
    for url in [
        "https://example.com/hook/$",
        "https://example.com/hook/$/more?x=1",
        "https://example.com/$/more/and/more",
        "https://user@example.com/set/key/$#part",
        "see https://example.com/hook/$.",
    ] {
        let line = url.replace('$', value);
        assert!(candidates(&line).contains(&value), "{line}");
    }
    // Padding belongs to what it pads, in any path.
    for line in ["/hook/$", "hook/$/more", "a@$:b", "GET /hook/$?x HTTP/1.1"] {
        for value in ["YWJjZGVmZw==", "YWJjZGVmZ2g="] {
            let line = line.replace('$', value);
            assert!(candidates(&line).contains(&value), "{line}");
        }
    }
}

/// Counts the bytes that are handed on, with every repetition.
#[derive(Default)]
struct Work(usize);

impl Sink for Work {
    fn candidate(&mut self, range: Range<usize>) {
        // A short one takes a block.
        self.0 += range.len() + 64;
    }

    fn token(&mut self, range: Range<usize>, _: bool) {
        self.candidate(range);
    }

    fn keep_new(&mut self, _: Rule, parts: &mut Vec<Span>) {
        self.0 += parts.iter().map(|part| part.range().len()).sum::<usize>();
    }

    fn wrapped(&mut self, _: Layer, range: Range<usize>) {
        self.0 += range.len();
    }
}

#[test]
fn hostile_text_makes_work_in_proportion_to_its_length() {
    for pattern in [
        "=",
        ":",
        "/",
        "@",
        "?",
        "&",
        "#",
        "//",
        "a=",
        "a:",
        "=a@b?c&d#",
        "&#?@",
        "\"",
        "'",
        "`",
        "\"'`",
        "\\\"",
        "\\",
        "a b=c:",
        "%41",
        "%",
        "[(",
        ";",
        " ",
        "- ",
        " #",
        "= ",
        ": ",
        "a\"b=c:d ",
        "QUFB",
        "QUFBQUFBQUFB/",
        "QUFBQUFBQUFB=",
        "Zm9vYmFyIGJhego=",
        "Bearer ",
        "====::::",
        "abcdefgh=",
        "abcdefgh:",
        "abcdefgh&abcdefgh=",
        "abcdefgh\"",
        "://",
        "a://b/",
        "abcdefgh==/",
    ] {
        for syntax in [Syntax::Any, Syntax::Code] {
            // On one line, and as one token where the pattern has no blank.
            let work = |length| work(&pattern.repeat(length / pattern.len()), syntax);
            let (small, large) = (work(100_000), work(1_000_000));
            assert!(
                large <= 11 * small + 1000,
                "{pattern}: {small}, then {large}"
            );
            assert!(large <= 1_000_000 * MOST, "{pattern}: {large}");
        }
    }
    // Tokens that are short enough to be taken apart thoroughly.
    for pattern in [
        "a=",
        "=a@b?c&d#",
        "&#?@",
        "abcdefgh=",
        "abcdefgh&abcdefgh=@",
        "://a/=",
        "a://b/c=/d",
        "://abcdefgh=",
    ] {
        let token = pattern.repeat(4096 / pattern.len());
        let bytes = format!("{token} ").repeat(100);
        let work = work(&bytes, Syntax::Any);
        assert!(work <= bytes.len() * MOST, "{pattern}: {work}");
    }
}

/// How much work a text makes.
fn work(bytes: &str, syntax: Syntax) -> usize {
    let mut work = Work::default();
    text(bytes.as_bytes(), syntax, 8, &mut Room::default(), &mut work);
    work.0
}

/// No text makes more work than this, in bytes that are hashed or decoded for each of its own.
const MOST: usize = 400;
