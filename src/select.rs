//! Rule × tokens → the spans to replace, and what stays visible.
//!
//! A [`Walk`] goes over a buffer token by token and picks the values that the rule selects, by the
//! name of the member they stand under. It hashes nothing and copies nothing. It also says where
//! records begin and end, so that whoever writes them can do so one by one.

mod place;
mod whole;

use crate::fields::RedactFields;
use crate::members::{self, BodyEncoding, Private, Shape};
use crate::scan::kernel::{self, Kernel, Task};
use crate::scan::{Ahead, Fault, Found, Scanner, Text, Token};
use place::{Place, Role, Scalar};

/// Which bytes of a picked value are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bytes {
    /// The JSON text as it stands: the value is no string.
    Raw,
    /// The string's text.
    Text,
    /// The bytes that the string's text encodes; the text itself if it is no base64.
    Base64,
    /// The string's text, but only if it is a URL with user info, a query or a fragment.
    Url,
}

/// A value to replace: where its JSON text stands in the buffer, quotes included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pick {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) member: Private,
    pub(crate) bytes: Bytes,
    /// Whether the string has escapes.
    pub(crate) escaped: bool,
}

impl Pick {
    /// Tells the pick that `count` bytes went from the front of the buffer.
    pub(crate) fn forget(&mut self, count: usize) {
        self.start -= count;
        self.end -= count;
    }
}

/// Why a walk stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// All before this offset of the buffer was found good.
    At(usize, Boundary),
    /// The buffer ends inside a document.
    More,
    /// The buffer ends between documents.
    Between,
}

/// What begins or ends at a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Boundary {
    /// The first record of an array begins; what stands before it belongs to no record.
    Records,
    /// A record of an array has ended.
    Record,
    /// A document has ended that had an array of records.
    Document,
    /// A document has ended that is a record as a whole.
    RecordDocument,
}

/// What the members of the walked bytes were.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// How often each member of the contract was passed on in clear.
    pub(crate) visible: [u64; members::COUNT],
    /// How many members the contract does not know.
    pub(crate) unknown: u64,
    /// Whether any member that the rule selects was found.
    pub(crate) selected: bool,
    /// Where the names of unknown members stand, if asked for.
    pub(crate) unknown_names: Option<Vec<Text>>,
}

impl Seen {
    pub(crate) fn new(names: bool) -> Self {
        Self {
            visible: [0; members::COUNT],
            unknown: 0,
            selected: false,
            unknown_names: names.then(Vec::new),
        }
    }

    /// Counts an unknown member.
    #[inline(always)]
    fn see_unknown(&mut self, name: Text) {
        self.unknown += 1;
        if let Some(names) = &mut self.unknown_names {
            names.push(name);
        }
    }

    /// Forgets what was seen.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.unknown_names.is_some());
    }
}

/// A walk over documents; like the scanner's, its state holds for a longer buffer too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Walk {
    scanner: Scanner,
    place: Place,
}

impl Walk {
    pub(crate) fn new() -> Self {
        Self::at(0)
    }

    /// A walk that begins at an offset of the buffer.
    pub(crate) fn at(position: usize) -> Self {
        Self {
            scanner: Scanner::at(position),
            place: Place::new(),
        }
    }

    /// Tells the walk that `count` bytes went from the front of the buffer.
    pub(crate) fn forget(&mut self, count: usize) {
        self.scanner.forget(count);
        self.place.forget(count);
    }

    /// How many lines have ended since this was last asked.
    pub(crate) fn take_lines(&mut self) -> u64 {
        self.scanner.take_lines()
    }

    /// The offset of the first byte that is not walked.
    pub(crate) fn position(&self) -> usize {
        self.scanner.position()
    }
}

/// What a walk looks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule<'r> {
    pub(crate) fields: &'r RedactFields,
    pub(crate) encoding: BodyEncoding,
}

