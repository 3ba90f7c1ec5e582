//! `sanitize`: exports in, sanitized exports out.

use super::args::SanitizeArgs;
use super::console::{print, say};
use super::exit::{Exit, Failure};
use super::input::Input;
use super::output::Output;
use super::plan::{Plan, REPORT, Work};
use super::progress::Progress;
use super::quarantine::Quarantine;
use super::{signals, summary};
use qstash_redact::{BadLine, Export, Summary};
use std::io::{self, Write as _};

/// How many bad lines are described one by one.
const BAD_LINES_TOLD: u64 = 10;

pub(super) fn run(flags: SanitizeArgs) -> Result<Exit, Failure> {
    signals::install().map_err(|error| Failure::io("cannot handle signals", &error))?;
    let plan = Plan::new(flags)?;
    if !plan.quiet {
        for input in &plan.finished {
            say(format_args!("{}: finished already, skipped", input.name()));
        }
    }
    // Opened before the work, so that it is not done in vain.
    let report = plan
        .report
        .as_ref()
        .map(|target| Output::begin(target).map_err(|error| Failure::write(REPORT, &error)))
        .transpose()?;
    let quarantine = plan.quarantine.as_ref().map(Quarantine::open).transpose()?;
    let mut run = Run {
        progress: Progress::new(
            plan.length(),
            "records",
            plan.quiet || plan.fills_terminal(),
        ),
        plan: &plan,
        quarantine,
        total: Summary::default(),
        bad_lines: 0,
        unmatched: false,
        withheld: false,
    };
    let ended = run.all();
    run.close(ended, report)
}

struct Run<'p> {
    plan: &'p Plan,
    progress: Progress,
    quarantine: Option<Quarantine>,
    total: Summary,
    bad_lines: u64,
    /// Nothing was selected in some records, and that is not allowed.
    unmatched: bool,
    /// So an output was not put in place.
    withheld: bool,
}

impl Run<'_> {
    fn all(&mut self) -> Result<(), Failure> {
        self.plan.works.iter().try_for_each(|work| self.one(work))
    }

    /// Makes one output.
    fn one(&mut self, work: &Work) -> Result<(), Failure> {
        let begun = Output::begin(&work.target);
        let mut output = Joined::new(begun.map_err(|error| Failure::write(&work.name, &error))?);
        let mut unmatched = 0;
        for input in &work.inputs {
            let mut export = self.plan.export(input);
            let copied = self.input(&mut export, input, &mut output, &work.name);
            let summary = export.summary();
            unmatched += summary.unmatched;
            self.total.add(&summary);
            copied.map_err(|failure| failure.and(&work.after_failure()))?;
            if summary.documents == 0 && !self.plan.quiet {
                self.progress
                    .pause(|| say(format_args!("{}: no documents in it", input.name())));
            }
        }
        if let Some(quarantine) = &self.quarantine {
            quarantine.sync()?;
        }
        if unmatched > 0 && !self.plan.allow_no_match {
            self.unmatched = true;
            self.progress.pause(|| say(work.without_match(unmatched)));
            if work.target.is_file() {
                self.withheld = true;
                return Ok(());
            }
        }
        let finished = output.output.finish();
        finished.map_err(|error| Failure::write(&work.name, &error).and(&work.after_failure()))
    }

    /// Sanitizes one input into an output.
    fn input(
        &mut self,
        export: &mut Export,
        input: &Input,
        output: &mut Joined,
        output_name: &str,
    ) -> Result<(), Failure> {
        let name = input.name();
        let reader = input.open(self.progress.meter());
        let mut reader = reader.map_err(|error| Failure::read(&name, &error))?;
        let mut buffer = Vec::new();
        output.next_input();
        loop {
            let more = export.step(&mut reader, &mut buffer);
            self.set_aside(&name, &export.take_bad_lines())?;
            let written = output.write(&buffer);
            written.map_err(|error| Failure::write(output_name, &error))?;
            buffer.clear();
            let before = self.total.records;
            self.progress.show(|| before + export.summary().records);
            if !more.map_err(|error| Failure::copy(&name, output_name, &error))? {
                return Ok(());
            }
        }
    }
}

