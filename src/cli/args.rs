//! The flags, as typed: syntax only. What they mean together is decided in [`plan`](super::plan).

use super::hunt::HuntArgs;
use super::playbook::PlaybookArgs;
use super::rotate::RotateArgs;
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use qstash_redact::verify::Pairing;
use qstash_redact::{BodyEncoding, Existing, Placeholder, RedactFields};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    verification found a difference, an old secret is not proven dead, or a hunt found something
  2    usage: the command line was not understood, or cannot be done
  3    bad input, or records in which nothing was selected
  4    something could not be read, written or reached
  5    a service refused, or nobody knows what it did
  101  a fault of the program
After Ctrl-C, SIGTERM or SIGHUP the program ends by that signal (a shell shows 130, 143 or 129).

Names of files that do not exist, and all else that was typed by mistake, are never repeated in
messages: a value given instead of a file would end up in a log.";

const SANITIZE_EXAMPLES: &str = "\
Examples:
  qstash-redact sanitize dlq.json -o clean.json
  qstash-redact sanitize 'logs.ndjson.zst' -o clean.ndjson.gz --report report.json
  curl … | qstash-redact sanitize --fields 'body,header[Authorization]' > clean.json
  qstash-redact sanitize pages/*.json --out-dir clean
  qstash-redact sanitize dlq.ndjson -o clean.ndjson --on-bad quarantine=bad.ndjson

OUTPUT is written beside its place and renamed when it is complete, so that a run that fails leaves
what was there before; one that is killed can leave a file `.qstash-redact-….unfinished`. What goes
to stdout, a pipe or a device cannot be taken back: after a failure the good records before it are out.";

const VERIFY_USAGE: &str = "\
qstash-redact verify [OPTIONS] <ORIGINAL> <REDACTED>
       qstash-redact verify [OPTIONS] --only <FILE>
       qstash-redact verify --placeholder <PLACEHOLDER> [--strip-newline] [FILE]";

const VERIFY_EXAMPLES: &str = "\
Examples:
  qstash-redact verify dlq.json clean.json
  qstash-redact verify --pair id --json dlq.ndjson.zst clean.ndjson.gz
  qstash-redact verify --only clean.json --fields 'body,header[Authorization]'
  printf %s \"$TOKEN\" | qstash-redact verify --placeholder REDACTED:…

Values are read from files and stdin, never taken from the command line, where other users and the
history of the shell can see them.";

const FINGERPRINT_EXAMPLES: &str = "\
Examples:
  printf %s \"$TOKEN\" | qstash-redact fingerprint
  qstash-redact fingerprint --strip-newline token.txt";

const ANSWER_EXAMPLES: &str = "\
Examples:
  qstash-redact answer < answer.json
  curl … https://api.upstash.com/v2/redis/databases | qstash-redact answer

Whoever knows an e-mail address can confirm it by its placeholder: it is short and easily guessed.";

/// Redact, verify and sanitize what QStash shows of messages: private values become
/// `REDACTED:<SHA-256>`, everything else stays byte for byte.
#[derive(Parser)]
#[command(
    name = "qstash-redact",
    version,
    after_help = EXIT_CODES,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Replace private values in exports: DLQ pages, logs, schedules, NDJSON.
    Sanitize(SanitizeArgs),
    /// Check that private values were replaced by the right placeholders, and nothing else changed.
    Verify(VerifyArgs),
    /// Print the placeholder of a value: of the exact bytes of a file or of stdin.
    Fingerprint(FingerprintArgs),
    /// Find copies of a secret by its fingerprint, in files, archives and the history of git.
    Hunt(Box<HuntArgs>),
    /// Replace leaked credentials of Upstash, store the new ones, and prove that the old ones are dead.
    Rotate(Box<RotateArgs>),
    /// Print an answer about credentials as it can be shown in a ticket: secrets and people replaced.
    Answer(AnswerArgs),
    /// Print what to do after a break-in, as commands in the right order; or report what was done.
    Playbook(PlaybookArgs),
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page, of the program or of one command, such as `rotate redis`.
    Man {
        /// The command.
        #[arg(value_name = "COMMAND")]
        words: Vec<String>,
    },
}

#[derive(clap::Args)]
#[command(after_help = SANITIZE_EXAMPLES, after_long_help = format!("{SANITIZE_EXAMPLES}\n\n{EXIT_CODES}"))]
pub(super) struct SanitizeArgs {
    /// Files to read, one after another; `-` is stdin. Names in `.gz` and `.zst` are decompressed.
    #[arg(value_name = "INPUT", default_value = "-")]
    pub(super) inputs: Vec<PathBuf>,

    /// Where to write; `-` is stdout. A name in `.gz` or `.zst` is compressed.
    ///
    /// A file gets the mode of the one it replaces, a new one 0600. A file that is read is never
    /// written.
    #[arg(short, long, value_name = "OUTPUT", default_value = "-")]
    pub(super) output: PathBuf,

    /// Write one file per INPUT, of the same name, into this directory; made if it is missing.
    ///
    /// Files that are there already and no older than their INPUT are finished and skipped, also where
    /// bad lines were set aside. Neither another rule nor an INPUT with an older time makes them
    /// unfinished: use another directory.
    #[arg(long, value_name = "DIR", conflicts_with = "output")]
    pub(super) out_dir: Option<PathBuf>,

    #[command(flatten)]
    pub(super) selection: Selection,

    /// What to do with placeholders found where a value is selected: keep them, or fail.
    #[arg(long, value_name = "WHAT", default_value = "keep")]
    pub(super) existing: ExistingArg,

    /// Write what was done, and what stays visible, to this file as JSON.
    ///
    /// It is written at the end of a run that failed, too, and says whether the run was complete.
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,

    /// Print errors only: no summary, no progress.
    #[arg(short, long)]
    pub(super) quiet: bool,

    /// Set bad lines of NDJSON aside in this file and go on: quarantine=FILE.
    ///
    /// FILE gets the lines as they are, private values included. It is made with mode 0600 or
    /// appended to; one that others may read is refused. The run ends with code 3 if there were
    /// any. Inside a page or an array, and in documents of several lines, an error ends the run; so
    /// do a record over --max-record and a placeholder that --existing fail refuses.
    #[arg(long, value_name = "quarantine=FILE", value_parser = OsStringValueParser::new().try_map(quarantine))]
    pub(super) on_bad: Option<Quarantine>,

    /// How many threads to work with; the output is the same for every number.
    ///
    /// Otherwise it is as many as the machine has for a file, 16 at most, and one for a pipe, so that
    /// its records are not held up. Each takes a few MiB of memory.
    #[arg(short, long, value_name = "N")]
    pub(super) jobs: Option<NonZeroUsize>,

    /// Accept records in which nothing at all was selected.
    ///
    /// Otherwise they end the run with code 3, and OUTPUT is not written: an unknown shape could
    /// hold private values in clear.
    #[arg(long)]
    pub(super) allow_no_match: bool,

    /// List the names of members that are unknown and stay visible, in summary and report.
    ///
    /// A name can be private itself, where people use data as keys.
    #[arg(long)]
    pub(super) list_unknown: bool,
}

/// What is private, and where.
#[derive(clap::Args)]
pub(super) struct Selection {
    /// What is private, as `Upstash-Redact-Fields` has it, and more for exports.
    ///
    /// A list of body, header, header[NAME], response.body, response.header, response.header[NAME],
    /// url, error, ip.
    #[arg(
        long,
        value_name = "LIST",
        default_value_t = RedactFields::everything(),
        value_parser = fields
    )]
    pub(super) fields: RedactFields,

    /// What bodies hold whose encoding depends on the place: auto knows the shapes of QStash.
    #[arg(long, value_name = "ENCODING", default_value = "auto")]
    pub(super) body_encoding: BodyEncodingArg,

    /// The largest record, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20, value_parser = positive)]
    pub(super) max_record: usize,
}

#[derive(clap::Args)]
#[command(
    override_usage = VERIFY_USAGE,
    after_help = VERIFY_EXAMPLES,
    after_long_help = format!("{VERIFY_EXAMPLES}\n\n{EXIT_CODES}")
)]
pub(super) struct VerifyArgs {
    /// What was redacted; with --placeholder, the file that holds the value. `-` is stdin.
    #[arg(value_name = "ORIGINAL")]
    pub(super) original: Option<PathBuf>,

    /// What came out.
    #[arg(value_name = "REDACTED", conflicts_with = "placeholder")]
    pub(super) redacted: Option<PathBuf>,

    /// Check without an original: nothing that the rule selects is in clear in this file.
    ///
    /// Whether a placeholder is the right one cannot be known then.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["original", "pair"])]
    pub(super) only: Option<PathBuf>,

    /// Check that the value in a file or on stdin belongs to this placeholder.
    #[arg(
        long,
        value_name = "PLACEHOLDER",
        conflicts_with_all = ["only", "fields", "body_encoding", "max_record", "pair", "json", "all", "allow_no_match"]
    )]
    pub(super) placeholder: Option<Placeholder>,

    /// Leave one line break at the end of the value out, as editors and `echo` put it there.
    #[arg(long)]
    pub(super) strip_newline: bool,

    #[command(flatten)]
    pub(super) selection: Selection,

    /// Pair records by their identifiers, for files in another order; holds REDACTED in memory.
    ///
    /// Otherwise they pair by position, and their identifiers must agree.
    #[arg(long, value_name = "BY", default_value = "position")]
    pub(super) pair: PairArg,

    /// Print JSON, one object a line: the findings, and the counts as the last one.
    #[arg(long)]
    pub(super) json: bool,

    /// Print what is as it should be, too, not only what differs.
    #[arg(long)]
    pub(super) all: bool,

    /// Accept records without any value to check.
    ///
    /// Otherwise a run that had nothing to check ends with code 3.
    #[arg(long)]
    pub(super) allow_no_match: bool,
}

#[derive(clap::Args)]
#[command(after_help = FINGERPRINT_EXAMPLES)]
pub(super) struct FingerprintArgs {
    /// The file that holds the value, read as it is; `-` is stdin. Never the value itself.
    #[arg(value_name = "FILE", default_value = "-")]
    pub(super) file: PathBuf,

    /// Leave one line break at the end out, as editors and `echo` put it there.
    #[arg(long)]
    pub(super) strip_newline: bool,
}

#[derive(clap::Args)]
#[command(
    after_help = ANSWER_EXAMPLES,
    after_long_help = format!("{ANSWER_EXAMPLES}\n\n{EXIT_CODES}")
)]
pub(super) struct AnswerArgs {
    /// The file that holds the answer, JSON of any shape; `-` is stdin.
    #[arg(value_name = "FILE", default_value = "-")]
    pub(super) file: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum PairArg {
    Position,
    Id,
}

impl From<PairArg> for Pairing {
    fn from(pair: PairArg) -> Self {
        match pair {
            PairArg::Position => Self::Position,
            PairArg::Id => Self::Id,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum ExistingArg {
    Keep,
    Fail,
}

impl From<ExistingArg> for Existing {
    fn from(existing: ExistingArg) -> Self {
        match existing {
            ExistingArg::Keep => Self::Keep,
            ExistingArg::Fail => Self::Refuse,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum BodyEncodingArg {
    Auto,
    Text,
    Base64,
}

impl From<BodyEncodingArg> for BodyEncoding {
    fn from(encoding: BodyEncodingArg) -> Self {
        match encoding {
            BodyEncodingArg::Auto => Self::Auto,
            BodyEncodingArg::Text => Self::Text,
            BodyEncodingArg::Base64 => Self::Base64,
        }
    }
}

/// The file of `quarantine=FILE`.
#[derive(Clone)]
pub(super) struct Quarantine(pub(super) PathBuf);

fn quarantine(text: OsString) -> Result<Quarantine, &'static str> {
    match text.as_bytes().strip_prefix(b"quarantine=") {
        None | Some(b"") => Err("it is quarantine=FILE"),
        Some(file) => Ok(Quarantine(OsString::from_vec(file.to_vec()).into())),
    }
}

/// An empty rule selects nothing: an unset variable of a shell must not mean "in clear".
fn fields(text: &str) -> Result<RedactFields, String> {
    let fields: RedactFields = text
        .parse()
        .map_err(|error: qstash_redact::Error| error.to_string())?;
    if fields.is_empty() {
        return Err("an empty rule would redact nothing".to_owned());
    }
    Ok(fields)
}

fn positive(text: &str) -> Result<usize, &'static str> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("it is a number of bytes, 1 or more"),
    }
}
