//! `answer`: an answer about credentials, as it can be shown in a ticket.

use super::args::AnswerArgs;
use super::console::say;
use super::exit::{Exit, Failure};
use super::input::Input;
use super::rotate::no_core_dumps;
use qstash_redact::credentials::redact_answer;
use std::io::{self, Read as _, Write as _};
use zeroize::Zeroizing;

/// The largest answer, in bytes.
const LARGEST: u64 = 64 << 20;

pub(super) fn run(flags: &AnswerArgs) -> Result<Exit, Failure> {
    no_core_dumps()?;
    let input = Input::find(&flags.file, "FILE")?;
    let failed = |error: &io::Error| Failure::read(&input.name(), error);
    let mut answer = Zeroizing::new(Vec::new());
    input
        .open_raw()
        .map_err(|error| failed(&error))?
        .take(LARGEST + 1)
        .read_to_end(&mut answer)
        .map_err(|error| failed(&error))?;
    if answer.len() as u64 > LARGEST {
        return Err(Failure::content(format!(
            "{}: this is too large for an answer",
            input.name()
        )));
    }
    let shown = redact_answer(&answer).map_err(|error| Failure::input(&input.name(), &error))?;
    let mut stdout = io::stdout();
    stdout
        .write_all(shown.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::write("stdout", &error))?;
    if shown.as_bytes() != answer.as_slice() {
        say("e-mail addresses and ids of customers can be guessed from their placeholders");
    }
    Ok(Exit::Done)
}
