//! What is planted is found, all of it, and where it is.

use crate::corpus::{Planted, corpus, secrets};
use crate::encoding::Encoding;
use crate::place::{Place, Ran};
use flate2::write::GzEncoder;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::process::Command;

/// Where something was found: the path, with what it is in, and the line and placeholder.
type Found = BTreeSet<(String, u64, String)>;

/// The findings of a run with `--json`; where they are is made of `of`.
fn found(ran: &Ran, of: impl Fn(&Value) -> String) -> Found {
    (ran.stdout.lines())
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|entry| entry["type"] == "finding")
        .map(|entry| {
            let placeholder = entry["placeholder"].as_str().unwrap().to_owned();
            (of(&entry), entry["line"].as_u64().unwrap(), placeholder)
        })
        .collect()
}

fn expected(corpus: &[Planted], at: impl Fn(&Planted) -> String) -> Found {
    corpus
        .iter()
        .flat_map(|file| {
            let path = at(file);
            file.plants
                .iter()
                .map(move |(line, placeholder)| (path.clone(), *line, placeholder.to_string()))
        })
        .collect()
}

/// Says which plants are missing, and what else was found.
fn assert_same(found: &Found, expected: &Found) {
    let missing: Vec<_> = expected.difference(found).collect();
    let more: Vec<_> = found.difference(expected).collect();
    assert!(
        missing.is_empty() && more.is_empty(),
        "{} of {} missing: {:#?}\n{} more: {:#?}",
        missing.len(),
        expected.len(),
        &missing[..missing.len().min(40)],
        more.len(),
        &more[..more.len().min(40)]
    );
}

fn path_of(entry: &Value) -> String {
    let member = entry["member"].as_str().map(|member| format!("!{member}"));
    format!(
        "{}{}",
        entry["path"].as_str().unwrap(),
        member.unwrap_or_default()
    )
}

/// Writes the corpus into a directory, and the secrets into a file beside it.
fn planted() -> (Place, Vec<Planted>) {
    let place = Place::new();
    let corpus = corpus();
    for file in &corpus {
        let path = place.path("tree").join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.content).unwrap();
    }
    place.put("secrets", secrets().join("\n"));
    (place, corpus)
}

/// No secret, in no encoding, shows in what was printed.
#[track_caller]
fn assert_silent(ran: &Ran) {
    for secret in secrets() {
        for encoding in Encoding::ALL {
            let text = encoding.of(&secret);
            assert!(
                !ran.stdout.contains(&text) && !ran.stderr.contains(&text),
                "{encoding:?}"
            );
        }
    }
}

#[test]
fn every_plant_is_found_in_its_file_and_line() {
    let (place, corpus) = planted();
    let expected = expected(&corpus, |file| format!("tree/{}", file.path));
    assert!(expected.len() >= 500, "{}", expected.len());
    let ran = place.run("hunt --json --secrets secrets tree").ends(1);
    assert_same(&found(&ran, path_of), &expected);
    assert_silent(&ran);
    // By the placeholders alone, of which nobody knows how long the values are.
    let mut line = "hunt --json tree".to_owned();
    for secret in secrets() {
        line.push_str(&format!(
            " --for {}",
            qstash_redact::Placeholder::of(secret.as_bytes())
        ));
    }
    let ran = place.run(&line).ends(1);
    assert_same(&found(&ran, path_of), &expected);
    assert_silent(&ran);
    for form in ["", "--sarif", "--write-baseline accepted"] {
        let ran = place
            .run(&format!("hunt --secrets secrets tree {form}"))
            .ends(1);
        assert_silent(&ran);
    }
    assert!(
        !secrets()
            .iter()
            .any(|secret| place.get("accepted").contains(secret))
    );
}

