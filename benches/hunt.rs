//! Hunting a thousand fingerprints through source code, with throughput: as the program reads files with
//! such names, with the forms of known credentials besides, and as any text of which nothing is known.
//!
//! The text is the sources of this crate's dependencies as cargo has them, and one that is made: nearly
//! every line and every second word of it is new, so that more is hashed than in any real text. Recall is
//! checked first: every planted secret is found, and nothing else. `sha2` over the same bytes stands
//! beside it, so that runs on different machines can be compared.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use qstash_redact::Fingerprint;
use qstash_redact::hunt::{Finding, Hunter, Kind, Syntax, Targets};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How many bytes of text are searched.
const TEXT: usize = 8 << 20;

/// How many fingerprints are hunted.
const FINGERPRINTS: usize = 1000;

fn secret(number: usize) -> String {
    format!(
        "fake-{:x}-secret",
        number.wrapping_mul(0x9E37_79B9) + 0x1000_0000
    )
}

/// Numbers that look random enough.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    /// A word, the early ones more often: texts use few words much and many words little.
    fn word<'w>(&mut self, words: &'w [String]) -> &'w str {
        let reach = self.below(words.len()) + 1;
        let reach = self.below(reach) + 1;
        &words[self.below(reach)]
    }
}

/// Identifiers of three to sixteen letters, one in four with an underscore.
fn words(dice: &mut Dice) -> Vec<String> {
    let syllables = [
        "re", "get", "set", "val", "con", "fig", "str", "ing", "er", "or", "in", "dex", "map",
        "er", "key", "no", "de", "par", "se", "to", "ken", "buf", "fer", "len", "ex", "port", "is",
        "at",
    ];
    (0..20_000)
        .map(|_| {
            let mut word = String::new();
            for place in 0..2 + dice.below(4) {
                if place > 0 && dice.below(5) == 0 {
                    word.push('_');
                }
                word += syllables[dice.below(syllables.len())];
            }
            word
        })
        .collect()
}

/// Lines of code, comments, blank lines and some configuration.
fn source(length: usize) -> String {
    let mut dice = Dice(7);
    let words = words(&mut dice);
    let mut text = String::new();
    while text.len() < length {
        let indent = 4 * dice.below(4);
        let _ = write!(text, "{:indent$}", "");
        let [a, b, c, d] = [(); 4].map(|()| dice.word(&words));
        let number = dice.below(1000);
        let _ = match dice.below(16) {
            0 | 1 => writeln!(text),
            2 => writeln!(text, "}}"),
            3 => writeln!(text, "fn {a}_{b}(&self, {c}: &{d}) -> Result<{a}, {b}> {{"),
            4 | 5 => writeln!(text, "let {a} = {b}.{c}({d})?;"),
            6 => writeln!(text, "if {a}.{b}() == {number} && {c} {{"),
            7 => writeln!(text, "return {a}::{b}({c}, {number});"),
            8 => writeln!(text, "use crate::{a}::{b}::{{{c}, {d}}};"),
            9 => {
                let _ = write!(text, "// {a}");
                for _ in 0..4 + dice.below(8) {
                    let _ = write!(text, " {}", dice.word(&words));
                }
                writeln!(text, ".")
            }
            10 => writeln!(text, "assert_eq!({a}.{b}(\"{c}\"), Some({number}));"),
            11 => writeln!(text, "\"{a}\": \"{b} {c}\","),
            12 => writeln!(text, "{a}: {b}"),
            13 => writeln!(text, "println!(\"{a} {{}} {b}\\n\", {c});"),
            14 => writeln!(text, "self.{a}.{b}.push({c} as u32 + {number});"),
            _ => writeln!(text, "match {a} {{ {b} => {c}, _ => {d}.into() }}"),
        };
    }
    text
}

/// The Rust sources of the dependencies, as many as make `length` bytes: whole files, of all packages in
/// turn.
fn dependencies(length: usize) -> Vec<u8> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .args(["--all-features", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .expect("cargo");
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let manifests = packages
        .iter()
        .filter(|package| !package["source"].is_null())
        .filter_map(|package| package["manifest_path"].as_str());
    let mut packages: Vec<_> = manifests
        .map(|manifest| {
            let root = Path::new(manifest).parent().expect("a directory");
            let mut files = Vec::new();
            rust_files(root, &mut files);
            files.sort();
            files.into_iter()
        })
        .collect();
    let mut text = Vec::new();
    while text.len() < length {
        let before = text.len();
        for file in packages.iter_mut().filter_map(Iterator::next) {
            text.extend(fs::read(file).expect("a source"));
        }
        assert!(before < text.len(), "too few sources");
    }
    text.truncate(length);
    text
}

fn rust_files(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

fn hunt_through_source(criterion: &mut Criterion) {
    let mut targets = Targets::new();
    for number in 0..FINGERPRINTS {
        targets.insert(Fingerprint::of(secret(number).as_bytes()));
    }
    let made = source(TEXT);
    finds_all_that_is_planted(&targets, &made);
    let texts = [
        ("dependencies", dependencies(4 * TEXT)),
        ("made", made.into_bytes()),
    ];
    let known = targets.clone().with_known();
    for (name, text) in &texts {
        let mut group = criterion.benchmark_group(*name);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.sample_size(10);
        group.bench_function("sha2", |bencher| {
            bencher.iter(|| Sha256::digest(text));
        });
        for (name, targets, syntax) in [
            ("hunt", &targets, Syntax::Code),
            ("hunt, known", &known, Syntax::Code),
            ("hunt, any text", &targets, Syntax::Any),
        ] {
            let mut findings = Vec::new();
            group.bench_function(name, |bencher| {
                bencher.iter(|| findings.extend(search(targets, syntax, text)));
            });
            findings.retain(|finding| finding.kind == Kind::Target);
            assert_eq!(findings, []);
        }
        group.finish();
    }
}

/// Searches a text, with a memory of nothing.
fn search(targets: &Targets, syntax: Syntax, text: &[u8]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut hunter = Hunter::new(targets);
    hunter.expect(syntax);
    for piece in text.chunks(64 << 10) {
        hunter.push(piece, &mut findings);
    }
    hunter.finish(&mut findings);
    findings
}

/// Plants every secret once, spread over the text, in turn as an assignment, a string and a header.
fn finds_all_that_is_planted(targets: &Targets, text: &str) {
    let every = text.lines().count() / FINGERPRINTS;
    let mut planted = String::new();
    for (at, line) in text.lines().enumerate() {
        let number = at / every;
        if at % every == 0 && number < FINGERPRINTS {
            let secret = secret(number);
            let _ = match number % 3 {
                0 => writeln!(planted, "TOKEN={secret}"),
                1 => writeln!(planted, "let token = \"{secret}\";"),
                _ => writeln!(
                    planted,
                    "curl -H 'Authorization: Bearer {secret}' localhost"
                ),
            };
        }
        let _ = writeln!(planted, "{line}");
    }
    for syntax in [Syntax::Code, Syntax::Any] {
        let findings = search(targets, syntax, planted.as_bytes());
        assert_eq!(findings.len(), FINGERPRINTS);
        for (number, finding) in findings.iter().enumerate() {
            assert!(finding.placeholder.matches(secret(number).as_bytes()));
        }
    }
}

criterion_group!(benches, hunt_through_source);
criterion_main!(benches);
