//! What is not there is not found: the sources of everything this crate is built from are searched.

use crate::place::Place;
use serde_json::Value;
use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// What `--known` finds in these sources, reviewed: examples in documentation and tests of others.
const REVIEWED: &str = include_str!("known-in-dependencies.txt");

/// Links to the sources of all packages of `Cargo.lock` that lie in a registry.
fn sources(place: &Place) -> usize {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--offline",
            "--all-features",
        ])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .arg("--manifest-path")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut count = 0;
    for package in metadata["packages"].as_array().unwrap() {
        if package["source"].is_null() {
            continue;
        }
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        let directory = manifest.parent().unwrap();
        let name = format!(
            "{}-{}",
            package["name"].as_str().unwrap(),
            package["version"].as_str().unwrap()
        );
        symlink(directory, place.path(&name)).unwrap();
        count += 1;
    }
    count
}

#[test]
fn nothing_is_found_by_fingerprint_and_known_forms_are_exactly_those_reviewed() {
    let place = Place::new();
    let packages = sources(&place);
    assert!(packages > 100, "{packages}");
    // A thousand fingerprints of values that are nowhere.
    let mut secrets = String::new();
    for number in 0..1000 {
        secrets.push_str(&format!(
            "{}\n",
            qstash_redact::Fingerprint::of(format!("never {number}").as_bytes())
        ));
    }
    place.put("secrets", &secrets);
    let names = place.names().into_iter().filter(|name| name != "secrets");
    let output = place
        .command([
            "hunt",
            "--json",
            "--no-ignore",
            "--known",
            "--secrets",
            "secrets",
        ])
        .args(names)
        .output()
        .unwrap();
    let mut found = BTreeSet::new();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut files = 0;
    for line in text.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        if entry["type"] == "summary" {
            files = entry["files"].as_u64().unwrap();
            assert_eq!(entry["complete"], true, "{text}");
        } else {
            assert_ne!(entry["kind"], "fingerprint", "{line}");
            let path = entry["path"].as_str().unwrap();
            let member = entry["member"]
                .as_str()
                .map(|member| format!("!{member}"))
                .unwrap_or_default();
            found.insert(format!(
                "{path}{member} {}",
                entry["kind"].as_str().unwrap()
            ));
        }
    }
    assert!(files > 3000, "{files}");
    let reviewed: BTreeSet<_> = REVIEWED
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    assert_eq!(found, reviewed);
}
