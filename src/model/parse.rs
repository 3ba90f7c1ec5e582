//! JSON text → nodes: as strict as the scanner, and checked against a shape.

use super::node::{Name, Node, Trees, Value};
use super::record::{Record, Shape};
use crate::error::{Error, ErrorKind};
use crate::members::{self, MemberId};
use crate::scan::kernel::{self, Kernel, Task};
use crate::scan::{Fault, Found, Scanner, Text, Token, string};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashSet;
use std::mem;
use std::ops::Range;

/// Parses one document.
pub(super) fn parse<'a>(json: &'a [u8], shape: &'static Shape) -> Result<Record<'a>, Error> {
    // What is not UTF-8 is cut off here and found by the scanner, which knows more about it.
    let text = std::str::from_utf8(json).unwrap_or_else(|error| {
        std::str::from_utf8(&json[..error.valid_up_to()]).unwrap_or_default()
    });
    let mut parser = Parser {
        json,
        text,
        shape,
        scanner: Scanner::at(0),
        progress: Progress::Before,
        nodes: Vec::new(),
        open: Vec::new(),
        name: None,
        member: None,
        privates: 0,
        seen: [false; members::COUNT],
        others: HashSet::new(),
    };
    match kernel::run(&mut parser) {
        Ok(()) => Ok(Record {
            shape,
            json: text,
            nodes: parser.nodes,
        }),
        Err(fault) => {
            let error = fault.locate(json);
            let member = parser.member.and_then(|member| member.id);
            Err(match member {
                Some(id) => error.in_field(id.name()),
                None => error,
            })
        }
    }
}

struct Parser<'a> {
    json: &'a [u8],
    text: &'a str,
    shape: &'static Shape,
    scanner: Scanner,
    progress: Progress,
    nodes: Vec<Node<'a>>,
    /// The open containers within the document: their nodes, and where they begin.
    open: Vec<(usize, usize)>,
    /// The name that the next value stands under.
    name: Option<Name<'a>>,
    /// The message's own member that is being read.
    member: Option<Member>,
    /// How many names of private members were read.
    privates: usize,
    /// Which of the contract's members the message itself has.
    seen: [bool; members::COUNT],
    /// The message's own members that the contract does not know.
    others: HashSet<Cow<'a, str>>,
}

/// How far the document is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Before,
    Inside,
    Behind,
}

/// A member of the message itself.
#[derive(Clone, Copy)]
struct Member {
    id: Option<MemberId>,
    /// Where its name begins.
    at: usize,
    /// The node of its value.
    node: usize,
    /// How many private members there were before it.
    privates: usize,
}

impl Task for &mut Parser<'_> {
    type Outcome = Result<(), Fault>;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> Self::Outcome {
        loop {
            let token = match self.scanner.next(kernel, self.json, true)? {
                Found::Token(token) => token,
                Found::Between if self.progress == Progress::Behind => return Ok(()),
                Found::Between => {
                    let end = self.json.len();
                    return Err(fault(ErrorKind::Truncated, "expected a document", end));
                }
                Found::More => return Err(self.internal()),
            };
            self.take(token)?;
        }
    }
}

impl<'a> Parser<'a> {
    fn take(&mut self, token: Token) -> Result<(), Fault> {
        let span = self.span(token);
        match (self.progress, token) {
            (Progress::Before, Token::BeginObject(_)) => {
                self.progress = Progress::Inside;
                return Ok(());
            }
            (Progress::Before, _) => {
                return Err(fault(ErrorKind::Type, "expected an object", span.start));
            }
            (Progress::Inside, _) => {}
            (Progress::Behind, _) => {
                let what = "expected one document only";
                return Err(fault(ErrorKind::Syntax, what, span.start));
            }
        }
        match token {
            Token::Key(name) => return self.take_name(name, span.start),
            Token::BeginObject(at) => {
                self.begin(Value::Object(0), at);
                return Ok(());
            }
            Token::BeginArray(at) => {
                self.begin(Value::Array(0), at);
                return Ok(());
            }
            Token::End(end) => match self.open.pop() {
                Some((node, start)) => self.end(node, start..end)?,
                None => {
                    self.progress = Progress::Behind;
                    return Ok(());
                }
            },
            Token::String(text) => {
                let text = self.unescaped(text)?;
                self.push(Value::Text(text), self.slice(span)?);
            }
            Token::Number(..) | Token::Bool(..) | Token::Null => {
                let json = self.slice(span)?;
                self.push(Value::Raw(self.raw(json)?), json);
            }
        }
        if self.open.is_empty() {
            self.end_member()?;
        }
        Ok(())
    }

