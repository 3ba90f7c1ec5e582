//! `rotate confirm`: somebody says that every application has the new signing keys.

use super::super::console::say;
use super::super::exit::{Exit, Failure};
use super::args::{ConsentArg, LedgerArg};
use super::consent;
use super::ledger::Book;
use qstash_redact::credentials::ledger::{Event, State};
use qstash_redact::credentials::{Id, Region, Target};

pub(super) fn run(
    region: Option<Region>,
    label: Option<Id>,
    ledger: &LedgerArg,
    consent: &ConsentArg,
) -> Result<Exit, Failure> {
    let target = Target::signing_keys(region, label);
    let mut book = Book::open(ledger.ledger.as_deref())?;
    match book.state(&target) {
        State::Stored {
            confirmed: true, ..
        } => {
            say(format_args!("{target}: this was said before"));
            return Ok(Exit::Done);
        }
        State::Stored { .. } => {}
        _ => {
            return Err(Failure::usage(format!(
                "{target}: the ledger knows of no roll that was finished; are --region, --label and \
                 --ledger right?"
            )));
        }
    }
    say(format_args!(
        "{target}: after this the keys can be rolled again, and whatever has not got the new ones by \
         then will reject every request"
    ));
    consent::ask(&target, consent)?;
    book.add_now(&target, Event::Confirmed)?;
    say(format_args!("{target}: confirmed"));
    Ok(Exit::Done)
}
