//! Checks one JSON value, byte by byte as RFC 8259 says, and notes where each part of it stands.
//!
//! Plain recursive descent, at most [`DEPTH`] deep: this is the judge of what others scan faster.

use super::string;
use super::tree::Token;
use crate::error::ErrorKind;

/// How many objects and arrays may be open at once.
pub(super) const DEPTH: usize = 128;

/// Why lexing stopped short of a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The text ends before the value does, and more may come.
    More,
    /// No continuation makes this a value.
    Bad {
        kind: ErrorKind,
        what: &'static str,
        at: usize,
    },
}

impl Stop {
    pub(super) fn syntax(what: &'static str, at: usize) -> Self {
        Self::Bad {
            kind: ErrorKind::Syntax,
            what,
            at,
        }
    }

    /// The text ends at `at` inside a value: wait for more, or give up if nothing follows.
    pub(super) fn end(complete: bool, at: usize) -> Self {
        if complete {
            Self::Bad {
                kind: ErrorKind::Truncated,
                what: "the input ends inside a document",
                at,
            }
        } else {
            Self::More
        }
    }
}

/// Blanks between tokens.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Lexes the value that begins at the first byte of `text`, inside `open` objects and arrays.
///
/// Fills `tape` with its tokens and returns its length; on error what the tape holds is of no use.
/// `complete` says that nothing follows `text`, so that a number may end where it ends.
pub(super) fn value(
    text: &[u8],
    complete: bool,
    open: usize,
    tape: &mut Vec<Token>,
) -> Result<usize, Stop> {
    tape.clear();
    let mut lexer = Lexer {
        text,
        complete,
        at: 0,
        tape,
    };
    lexer.value(open)?;
    Ok(lexer.at)
}

struct Lexer<'t> {
    text: &'t [u8],
    complete: bool,
    at: usize,
    tape: &'t mut Vec<Token>,
}

impl Lexer<'_> {
    fn value(&mut self, open: usize) -> Result<(), Stop> {
        let begin = self.at;
        match self.peek()? {
            b'"' => self.string(),
            b'{' => self.container(begin, open, Self::members),
            b'[' => self.container(begin, open, Self::elements),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(Stop::syntax("expected a value", begin)),
        }
    }

    /// An object or array, whose inside `inside` lexes up to and with the closing bracket.
    fn container(
        &mut self,
        begin: usize,
        open: usize,
        inside: fn(&mut Self, usize) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        if open == DEPTH {
            return Err(Stop::Bad {
                kind: ErrorKind::Depth,
                what: "more than 128 objects and arrays are open",
                at: begin,
            });
        }
        let token = self.tape.len();
        self.tape.push(Token::open(begin));
        self.at += 1;
        inside(self, open + 1)?;
        Token::close(self.tape, token, self.at);
        Ok(())
    }

    fn members(&mut self, open: usize) -> Result<(), Stop> {
        self.blanks();
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.blanks();
            if self.peek()? != b'"' {
                return Err(Stop::syntax("expected a member's name", self.at));
            }
            self.string()?;
            self.blanks();
            if self.peek()? != b':' {
                return Err(Stop::syntax("expected `:`", self.at));
            }
            self.at += 1;
            self.blanks();
            self.value(open)?;
            self.blanks();
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(Stop::syntax("expected `,` or `}`", self.at)),
            }
        }
    }

    fn elements(&mut self, open: usize) -> Result<(), Stop> {
        self.blanks();
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.blanks();
            self.value(open)?;
            self.blanks();
            match self.peek()? {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(Stop::syntax("expected `,` or `]`", self.at)),
            }
        }
    }

    fn string(&mut self) -> Result<(), Stop> {
        let begin = self.at;
        self.at +=
            string::length(&self.text[begin..], self.complete).map_err(|stop| match stop {
                Stop::Bad { kind, what, at } => Stop::Bad {
                    kind,
                    what,
                    at: begin + at,
                },
                Stop::More => Stop::More,
            })?;
        self.scalar(begin);
        Ok(())
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), Stop> {
        let begin = self.at;
        for &expected in word {
            if self.peek()? != expected {
                return Err(Stop::syntax("expected a value", begin));
            }
            self.at += 1;
        }
        self.scalar(begin);
        Ok(())
    }

    fn number(&mut self) -> Result<(), Stop> {
        let begin = self.at;
        if self.text[self.at] == b'-' {
            self.at += 1;
        }
        if self.peek()? == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.next_is(|byte| byte == b'.')? {
            self.at += 1;
            self.digits()?;
        }
        if self.next_is(|byte| matches!(byte, b'e' | b'E'))? {
            self.at += 1;
            if matches!(self.peek()?, b'+' | b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        // `01` would read as two numbers.
        if self.next_is(|byte| byte.is_ascii_digit())? {
            return Err(Stop::syntax("a number begins with no extra zero", begin));
        }
        self.scalar(begin);
        Ok(())
    }

    /// One digit or more.
    fn digits(&mut self) -> Result<(), Stop> {
        if !self.peek()?.is_ascii_digit() {
            return Err(Stop::syntax("expected a digit", self.at));
        }
        while self.next_is(|byte| byte.is_ascii_digit())? {
            self.at += 1;
        }
        Ok(())
    }

    /// Whether the next byte fits; at the end of a complete text none does.
    fn next_is(&self, fits: impl Fn(u8) -> bool) -> Result<bool, Stop> {
        match self.text.get(self.at) {
            Some(&byte) => Ok(fits(byte)),
            None if self.complete => Ok(false),
            None => Err(Stop::More),
        }
    }

    fn peek(&self) -> Result<u8, Stop> {
        match self.text.get(self.at) {
            Some(&byte) => Ok(byte),
            None => Err(Stop::end(self.complete, self.at)),
        }
    }

    fn blanks(&mut self) {
        while self.text.get(self.at).is_some_and(|byte| is_blank(*byte)) {
            self.at += 1;
        }
    }

    fn scalar(&mut self, begin: usize) {
        let token = self.tape.len();
        self.tape.push(Token::open(begin));
        Token::close(self.tape, token, self.at);
    }
}

#[cfg(test)]
mod tests;
