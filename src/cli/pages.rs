//! What the program says about itself to shells and to `man`.

use super::args::Args;
use super::exit::{Exit, Failure};
use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;
use std::io::{self, Write as _};

pub(super) fn completions(shell: Shell) -> Result<Exit, Failure> {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    print(&script)
}

/// The page of the program, or of one of its commands.
pub(super) fn man(name: Option<&str>) -> Result<Exit, Failure> {
    let mut command = Args::command();
    command.build();
    let command = match name {
        None => command,
        Some(name) => command
            .find_subcommand(name)
            .ok_or_else(|| Failure::usage("there is no such command"))?
            .clone(),
    };
    let mut page = Vec::new();
    Man::new(command)
        .render(&mut page)
        .and_then(|()| page.flush())
        .map_err(|error| Failure::io("cannot make the page", &error))?;
    print(&page)
}

fn print(text: &[u8]) -> Result<Exit, Failure> {
    let mut stdout = io::stdout();
    stdout
        .write_all(text)
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::write("stdout", &error))?;
    Ok(Exit::Done)
}