#[test]
fn what_is_wrapped_is_said_to_be() {
    let (place, corpus) = planted();
    let ran = place.run("hunt --json --secrets secrets tree").ends(1);
    for line in ran.stdout.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let Some(path) = entry["path"].as_str() else {
            continue;
        };
        let file = corpus
            .iter()
            .find(|file| path == format!("tree/{}", file.path))
            .unwrap();
        let wrapped = entry["wrapped"].to_string();
        let layers: &[&str] = match file.encoding {
            // Of what has nothing to escape there is nothing to unwrap.
            Encoding::Plain | Encoding::Percent => &[],
            Encoding::PercentAll => &["percent"],
            Encoding::JsonEscape | Encoding::JsonInJson => &["escapes"],
            Encoding::PercentBase64
            | Encoding::Base64
            | Encoding::Base64Url
            | Encoding::Basic
            | Encoding::Base64Twice
            | Encoding::Base64Json => &["base64"],
            Encoding::Base64Percent => &["base64", "percent"],
        };
        for layer in layers {
            assert!(wrapped.contains(layer), "{path}: {wrapped}");
        }
    }
}

#[test]
fn archives_are_searched_file_by_file() {
    let (place, corpus) = planted();
    let tar = |name: &str| {
        let status = Command::new("tar")
            .current_dir(place.path("tree"))
            .args(["--sort=name", "-cf"])
            .arg(place.path(name))
            .arg(".")
            .status()
            .unwrap();
        assert!(status.success());
        fs::read(place.path(name)).unwrap()
    };
    let packed = tar("a.tar");
    place.put("a.tar.zst", zstd::encode_all(&packed[..], 1).unwrap());
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&packed).unwrap();
    // Named as nothing in particular: what it is shows at its beginning.
    place.put("backup", gzip.finish().unwrap());
    for archive in ["a.tar", "a.tar.zst", "backup"] {
        let ran = place
            .run(&format!("hunt --json --secrets secrets {archive}"))
            .ends(1);
        let expected = expected(&corpus, |file| format!("{archive}!./{}", file.path));
        assert_same(&found(&ran, path_of), &expected);
        assert_silent(&ran);
    }
}

#[test]
fn single_files_are_searched_when_compressed_and_on_stdin() {
    let (place, corpus) = planted();
    for file in corpus.iter().step_by(7) {
        let packed = zstd::encode_all(&file.content[..], 1).unwrap();
        for content in [&file.content, &packed] {
            let ran = place
                .pipe("hunt --json --secrets secrets -", content)
                .ends(1);
            let expected = expected(std::slice::from_ref(file), |_| "stdin".to_owned());
            assert_same(&found(&ran, path_of), &expected);
            assert_silent(&ran);
        }
    }
}

#[test]
fn every_version_in_a_git_history_is_searched_once() {
    let (place, corpus) = planted();
    let git = crate::git::Git::new(place.path("tree"));
    git.run(&["add", "--force", "."]);
    git.run(&["commit", "--quiet", "-m", "planted"]);
    let commit = git.ask(&["rev-parse", "HEAD"]);
    git.run(&["rm", "--quiet", "-r", "."]);
    git.run(&["commit", "--quiet", "-m", "removed"]);
    let ran = place
        .run("hunt --git --json --secrets secrets tree")
        .ends(1);
    let found = found(&ran, |entry| {
        assert_eq!(entry["repository"], "tree");
        format!(
            "{}:{}",
            entry["commit"].as_str().unwrap(),
            entry["path"].as_str().unwrap()
        )
    });
    // Files that are alike are one version.
    let mut seen = BTreeSet::new();
    let once: Vec<_> = corpus
        .into_iter()
        .filter(|file| seen.insert(file.content.clone()))
        .collect();
    assert_eq!(
        found.len(),
        once.iter().map(|file| file.plants.len()).sum::<usize>()
    );
    for (at, line, placeholder) in expected(&once, |file| format!("{commit}:{}", file.path)) {
        assert!(
            found.contains(&(at.clone(), line, placeholder)),
            "{at}:{line}"
        );
    }
    assert_silent(&ran);
}
