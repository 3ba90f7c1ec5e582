//! Splits a sequence of documents into records and what is around them, in bounded memory.
//!
//! A record is an element of the outermost array of objects that is reached through objects only. An
//! array is one of objects when its first element is an object; an empty one is, too, if it is a
//! document or has the name of a page's records. The value of a private member is never
//! entered, whatever the rule, so that an original and its redaction have the same records. What is
//! left of a document when its records are taken out comes last, as the rest; where there were none,
//! the rest is the whole document and is a record itself.

use super::failure::Cause;
use super::lex::DEPTH;
use super::tree::{Token, Tree};
use super::window::Window;
use crate::error::ErrorKind;
use crate::members;
use std::io::Read;
use std::rc::Rc;

/// An array of records, by the members that lead to it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Array {
    pub(super) steps: Vec<Step>,
}

/// A member on the way to an array of records.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Its name, unescaped.
    pub(super) name: Vec<u8>,
    /// How many members of the same object come before it.
    pub(super) before: u64,
}

impl Array {
    /// Whether the names of the two lead to the same place.
    pub(super) fn is_called(&self, other: &Self) -> bool {
        self.steps.len() == other.steps.len()
            && (self.steps.iter().zip(&other.steps)).all(|(left, right)| left.name == right.name)
    }

    /// Whether its elements are logs or events.
    pub(super) fn holds_logs(&self) -> bool {
        (self.steps.last()).is_some_and(|step| members::holds_logs(&step.name))
    }
}

/// The place of a record in its document.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) array: Rc<Array>,
    /// From 0.
    pub(super) index: u64,
}

/// A record, or what is left of a document.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) tree: Tree,
    /// Where a record stood; `None` for what is left of a document.
    pub(super) element: Option<Element>,
    /// The number of a record, from 1; `None` for the rest of a document with records inside.
    pub(super) record: Option<u64>,
}

/// Reads parts from `R`.
pub(super) struct Records<R> {
    window: Window<R>,
    limit: usize,
    state: State,
    /// What of the current document is no record.
    rest: Tree,
    /// The objects that are open in `rest`.
    open: Vec<Open>,
    /// Whether the current document has records inside.
    has_inner: bool,
    /// Tokens of the value lexed last.
    tape: Vec<Token>,
    /// Records begun so far.
    count: u64,
}

/// An object of `rest` that is not closed yet.
struct Open {
    /// Its token.
    token: usize,
    /// The token of the current member's name.
    name: usize,
    /// Members before the current one.
    before: u64,
}

/// What comes next.
enum State {
    /// A document, or the end. `apart` says that a blank must come before, unless a bracket, brace or
    /// quote begins the document.
    Document { apart: bool },
    /// The first member of the innermost object, or its end.
    FirstMember,
    /// A comma and a member, or the end of the innermost object.
    NextMember,
    /// An element of an array of records.
    Element(Element),
    /// A comma and an element, or the end of the array; the element before was `Element`.
    NextElement(Element),
    /// The end of a document; `apart` as in `Document`.
    End { apart: bool },
    /// Nothing: an error ended it.
    Failed,
}

impl<R: Read> Records<R> {
    /// Takes documents from `source`; records of more than `limit` bytes are errors.
    pub(super) fn new(source: R, limit: usize) -> Self {
        let limit = limit.min(Token::LIMIT);
        Self {
            window: Window::new(source, limit),
            limit,
            state: State::Document { apart: false },
            rest: Tree::default(),
            open: Vec::new(),
            has_inner: false,
            tape: Vec::new(),
            count: 0,
        }
    }

    /// How many records were read.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Puts the next part into `part`; `false` at the end.
    pub(super) fn next(&mut self, part: &mut Part) -> Result<bool, Cause> {
        self.step_until_part(part).map_err(|cause| match cause {
            Cause::Input(error) => Cause::Input(error.in_record(self.count + 1)),
            cause => cause,
        })
    }

    fn step_until_part(&mut self, part: &mut Part) -> Result<bool, Cause> {
        loop {
            match std::mem::replace(&mut self.state, State::Failed) {
                State::Document { apart } => {
                    if !self.begin_document(apart)? {
                        self.state = State::Document { apart };
                        return Ok(false);
                    }
                }
                State::FirstMember => match self.peek()? {
                    b'}' => self.close_object(),
                    _ => self.member()?,
                },
                State::NextMember => match self.peek()? {
                    b'}' => self.close_object(),
                    b',' => {
                        self.window.take(1);
                        self.peek()?;
                        if let Some(open) = self.open.last_mut() {
                            open.before += 1;
                        }
                        self.member()?;
                    }
                    _ => return Err(self.syntax("expected `,` or `}`")),
                },
                State::Element(element) => {
                    self.element(&element, part)?;
                    self.state = State::NextElement(element);
                    return Ok(true);
                }
                State::NextElement(Element { array, index }) => match self.peek()? {
                    b',' => {
                        self.window.take(1);
                        self.peek()?;
                        let index = index + 1;
                        self.state = State::Element(Element { array, index });
                    }
                    b']' => {
                        self.window.take(1);
                        self.after_value();
                    }
                    _ => return Err(self.syntax("expected `,` or `]`")),
                },
                State::End { apart } => {
                    self.end_document(part);
                    self.state = State::Document { apart };
                    return Ok(true);
                }
                State::Failed => return Ok(false),
            }
        }
    }

