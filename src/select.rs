//! Rule × tokens → the spans to replace, and what stays visible.
//!
//! A [`Walk`] goes over a buffer token by token and picks the values that the rule selects, by the
//! name of the member they stand under. It hashes nothing and copies nothing. It also says where
//! records begin and end, so that whoever writes them can do so one by one.

use crate::fields::RedactFields;
use crate::members::{self, BodyEncoding, Private, Shape};
use crate::scan::kernel::{self, Kernel, Task};
use crate::scan::{Fault, Found, Scanner, Text, Token, string};

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

    /// Forgets what was seen.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.unknown_names.is_some());
    }
}

/// What the next value is, by the name it stands under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Neither private nor the value of a selected header: searched.
    Plain,
    /// The value of `logs` or `events`.
    Logs,
    /// The value of another member that envelopes have.
    Envelope,
    /// The value of a private member.
    Private(Private),
    /// The value of a header that the rule selects.
    Header,
    /// The value of a header that it does not.
    VisibleHeader,
}

/// The innermost thing the walk is in; the depths are those of its members or elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Map {
    member: Private,
    depth: u32,
    /// Inside the array of a selected header.
    in_values: bool,
}

/// A container in which nothing is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Skip {
    depth: u32,
    /// Where it begins and whose value it is, if it is replaced as a whole.
    replaced: Option<(usize, Private)>,
}

/// A walk over documents; like the scanner's, its state holds for a longer buffer too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Walk {
    scanner: Scanner,
    role: Role,
    map: Option<Map>,
    skip: Option<Skip>,
    /// Depth of the elements of the outermost array of logs or events.
    logs: Option<u32>,
    /// Depth of the inside of the outermost private value that is searched, not replaced.
    content: Option<u32>,
    /// Depth of the records of an array.
    records: Option<u32>,
    /// An array has just begun whose first element tells whether it holds records; and whether it is
    /// one that envelopes have.
    candidate: Option<bool>,
    /// The document had an array of records, or one that would have held them.
    had_records: bool,
}

impl Walk {
    pub(crate) fn new() -> Self {
        Self::at(0)
    }

    /// A walk that begins at an offset of the buffer.
    pub(crate) fn at(position: usize) -> Self {
        Self {
            scanner: Scanner::at(position),
            role: Role::Envelope,
            map: None,
            skip: None,
            logs: None,
            content: None,
            records: None,
            candidate: None,
            had_records: false,
        }
    }

    /// Tells the walk that `count` bytes went from the front of the buffer.
    pub(crate) fn forget(&mut self, count: usize) {
        self.scanner.forget(count);
        if let Some(Skip {
            replaced: Some((start, _)),
            ..
        }) = &mut self.skip
        {
            *start -= count;
        }
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
        loop {
            let token = match self.scanner.next(kernel, input, last)? {
                Found::Token(token) => token,
                Found::More => return Ok(Stop::More),
                Found::Between => return Ok(Stop::Between),
            };
            let candidate = std::mem::take(&mut self.candidate);
            let ended = match token {
                Token::Key(name) => {
                    if self.skip.is_none() {
                        self.role = self.role_of(rule, input, name, seen);
                    }
                    continue;
                }
                Token::BeginObject(at) => {
                    self.begin(rule, at, true, seen);
                    if candidate.is_some() {
                        self.records = Some(self.scanner.depth() - 1);
                        self.had_records = true;
                        return Ok(Stop::At(at, Boundary::Records));
                    }
                    continue;
                }
                Token::BeginArray(at) => {
                    self.begin(rule, at, false, seen);
                    continue;
                }
                Token::End(end) => {
                    // An empty page has no records; any other empty array says nothing.
                    self.had_records |= candidate == Some(true);
                    self.end(end, picks);
                    end
                }
                Token::String(text) => {
                    self.scalar(
                        rule,
                        Value::String(text),
                        text.start - 1,
                        text.end + 1,
                        picks,
                        seen,
                    );
                    text.end + 1
                }
                Token::Number(start, end) | Token::Bool(start, end) => {
                    self.scalar(rule, Value::Other, start, end, picks, seen);
                    end
                }
                Token::Null => {
                    let end = self.scanner.position();
                    self.scalar(rule, Value::Null, end - 4, end, picks, seen);
                    end
                }
            };
            let depth = self.scanner.depth();
            if depth == 0 {
                let boundary = if std::mem::take(&mut self.had_records) {
                    Boundary::Document
                } else {
                    Boundary::RecordDocument
                };
                self.role = Role::Envelope;
                return Ok(Stop::At(ended, boundary));
            }
            if self.records == Some(depth) {
                return Ok(Stop::At(ended, Boundary::Record));
            }
        }
    }

    /// The role of the value under `name`; counts the name.
    #[inline(always)]
    fn role_of(&self, rule: Rule<'_>, input: &[u8], name: Text, seen: &mut Seen) -> Role {
        if !name.escaped {
            return self.role_of_name(rule, &input[name.start..name.end], name, seen);
        }
        let mut unescaped = Vec::new();
        string::unescape(&input[name.start..name.end], &mut unescaped);
        self.role_of_name(rule, &unescaped, name, seen)
    }

