//! Questions to whoever sits at the terminal. Answers are read from it alone, so that input which was
//! redirected is never taken for one.

use super::super::console::printable;
use super::super::exit::Failure;
use qstash_redact::credentials::Secret;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};

/// The longest answer, in bytes.
const LONGEST: u64 = 4096;

/// Asks for something that must not be seen. `instead` says where it can come from without a terminal.
pub(super) fn secret(what: &str, instead: &str) -> Result<Secret, Failure> {
    let answer = line(what, instead)?;
    if answer.is_empty() {
        return Err(Failure::usage(format!("{what}: nothing was typed")));
    }
    Ok(answer)
}

/// The same where nothing is an answer, too.
pub(super) fn line(what: &str, instead: &str) -> Result<Secret, Failure> {
    rpassword::prompt_password(format!("{what} (it is not shown): "))
        .map(Secret::new)
        .map_err(|error| unasked(what, instead, &error))
}

/// Asks to type `word`, and says whether that was done.
pub(super) fn typed(word: &str, instead: &str) -> Result<bool, Failure> {
    let ask = || -> io::Result<String> {
        let mut terminal = File::options().read(true).write(true).open("/dev/tty")?;
        write!(terminal, "Type {} to go on: ", printable(word))?;
        let mut line = String::new();
        BufReader::new(terminal.take(LONGEST)).read_line(&mut line)?;
        Ok(line)
    };
    match ask() {
        Ok(line) => Ok(line.trim() == word),
        Err(error) => Err(unasked("consent", instead, &error)),
    }
}

fn unasked(what: &str, instead: &str, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::Interrupted {
        return Failure::usage(format!("{what}: nothing was typed"));
    }
    Failure::usage(format!("{what}: there is no terminal to ask at; {instead}"))
}
