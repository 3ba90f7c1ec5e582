//! How far a run is, for people who wait at a terminal, and for nobody else.

use super::input::Meter;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

/// Bytes, rate, time left. There are no colors, whatever `NO_COLOR` says.
const KNOWN: &str = "{bytes} of {total_bytes}, {bytes_per_sec}, {eta} left, {msg}";
const UNKNOWN: &str = "{bytes}, {bytes_per_sec}, {msg}";

/// How long what is shown may be old.
const PERIOD: Duration = Duration::from_millis(100);

pub(super) struct Progress {
    /// `None` where there is no terminal.
    bar: Option<ProgressBar>,
    noun: &'static str,
    meter: Meter,
    shown: Instant,
}

impl Progress {
    /// Progress through `length` bytes, if that is known, in which `noun` are counted.
    pub(super) fn new(length: Option<u64>, noun: &'static str, quiet: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        let wanted = !quiet && !dumb && io::stderr().is_terminal();
        Self {
            bar: wanted.then(|| bar(length)),
            noun,
            meter: Meter::default(),
            shown: Instant::now(),
        }
    }

    /// What counts the bytes that are read.
    pub(super) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Shows how far it is, now and then.
    pub(super) fn show(&mut self, count: impl FnOnce() -> u64) {
        let Some(bar) = &self.bar else { return };
        if self.shown.elapsed() >= PERIOD {
            self.shown = Instant::now();
            bar.set_message(format!("{} {}", HumanCount(count()), self.noun));
            bar.set_position(self.meter.bytes());
        }
    }

    /// Lets something else be printed.
    pub(super) fn pause(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Takes it off the screen.
    pub(super) fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn bar(length: Option<u64>) -> ProgressBar {
    let template = if length.is_some() { KNOWN } else { UNKNOWN };
    // A template that is wrong would show the standard bar.
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr()).with_style(style);
    // There from the beginning, however long the first bytes take.
    bar.tick();
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_understood() {
        assert!(ProgressStyle::with_template(KNOWN).is_ok());
        assert!(ProgressStyle::with_template(UNKNOWN).is_ok());
    }
}
