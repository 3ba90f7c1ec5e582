//! `verify`: is what should be private replaced, and is everything else what it was?

use super::args::VerifyArgs;
use super::exit::{Exit, Failure};
use super::input::{Input, Meter};
use super::progress::Progress;
use super::value;
use qstash_redact::Placeholder;
use qstash_redact::verify::{Finding, Report, Side, Verifier};
use std::cell::Cell;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal as _, Read, Write};
use std::path::Path;

pub(super) fn run(flags: VerifyArgs) -> Result<Exit, Failure> {
    if flags.strip_newline && flags.placeholder.is_none() {
        return Err(Failure::usage("--strip-newline goes with --placeholder"));
    }
    match (&flags.placeholder, &flags.only) {
        (Some(placeholder), _) => {
            let file = flags.original.as_deref().unwrap_or(Path::new("-"));
            check_placeholder(placeholder, file, flags.strip_newline)
        }
        (None, Some(file)) => {
            let redacted = Input::find(file, "FILE")?;
            check_documents(&flags, None, &redacted)
        }
        (None, None) => {
            let (Some(original), Some(redacted)) = (&flags.original, &flags.redacted) else {
                return Err(Failure::usage(
                    "give ORIGINAL and REDACTED, or --only FILE, or --placeholder PLACEHOLDER",
                ));
            };
            let original = Input::find(original, "ORIGINAL")?;
            let redacted = Input::find(redacted, "REDACTED")?;
            if let (Input::Stdin, Input::Stdin) = (&original, &redacted) {
                return Err(Failure::usage("stdin can be read only once"));
            }
            check_documents(&flags, Some(&original), &redacted)
        }
    }
}

fn check_placeholder(placeholder: &Placeholder, file: &Path, strip: bool) -> Result<Exit, Failure> {
    let matches = value::fingerprint(file, strip)? == placeholder.fingerprint();
    let (text, exit) = if matches {
        ("match", Exit::Done)
    } else {
        (
            "mismatch: the value does not belong to this placeholder",
            Exit::Difference,
        )
    };
    writeln!(io::stdout(), "{text}").map_err(|error| Failure::write("stdout", &error))?;
    Ok(exit)
}

fn check_documents(
    flags: &VerifyArgs,
    original: Option<&Input>,
    redacted: &Input,
) -> Result<Exit, Failure> {
    let length = original
        .map_or(Some(0), Input::length)
        .zip(redacted.length());
    let mut progress = Progress::new(length.map(|(one, other)| one + other), "fields", false);
    let meter = progress.meter().clone();
    let gone = Cell::new(false);
    let open = |input: &Input| open(input, &meter, &gone);
    let mut printer = Printer::new(flags, &gone);
    let mut findings = 0;
    let mut found = |finding: Finding<'_>| {
        findings += 1;
        progress.show(|| findings);
        printer.finding(&finding, &progress);
    };
    let verifier = Verifier::new(flags.selection.fields.clone())
        .with_body_encoding(flags.selection.body_encoding.into())
        .with_record_limit(flags.selection.max_record)
        .with_pairing(flags.pair.into());
    let checked = match original {
        None => verifier.only(open(redacted)?, &mut found),
        Some(original) => verifier.documents(open(original)?, open(redacted)?, &mut found),
    };
    progress.clear();
    let printed = printer.end(checked.as_ref().ok());
    printed.map_err(|error| Failure::write("stdout", &error))?;
    let report = checked.map_err(|failure| {
        let input = match failure.side() {
            Side::Original => original.unwrap_or(redacted),
            Side::Redacted => redacted,
        };
        Failure::verification(&input.name(), &failure)
    })?;
    if !report.is_clean() {
        return Ok(Exit::Difference);
    }
    if findings == 0 && report.redacted_records() > 0 && !flags.allow_no_match {
        return Err(Failure::nothing(
            "there was nothing to check: the rule selects nothing in these records; \
             look at their shape, and use --allow-no-match if that is as it should be",
        ));
    }
    Ok(Exit::Done)
}

fn open<'g>(
    input: &Input,
    meter: &Meter,
    gone: &'g Cell<bool>,
) -> Result<impl Read + use<'g>, Failure> {
    let reader = input.open(meter);
    let reader = reader.map_err(|error| Failure::read(&input.name(), &error))?;
    Ok(Watched { reader, gone })
}

/// Ends the work when nobody reads the findings any more: reading fails then.
struct Watched<'g, R> {
    reader: R,
    gone: &'g Cell<bool>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.gone.get() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.reader.read(buffer)
    }
}

/// Prints findings, and the counts.
struct Printer<'g> {
    stdout: BufWriter<io::Stdout>,
    json: bool,
    all: bool,
    /// Each line at once, and never on top of the progress.
    to_terminal: bool,
    failed: Option<io::Error>,
    gone: &'g Cell<bool>,
}

impl<'g> Printer<'g> {
    fn new(flags: &VerifyArgs, gone: &'g Cell<bool>) -> Self {
        Self {
            stdout: BufWriter::new(io::stdout()),
            json: flags.json,
            all: flags.all,
            to_terminal: io::stdout().is_terminal(),
            failed: None,
            gone,
        }
    }

    fn finding(&mut self, finding: &Finding<'_>, progress: &Progress) {
        if self.failed.is_some() || (finding.status().is_good() && !self.all) {
            return;
        }
        let mut printed = Ok(());
        if self.to_terminal {
            progress.pause(|| printed = self.line(finding).and_then(|()| self.stdout.flush()));
        } else {
            printed = self.line(finding);
        }
        if let Err(error) = printed {
            self.failed = Some(error);
            self.gone.set(true);
        }
    }

    /// Prints the counts of a verification that was finished.
    fn end(mut self, report: Option<&Report>) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        if let Some(report) = report {
            self.line(report)?;
        }
        self.stdout.flush()
    }

    fn line(&mut self, entry: &(impl Display + serde::Serialize)) -> io::Result<()> {
        if !self.json {
            return writeln!(self.stdout, "{entry}");
        }
        serde_json::to_writer(&mut self.stdout, entry)?;
        self.stdout.write_all(b"\n")
    }
}
