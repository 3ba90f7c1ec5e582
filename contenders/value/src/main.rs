//! Every line into a `serde_json::Value`, the private strings replaced, and the line written again.
//!
//! Written as one would without a library for the purpose: buffers are used again, a line is parsed
//! from the bytes that were read, digests become text through a table.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};

/// How much is read and written at a time.
const BUFFER: usize = 256 << 10;

/// The members that hold header maps, in exports of the DLQ.
const HEADERS: [&str; 3] = ["header", "callbackHeader", "failureCallbackHeader"];

/// The names that `header[Authorization]` means: with and without what requests put before them.
const AUTHORIZATION: [&str; 4] = [
    "Authorization",
    "Upstash-Forward-Authorization",
    "Upstash-Callback-Forward-Authorization",
    "Upstash-Failure-Callback-Forward-Authorization",
];

#[derive(Clone, Copy)]
enum Rule {
    /// `body,header`
    All,
    /// `header[Authorization]`
    One,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let (rule, path) = (args.next(), args.next());
    let rule = match rule.as_ref().and_then(|rule| rule.to_str()) {
        Some("all") => Rule::All,
        Some("one") => Rule::One,
        _ => return Err("usage: contender-value all|one FILE".into()),
    };
    let path = path.ok_or("usage: contender-value all|one FILE")?;

    let mut reader = BufReader::with_capacity(BUFFER, File::open(path)?);
    let mut writer = BufWriter::with_capacity(BUFFER, io::stdout());
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let mut record: Value = serde_json::from_slice(&line)?;
        redact(&mut record, rule);
        serde_json::to_writer(&mut writer, &record)?;
        writer.write_all(b"\n")?;
        line.clear();
    }
    writer.flush()?;
    Ok(())
}

fn redact(record: &mut Value, rule: Rule) {
    let Some(record) = record.as_object_mut() else {
        return;
    };
    if let Rule::All = rule {
        if let Some(Value::String(body)) = record.get_mut("body") {
            replace(body);
        }
        if let Some(Value::String(body)) = record.get_mut("bodyBase64") {
            match STANDARD.decode(&*body) {
                Ok(bytes) => *body = placeholder(&bytes),
                Err(_) => replace(body),
            }
        }
    }
    for name in HEADERS {
        let Some(Value::Object(headers)) = record.get_mut(name) else {
            continue;
        };
        for (name, values) in headers {
            if matches!(rule, Rule::All) || is_authorization(name) {
                replace_all(values);
            }
        }
    }
}

fn is_authorization(name: &str) -> bool {
    AUTHORIZATION
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// Replaces the value of a header, or each of its values.
fn replace_all(values: &mut Value) {
    match values {
        Value::String(value) => replace(value),
        Value::Array(values) => values.iter_mut().for_each(replace_all),
        _ => {}
    }
}

fn replace(value: &mut String) {
    if !value.is_empty() {
        *value = placeholder(value.as_bytes());
    }
}

fn placeholder(bytes: &[u8]) -> String {
    let mut placeholder = String::with_capacity(73);
    placeholder.push_str("REDACTED:");
    let mut digits = [0; 64];
    // The buffer is as long as the digits are.
    if hex::encode_to_slice(Sha256::digest(bytes), &mut digits).is_ok() {
        placeholder.extend(digits.map(char::from));
    }
    placeholder
}
