//! The program: the only place that prints, opens files or handles signals.
//!
//! Flags as typed ([`args`]) become a plan that was checked ([`plan`]) before anything is opened for
//! writing. What the program prints never holds a value: not one read, and not one that somebody
//! gave on the command line by mistake.

#[cfg(not(unix))]
compile_error!("the program promises file modes, atomic renames and signals as Unix has them");

mod answer;
mod args;
mod console;
mod exit;
mod fingerprint;
mod hunt;
mod input;
mod output;
mod pages;
mod panic;
mod plan;
mod playbook;
mod progress;
mod quarantine;
mod rotate;
mod sanitize;
mod signals;
mod summary;
mod target;
mod unfinished;
mod usage;
mod value;
mod verify;

use args::Command;
use exit::Exit;

/// Runs the program and says how it ended.
pub(crate) fn run() -> Exit {
    panic::install();
    let command = match usage::parse() {
        Ok(command) => command,
        Err(exit) => return exit,
    };
    let ended = match command {
        Command::Sanitize(flags) => sanitize::run(flags),
        Command::Verify(flags) => verify::run(flags),
        Command::Fingerprint(flags) => fingerprint::run(&flags),
        Command::Hunt(flags) => hunt::run(*flags),
        Command::Rotate(flags) => rotate::run(*flags),
        Command::Answer(flags) => answer::run(&flags),
        Command::Playbook(flags) => playbook::run(&flags),
        Command::Completions { shell } => pages::completions(shell),
        Command::Man { words } => pages::man(&words),
    };
    ended.unwrap_or_else(|failure| {
        failure.tell();
        failure.exit()
    })
}
