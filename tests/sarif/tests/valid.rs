//! Logs of the real program, held against the schema of SARIF 2.1.0.

use jsonschema::Validator;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SECRET: &str = "an-old-token-0123456789";

/// The schema, which a package of the registry has.
fn schema() -> Validator {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages
        .iter()
        .find(|package| package["name"] == "serde-sarif")
        .unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    let text = fs::read(manifest.with_file_name("src").join("schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&text).unwrap();
    assert!(
        schema["properties"]["runs"].is_object(),
        "this is another schema"
    );
    jsonschema::validator_for(&schema).unwrap()
}

fn program() -> PathBuf {
    let path = std::env::var_os("QSTASH_REDACT").expect("QSTASH_REDACT must name the program");
    // Relative to where cargo was called, two directories up from here.
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

/// The log of a hunt through `directory`, and how it ended.
fn log(directory: &Path, more: &[&str]) -> (Value, Option<i32>) {
    let secrets = directory.with_extension("secrets");
    fs::write(&secrets, SECRET).unwrap();
    let output = Command::new(program())
        .args(["hunt", "--sarif", "--quiet", "--known", "--secrets"])
        .arg(secrets)
        .args(more)
        .current_dir(directory)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains(SECRET));
    (serde_json::from_str(&text).unwrap(), output.status.code())
}

fn assert_valid(schema: &Validator, log: &Value) {
    let errors: Vec<_> = schema
        .iter_errors(log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

fn git(directory: &Path, args: &[&str]) {
    let status = Command::new("git")
        .current_dir(directory)
        .args([
            "-c",
            "user.name=Somebody",
            "-c",
            "user.email=somebody@example.com",
        ])
        .args(args)
        .status()
        .unwrap();
    assert!(status.success(), "{args:?}");
}

#[test]
fn logs_with_everything_that_can_be_in_them_are_valid() {
    let schema = schema();
    let place = tempfile::tempdir().unwrap();
    let tree = place.path().join("tree");
    fs::create_dir(&tree).unwrap();
    // Nothing found.
    let (empty, code) = log(&tree, &[]);
    assert_eq!(code, Some(0));
    assert_valid(&schema, &empty);
    // Files with odd names, a name that is the secret, a history, an unreadable archive, known forms.
    git(&tree, &["init", "--quiet"]);
    fs::write(tree.join("a b:%#?ü\n.txt"), format!("x {SECRET}\n")).unwrap();
    fs::write(tree.join(format!("{SECRET}.txt")), "x").unwrap();
    fs::write(tree.join(".env"), "X=sig_7kYjbzVn3RwP8mTqLxHc5dWfA2sE\n").unwrap();
    fs::write(tree.join("broken.gz"), b"\x1f\x8b\x08\0").unwrap();
    git(&tree, &["add", "."]);
    git(&tree, &["commit", "--quiet", "-m", SECRET]);
    let (full, code) = log(&tree, &["--git"]);
    assert_eq!(code, Some(4));
    assert_valid(&schema, &full);
    let run = &full["runs"][0];
    assert!(run["results"].as_array().unwrap().len() > 4, "{full}");
    assert!(
        !run["invocations"][0]["toolExecutionNotifications"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn the_schema_refuses_what_is_not_valid() {
    let schema = schema();
    let place = tempfile::tempdir().unwrap();
    let tree = place.path().join("tree");
    fs::create_dir(&tree).unwrap();
    fs::write(tree.join("a"), SECRET).unwrap();
    let (log, _) = log(&tree, &[]);
    assert_valid(&schema, &log);
    for (pointer, value) in [
        ("/version", Value::from("2.0.0")),
        ("/runs/0/results/0/level", "odd".into()),
        (
            "/runs/0/results/0/locations/0/physicalLocation/region/startLine",
            0.into(),
        ),
        ("/runs/0/results/0/message", Value::Null),
    ] {
        let mut log = log.clone();
        *log.pointer_mut(pointer).unwrap() = value;
        assert!(!schema.is_valid(&log), "{pointer}");
    }
}