impl Rule<'_> {
    /// Which bytes of a selected string are hashed; `in_log` says that it stands in a log or event.
    #[inline(always)]
    pub(crate) fn bytes(self, shape: Shape, in_log: bool) -> Bytes {
        match shape {
            Shape::Text | Shape::Headers => Bytes::Text,
            Shape::Base64 => Bytes::Base64,
            Shape::Url => Bytes::Url,
            Shape::Base64InLog => match self.encoding {
                BodyEncoding::Auto if in_log => Bytes::Base64,
                BodyEncoding::Auto | BodyEncoding::Text => Bytes::Text,
                BodyEncoding::Base64 => Bytes::Base64,
            },
        }
    }
}

impl Walk {
    /// Goes on to the next stop; what it finds on the way is added to `picks` and `seen`.
    pub(crate) fn run(
        &mut self,
        rule: Rule<'_>,
        input: &[u8],
        last: bool,
        picks: &mut Vec<Pick>,
        seen: &mut Seen,
    ) -> Result<Stop, Fault> {
        kernel::run(Run {
            walk: self,
            rule,
            input,
            last,
            picks,
            seen,
        })
    }

    #[inline(always)]
    fn run_with<K: Kernel>(
        &mut self,
        kernel: K,
        rule: Rule<'_>,
        input: &[u8],
        last: bool,
        picks: &mut Vec<Pick>,
        seen: &mut Seen,
    ) -> Result<Stop, Fault> {
        let mut ahead = Ahead::new();
        loop {
            self.take_members(kernel, &mut ahead, rule, input, picks, seen);
            let Self { scanner, place } = &mut *self;
            let token = match scanner.next(kernel, input, last)? {
                Found::Token(token) => token,
                Found::More => return Ok(Stop::More),
                Found::Between => return Ok(Stop::Between),
            };
            let candidate = place.candidate.take();
            let ended = match token {
                Token::Key(name) => {
                    if place.skip.is_none() {
                        place.role = place.role_of(rule, input, name, seen);
                    }
                    continue;
                }
                Token::BeginObject(at) => {
                    place.begin(rule, scanner, at, true, seen);
                    if candidate.is_some() {
                        place.records = Some(scanner.depth() - 1);
                        place.had_records = true;
                        return Ok(Stop::At(at, Boundary::Records));
                    }
                    continue;
                }
                Token::BeginArray(at) => {
                    place.begin(rule, scanner, at, false, seen);
                    continue;
                }
                Token::End(end) => {
                    // An empty page has no records; any other empty array says nothing.
                    place.had_records |= candidate == Some(true);
                    place.end(scanner.depth() + 1, end, picks);
                    end
                }
                Token::String(text) => {
                    place.scalar(rule, Scalar::String(text), picks, seen);
                    text.end + 1
                }
                Token::Number(start, end) | Token::Bool(start, end) => {
                    place.scalar(rule, Scalar::Other(start, end), picks, seen);
                    end
                }
                Token::Null => {
                    place.scalar(rule, Scalar::Null, picks, seen);
                    scanner.position()
                }
            };
            let depth = scanner.depth();
            if depth == 0 {
                let boundary = if std::mem::take(&mut place.had_records) {
                    Boundary::Document
                } else {
                    Boundary::RecordDocument
                };
                place.role = Role::Envelope;
                return Ok(Stop::At(ended, boundary));
            }
            if place.records == Some(depth) {
                return Ok(Stop::At(ended, Boundary::Record));
            }
        }
    }
}

/// A call of [`Walk::run`], for a kernel to take.
struct Run<'w, 'r, 'i> {
    walk: &'w mut Walk,
    rule: Rule<'r>,
    input: &'i [u8],
    last: bool,
    picks: &'w mut Vec<Pick>,
    seen: &'w mut Seen,
}

impl Task for Run<'_, '_, '_> {
    type Outcome = Result<Stop, Fault>;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> Self::Outcome {
        self.walk.run_with(
            kernel, self.rule, self.input, self.last, self.picks, self.seen,
        )
    }
}

#[cfg(test)]
mod tests;
