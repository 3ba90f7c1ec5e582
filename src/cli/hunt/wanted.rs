//! What is hunted: placeholders from the command line, secrets and ledgers from files.

use super::super::exit::Failure;
use super::super::input::Input;
use super::args::HuntArgs;
use qstash_redact::credentials::ledger::Ledger;
use qstash_redact::hunt::{MAX_LENGTH, MIN_LENGTH, Targets};
use qstash_redact::{Fingerprint, Placeholder};
use std::io::{self, Read as _};
use std::path::Path;
use zeroize::Zeroizing;

/// Secrets shorter than this, in bytes, are refused: they would be found everywhere.
const SHORTEST: usize = 4;

/// The largest ledger, in bytes.
const MAX_LEDGER: u64 = 1 << 30;

/// All that the flags name.
pub(super) fn targets(flags: &HuntArgs) -> Result<Targets, Failure> {
    let mut targets = Targets::new();
    for fingerprint in &flags.placeholders {
        targets.insert(*fingerprint);
    }
    let mut min_length = flags.min_length.unwrap_or(MIN_LENGTH);
    if let Some(path) = &flags.secrets {
        min_length = min_length.min(read_secrets(path, &mut targets)?);
    }
    if let Some(path) = &flags.ledger {
        min_length = min_length.min(read_ledger(path, &mut targets)?);
    }
    targets = targets.with_min_length(min_length);
    if flags.exhaustive {
        targets = targets.with_every_offset(flags.length.iter().copied());
        if targets.every_offset().is_empty() {
            return Err(Failure::usage(
                "--exhaustive needs a length: one known from --secrets or --ledger, or --length BYTES",
            ));
        }
    }
    if flags.every_line {
        targets = targets.with_every_line();
    }
    if flags.known {
        targets = targets.with_known();
    }
    if targets.is_empty() && !targets.hunts_known() {
        return Err(Failure::usage(
            "say what to hunt: --for PLACEHOLDER, --secrets FILE, --ledger FILE, or --known for whatever looks like \
             a credential of Upstash",
        ));
    }
    Ok(targets)
}

/// Adds what was rotated. Says how long the shortest of it is.
fn read_ledger(path: &Path, targets: &mut Targets) -> Result<usize, Failure> {
    let input = Input::find(path, "the ledger")?;
    let name = input.name();
    let mut text = Vec::new();
    (input.open_raw())
        .and_then(|file| file.take(MAX_LEDGER).read_to_end(&mut text))
        .map_err(|error| Failure::read(&name, &error))?;
    let ledger = Ledger::parse(&text).map_err(|error| Failure::input(&name, &error))?;
    let mut shortest = usize::MAX;
    for (_, mark) in ledger.old_secrets() {
        let length = usize::try_from(mark.length).unwrap_or(usize::MAX);
        targets.insert_with_length(mark.fingerprint, length);
        shortest = shortest.min(length);
    }
    if shortest == usize::MAX {
        return Err(Failure::usage(format!("{name}: no secret in it is old")));
    }
    Ok(shortest)
}

/// Fingerprints the lines of a file, and forgets them. Says how long the shortest one is.
fn read_secrets(path: &Path, targets: &mut Targets) -> Result<usize, Failure> {
    let input = Input::find(path, "the file of --secrets")?;
    let name = input.name();
    let failed = |error: io::Error| Failure::read(&name, &error);
    let mut file = input.open_raw().map_err(failed)?;
    // Large enough from the beginning: buffers that grow leave copies behind.
    let mut line = Zeroizing::new(Vec::with_capacity(MAX_LENGTH));
    let mut buffer = Zeroizing::new([0; 4096]);
    let mut number = 1;
    let mut shortest = usize::MAX;
    let mut end = |line: &mut Vec<u8>, number: u64| {
        let read = without_mark(line, number).and_then(|line| add_line(line, targets));
        line.clear();
        match read {
            Ok(Some(length)) => shortest = shortest.min(length),
            Ok(None) => {}
            Err(why) => return Err(Failure::usage(format!("{name}: line {number}: {why}"))),
        }
        Ok(())
    };
    loop {
        let length = match file.read(&mut buffer[..]) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        for byte in &buffer[..length] {
            if *byte == b'\n' {
                end(&mut line, number)?;
                number += 1;
            } else if line.len() == MAX_LENGTH {
                let why = "this is longer than any secret that can be hunted";
                return Err(Failure::usage(format!("{name}: line {number}: {why}")));
            } else {
                line.push(*byte);
            }
        }
    }
    end(&mut line, number)?;
    if shortest == usize::MAX {
        return Err(Failure::usage(format!("{name}: there is no secret in it")));
    }
    Ok(shortest)
}

/// A line without blanks around it, and the first one without the mark that Windows puts before UTF-8.
fn without_mark(line: &[u8], number: u64) -> Result<&[u8], &'static str> {
    match line {
        [0xEF, 0xBB, 0xBF, line @ ..] if number == 1 => Ok(line.trim_ascii()),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] if number == 1 => {
            Err("the file is in UTF-16; save it in UTF-8, in which secrets are fingerprinted")
        }
        _ => Ok(line.trim_ascii()),
    }
}

/// Adds what a line names; says how long it is, unless that is unknown or there is nothing.
fn add_line(line: &[u8], targets: &mut Targets) -> Result<Option<usize>, &'static str> {
    if line.is_empty() {
        return Ok(None);
    }
    if let Ok(placeholder) = Placeholder::from_bytes(line) {
        targets.insert(placeholder.fingerprint());
        return Ok(Some(MIN_LENGTH));
    }
    if line.len() < SHORTEST {
        return Err("this is too short to be hunted: it would be found everywhere");
    }
    targets.insert_with_length(Fingerprint::of(line), line.len());
    let value = value_of(line).filter(|value| value.len() >= SHORTEST);
    if let Some(value) = value {
        targets.insert_with_length(Fingerprint::of(value), value.len());
    }
    Ok(Some(value.map_or(line.len(), <[u8]>::len)))
}

/// The value of a line `NAME=VALUE`, without quotes around it.
fn value_of(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_prefix(b"export ").unwrap_or(line);
    let at = line.iter().position(|byte| *byte == b'=')?;
    let (name, value) = (&line[..at], &line[at + 1..]);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    if name.is_empty() || name[0].is_ascii_digit() || !name.iter().all(is_name) {
        return None;
    }
    match value {
        [quote @ (b'"' | b'\''), inner @ .., last] if quote == last => Some(inner),
        _ => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_assignment_the_value_counts_too() {
        for (line, value) in [
            ("QSTASH_TOKEN=abc=", Some("abc=")),
            ("export A_1=\"two words\"", Some("two words")),
            ("A='x", Some("'x")),
            ("a secret = value", None),
            ("https://x/?a=b", None),
            ("=abc", None),
            ("plain", None),
        ] {
            assert_eq!(
                value_of(line.as_bytes()),
                value.map(str::as_bytes),
                "{line}"
            );
        }
    }
}
