//! Files of any size, in pieces of any size: a window that moves through them.

use super::base64;
use super::finding::Finding;
use super::level::Hit;
use super::place::Place;
use super::search::Search;
use super::syntax::Syntax;
use super::targets::{MAX_LENGTH, Targets};
use super::utf16::Utf16;
use crate::fingerprint::Placeholder;
use std::fmt;

/// How many bytes are searched at a time: room for the longest value at every place of its first half.
const WINDOW: usize = 2 * MAX_LENGTH;

/// How many bytes of UTF-16 are decoded at a time.
const DECODED: usize = 64 << 10;

/// Hunts through one file after the other.
///
/// A file that begins with the mark of UTF-16 is searched as the text that it is, and as it stands.
/// What it finds does not depend on how a file is cut into pieces. It can be used again for the next
/// file, and then allocates nothing more.
///
/// ```
/// use qstash_redact::Fingerprint;
/// use qstash_redact::hunt::{Hunter, Targets};
///
/// let mut targets = Targets::new();
/// targets.insert(Fingerprint::of(b"an-old-token"));
/// let mut hunter = Hunter::new(&targets);
/// let mut findings = Vec::new();
/// for piece in [&b"# production\nTOKEN=an-o"[..], b"ld-token\n"] {
///     hunter.push(piece, &mut findings);
/// }
/// hunter.finish(&mut findings);
/// assert_eq!((findings[0].line, findings[0].column, findings[0].offset), (2, 7, 19));
/// ```
pub struct Hunter<'t> {
    targets: &'t Targets,
    syntax: Syntax,
    /// Through the bytes as they are.
    bytes: Windows,
    /// Through the text of a file that is UTF-16; there from the first such file on.
    text: Option<Box<Windows>>,
    decoder: Utf16,
    decoded: Vec<u8>,
    /// What was found in a file that is UTF-16, to be put in order at its end.
    held: Vec<Finding>,
}

impl<'t> Hunter<'t> {
    /// A hunter for `targets`, at the beginning of a file.
    #[must_use]
    pub fn new(targets: &'t Targets) -> Self {
        Self {
            targets,
            syntax: Syntax::Any,
            bytes: Windows::new(Place::default()),
            text: None,
            decoder: Utf16::default(),
            decoded: Vec::new(),
            held: Vec::new(),
        }
    }

    /// Says how values stand in the file that begins now. In others they may stand in [any](Syntax::Any)
    /// way.
    pub fn expect(&mut self, syntax: Syntax) {
        self.syntax = syntax;
    }

    /// Takes the next bytes of a file and appends what was found by now, in order.
    ///
    /// What is found in a file that is UTF-16 is appended at its end.
    pub fn push(&mut self, bytes: &[u8], findings: &mut Vec<Finding>) {
        let rules = (self.targets, self.syntax);
        // Of many bytes of UTF-16 only some are decoded at a time.
        for bytes in bytes.chunks(DECODED) {
            self.decoder.push(bytes, &mut self.decoded);
            if !self.decoder.is_there() {
                self.bytes.push(rules, bytes, findings);
                continue;
            }
            // A mark can stand before other bytes by chance, or on purpose: those are searched, too.
            self.bytes.push(rules, bytes, &mut self.held);
            let text = text(&mut self.text);
            text.push(rules, &self.decoded, &mut self.held);
            self.decoded.clear();
        }
    }

    /// Says that the file has ended, appends what else was found, and is ready for the next file.
    pub fn finish(&mut self, findings: &mut Vec<Finding>) {
        let rules = (self.targets, std::mem::take(&mut self.syntax));
        if self.decoder.is_there() {
            self.decoder.finish(&mut self.decoded);
            let text = text(&mut self.text);
            text.push(rules, &self.decoded, &mut self.held);
            text.finish(rules, Place::behind_mark(), &mut self.held);
            self.decoded.clear();
        }
        self.decoder.finish(&mut self.decoded);
        self.bytes.finish(rules, Place::default(), &mut self.held);
        self.held.sort_by_key(|finding| finding.offset);
        findings.append(&mut self.held);
    }
}

/// The windows for the text of UTF-16.
fn text(windows: &mut Option<Box<Windows>>) -> &mut Windows {
    windows.get_or_insert_with(|| Box::new(Windows::new(Place::behind_mark())))
}

/// What is hunted in a file, and how values stand there.
type Rules<'t> = (&'t Targets, Syntax);

