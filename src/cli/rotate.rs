//! `rotate`: new credentials in the place of leaked ones, without ever showing one.
//!
//! What is asked for becomes a [`Job`]; a dry run looks at it, a check tries what it replaced, and a
//! rotation drives the library's machine through it. Secrets leave this process in two ways only:
//! in requests to the service they belong to, and by way of the [`store`].

mod args;
mod candidates;
mod check;
mod client;
mod command;
mod confirm;
mod consent;
mod dotenv;
mod drive;
mod dry;
mod guard;
mod job;
mod json;
mod ledger;
mod legacy;
mod login;
mod old;
mod prompt;
mod redis;
mod refusal;
mod roles;
mod screen;
mod shown;
mod store;
mod trouble;
mod trust;
mod variables;
mod whereabouts;

use super::exit::{Exit, Failure};
use super::signals;
use args::What;
pub(super) use args::{LedgerArg, RotateArgs};
pub(super) use guard::no_core_dumps;
use job::Job;
pub(super) use ledger::{is_ledger, look};

pub(super) fn run(args: RotateArgs) -> Result<Exit, Failure> {
    guard::no_core_dumps()?;
    signals::install().map_err(|error| Failure::io("cannot handle signals", &error))?;
    match args.what {
        What::Confirm {
            region,
            label,
            ledger,
            consent,
        } => confirm::run(region.region, label.label, &ledger, &consent),
        what => {
            let job = Job::of(what)?;
            roles::check(&job)?;
            if job.flags.check.check_old {
                old::run(&job)
            } else if job.flags.dry_run {
                dry::run(&job)
            } else {
                drive::run(&job)
            }
        }
    }
}
