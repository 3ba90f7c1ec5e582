//! What the program says about itself to shells and to `man`.

use super::args::{Args, EXIT_CODES};
use super::exit::{Exit, Failure};
use clap::CommandFactory as _;
use clap::builder::Resettable;
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use std::io::{self, Write as _};

pub(super) fn completions(shell: Shell) -> Result<Exit, Failure> {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    print(&script)
}

/// The page of the program, or of the command that `words` name.
pub(super) fn man(words: &[String]) -> Result<Exit, Failure> {
    let mut command = Args::command();
    command.build();
    for word in words {
        command = command
            .find_subcommand(word)
            .ok_or_else(|| Failure::usage("there is no such command"))?
            .clone();
    }
    print(&page(command).map_err(|error| Failure::io("cannot make the page", &error))?)
}

/// A page whose examples and exit codes keep their lines.
fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let examples = command
        .get_after_help()
        .map(ToString::to_string)
        .filter(|text| text != EXIT_CODES);
    let command = command
        .after_help(Resettable::Reset)
        .after_long_help(Resettable::Reset);
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    let mut end = Roff::new();
    let sections = [
        ("EXAMPLES", examples),
        ("EXIT STATUS", Some(EXIT_CODES.to_owned())),
    ];
    for (title, text) in sections {
        let Some(text) = text else { continue };
        end.control("SH", [title]).control("nf", []);
        // The first line is a title of its own.
        for line in text.lines().skip(1) {
            end.text([roman(line)]);
        }
        end.control("fi", []);
    }
    end.to_writer(&mut page)?;
    Ok(page)
}

fn print(text: &[u8]) -> Result<Exit, Failure> {
    let mut stdout = io::stdout();
    stdout
        .write_all(text)
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::write("stdout", &error))?;
    Ok(Exit::Done)
}