    /// Where the token stands that was read last.
    fn span(&self, token: Token) -> Range<usize> {
        let end = self.scanner.position();
        match token {
            Token::BeginObject(at) | Token::BeginArray(at) => at..end,
            Token::Key(text) | Token::String(text) => text.start - 1..end,
            Token::Number(start, _) | Token::Bool(start, _) => start..end,
            Token::Null => end - 4..end,
            Token::End(end) => end - 1..end,
        }
    }

    /// A name was read, at `at`: of a member of the message itself, or deeper inside.
    fn take_name(&mut self, name: Text, at: usize) -> Result<(), Fault> {
        let privates = self.privates;
        let text = self.unescaped(name)?;
        let id = members::find(text.as_bytes());
        self.privates += usize::from(id.is_some_and(|id| id.private().is_some()));
        if self.open.is_empty() {
            self.member = Some(Member {
                id,
                at,
                node: self.nodes.len(),
                privates,
            });
            let is_new = match id {
                Some(id) => !mem::replace(&mut self.seen[id.index()], true),
                None => self.others.insert(text.clone()),
            };
            if !is_new {
                return Err(fault(ErrorKind::Duplicate, "a member occurs twice", at));
            }
        }
        self.name = Some(Name { text, id });
        Ok(())
    }

    /// The value of a member of the message itself is complete.
    fn end_member(&mut self) -> Result<(), Fault> {
        let Some(member) = self.member else {
            return Err(self.internal());
        };
        let Some(tree) = Trees(&self.nodes[member.node..]).next() else {
            return Err(self.internal());
        };
        match member.id.and_then(|id| self.shape.members[id.index()]) {
            Some(has_type) if !has_type(tree) => {
                let what = "a member has the wrong type";
                return Err(fault(ErrorKind::Type, what, member.at));
            }
            // What the shape does not know, and holds nothing private, stays as it is.
            None if self.privates == member.privates => {
                let raw = self.raw(self.nodes[member.node].json)?;
                self.nodes.truncate(member.node + 1);
                self.nodes[member.node].value = Value::Raw(raw);
            }
            _ => {}
        }
        self.member = None;
        Ok(())
    }

    /// A container begins at `at`.
    fn begin(&mut self, value: Value<'a>, at: usize) {
        self.open.push((self.nodes.len(), at));
        self.push(value, "");
    }

    /// The container `node` is complete.
    fn end(&mut self, node: usize, span: Range<usize>) -> Result<(), Fault> {
        let json = self.slice(span)?;
        let count = self.nodes.len() - node - 1;
        let node = &mut self.nodes[node];
        node.json = json;
        if let Value::Object(inside) | Value::Array(inside) = &mut node.value {
            *inside = count;
        }
        Ok(())
    }

    fn push(&mut self, value: Value<'a>, json: &'a str) {
        self.nodes.push(Node {
            name: self.name.take(),
            json,
            value,
        });
    }

    /// The text of a string; allocates only for one with escapes.
    fn unescaped(&self, text: Text) -> Result<Cow<'a, str>, Fault> {
        let content = self.slice(text.start..text.end)?;
        if !text.escaped {
            return Ok(Cow::Borrowed(content));
        }
        let mut bytes = Vec::new();
        string::unescape(content.as_bytes(), &mut bytes);
        // All that escapes can say and UTF-8 cannot is a lone surrogate.
        String::from_utf8(bytes).map(Cow::Owned).map_err(|_| {
            let what = "a string holds a lone surrogate";
            fault(ErrorKind::Surrogate, what, text.start - 1)
        })
    }

    fn slice(&self, span: Range<usize>) -> Result<&'a str, Fault> {
        self.text.get(span).ok_or_else(|| self.internal())
    }

    /// What serde_json writes as it stands; whatever the scanner takes, it takes.
    fn raw(&self, json: &'a str) -> Result<&'a RawValue, Fault> {
        serde_json::from_str(json).map_err(|_| self.internal())
    }

    fn internal(&self) -> Fault {
        fault(
            ErrorKind::Internal,
            "what was scanned cannot be read; please report this",
            self.scanner.position(),
        )
    }
}

fn fault(kind: ErrorKind, what: &'static str, at: usize) -> Fault {
    Fault { kind, what, at }
}
