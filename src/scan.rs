//! Strict scanning of JSON (RFC 8259, UTF-8, no byte order mark) over borrowed bytes.
//!
//! A [`Scanner`] pulls one token after another out of a buffer and stops between tokens when the
//! buffer ends, to go on when it has grown. All it keeps is a position, a bit per open container and
//! how far an unfinished string is known to be good, so that no byte of a string is read twice. It
//! copies nothing and knows nothing of QStash.
//!
//! The input is a sequence of documents of any kind, separated by blanks; two may touch only where one
//! ends or the next begins with a bracket, a brace or a quote.

mod ahead;
pub(crate) mod base64;
pub(crate) mod kernel;
mod member;
mod number;
pub(crate) mod string;

use crate::error::{Error, ErrorKind};
pub(crate) use ahead::Ahead;
use kernel::Kernel;
pub(crate) use member::{Members, Simple};
use string::Partial;

/// How many objects and arrays may be open at once.
pub(crate) const MAX_DEPTH: u32 = 128;

/// From how many bytes on a cut number is long.
const LONG_NUMBER: usize = 4096;

/// The content of a string: where it stands, without its quotes, and whether it holds escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) escaped: bool,
}

impl Text {
    pub(crate) fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Tells the text that `count` bytes went from the front of the buffer.
    pub(crate) fn forget(&mut self, count: usize) {
        self.start -= count;
        self.end -= count;
    }

    /// The text unescaped, for people to read: a lone surrogate is replaced.
    pub(crate) fn read(self, input: &[u8]) -> String {
        let mut text = Vec::new();
        string::unescape(&input[self.start..self.end], &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }
}

/// One token; offsets are those of the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// `{`, at this offset.
    BeginObject(usize),
    /// `[`, at this offset.
    BeginArray(usize),
    /// `}` or `]`, ending before this offset.
    End(usize),
    /// The name of a member, its colon not yet read.
    Key(Text),
    /// A string value.
    String(Text),
    /// A number, from the first offset to before the second.
    Number(usize, usize),
    /// `true` or `false`.
    Bool(usize, usize),
    /// `null`.
    Null,
}

/// What the scanner found next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Token(Token),
    /// The buffer ends inside or before a token of an open document: call again when it has grown.
    More,
    /// The buffer ends between documents.
    Between,
}

/// Why the input is refused, at an offset of the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: ErrorKind,
    pub(crate) what: &'static str,
    pub(crate) at: usize,
}

impl Fault {
    pub(crate) fn syntax(what: &'static str, at: usize) -> Self {
        Self {
            kind: ErrorKind::Syntax,
            what,
            at,
        }
    }

    /// Tells where in a whole input the fault is.
    pub(crate) fn locate(self, input: &[u8]) -> Error {
        let before = input.get(..self.at).unwrap_or(input);
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        Error::new(self.kind, self.what).at(line as u64, self.at as u64)
    }
}

/// What may stand at the scanner's position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    /// A new document, or the end of the input.
    Document,
    /// The same, right behind a number or word, which nothing but a bracket, brace or quote may touch.
    DocumentAfterWord,
    Value,
    /// A value or `]`.
    FirstValue,
    Key,
    /// A key or `}`.
    FirstKey,
    Colon,
    /// A comma, or the end of the innermost container.
    Next,
}

/// The state of a scan; small, and all of it valid for a longer buffer with the same beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scanner {
    position: usize,
    expect: Expect,
    depth: u32,
    /// One bit per open container, the innermost lowest: set for an object.
    objects: u128,
    /// The string that the buffer's end has cut.
    partial: Option<Partial>,
    /// How long the buffer must be before a cut number is read again.
    wake: usize,
    /// How many lines have ended since that was last asked.
    lines: u64,
}

impl Scanner {
    /// A scan that begins at an offset of the buffer.
    pub(crate) fn at(position: usize) -> Self {
        Self {
            position,
            expect: Expect::Document,
            depth: 0,
            objects: 0,
            partial: None,
            wake: 0,
            lines: 0,
        }
    }

