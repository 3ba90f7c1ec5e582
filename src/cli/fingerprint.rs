//! `fingerprint`: the placeholder of a value.

use super::args::FingerprintArgs;
use super::exit::{Exit, Failure};
use super::value;
use qstash_redact::Placeholder;
use std::io::{self, Write as _};

pub(super) fn run(flags: &FingerprintArgs) -> Result<Exit, Failure> {
    let fingerprint = value::fingerprint(&flags.file, flags.strip_newline)?;
    writeln!(io::stdout(), "{}", Placeholder::from(fingerprint))
        .map_err(|error| Failure::write("stdout", &error))?;
    Ok(Exit::Done)
}