    #[inline(always)]
    fn role_of_name(&self, rule: Rule<'_>, name: &[u8], text: Text, seen: &mut Seen) -> Role {
        if let Some(map) = self.map {
            if rule.fields.selects_header(map.member.group, name) {
                seen.selected = true;
                return Role::Header;
            }
            seen.visible[map.member.id.index()] += 1;
            return Role::VisibleHeader;
        }
        let Some(member) = members::find(name) else {
            seen.unknown += 1;
            if let Some(names) = &mut seen.unknown_names {
                names.push(text);
            }
            return Role::Plain;
        };
        if let Some(private) = member.private() {
            return Role::Private(private);
        }
        seen.visible[member.index()] += 1;
        if members::holds_logs(name) {
            Role::Logs
        } else if members::holds_records(name) {
            Role::Envelope
        } else {
            Role::Plain
        }
    }

    /// An object or array begins at `at`.
    #[inline(always)]
    fn begin(&mut self, rule: Rule<'_>, at: usize, object: bool, seen: &mut Seen) {
        let role = std::mem::replace(&mut self.role, Role::Plain);
        if self.skip.is_some() {
            return;
        }
        let depth = self.scanner.depth();
        if let Some(map) = &mut self.map {
            // A header's array of values; what is no string in it is replaced as a whole.
            if role == Role::Header && !object && !map.in_values {
                map.in_values = true;
                return;
            }
            let replaced = (role != Role::VisibleHeader).then_some((at, map.member));
            self.skip = Some(Skip { depth, replaced });
            return;
        }
        match role {
            Role::Private(member) => self.begin_private(rule, member, at, object, seen),
            Role::Logs if !object && self.logs.is_none() => self.logs = Some(depth),
            _ => {}
        }
        if !object
            && self.skip.is_none()
            && self.records.is_none()
            && self.content.is_none()
            && self.scanner.is_enclosed_by_objects()
        {
            self.candidate = Some(matches!(role, Role::Logs | Role::Envelope));
        }
    }

    fn begin_private(
        &mut self,
        rule: Rule<'_>,
        member: Private,
        at: usize,
        object: bool,
        seen: &mut Seen,
    ) {
        let depth = self.scanner.depth();
        let selected = rule.fields.selects(member.group);
        if member.shape == Shape::Headers && object {
            seen.selected |= rule.fields.selects_all(member.group);
            self.map = Some(Map {
                member,
                depth,
                in_values: false,
            });
        } else if selected {
            seen.selected = true;
            self.skip = Some(Skip {
                depth,
                replaced: Some((at, member)),
            });
        } else {
            seen.visible[member.id.index()] += 1;
            if self.content.is_none() {
                self.content = Some(depth);
            }
        }
    }

    /// An object or array has ended before `end`.
    #[inline(always)]
    fn end(&mut self, end: usize, picks: &mut Vec<Pick>) {
        let inside = self.scanner.depth() + 1;
        if let Some(skip) = self.skip {
            if skip.depth == inside {
                self.skip = None;
                if let Some((start, member)) = skip.replaced {
                    picks.push(Pick {
                        start,
                        end,
                        member,
                        bytes: Bytes::Raw,
                        escaped: false,
                    });
                }
            }
            return;
        }
        if let Some(map) = &mut self.map {
            if map.depth == inside {
                self.map = None;
            } else {
                map.in_values = false;
            }
            return;
        }
        for mark in [&mut self.logs, &mut self.content, &mut self.records] {
            if *mark == Some(inside) {
                *mark = None;
            }
        }
    }

    /// A value that is neither object nor array stands from `start` to before `end`.
    #[inline(always)]
    fn scalar(
        &mut self,
        rule: Rule<'_>,
        value: Value,
        start: usize,
        end: usize,
        picks: &mut Vec<Pick>,
        seen: &mut Seen,
    ) {
        if self.skip.is_some() {
            return;
        }
        let role = std::mem::replace(&mut self.role, Role::Plain);
        let (member, text_bytes) = match (self.map, role) {
            (Some(map), Role::Header) => (map.member, Bytes::Text),
            (Some(map), _) if map.in_values => (map.member, Bytes::Text),
            (None, Role::Private(member)) => {
                if !rule.fields.selects(member.group) {
                    seen.visible[member.id.index()] += 1;
                    return;
                }
                seen.selected = true;
                (member, rule.bytes(member.shape, self.logs.is_some()))
            }
            _ => return,
        };
        let (bytes, escaped) = match value {
            Value::Null => return,
            Value::String(text) if text.is_empty() => return,
            Value::String(text) => (text_bytes, text.escaped),
            Value::Other => (Bytes::Raw, false),
        };
        picks.push(Pick {
            start,
            end,
            member,
            bytes,
            escaped,
        });
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

/// A value that is neither object nor array.
#[derive(Clone, Copy)]
enum Value {
    String(Text),
    /// A number, `true` or `false`.
    Other,
    Null,
}