    /// Begins a document, if there is one.
    fn begin_document(&mut self, apart: bool) -> Result<bool, Cause> {
        let before = self.window.position();
        let Some(first) = self.window.take_blanks()? else {
            return Ok(false);
        };
        if apart && before == self.window.position() && !matches!(first, b'{' | b'[' | b'"') {
            return Err(self.syntax("documents must be separated"));
        }
        self.rest.clear();
        self.has_inner = false;
        self.value(false)?;
        Ok(true)
    }

    fn end_document(&mut self, part: &mut Part) {
        std::mem::swap(&mut part.tree, &mut self.rest);
        part.element = None;
        part.record = (!self.has_inner).then(|| {
            self.count += 1;
            self.count
        });
    }

    /// A member's name and the beginning of its value.
    fn member(&mut self) -> Result<(), Cause> {
        if self.peek()? != b'"' {
            return Err(self.syntax("expected a member's name"));
        }
        let name = self.rest.tokens();
        self.whole()?;
        if let Some(open) = self.open.last_mut() {
            open.name = name;
        }
        if self.peek()? != b':' {
            return Err(self.syntax("expected `:`"));
        }
        self.window.take(1);
        self.peek()?;
        let is_private = members::find(&self.rest.at(name).text())
            .is_some_and(|member| member.private().is_some());
        self.value(is_private)
    }

    /// A value outside of records: its beginning if it may be entered, else all of it.
    fn value(&mut self, is_private: bool) -> Result<(), Cause> {
        let from = self.window.position();
        let first = self.window.rest().first().copied();
        let may_enter = !is_private && self.open.len() < DEPTH;
        let inside = match first {
            Some(b'[') if may_enter => self.window.first_inside()?,
            _ => None,
        };
        if first == Some(b'{') && may_enter {
            let token = self.rest.open(b'{', from);
            self.window.take(1);
            self.open.push(Open {
                token,
                name: token,
                before: 0,
            });
            self.state = State::FirstMember;
        } else if inside == Some(b'{') {
            self.has_inner = true;
            let array = Rc::new(self.array());
            let token = self.rest.open(b'[', from);
            self.rest.close(token, b']');
            self.window.take(1);
            self.peek()?;
            self.state = State::Element(Element { array, index: 0 });
        } else {
            // An empty page holds no records, and is none.
            self.has_inner |= inside == Some(b']') && self.is_page();
            self.whole()?;
            self.after_value();
            if let State::End { apart } = &mut self.state {
                *apart = !matches!(first, Some(b'{' | b'[' | b'"'));
            }
        }
        Ok(())
    }

    /// Whether the array that begins here is one that holds records, if any.
    fn is_page(&self) -> bool {
        self.open.last().is_none_or(|open| {
            let name = self.rest.at(open.name).text();
            members::holds_records(&name)
        })
    }

    /// Takes the next value as it is into `rest`.
    fn whole(&mut self) -> Result<(), Cause> {
        let length = self.window.value(self.open.len(), &mut self.tape)?;
        if self.rest.len() + length > self.limit {
            return Err(self.error(ErrorKind::TooLarge, "a record is larger than the limit"));
        }
        let from = self.window.position();
        let text = &self.window.rest()[..length];
        self.rest.append(text, &self.tape, from);
        self.window.take(length);
        Ok(())
    }

    fn element(&mut self, element: &Element, part: &mut Part) -> Result<(), Cause> {
        let open = self.open.len() + 1;
        let length = self.window.value(open, &mut self.tape)?;
        let from = self.window.position();
        let text = &self.window.rest()[..length];
        part.tree.clear();
        part.tree.append(text, &self.tape, from);
        self.window.take(length);
        self.count += 1;
        part.element = Some(element.clone());
        part.record = Some(self.count);
        Ok(())
    }

    fn close_object(&mut self) {
        self.window.take(1);
        if let Some(open) = self.open.pop() {
            self.rest.close(open.token, b'}');
        }
        self.after_value();
    }

    fn after_value(&mut self) {
        self.state = if self.open.is_empty() {
            State::End { apart: false }
        } else {
            State::NextMember
        };
    }

    /// The array that begins here.
    fn array(&self) -> Array {
        let steps = self.open.iter().map(|open| Step {
            name: self.rest.at(open.name).text().into_owned(),
            before: open.before,
        });
        Array {
            steps: steps.collect(),
        }
    }

    /// The next byte that is no blank; there must be one.
    fn peek(&mut self) -> Result<u8, Cause> {
        match self.window.take_blanks()? {
            Some(byte) => Ok(byte),
            None => Err(self.error(ErrorKind::Truncated, "the input ends inside a document")),
        }
    }

    fn syntax(&self, what: &'static str) -> Cause {
        self.error(ErrorKind::Syntax, what)
    }

    fn error(&self, kind: ErrorKind, what: &'static str) -> Cause {
        self.window.error(kind, what, 0)
    }
}

#[cfg(test)]
mod tests;
