//! The flags of `rotate`, as typed.

use super::store::Format;
use super::variables::{Preset, Variable};
use clap::builder::OsStringValueParser;
use clap::{Args, Subcommand};
use qstash_redact::credentials::{Base, Id, Region};
use std::ffi::OsString;
use std::path::PathBuf;

pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  qstash-redact rotate redis ID --dry-run --out .env.production
  qstash-redact rotate redis ID --out .env.production --preset sdk --preset kv
  qstash-redact rotate qstash ID --format json --exec vault kv put secret/qstash -
  qstash-redact rotate signing-keys --region us-east-1 --out .env.production
  qstash-redact rotate confirm --region us-east-1
  qstash-redact rotate redis ID --check-old --old old.env --out .env.production

E-mail address and API key of the developer API come from UPSTASH_EMAIL and UPSTASH_API_KEY, from
files, or are asked for; the token of the QStash API from QSTASH_TOKEN. Never from the command line,
which other users and the history of the shell can see.

New secrets go to FILE and COMMAND only. The ledger holds what was rotated when, with fingerprints
in the place of secrets; a rotation that was interrupted goes on where it was when it is run again.";

#[derive(Args)]
#[command(
    after_help = EXAMPLES,
    after_long_help = format!("{EXAMPLES}\n\n{}", super::super::args::EXIT_CODES),
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub(in crate::cli) struct RotateArgs {
    #[command(subcommand)]
    pub(super) what: What,
}

#[derive(Subcommand)]
pub(super) enum What {
    /// The token of a QStash user.
    Qstash {
        #[command(flatten)]
        id: IdArg,

        #[command(flatten)]
        region: RegionArg,

        /// Use the path that was documented first, which names no id: it acts on the account's own user.
        ///
        /// It is refused where the account has other users than ID.
        #[arg(long, conflicts_with = "check_old")]
        legacy_path: bool,

        #[command(flatten)]
        flags: Flags,
    },
    /// The password and tokens of a Redis database.
    Redis {
        #[command(flatten)]
        id: IdArg,

        #[command(flatten)]
        flags: Flags,
    },
    /// The tokens of a Vector index.
    Vector {
        #[command(flatten)]
        id: IdArg,

        #[command(flatten)]
        flags: Flags,
    },
    /// The tokens of a Search index.
    Search {
        #[command(flatten)]
        id: IdArg,

        #[command(flatten)]
        flags: Flags,
    },
    /// The signing keys of QStash: rolls them, so that the next key becomes the current one.
    SigningKeys {
        #[command(flatten)]
        region: RegionArg,

        #[command(flatten)]
        label: LabelArg,

        #[command(flatten)]
        flags: Flags,
    },
    /// Say that every application has the signing keys of the last roll, so that another is allowed.
    Confirm {
        #[command(flatten)]
        region: RegionArg,

        #[command(flatten)]
        label: LabelArg,

        #[command(flatten)]
        ledger: LedgerArg,

        #[command(flatten)]
        consent: ConsentArg,
    },
}

#[derive(Args)]
pub(super) struct IdArg {
    /// The id, as the console and the developer API show it.
    #[arg(value_name = "ID")]
    pub(super) id: Id,
}

#[derive(Args)]
pub(super) struct RegionArg {
    /// The region of QStash, such as us-east-1: each has tokens and keys of its own.
    #[arg(long, value_name = "REGION")]
    pub(super) region: Option<Region>,
}

#[derive(Args)]
pub(super) struct LabelArg {
    /// A name for these keys in the ledger, where it holds those of several accounts.
    #[arg(long, value_name = "NAME")]
    pub(super) label: Option<Id>,
}

#[derive(Args)]
pub(in crate::cli) struct LedgerArg {
    /// The ledger; otherwise it is qstash-redact/ledger.jsonl where the system keeps states of
    /// programs, which is XDG_STATE_HOME, or .local/state in the home directory.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) ledger: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct ConsentArg {
    /// Go on without asking.
    #[arg(long)]
    pub(super) yes: bool,
}

#[derive(Args)]
pub(super) struct Flags {
    #[command(flatten)]
    pub(super) to: To,

    #[command(flatten)]
    pub(super) login: LoginArgs,

    #[command(flatten)]
    pub(super) places: Places,

    #[command(flatten)]
    pub(super) ledger: LedgerArg,

    #[command(flatten)]
    pub(super) consent: ConsentArg,

