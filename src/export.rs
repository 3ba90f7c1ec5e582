//! Exports of any size: bytes are pushed in, sanitized bytes come out, record by record.
//!
//! An [`Export`] does no I/O. It keeps the bytes of the record that is not complete yet and nothing
//! else, so that its memory is bounded by the largest record. What comes out was validated record by
//! record: the bytes of a record are released when all of it was read and found good.

mod copy;
mod input;
mod lines;
mod parallel;

use crate::error::{Error, ErrorKind};
use crate::redact::Redactor;
use crate::scan::Fault;
use crate::select::{Boundary, Pick, Seen, Stop, Walk};
use crate::splice::Splicer;
use crate::summary::Summary;
pub use copy::CopyError;
use input::Input;
pub use lines::BadLine;
use lines::Lines;
use parallel::{Landmarks, Parallel};
use std::fmt;
use std::num::NonZeroUsize;

/// How many bytes are taken in at a time: they and what is made of them stay in the cache.
const CHUNK: usize = 256 << 10;

/// The same where values are long. One long value leaves half of the processor idle that hashes it, and
/// in so many bytes there are several: 1.1 times as fast for bodies of 650 KB on a quiet machine, while
/// whoever hashes nothing long is better off with bytes that stay in the cache, by a quarter.
const LONG_CHUNK: usize = 4 << 20;

/// From how many bytes on a value is long.
const LONG_VALUE: usize = 64 << 10;

/// How large a record may be if nothing else is said: 256 MiB.
const RECORD_LIMIT: usize = 256 << 20;

/// Unescaped and decoded values may take this much before they are hashed within a chunk.
const WAITING: usize = LONG_CHUNK;

/// Sanitizes a sequence of JSON documents: pages, NDJSON, single messages, anything in between.
///
/// A *record* is an element of the outermost array of objects that is reached through objects only,
/// else the whole document. An array inside of a private value (a parsed body, a header map) holds no
/// records, so that an export has the same records whatever the rule.
///
/// ```
/// use qstash_redact::{Export, Redactor};
///
/// let mut export = Export::new(Redactor::new("body".parse()?));
/// let mut clean = Vec::new();
/// for part in [r#"{"messages":[{"messageId":"msg_1","bo"#, r#"dy":"hello"}]}"#] {
///     export.push(part.as_bytes(), &mut clean)?;
///     // Write `clean` somewhere, and clear it.
/// }
/// export.finish(&mut clean)?;
/// assert!(clean.starts_with(br#"{"messages":[{"messageId":"msg_1","body":"REDACTED:2cf24d"#));
/// assert_eq!(export.summary().records, 1);
/// # Ok::<(), qstash_redact::Error>(())
/// ```
pub struct Export {
    redactor: Redactor,
    record_limit: usize,
    /// Where bad lines go, if they are set aside.
    lines: Option<Lines>,
    input: Input,
    walk: Walk,
    picks: Vec<Pick>,
    /// What was seen since the last release.
    seen: Seen,
    splicer: Splicer,
    /// The values that were hashed last were long.
    has_long_values: bool,
    counts: Summary,
    /// The error that ended the run.
    failed: Option<Error>,
    /// How many threads work in `step` and `copy`.
    jobs: NonZeroUsize,
    /// What they do and have done; away while it is at work, and lost if that panics.
    parallel: Option<Box<Parallel>>,
    /// What records begin and end with, as long as that is to be learned.
    landmarks: Option<Landmarks>,
}

impl Export {
    /// An export sanitized by `redactor`, with records of up to 256 MiB.
    #[must_use]
    pub fn new(redactor: Redactor) -> Self {
        Self {
            redactor,
            record_limit: RECORD_LIMIT,
            lines: None,
            input: Input::default(),
            walk: Walk::new(),
            picks: Vec::new(),
            seen: Seen::new(false),
            splicer: Splicer::default(),
            has_long_values: false,
            counts: Summary::default(),
            failed: None,
            jobs: NonZeroUsize::MIN,
            parallel: None,
            landmarks: None,
        }
    }

    /// Makes records of more than `bytes` an error; what stands between records counts as well.
    #[must_use]
    pub fn with_record_limit(mut self, bytes: usize) -> Self {
        self.record_limit = bytes;
        self
    }

    /// Collects the names of unknown members for the summary. A name can be private itself.
    #[must_use]
    pub fn with_unknown_names(mut self) -> Self {
        self.seen = Seen::new(true);
        self
    }

