//! Where findings come together: put in order, held against the baseline, printed.

use super::super::exit::Failure;
use super::super::output::Output;
use super::super::progress::Progress;
use super::super::target::Target;
use super::args::HuntArgs;
use super::baseline::Baseline;
use super::entry::Entry;
use super::report::{Json, Report, Sarif, Text};
use super::totals::Totals;
use std::io::{self, BufWriter, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// How many entries are held, to be printed in order. Beyond that they are printed part by part.
const HELD: usize = 100_000;

/// How often the progress is looked at.
const PERIOD: Duration = Duration::from_millis(100);

pub(super) struct Desk {
    report: Box<dyn Report>,
    output: BufWriter<Output>,
    progress: Progress,
    /// What of the baseline was not met yet.
    baseline: Baseline,
    /// Everything that was found, for the next baseline.
    next: Option<(Target, Baseline)>,
    held: Vec<Entry>,
    found: u64,
    accepted: u64,
}

impl Desk {
    pub(super) fn new(
        flags: &HuntArgs,
        baseline: Baseline,
        next: Option<Target>,
        output: Output,
        progress: Progress,
    ) -> Self {
        let report: Box<dyn Report> = match (flags.json, flags.sarif) {
            (true, _) => Box::new(Json),
            (_, true) => Box::<Sarif>::default(),
            _ => Box::new(Text),
        };
        Self {
            report,
            output: BufWriter::new(output),
            progress,
            baseline,
            next: next.map(|target| (target, Baseline::default())),
            held: Vec::new(),
            found: 0,
            accepted: 0,
        }
    }

    /// Takes entries until nobody sends any more. An error is one of the output.
    pub(super) fn receive(&mut self, entries: &Receiver<Vec<Entry>>) -> io::Result<()> {
        self.report.begin(&mut self.output)?;
        loop {
            match entries.recv_timeout(PERIOD) {
                Ok(some) => self.held.extend(some),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.print(),
            }
            if self.held.len() >= HELD {
                self.print()?;
            }
            let found = self.held.len() as u64 + self.found;
            self.progress.show(|| found);
        }
    }

    /// Prints what is held.
    fn print(&mut self) -> io::Result<()> {
        let mut held = std::mem::take(&mut self.held);
        held.sort_by(Entry::order);
        let mut printed = Ok(());
        self.progress.clear();
        for entry in &held {
            if let Entry::Found(found) = entry {
                if let Some((_, next)) = &mut self.next {
                    next.add(found);
                }
                if self.baseline.accepts(found) {
                    self.accepted += 1;
                    continue;
                }
                self.found += 1;
            }
            printed = self.report.entry(entry, &mut self.output);
            if printed.is_err() {
                break;
            }
        }
        printed
    }

    /// Ends the report, and puts what is written in its place. Adds what was found to `totals`.
    pub(super) fn close(mut self, totals: &mut Totals) -> Result<(), Failure> {
        totals.found = self.found;
        totals.accepted = self.accepted;
        let failed = |error: io::Error| Failure::write("OUTPUT", &error);
        (self.report.end(totals, &mut self.output))
            .and_then(|()| self.output.flush())
            .map_err(failed)?;
        let output = self
            .output
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        output.finish().map_err(failed)?;
        let Some((target, next)) = self.next else {
            return Ok(());
        };
        let failed = |error: io::Error| Failure::write("the new baseline", &error);
        let mut file = BufWriter::new(Output::begin(&target).map_err(failed)?);
        next.write(&mut file)
            .and_then(|()| file.flush())
            .map_err(failed)?;
        let file = file
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        file.finish().map_err(failed)
    }
}
