//! Objects of an answer or a ledger as members with their places: nothing is copied out of the buffer.

use crate::error::{Error, ErrorKind};
use crate::scan::kernel::Portable;
use crate::scan::{Fault, Found, Scanner, Text, Token, string};
use std::ops::Range;
use zeroize::Zeroizing;

/// One document.
pub(super) enum Document {
    Object(Vec<Member>),
    /// An array; only what is an object in it has members.
    Array(Vec<Element>),
    Text(Text),
    /// A number, `true`, `false` or `null`.
    Other,
}

/// An element of an array.
pub(super) enum Element {
    /// An object: where it stands, and its members, counted from the array's beginning.
    Object(Range<usize>, Vec<Member>),
    Other,
}

/// A member of an object.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) name: Text,
    /// Where the value's JSON text stands.
    pub(super) span: Range<usize>,
    pub(super) value: Value,
}

/// What a value is.
#[derive(Clone, Copy)]
pub(super) enum Value {
    Text(Text),
    Number,
    Bool(bool),
    Null,
    Container,
}

/// Reads one document, blanks around it allowed.
pub(super) fn document(json: &[u8]) -> Result<Document, Error> {
    let mut reader = Reader {
        json,
        scanner: Scanner::at(0),
    };
    reader.document().map_err(|fault| fault.locate(json))
}

struct Reader<'a> {
    json: &'a [u8],
    scanner: Scanner,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Document, Fault> {
        let document = match self.token()? {
            None => {
                return Err(Fault {
                    kind: ErrorKind::Truncated,
                    what: "expected a document",
                    at: self.json.len(),
                });
            }
            Some(Token::BeginObject(_)) => Document::Object(self.members()?),
            Some(Token::BeginArray(_)) => Document::Array(self.elements()?),
            Some(Token::String(text)) => Document::Text(text),
            Some(_) => Document::Other,
        };
        let end = self.scanner.position();
        match self.token()? {
            None => Ok(document),
            Some(_) => Err(Fault::syntax("expected one document only", end)),
        }
    }

    fn token(&mut self) -> Result<Option<Token>, Fault> {
        match self.scanner.next(Portable, self.json, true)? {
            Found::Token(token) => Ok(Some(token)),
            // With the whole input at hand the scanner never asks for more.
            Found::Between | Found::More => Ok(None),
        }
    }

    /// The members of the object that was opened.
    fn members(&mut self) -> Result<Vec<Member>, Fault> {
        let mut members = Vec::new();
        while let Some(Token::Key(name)) = self.token()? {
            let Some(token) = self.token()? else { break };
            let (value, span) = self.value(token)?;
            members.push(Member { name, span, value });
        }
        Ok(members)
    }

    fn elements(&mut self) -> Result<Vec<Element>, Fault> {
        let mut elements = Vec::new();
        loop {
            match self.token()? {
                None | Some(Token::End(_)) => return Ok(elements),
                Some(Token::BeginObject(start)) => {
                    let members = self.members()?;
                    elements.push(Element::Object(start..self.scanner.position(), members));
                }
                Some(token) => {
                    self.value(token)?;
                    elements.push(Element::Other);
                }
            }
        }
    }

    /// The value that begins with `token`, read to its end.
    fn value(&mut self, token: Token) -> Result<(Value, Range<usize>), Fault> {
        let (value, start) = match token {
            Token::String(text) => (Value::Text(text), text.start - 1),
            Token::Number(start, _) => (Value::Number, start),
            Token::Bool(start, _) => (Value::Bool(self.json.get(start) == Some(&b't')), start),
            Token::Null => (Value::Null, self.scanner.position() - 4),
            Token::BeginObject(start) | Token::BeginArray(start) => {
                let depth = self.scanner.depth();
                while self.scanner.depth() >= depth && self.token()?.is_some() {}
                (Value::Container, start)
            }
            Token::Key(text) => (Value::Text(text), text.start - 1),
            Token::End(end) => (Value::Null, end),
        };
        Ok((value, start..self.scanner.position()))
    }
}

/// The bytes of a scanned string, unescaped, in a buffer that is overwritten when it is dropped.
pub(super) fn unescaped(text: Text, json: &[u8]) -> Zeroizing<Vec<u8>> {
    let content = json.get(text.start..text.end).unwrap_or_default();
    // Unescaping never makes text longer; the kernels want some room behind it. A buffer that had to
    // grow would leave a copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(content.len() + 256));
    string::unescape(content, &mut bytes);
    bytes
}

/// The same as text.
pub(super) fn text(text: Text, json: &[u8]) -> Result<Zeroizing<String>, Error> {
    let mut bytes = unescaped(text, json);
    if std::str::from_utf8(&bytes).is_err() {
        // All that escapes can say and UTF-8 cannot is a lone surrogate.
        let fault = Fault {
            kind: ErrorKind::Surrogate,
            what: "a string holds a lone surrogate",
            at: text.start.saturating_sub(1),
        };
        return Err(fault.locate(json));
    }
    // Checked just now, so that nothing is lost by the default.
    Ok(Zeroizing::new(
        String::from_utf8(std::mem::take(&mut *bytes)).unwrap_or_default(),
    ))
}