/// A window that moves through one file after the other.
struct Windows {
    search: Search,
    /// Where the window begins in the file.
    place: Place,
    hits: Vec<Hit>,
}

impl Windows {
    /// Windows of a file whose bytes begin at `place`.
    fn new(place: Place) -> Self {
        Self {
            search: Search::new(),
            place,
            hits: Vec::new(),
        }
    }

    fn push(&mut self, rules: Rules<'_>, mut bytes: &[u8], findings: &mut Vec<Finding>) {
        while !bytes.is_empty() {
            let window = self.search.window();
            let taken = bytes.len().min(WINDOW - window.len());
            window.extend_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            if window.len() == WINDOW {
                self.search_window(rules, findings);
            }
        }
    }

    /// Searches what is left of a file; the next one begins at `next`.
    fn finish(&mut self, rules: Rules<'_>, next: Place, findings: &mut Vec<Finding>) {
        let length = self.search.bytes().len();
        let whole = self.place.offset() == next.offset();
        let (targets, syntax) = rules;
        let line_feeds = self
            .search
            .run(targets, syntax, 0..length, whole, &mut self.hits);
        self.report(length, line_feeds, findings);
        self.search.window().clear();
        self.place = next;
    }

    /// Searches a full window and moves on.
    fn search_window(&mut self, (targets, syntax): Rules<'_>, findings: &mut Vec<Finding>) {
        // A window ends with a line. Where that is impossible, because a line is too long or because
        // lines are not what is asked for, windows overlap by what a value can be long at most.
        let lap = WINDOW - MAX_LENGTH;
        let lines = match targets.every_offset() {
            [] => WINDOW,
            _ => lap,
        };
        let bytes = self.search.bytes();
        let (end, next) = match memchr::memrchr(b'\n', &bytes[..lines]) {
            Some(at) => (at + 1, at + 1),
            None => (WINDOW, in_phase(bytes, lap)),
        };
        let line_feeds = self
            .search
            .run(targets, syntax, 0..end, false, &mut self.hits);
        self.report(next, line_feeds, findings);
        let window = self.search.window();
        window.copy_within(next.., 0);
        window.truncate(WINDOW - next);
    }

    /// Reports the hits that begin before `next`, where the next window begins; the others wait for what
    /// is found there. With a line feed before `next` there are `line_feeds` of them.
    fn report(&mut self, next: usize, line_feeds: u64, findings: &mut Vec<Finding>) {
        // Of the ways in which one copy was found the shortest counts, and the fingerprint before a form.
        let key = |hit: &Hit| {
            let digest = *hit.fingerprint.as_bytes();
            (hit.range.start, digest, hit.layers.len(), hit.kind)
        };
        self.hits.sort_unstable_by_key(key);
        self.hits.dedup_by(|hit, before| {
            let same =
                hit.range.start == before.range.start && hit.fingerprint == before.fingerprint;
            if same && before.name.is_none() {
                before.name = hit.name.take();
            }
            same
        });
        let bytes = self.search.bytes();
        let mut at = 0;
        let waiting = self.hits.partition_point(|hit| hit.range.start < next);
        for hit in self.hits.drain(..waiting) {
            self.place.advance(&bytes[at..hit.range.start]);
            at = hit.range.start;
            let length = self.place.length(&bytes[hit.range.clone()]);
            let (line, column) = self.place.line_and_column();
            findings.push(Finding {
                offset: self.place.offset(),
                length,
                line,
                column,
                kind: hit.kind,
                layers: hit.layers,
                placeholder: Placeholder::from(hit.fingerprint),
                name: hit.name,
            });
        }
        for hit in &mut self.hits {
            hit.range = hit.range.start - next..hit.range.end - next;
        }
        match at {
            // All were counted.
            0 => self.place.advance_lines(&bytes[..next], line_feeds),
            _ => self.place.advance(&bytes[at..next]),
        }
    }
}

/// A place at or just before `at` where base64 can be cut: a multiple of four digits behind its beginning.
fn in_phase(bytes: &[u8], at: usize) -> usize {
    let start = bytes[..at]
        .iter()
        .rposition(|byte| !base64::is_digit(*byte))
        .map_or(0, |other| other + 1);
    at - (at - start) % 4
}

impl fmt::Debug for Hunter<'_> {
    /// Shows how far it is, no byte of what it holds.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Hunter")
            .field("targets", self.targets)
            .field("offset", &self.bytes.place.offset())
            .finish_non_exhaustive()
    }
}
