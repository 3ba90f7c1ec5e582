//! Reads the command line, and says what is wrong with it without repeating it.

use super::args::{Args, Command};
use super::exit::Exit;
use clap::Parser as _;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

/// What the command line asks for, or how the run ends after a help text or a usage error.
pub(super) fn parse() -> Result<Command, Exit> {
    Args::try_parse().map(|args| args.command).map_err(|error| {
        let usage = error.use_stderr();
        match without_input(error).print() {
            _ if usage => Exit::Usage,
            Ok(()) => Exit::Done,
            Err(_) => Exit::Io,
        }
    })
}

/// Takes out what was typed. `fingerprint FILE VALUE` is a usage error, and the value must not get
/// into a log by way of it. The names of flags and their possible values stay.
fn without_input(mut error: Error) -> Error {
    let mut typed = vec![ContextKind::InvalidValue];
    match error.kind() {
        ErrorKind::UnknownArgument => typed.push(ContextKind::InvalidArg),
        ErrorKind::InvalidSubcommand => typed.push(ContextKind::InvalidSubcommand),
        _ => {}
    }
    // A tip that repeats the argument.
    error.remove(ContextKind::Suggested);
    for kind in typed {
        if error.get(kind).is_some() {
            error.insert(kind, ContextValue::String("…".to_owned()));
        }
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_usage_error_repeats_what_was_typed() {
        for line in [
            "s3cret",
            "--s3cret",
            "sanitize --s3cret",
            "sanitize --s3cret=s3cret",
            "sanitize -s3cret",
            "sanitize --quiet=s3cret",
            "sanitize --max-record s3cret",
            "sanitize --body-encoding s3cret",
            "sanitize --existing s3cret",
            "sanitize --on-bad s3cret",
            "sanitize -o a --out-dir b s3cret --output c",
            "fingerprint a s3cret",
            "fingerprint -- a s3cret",
            "completions s3cret",
            "rotate s3cret",
            "rotate redis s3cret/x",
            "rotate redis id s3cret",
            "rotate redis id --as s3cret",
            "rotate redis id --as A=s3cret",
            "rotate redis id --prefix s3cret!",
            "rotate redis id --region s3cret",
            "rotate redis id --endpoint https://user:s3cret@host",
            "rotate qstash id --region s3cret!",
            "playbook --setup s3cret",
        ] {
            let typed = std::iter::once("qstash-redact").chain(line.split(' '));
            let Err(error) = Args::try_parse_from(typed) else {
                panic!("{line} was understood");
            };
            let text = without_input(error).render().to_string();
            assert!(!text.contains("s3cret"), "{line}: {text}");
            assert!(text.contains("Usage:") || text.contains("--help"), "{text}");
        }
    }

    #[test]
    fn a_tip_names_the_flag_that_was_meant() {
        let error = Args::try_parse_from(["qstash-redact", "sanitize", "--feilds", "body"]);
        let text = without_input(error.err().unwrap()).render().to_string();
        assert!(text.contains("'--fields'"), "{text}");
    }

    #[test]
    fn a_rule_is_no_secret_and_its_token_is_named() {
        let error = Args::try_parse_from(["qstash-redact", "sanitize", "--fields", "body,bodi"]);
        let text = without_input(error.err().unwrap()).render().to_string();
        assert!(text.contains(r#"unknown keyword: "bodi""#), "{text}");
    }

    #[test]
    fn the_flags_are_consistent() {
        <Args as clap::CommandFactory>::command().debug_assert();
    }
}