    /// Sets bad lines of NDJSON aside, for [`take_bad_lines`](Self::take_bad_lines), and goes on.
    ///
    /// A line is released when all of it is good, and holds objects or arrays only. Inside a page,
    /// or in a document of several lines, an error still ends the run: there is no telling where
    /// the next record begins.
    #[must_use]
    pub fn with_bad_lines_set_aside(mut self) -> Self {
        self.lines = Some(Lines::default());
        self
    }

    /// Lets `jobs` threads work at a time in [`step`](Self::step) and [`copy`](Self::copy).
    ///
    /// What comes out, the summary and the errors are the same for every number of jobs. With more
    /// than one, input is read ahead in chunks: as many as there are jobs and two more, of 512 KiB
    /// each, or up to 4 MiB where records are that large. So much waits before anything comes out,
    /// and a stream that someone watches is better served by one job. A record of more than a chunk
    /// is the work of one thread, and so is everything if bad lines are set aside.
    ///
    /// The threads begin when there is work for them, and end with the export.
    #[must_use]
    pub fn with_jobs(mut self, jobs: NonZeroUsize) -> Self {
        self.jobs = jobs;
        self.parallel = (jobs.get() > 1).then(Box::default);
        self
    }

    /// Takes `input` in, and appends what is sanitized so far to `output`.
    ///
    /// # Errors
    ///
    /// When the input is not JSON, or breaks a limit; `output` then holds the good records before.
    /// The run is over: every later call gives the same error.
    pub fn push(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<(), Error> {
        self.check()?;
        self.catch_up(output)?;
        self.take_in(input, output)
    }

    /// Says that the input is complete, and appends the rest to `output`.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push), and when the input ends inside a document.
    pub fn finish(&mut self, output: &mut Vec<u8>) -> Result<(), Error> {
        self.check()?;
        self.catch_up(output)?;
        self.complete(output)
    }

    /// What was done so far.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.counts.clone()
    }

    /// The bad lines found since the last call, with the line break at their end.
    pub fn take_bad_lines(&mut self) -> Vec<BadLine> {
        self.lines.as_mut().map(Lines::take).unwrap_or_default()
    }

