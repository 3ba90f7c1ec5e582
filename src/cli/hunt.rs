//! `hunt`: every copy of a secret, by its fingerprint.
//!
//! Threads [walk] the trees and search what they come by ([`worker`]); histories of [git] repositories
//! follow. What is found comes together at one [desk], which puts it in order, asks the [baseline] and
//! has it [reported](report). Nothing in here holds a value: the library hands out places and
//! placeholders.

mod args;
mod baseline;
mod desk;
mod entry;
mod git;
mod identity;
mod keepers;
mod names;
mod place;
mod report;
mod roots;
mod rules;
mod sealed;
mod totals;
mod walk;
mod wanted;
mod worker;

use super::console::print;
use super::exit::{Exit, Failure};
use super::output::Output;
use super::progress::Progress;
use super::signals;
use super::target::Target;
use baseline::Baseline;
use desk::Desk;
use entry::Entry;
use roots::Roots;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use totals::Totals;
use walk::Walk;
use worker::{Shared, Worker};

pub(super) use args::HuntArgs;

/// More threads than this are not used unless they are asked for.
const MAX_JOBS: usize = 16;

/// How many batches of findings may wait for the desk.
const WAITING: usize = 64;

pub(super) fn run(flags: HuntArgs) -> Result<Exit, Failure> {
    signals::install().map_err(|error| Failure::io("cannot handle signals", &error))?;
    let is_stdin = |path: &Path| path.as_os_str() == "-";
    if flags.secrets.as_deref().is_some_and(is_stdin)
        && flags.paths.iter().any(|path| is_stdin(path))
    {
        return Err(Failure::usage("stdin can be read only once"));
    }
    let targets = wanted::targets(&flags)?;
    let baseline = flags.baseline.as_deref().map(Baseline::read).transpose()?;
    let next = flags.write_baseline.as_deref();
    let next = next
        .map(|path| Target::find(path, "the new baseline"))
        .transpose()?;
    let roots = Roots::find(&flags)?;
    let output = Target::find(&flags.output, "OUTPUT")?;
    let output = Output::begin(&output).map_err(|error| Failure::write("OUTPUT", &error))?;

    let progress = Progress::new(None, "findings", flags.quiet);
    let shared = Shared {
        targets: &targets,
        max_file: flags.max_file,
        git: flags.git,
        stop: AtomicBool::new(false),
        meter: progress.meter().clone(),
    };
    let jobs = flags.jobs.map_or_else(default_jobs, NonZeroUsize::get);
    let mut desk = Desk::new(&flags, baseline.unwrap_or_default(), next, output, progress);
    let (sender, receiver) = sync_channel(WAITING);
    let (hunted, received) = thread::scope(|scope| {
        let hunting = scope.spawn(|| hunt(&shared, roots, jobs, !flags.no_ignore, sender));
        let received = desk.receive(&receiver);
        // Nobody listens any more.
        shared.stop.store(true, Ordering::Relaxed);
        drop(receiver);
        (hunting.join(), received)
    });
    received.map_err(|error| Failure::write("OUTPUT", &error))?;
    // A panic has told of itself.
    let mut totals = hunted.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    desk.close(&mut totals)?;
    if !flags.quiet {
        print(&report::table(&totals));
    }
    if flags.git && totals.repositories == 0 {
        return Err(Failure::usage("--git: there is no git repository here"));
    }
    Ok(match totals {
        // Where something was not searched the list of copies may not be whole, which comes first.
        Totals { unread: 1.., .. } => Exit::Io,
        Totals { found: 1.., .. } => Exit::Difference,
        _ => Exit::Done,
    })
}

/// As many threads as the machine has.
fn default_jobs() -> usize {
    thread::available_parallelism()
        .map_or(1, NonZeroUsize::get)
        .min(MAX_JOBS)
}

/// Searches everything: trees by `jobs` threads, histories one after the other.
fn hunt(
    shared: &Shared<'_>,
    roots: Roots,
    jobs: usize,
    rules: bool,
    sender: SyncSender<Vec<Entry>>,
) -> Totals {
    let mut first = Worker::new(shared, sender.clone());
    let walk = Walk::new(roots.shown_by(&mut first), rules);
    let (mut totals, mut repositories) = (Totals::default(), Vec::new());
    thread::scope(|scope| {
        let others: Vec<_> = (1..jobs)
            .map(|_| {
                let mut worker = Worker::new(shared, sender.clone());
                let walk = &walk;
                scope.spawn(move || {
                    walk.join(&mut worker);
                    (worker.take_repositories(), worker.done())
                })
            })
            .collect();
        walk.join(&mut first);
        for other in others {
            let (found, more) = other
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            totals += more;
            repositories.extend(found);
        }
    });
    repositories.extend(first.take_repositories());
    repositories.sort();
    repositories.dedup_by(|one, other| one.path == other.path);
    for repository in &repositories {
        first.history(repository);
    }
    totals += first.done();
    totals
}