    /// Say what would be done, and prove that FILE can be written; reads, and changes nothing.
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Rotate once more although the last rotation is not known to have succeeded, or was just done.
    ///
    /// For credentials that the service shows only once, and that were lost.
    #[arg(long)]
    pub(super) again: bool,

    #[command(flatten)]
    pub(super) check: Check,
}

/// Where new secrets go, and under which names.
#[derive(Args)]
pub(super) struct To {
    /// The file that the new secrets are written to, as NAME=value, or as JSON if it ends in .json.
    ///
    /// Other lines and members stay. It is replaced as a whole, with mode 0600.
    #[arg(short, long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,

    /// A command that gets the new secrets on its standard input; must be the last of the flags.
    ///
    /// What it prints is shown with placeholders for secrets, and not at all where a part of one may be
    /// in it. It is not run by a shell, and gets none of our own credentials.
    #[arg(
        long,
        value_name = "COMMAND",
        num_args = 1..,
        allow_hyphen_values = true,
        value_parser = OsStringValueParser::new()
    )]
    pub(super) exec: Vec<OsString>,

    /// How long COMMAND may take, in seconds; then it is ended, and the secrets are not stored.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub(super) exec_timeout: u16,

    /// How the secrets are written; otherwise as FILE's name says, and to a command as dotenv.
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<Format>,

    /// Set the variable NAME to a member of the answer; may be given several times.
    ///
    /// Members are token, read_only_token, password, rest_token, read_only_rest_token, current, next,
    /// and url, which is a Redis URL with the password in it.
    #[arg(
        long = "as",
        value_name = "NAME=MEMBER",
        value_parser = Variable::parse
    )]
    pub(super) variables: Vec<Variable>,

    /// Set the variables that SDKs or an integration use; may be given several times.
    #[arg(long, value_name = "PRESET")]
    pub(super) preset: Vec<Preset>,

    /// Replace variables of FILE that hold something else than the old secrets.
    ///
    /// Otherwise that is refused: it may be the only copy of another secret.
    #[arg(long)]
    pub(super) overwrite: bool,

    /// What the names of presets begin with; otherwise the region, where there is one.
    #[arg(long, value_name = "PREFIX", value_parser = prefix)]
    pub(super) prefix: Option<String>,
}

/// Where our own credentials come from. Values are never flags.
#[derive(Args)]
pub(super) struct LoginArgs {
    /// A file with the e-mail address of the account; `-` is stdin. Otherwise UPSTASH_EMAIL.
    #[arg(long, value_name = "FILE")]
    pub(super) email_file: Option<PathBuf>,

    /// A file with the key of the developer API; `-` is stdin. Otherwise UPSTASH_API_KEY.
    #[arg(long, value_name = "FILE")]
    pub(super) api_key_file: Option<PathBuf>,

    /// A file with the token of the QStash API, for signing keys; `-` is stdin. Otherwise QSTASH_TOKEN,
    /// behind the region where there is one.
    #[arg(long, value_name = "FILE")]
    pub(super) token_file: Option<PathBuf>,
}

/// Where the services are.
#[derive(Args)]
pub(super) struct Places {
    /// Another developer API: https, or http to this machine.
    #[arg(long, value_name = "URL")]
    pub(super) endpoint: Option<Base>,

    /// Another QStash API.
    #[arg(long, value_name = "URL")]
    pub(super) qstash_endpoint: Option<Base>,

    /// Another REST API of the database or index than the answer names.
    #[arg(long, value_name = "URL")]
    pub(super) rest_endpoint: Option<Base>,

    /// Certificate authorities, in PEM, to trust instead of those of the web.
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Option<PathBuf>,

    /// How long to wait for an answer, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub(super) timeout: u16,
}

/// The proof that an old secret is dead.
#[derive(Args)]
pub(super) struct Check {
    /// Prove that the old secrets of the last rotation are dead; rotates nothing.
    ///
    /// Each must be refused with 401 where the new one is accepted in the same run. The new ones are
    /// read from FILE if --out is given, and else from the service.
    #[arg(long, conflicts_with_all = ["dry_run", "again", "exec"])]
    pub(super) check_old: bool,

    /// A file with the old secrets; `-` is stdin. Otherwise they are asked for.
    ///
    /// One secret, or several as NAME=value or JSON. They must match the fingerprints in the ledger.
    #[arg(long, value_name = "FILE", requires = "check_old")]
    pub(super) old: Option<PathBuf>,
}

fn prefix(text: &str) -> Result<String, &'static str> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if text.bytes().all(letter) {
        Ok(text.to_owned())
    } else {
        Err("the name of a variable has letters, digits and `_` only")
    }
}