    /// The offset of the first byte that no token has used.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// How many lines have ended before the position since this was last asked. Line feeds stand
    /// between tokens only, where they are passed anyway.
    pub(crate) fn take_lines(&mut self) -> u64 {
        std::mem::take(&mut self.lines)
    }

    /// How many objects and arrays are open.
    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    /// Whether every container around the innermost open one is an object.
    pub(crate) fn is_enclosed_by_objects(&self) -> bool {
        (self.objects >> 1).count_ones() + 1 == self.depth
    }

    /// Tells the scanner that `count` bytes went from the front of the buffer.
    pub(crate) fn forget(&mut self, count: usize) {
        self.position -= count;
        self.wake = self.wake.saturating_sub(count);
        if let Some(partial) = &mut self.partial {
            partial.forget(count);
        }
    }

    /// The next token of `input`; `last` says that no more will come.
    #[inline(always)]
    pub(crate) fn next<K: Kernel>(
        &mut self,
        kernel: K,
        input: &[u8],
        last: bool,
    ) -> Result<Found, Fault> {
        if let Some(partial) = self.partial.take() {
            return self.string(kernel, input, last, partial);
        }
        loop {
            if let Some(&byte) = input.get(self.position)
                && is_blank(byte)
            {
                self.lines += u64::from(byte == b'\n');
                let behind = self.position + 1;
                self.position = kernel.after_blanks(input, behind, &mut self.lines);
                if self.expect == Expect::DocumentAfterWord {
                    self.expect = Expect::Document;
                }
            }
            let at = self.position;
            let Some(&byte) = input.get(at) else {
                return match self.expect {
                    Expect::Document | Expect::DocumentAfterWord => Ok(Found::Between),
                    _ => cut(input, last),
                };
            };
            match self.expect {
                Expect::Next => match (byte, self.objects & 1 == 1) {
                    (b',', true) => {
                        self.position += 1;
                        self.expect = Expect::Key;
                        // Mostly the name follows at once.
                        if input.get(at + 1) == Some(&b'"') {
                            return self.string(kernel, input, last, Partial::new(at + 2));
                        }
                    }
                    (b',', false) => {
                        self.position += 1;
                        self.expect = Expect::Value;
                    }
                    (b'}', true) | (b']', false) => return Ok(self.close()),
                    (_, true) => {
                        return Err(Fault::syntax("expected a comma or a closing brace", at));
                    }
                    (_, false) => {
                        return Err(Fault::syntax("expected a comma or a closing bracket", at));
                    }
                },
                Expect::Key | Expect::FirstKey => match byte {
                    b'"' => return self.string(kernel, input, last, Partial::new(at + 1)),
                    b'}' if self.expect == Expect::FirstKey => return Ok(self.close()),
                    _ => return Err(Fault::syntax("expected the name of a member", at)),
                },
                Expect::Colon if byte == b':' => {
                    self.position += 1;
                    self.expect = Expect::Value;
                }
                Expect::Colon => return Err(Fault::syntax("expected a colon", at)),
                Expect::FirstValue if byte == b']' => return Ok(self.close()),
                Expect::DocumentAfterWord if !matches!(byte, b'{' | b'[' | b'"') => {
                    return Err(Fault::syntax("expected a blank after a number or word", at));
                }
                _ => return self.value(kernel, input, last, byte),
            }
        }
    }

    /// A value that begins with `byte` at the position.
    #[inline(always)]
    fn value<K: Kernel>(
        &mut self,
        kernel: K,
        input: &[u8],
        last: bool,
        byte: u8,
    ) -> Result<Found, Fault> {
        let at = self.position;
        match byte {
            b'"' => self.string(kernel, input, last, Partial::new(at + 1)),
            b'{' => {
                self.open(1, Expect::FirstKey)?;
                Ok(Found::Token(Token::BeginObject(at)))
            }
            b'[' => {
                self.open(0, Expect::FirstValue)?;
                Ok(Found::Token(Token::BeginArray(at)))
            }
            b'n' => self.word(input, last, b"null", |_, _| Token::Null),
            b't' => self.word(input, last, b"true", Token::Bool),
            b'f' => self.word(input, last, b"false", Token::Bool),
            b'-' | b'0'..=b'9' => self.number(input, last),
            0xEF if self.depth == 0 => Err(Fault::syntax(
                "expected a document, without a byte order mark before it",
                at,
            )),
            _ => Err(Fault::syntax("expected a value", at)),
        }
    }

