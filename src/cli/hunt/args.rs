//! The flags of `hunt`, as typed.

use qstash_redact::{Fingerprint, Placeholder};
use std::num::NonZeroUsize;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qstash-redact hunt --for REDACTED:89561152c3f595f91dee15b0d8bf91457346c37c09fb804d2a9da1c5a3b481c1
  qstash-redact hunt --git --for REDACTED:… ~/projects
  qstash-redact hunt --secrets old-secrets.txt --sarif . > hunt.sarif
  vercel env pull /dev/stdout | qstash-redact hunt --known -
  qstash-redact hunt --known --baseline .qstash-redact-accepted.json .";

const EXIT_CODES: &str = "\
Exit codes:
  0    nothing was found
  1    something was found that is not accepted
  2    usage: the command line was not understood, or cannot be done
  4    something could not be read, so that there may be more than was found; or written
  101  a fault of the program

Files that are ignored by the rules of the tree are counted, and searched with --no-ignore. Files in
which credentials are kept (.env and its relatives, terraform's state, shell histories, and more
that `docs/hunt.md` lists) are always searched. Links are never followed; PATH itself may be one.";

#[derive(clap::Args)]
#[command(
    after_help = EXAMPLES,
    after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}")
)]
pub(crate) struct HuntArgs {
    /// Files and directories to search; `-` is stdin. Otherwise the current directory.
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// Look for the value behind this placeholder, or behind these 64 hex digits; can be repeated.
    #[arg(long = "for", value_name = "PLACEHOLDER", value_parser = placeholder)]
    pub(super) placeholders: Vec<Fingerprint>,

    /// Look for the secrets in this file, one a line; `-` is stdin. A line may be a placeholder.
    ///
    /// Blanks around them do not count; of NAME=VALUE the value is hunted, too. They are fingerprinted
    /// and forgotten. Give secrets in no other way: the command line is seen
    /// by other users and kept in the history of the shell.
    #[arg(long, value_name = "FILE")]
    pub(super) secrets: Option<PathBuf>,

    /// Look for every old secret of this ledger of rotations, whose lengths it knows.
    #[arg(long, value_name = "FILE")]
    pub(super) ledger: Option<PathBuf>,

    /// Look for Upstash's credentials by the names and forms they have, whatever their values.
    #[arg(long)]
    pub(super) known: bool,

    /// Try every place, not only where a token begins, for secrets whose length is known.
    ///
    /// The length is known of what --secrets and --ledger have, and of --length. This finds a secret
    /// in the midst of other letters, and takes many times as long.
    #[arg(long)]
    pub(super) exhaustive: bool,

    /// A length, in bytes, that the values behind --for can have, for --exhaustive; can be repeated.
    #[arg(long, value_name = "BYTES", requires = "exhaustive", value_parser = length)]
    pub(super) length: Vec<usize>,

    /// Look for values of at least so many bytes, otherwise 8: the lower, the slower.
    #[arg(long, value_name = "BYTES", value_parser = length)]
    pub(super) min_length: Option<usize>,

    /// Try the lines of source code as values, too, as those of all other files.
    ///
    /// Otherwise a value in files with such names (.rs, .py, .ts and the like) is one word or stands in
    /// quotes.
    #[arg(long)]
    pub(super) every_line: bool,

    /// Search the history of git repositories, too: every version of every file, and messages.
    ///
    /// This includes stashes, what only the reflog knows, and what nothing refers to any more.
    #[arg(long)]
    pub(super) git: bool,

    /// Search files that .gitignore and its like ignore, too.
    #[arg(long)]
    pub(super) no_ignore: bool,

    /// Print JSON, one object a line: what was found, what was not searched, the counts as the last.
    #[arg(long, conflicts_with = "sarif")]
    pub(super) json: bool,

    /// Print a SARIF 2.1.0 log, which code scanning services read.
    #[arg(long)]
    pub(super) sarif: bool,

    /// Where to write what was found; `-` is stdout. A file is there when it is complete.
    #[arg(short, long, value_name = "OUTPUT", default_value = "-")]
    pub(super) output: PathBuf,

    /// What has been accepted: it is counted, and not reported.
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,

    /// Write everything that was found to this file, to be accepted with --baseline from now on.
    #[arg(long, value_name = "FILE")]
    pub(super) write_baseline: Option<PathBuf>,

    /// The largest file, in bytes, also in an archive; larger ones are listed, and searched so far.
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) max_file: u64,

    /// Print what was found and errors only: no summary, no progress.
    #[arg(short, long)]
    pub(super) quiet: bool,

    /// How many threads to search with; otherwise as many as the machine has, 16 at most.
    #[arg(short, long, value_name = "N")]
    pub(super) jobs: Option<NonZeroUsize>,
}

/// A placeholder, or the digits alone, with the blanks that were pasted along. What else was pasted is not
/// repeated: it may be the secret.
fn placeholder(text: &str) -> Result<Fingerprint, &'static str> {
    let text = text.trim();
    text.parse::<Placeholder>()
        .map(|placeholder| placeholder.fingerprint())
        .or_else(|_| Fingerprint::from_hex(text.as_bytes()))
        .map_err(|_| {
            "it is REDACTED: and 64 hex digits; a secret itself belongs into a file, for --secrets"
        })
}

fn length(text: &str) -> Result<usize, &'static str> {
    match text.parse() {
        Ok(length) if length > 0 => Ok(length),
        _ => Err("it is a number of bytes, 1 or more"),
    }
}
