//! `playbook`: what to do when a platform that held credentials was broken into, as commands in the
//! right order; and the document that says what was done.

mod report;

use super::exit::{Exit, Failure};
use super::rotate::LedgerArg;
use clap::ValueEnum;
use std::io::{self, Write as _};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  qstash-redact playbook --setup integration
  qstash-redact playbook > incident.sh
  qstash-redact playbook --report report.json --findings findings.json";

/// The parts of the checklist. Each is a script that can be run as it stands.
const BEGIN: &str = include_str!("playbook/begin.sh");
const WARNINGS: &str = include_str!("playbook/warnings.sh");
const MANUAL: &str = include_str!("playbook/manual.sh");
const INTEGRATION: &str = include_str!("playbook/integration.sh");
const END: &str = include_str!("playbook/end.sh");

#[derive(clap::Args)]
#[command(
    after_help = EXAMPLES,
    after_long_help = format!("{EXAMPLES}\n\n{}", super::args::EXIT_CODES)
)]
pub(super) struct PlaybookArgs {
    /// How the credentials got onto the platform.
    #[arg(
        long,
        value_name = "HOW",
        default_value = "manual",
        conflicts_with = "report"
    )]
    setup: Setup,

    /// Write what the ledger says, checks of old secrets included, into this file as JSON.
    ///
    /// It holds fingerprints in the place of secrets, and can be shown to whoever has to know.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// What a search found, as `hunt --json` wrote it, to get into the report.
    #[arg(long, value_name = "FILE", requires = "report")]
    findings: Vec<PathBuf>,

    #[command(flatten)]
    ledger: LedgerArg,
}

#[derive(Clone, Copy, ValueEnum)]
enum Setup {
    /// By an integration of the platform with Upstash, which writes the variables.
    Integration,
    /// Somebody copied them by hand.
    Manual,
}

pub(super) fn run(flags: &PlaybookArgs) -> Result<Exit, Failure> {
    match &flags.report {
        Some(file) => report::write(file, flags.ledger.ledger.as_deref(), &flags.findings)?,
        None => io::stdout()
            .write_all(checklist(flags.setup).as_bytes())
            .map_err(|error| Failure::write("stdout", &error))?,
    }
    Ok(Exit::Done)
}

fn checklist(setup: Setup) -> String {
    let (heading, rotate) = match setup {
        Setup::Manual => ("were copied to the platform by hand", MANUAL),
        Setup::Integration => ("are written by an integration of the platform", INTEGRATION),
    };
    format!(
        "# A platform that held credentials of Upstash was broken into; the credentials {heading}.\n\
         #\n{WARNINGS}{BEGIN}{rotate}{END}"
    )
}

#[cfg(test)]
mod tests {
    use super::super::args::Args;
    use super::*;
    use clap::Parser as _;

    /// The words of every command of ours in a script, quotes and variables resolved as far as the
    /// parser cares.
    fn commands(script: &str) -> Vec<Vec<String>> {
        script
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .flat_map(|line| line.split("qstash-redact ").skip(1))
            .map(|command| {
                let end = command.find(['|', '<', ';', '>']).unwrap_or(command.len());
                std::iter::once("qstash-redact".to_owned())
                    .chain(command[..end].split_whitespace().map(|word| {
                        word.replace(['"', '\''], "")
                            .replace("$REDIS_ID", "id")
                            .replace("$QSTASH_ID", "id")
                    }))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn every_command_that_it_prints_is_understood() {
        for setup in Setup::value_variants() {
            let found = commands(&checklist(*setup));
            for name in ["hunt", "rotate", "playbook"] {
                assert!(found.iter().any(|words| words[1] == name), "no {name}");
            }
            all_are_understood(&found);
        }
    }

    #[test]
    fn every_command_of_its_documentation_is_understood() {
        let blocks = include_str!("../../docs/incident.md")
            .split("```sh\n")
            .skip(1)
            .filter_map(|text| text.split_once("```"))
            .map(|(block, _)| block.replace("   qstash", "qstash"))
            .collect::<String>();
        let found = commands(&blocks);
        assert!(found.len() > 12);
        all_are_understood(&found);
    }

    fn all_are_understood(commands: &[Vec<String>]) {
        for words in commands {
            let parsed = Args::try_parse_from(words);
            assert!(parsed.is_ok(), "{words:?}: {}", parsed.err().unwrap());
        }
    }

    #[test]
    fn the_steps_are_in_the_order_of_an_incident() {
        for setup in Setup::value_variants() {
            let text = checklist(*setup);
            let mut rest = text.as_str();
            for step in [
                "WARNING: a reset in the dashboard alone is not enough",
                "WARNING: never roll signing keys twice",
                "activity logs",
                "hunt --known -",
                "rotate redis",
                "4. ",
                "Deploy again",
                "hunt --secrets -",
                "hunt --ledger",
                "rotate confirm",
                "--git --no-ignore",
                "--check-old",
                "--report",
                "ACL SETUSER",
                "Credential Protection",
            ] {
                let at = rest
                    .find(step)
                    .unwrap_or_else(|| panic!("no {step} in its place"));
                rest = &rest[at..];
            }
        }
    }
}