    /// A string, of which `partial` says how far it is known to be good.
    #[inline(always)]
    fn string<K: Kernel>(
        &mut self,
        kernel: K,
        input: &[u8],
        last: bool,
        mut partial: Partial,
    ) -> Result<Found, Fault> {
        let Some(text) = partial.finish(kernel, input)? else {
            self.partial = Some(partial);
            return cut(input, last);
        };
        self.position = text.end + 1;
        if matches!(self.expect, Expect::Key | Expect::FirstKey) {
            // Mostly the colon follows at once.
            self.expect = if input.get(self.position) == Some(&b':') {
                self.position += 1;
                Expect::Value
            } else {
                Expect::Colon
            };
            Ok(Found::Token(Token::Key(text)))
        } else {
            self.after_value(false);
            Ok(Found::Token(Token::String(text)))
        }
    }

    fn number(&mut self, input: &[u8], last: bool) -> Result<Found, Fault> {
        let at = self.position;
        if input.len() < self.wake && !last && input.last().is_some_and(|byte| number::has(*byte)) {
            return Ok(Found::More);
        }
        let Some(end) = number::end(input, at, last)? else {
            // A cut number is read again from its beginning; waiting until a long one has doubled
            // keeps that linear.
            let have = input.len() - at;
            self.wake = if have < LONG_NUMBER { 0 } else { at + 2 * have };
            return cut(input, last);
        };
        self.position = end;
        self.after_value(true);
        Ok(Found::Token(Token::Number(at, end)))
    }

    fn word(
        &mut self,
        input: &[u8],
        last: bool,
        word: &'static [u8],
        token: impl Fn(usize, usize) -> Token,
    ) -> Result<Found, Fault> {
        let at = self.position;
        let have = &input[at..input.len().min(at + word.len())];
        if have == word {
            self.position = at + word.len();
            self.after_value(true);
            return Ok(Found::Token(token(at, self.position)));
        }
        if word.starts_with(have) {
            return cut(input, last);
        }
        Err(Fault::syntax("expected a value", at))
    }

    fn open(&mut self, object: u128, expect: Expect) -> Result<(), Fault> {
        if self.depth == MAX_DEPTH {
            return Err(Fault {
                kind: ErrorKind::Depth,
                what: "more than 128 objects and arrays are open at once",
                at: self.position,
            });
        }
        self.depth += 1;
        self.objects = self.objects << 1 | object;
        self.position += 1;
        self.expect = expect;
        Ok(())
    }

    #[inline(always)]
    fn close(&mut self) -> Found {
        self.depth -= 1;
        self.objects >>= 1;
        self.position += 1;
        self.after_value(false);
        Found::Token(Token::End(self.position))
    }

    /// `word` says that the value was a number or word, which another one must not touch.
    #[inline(always)]
    fn after_value(&mut self, word: bool) {
        self.expect = if self.depth > 0 {
            Expect::Next
        } else if word {
            Expect::DocumentAfterWord
        } else {
            Expect::Document
        };
    }
}

/// The buffer ends inside a document.
#[cold]
fn cut(input: &[u8], last: bool) -> Result<Found, Fault> {
    if !last {
        return Ok(Found::More);
    }
    Err(Fault {
        kind: ErrorKind::Truncated,
        what: "the input ends inside a document",
        at: input.len(),
    })
}

/// The four blanks of JSON.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

/// Scans a whole buffer for its tokens' sake.
#[cfg(test)]
pub(crate) fn tokens(input: &[u8]) -> Result<Vec<Token>, Fault> {
    let mut scanner = Scanner::at(0);
    let mut tokens = Vec::new();
    while let Found::Token(token) = scanner.next(kernel::Portable, input, true)? {
        tokens.push(token);
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests;