impl Run<'_> {
    /// Moves bad lines to the quarantine file, and says what is wrong with them.
    fn set_aside(&mut self, input: &str, lines: &[BadLine]) -> Result<(), Failure> {
        let Some(quarantine) = &mut self.quarantine else {
            return Ok(());
        };
        for line in lines {
            quarantine.add(&line.bytes, line.error.is_some())?;
        }
        quarantine.flush()?;
        for error in lines.iter().filter_map(|line| line.error.as_ref()) {
            self.bad_lines += 1;
            if self.bad_lines <= BAD_LINES_TOLD {
                self.progress
                    .pause(|| say(format_args!("{input}: {error}; set aside")));
            }
        }
        Ok(())
    }

    /// Says what was done, and how the run ended.
    fn close(
        mut self,
        ended: Result<(), Failure>,
        report: Option<Output>,
    ) -> Result<Exit, Failure> {
        self.progress.clear();
        self.total.complete = ended.is_ok() && !self.withheld;
        if self.bad_lines > BAD_LINES_TOLD {
            say(format_args!(
                "{} more bad lines were set aside",
                self.bad_lines - BAD_LINES_TOLD
            ));
        }
        let silent = ended.as_ref().is_err_and(Failure::is_silent);
        if !self.plan.quiet && !silent {
            print(&summary::table(&self.total, self.plan.fields()));
        }
        let reported = report.map_or(Ok(()), |report| write_report(report, &self.total));
        match (ended, reported) {
            (Err(failure), Err(other)) => {
                other.tell();
                Err(failure)
            }
            (Err(failure), Ok(())) | (Ok(()), Err(failure)) => Err(failure),
            (Ok(()), Ok(())) if self.bad_lines > 0 || self.unmatched => Ok(Exit::BadInput),
            (Ok(()), Ok(())) => Ok(Exit::Done),
        }
    }
}

fn write_report(mut report: Output, summary: &Summary) -> Result<(), Failure> {
    serde_json::to_writer_pretty(&mut report, summary)
        .map_err(io::Error::from)
        .and_then(|()| report.write_all(b"\n"))
        .and_then(|()| report.finish())
        .map_err(|error| Failure::write(REPORT, &error))
}

impl Work {
    /// What became of the output when a run failed.
    fn after_failure(&self) -> String {
        if self.target.is_file() {
            format!("{} was not written", self.name)
        } else {
            "what was good before is written already".to_owned()
        }
    }

    /// What became of the output when nothing was selected in `records` records.
    fn without_match(&self, records: u64) -> String {
        let outcome = if self.target.is_file() {
            format!("{} was not written", self.name)
        } else {
            "they are written already".to_owned()
        };
        format!(
            "records in which nothing was selected: {records}; {outcome}; \
             look at their shape, and use --allow-no-match if they may pass as they are"
        )
    }
}

/// Outputs of several inputs, one after another.
struct Joined {
    output: Output,
    /// Something was written, and it did not end with a line break.
    open_line: bool,
    /// Another input has begun, of which nothing is written yet.
    begins: bool,
}

impl Joined {
    fn new(output: Output) -> Self {
        Self {
            output,
            open_line: false,
            begins: false,
        }
    }

    fn next_input(&mut self) {
        self.begins = true;
    }

    /// Writes, with a line break between two inputs where there is none: two numbers, or two lines of
    /// NDJSON, must not become one.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(last) = bytes.last() else {
            return Ok(());
        };
        if self.begins && self.open_line {
            self.output.write_all(b"\n")?;
        }
        self.begins = false;
        self.open_line = *last != b'\n';
        self.output.write_all(bytes)
    }
}
