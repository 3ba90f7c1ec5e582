//! The real clients of QStash, each with its whole matrix.
//!
//! `tests/pipeline/run` installs them. Where there is no Node or Python, or they are not installed, the
//! tests say so and pass, but never in CI.

use crate::destination::Destination;
use crate::process::{Directory, Pipeline, TOKEN};
use std::path::{Path, PathBuf};
use std::process::Command;

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

/// Runs a driver, or says why it cannot be run.
fn drive(program: &Path, needed: &Path, arguments: &[&str]) {
    let has_program = Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !has_program || !needed.exists() {
        let what = match has_program {
            true => "the client is not installed; `tests/pipeline/run` installs it",
            false => "there is no interpreter for it",
        };
        assert!(
            std::env::var_os("CI").is_none_or(|value| value.is_empty() || value == "false"),
            "{}: {what}",
            program.display()
        );
        println!("not run: {}: {what}", program.display());
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let destination = runtime.block_on(Destination::start());
    let directory = Directory::new();
    let pipeline = Pipeline::start(&directory);
    let output = Command::new(program)
        .args(arguments)
        .env("PIPELINE_URL", &pipeline.url)
        .env("PIPELINE_TOKEN", TOKEN)
        .env("DESTINATION_URL", &destination.url)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    println!("{arguments:?}: {said}");
}

fn javascript(package: &str) {
    let directory = clients().join("js");
    let driver = directory.join("driver.mjs");
    let needed = directory.join("node_modules").join(package);
    drive(
        Path::new("node"),
        &needed,
        &[driver.to_str().unwrap(), package],
    );
}

#[test]
fn the_javascript_client_2_12_0_passes_the_matrix() {
    javascript("@upstash/qstash");
}

#[test]
fn the_javascript_client_2_10_0_passes_the_matrix() {
    javascript("qstash-2.10.0");
}

#[test]
fn the_python_client_3_4_0_passes_the_matrix() {
    let directory = clients().join("python");
    let driver = directory.join("driver.py");
    let python = directory.join(".venv/bin/python");
    // Without Python there is no environment of it either.
    let has_python = Command::new("python3").arg("--version").output().is_ok();
    let program = match has_python && !python.exists() {
        true => Path::new("python3"),
        false => &python,
    };
    drive(program, &python, &[driver.to_str().unwrap()]);
}
