//! What the README shows is what happens. Its Rust is run with the documentation's.

use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

const README: &str = include_str!("../README.md");
const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PROGRAM: &str = env!("CARGO_BIN_EXE_qstash-redact");

/// The message that the README works on.
const MESSAGE: &str = concat!(
    r#"{"messageId":"msg_1","url":"https://example.com/hook?token=t0ps3cret","#,
    r#""header":{"Authorization":["Bearer my-token"]},"body":"{\"test\":true}"}"#,
    "\n"
);

/// The README's blocks of code in this language.
fn blocks(language: &str) -> impl Iterator<Item = &'static str> {
    let fence = format!("```{language}\n");
    README
        .split("\n```\n")
        .filter_map(move |text| text.rsplit_once(&fence).map(|(_, block)| block))
}

/// A directory with the message and the samples in it, and a way to run commands there.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::write(place.path("message.json"), MESSAGE).unwrap();
        symlink(Path::new(ROOT).join("samples"), place.path("samples")).unwrap();
        fs::create_dir(place.path("target")).unwrap();
        fs::create_dir(place.path("bin")).unwrap();
        symlink(PROGRAM, place.path("bin/qstash-redact")).unwrap();
        place
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    /// Runs a script; says how it ended and what it printed, stderr among stdout.
    fn bash(&self, script: &str, variables: &[(&str, &str)]) -> (Option<i32>, String) {
        let path = std::env::var("PATH").unwrap();
        let output = Command::new("bash")
            .args(["-c", &format!("exec 2>&1\n{script}")])
            .current_dir(self.0.path())
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
        )
    }
}

#[test]
fn the_commands_print_what_is_shown() {
    let place = Place::new();
    let mut commands = 0;
    for block in blocks("console") {
        for example in format!("\n{block}\n").split("\n$ ").skip(1) {
            let (command, expected) = example.split_once('\n').unwrap_or((example, ""));
            let (_, printed) = place.bash(command, &[]);
            assert_eq!(printed.trim_end(), expected.trim_end(), "$ {command}");
            commands += 1;
        }
    }
    assert!(commands > 10, "{commands}");
}

#[test]
fn the_first_command_sanitizes_the_sample() {
    let commands = blocks("sh").next().unwrap();
    let mut commands = commands.lines();
    let first = commands.next().unwrap();
    let arguments = first
        .strip_prefix("cargo run --release --features cli -- ")
        .unwrap();
    let place = Place::new();
    let (code, printed) = place.bash(&format!("qstash-redact {arguments}"), &[]);
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("278 records") && printed.contains("stays visible"));
    let clean = fs::read_to_string(place.path("target/clean.json")).unwrap();
    assert!(clean.contains("REDACTED:") && !clean.contains("fake-"));
    // The second is how these tests are run.
    assert_eq!(commands.collect::<Vec<_>>(), ["cargo test --all-features"]);
}

/// Answers requests for pages of a DLQ until there is none left; gives back what was asked for.
fn serve(answers: Vec<(&'static str, String)>) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let mut answers = VecDeque::from(answers);
    let server = thread::spawn(move || {
        let mut asked = Vec::new();
        while let Some((status, body)) = answers.pop_front() {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let head: Vec<String> = lines
                .map(Result::unwrap)
                .take_while(|line| !line.is_empty())
                .collect();
            let authorized = head
                .iter()
                .any(|line| line == "Authorization: Bearer fake-token");
            asked.push(format!("{} {authorized}", head[0]));
            write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
        }
        asked
    });
    (address, server)
}

/// Runs the README's loop against these answers.
fn fetch(
    place: &Place,
    answers: Vec<(&'static str, String)>,
) -> (Option<i32>, String, Vec<String>) {
    let script = blocks("bash")
        .find(|block| block.contains("/v2/dlq"))
        .unwrap();
    let (address, server) = serve(answers);
    let variables = [
        ("QSTASH_URL", &*address),
        ("QSTASH_READ_ONLY_TOKEN", "fake-token"),
        ("NO_PROXY", "127.0.0.1"),
    ];
    let (code, printed) = place.bash(script, &variables);
    (code, printed, server.join().unwrap())
}

fn page(id: &str, cursor: &str) -> String {
    // A cursor in a body is none of the page's.
    let body = r#"{\"cursor\":\"s3cret\"}"#;
    format!(r#"{{"messages":[{{"dlqId":"{id}","body":"{body}"}}]{cursor}}}"#)
}

#[test]
fn the_loop_fetches_every_page() {
    let place = Place::new();
    let pages = [
        page("1-0", r#","cursor":"17&1""#),
        page("1-1", ",\n  \"cursor\" : \"17-2\"\n"),
        page("1-2", r#","cursor":"""#),
    ];
    let (code, printed, asked) = fetch(&place, pages.map(|page| ("200 OK", page)).into());
    assert_eq!(code, Some(0), "{printed}");
    assert_eq!(
        asked,
        [
            "GET /v2/dlq?count=100 HTTP/1.1 true",
            "GET /v2/dlq?count=100&cursor=17%261 HTTP/1.1 true",
            "GET /v2/dlq?count=100&cursor=17-2 HTTP/1.1 true",
        ]
    );
    let clean = fs::read_to_string(place.path("dlq.json")).unwrap();
    assert_eq!(clean.matches("REDACTED:").count(), 3);
    assert!(clean.contains("1-2") && !clean.contains("s3cret"));
}

#[test]
fn the_loop_writes_nothing_if_a_page_is_missing() {
    for (before, status, body) in [
        (0, "401 Unauthorized", r#"{"error":"no"}"#),
        (1, "404 Not Found", r#"{"error":"no"}"#),
        (0, "200 OK", ""),
        (1, "200 OK", ""),
        (0, "302 Found", ""),
        (1, "302 Found", ""),
    ] {
        let place = Place::new();
        let mut answers = vec![("200 OK", page("1-0", r#","cursor":"17-1""#)); before];
        answers.push((status, body.to_owned()));
        let (code, printed, _) = fetch(&place, answers);
        assert_eq!(code, Some(3), "{printed}");
        assert!(!place.path("dlq.json").exists());
    }
}