    /// Refuses to go on after an error.
    fn check(&self) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        if self.jobs.get() > 1 && self.parallel.is_none() {
            return Err(Error::new(
                ErrorKind::Internal,
                "a panic has ended the run, and what was read ahead is lost",
            ));
        }
        Ok(())
    }

    /// [`push`](Self::push), with nothing read ahead.
    fn take_in(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<(), Error> {
        for chunk in input.chunks(CHUNK) {
            self.input.append(chunk);
            self.work(chunk.len(), output)?;
        }
        Ok(())
    }

    /// [`finish`](Self::finish), with nothing read ahead.
    fn complete(&mut self, output: &mut Vec<u8>) -> Result<(), Error> {
        self.drive(true, output)?;
        self.counts.complete = true;
        Ok(())
    }

    /// Works on the `length` bytes that have just come in.
    fn work(&mut self, length: usize, output: &mut Vec<u8>) -> Result<(), Error> {
        self.counts.bytes_in += length as u64;
        self.drive(false, output)
    }

    /// Walks as far as the input goes; `last` says that no more will come.
    fn drive(&mut self, last: bool, output: &mut Vec<u8>) -> Result<(), Error> {
        let result = self
            .walk_input(last, output)
            .map_err(|fault| self.locate(fault));
        self.forget_released();
        if let Err(error) = &result {
            // What had been read beyond the error is nobody's business.
            self.counts.bytes_in = error.offset().unwrap_or(self.counts.bytes_in);
            self.failed = Some(error.clone());
        }
        result
    }

    fn walk_input(&mut self, last: bool, output: &mut Vec<u8>) -> Result<(), Fault> {
        let before = output.len();
        let walked = match self.lines.take() {
            None => self.walk_documents(last, output),
            Some(mut lines) => {
                let walked = self.walk_lines(&mut lines, last, output);
                if walked.is_err() {
                    self.take_back(&lines);
                }
                self.lines = Some(lines);
                walked
            }
        };
        if let Some(length) = self.splicer.longest() {
            self.has_long_values = length >= LONG_VALUE;
        }
        // What was good before a fault goes out complete.
        let filled = self.splicer.fill(self.input.bytes(), output);
        self.counts.bytes_out += (output.len() - before) as u64;
        filled.and(walked)
    }

    fn forget_released(&mut self) {
        let consumed = self.input.compact();
        // Inside a record nothing is released, and there may be a great many picks.
        if consumed == 0 {
            return;
        }
        self.walk.forget(consumed);
        self.picks.iter_mut().for_each(|pick| pick.forget(consumed));
        if let Some(names) = &mut self.seen.unknown_names {
            names.iter_mut().for_each(|name| name.forget(consumed));
        }
        if let Some(lines) = &mut self.lines {
            lines.forget(consumed);
        }
    }

    fn walk_documents(&mut self, last: bool, output: &mut Vec<u8>) -> Result<(), Fault> {
        loop {
            let filled = self.input.bytes().len();
            match self.run(filled, last)? {
                Stop::More => return self.check_limit(filled),
                // Blanks wait for the document behind them, so that what comes out does not depend
                // on how the input was pushed.
                Stop::Between if last => return self.release(filled, output),
                Stop::Between => return self.check_limit(filled),
                Stop::At(end, boundary) => {
                    self.release(end, output)?;
                    self.count(boundary);
                    if let Some(landmarks) = &mut self.landmarks {
                        landmarks.see(&self.walk, self.input.bytes(), end);
                    }
                }
            }
        }
    }

    /// Walks to the next stop before `end`.
    fn run(&mut self, end: usize, last: bool) -> Result<Stop, Fault> {
        let stop = self.walk.run(
            self.redactor.rule(),
            &self.input.bytes()[..end],
            last,
            &mut self.picks,
            &mut self.seen,
        );
        // Which fault shows first in too large a record must not depend on how it was pushed.
        stop.map_err(|fault| self.check_limit(fault.at).err().unwrap_or(fault))
    }

    /// Counts what has ended.
    fn count(&mut self, boundary: Boundary) {
        let selected = std::mem::take(&mut self.seen.selected);
        self.counts.documents += u64::from(matches!(
            boundary,
            Boundary::Document | Boundary::RecordDocument
        ));
        if matches!(boundary, Boundary::Record | Boundary::RecordDocument) {
            self.counts.records += 1;
            self.counts.unmatched += u64::from(!selected);
        }
    }

    /// Writes the input up to `end`, of which all is good.
    fn release(&mut self, end: usize, output: &mut Vec<u8>) -> Result<(), Fault> {
        self.check_limit(end)?;
        let span = self.input.take(end, self.walk.take_lines());
        let input = self.input.bytes();
        let written = output.len();
        // Only a redactor that refuses placeholders can fail here, and then nothing was done.
        let before = self.redactor.refuses().then(|| self.counts.clone());
        let spliced = self.redactor.splice(
            input,
            span,
            &self.picks,
            &mut self.splicer,
            output,
            &mut self.counts,
        );
        if spliced.is_err() {
            output.truncate(written);
            self.splicer.forget_from(written);
            if let Some(before) = before {
                self.counts = before;
            }
        }
        self.picks.clear();
        spliced?;
        self.counts.unknown += std::mem::take(&mut self.seen.unknown);
        for (sum, part) in self.counts.visible.iter_mut().zip(&mut self.seen.visible) {
            *sum += std::mem::take(part);
        }
        for name in self
            .seen
            .unknown_names
            .iter_mut()
            .flat_map(|names| names.drain(..))
        {
            self.counts.add_unknown_name(&name.read(input));
        }
        if self.splicer.waiting() > WAITING {
            self.splicer.fill(input, output)?;
        }
        Ok(())
    }

    /// Refuses a record, or what stands between records, of which more than the limit is known.
    fn check_limit(&self, end: usize) -> Result<(), Fault> {
        let start = self.input.start();
        if end - start <= self.record_limit {
            return Ok(());
        }
        Err(Fault {
            kind: ErrorKind::TooLarge,
            what: "a record is larger than the limit",
            at: start,
        })
    }

    fn locate(&self, fault: Fault) -> Error {
        let (line, offset) = self.input.locate(fault.at);
        Error::new(fault.kind, fault.what)
            .at(line, offset)
            .in_record(self.counts.records + 1)
    }
}

impl fmt::Debug for Export {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Export")
            .field("redactor", &self.redactor)
            .field("records", &self.counts.records)
            .field("bytes_in", &self.counts.bytes_in)
            .field("failed", &self.failed)
            .field("parallel", &self.parallel)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
