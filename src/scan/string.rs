//! Strings: where they end, and the bytes they stand for.

use super::{Fault, Text, kernel::Kernel};
use crate::error::ErrorKind;

/// A string on its way: how far it is known to be good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Partial {
    start: usize,
    reached: usize,
    escaped: bool,
    non_ascii: bool,
}

impl Partial {
    /// A string whose content begins at `start`, behind the quote.
    #[inline(always)]
    pub(super) fn new(start: usize) -> Self {
        Self {
            start,
            reached: start,
            escaped: false,
            non_ascii: false,
        }
    }

    pub(super) fn forget(&mut self, count: usize) {
        self.start -= count;
        self.reached -= count;
    }

    /// The whole string, or `None` when the buffer ends before its quote.
    #[inline(always)]
    pub(super) fn finish<K: Kernel>(
        &mut self,
        kernel: K,
        input: &[u8],
    ) -> Result<Option<Text>, Fault> {
        loop {
            self.reached = kernel.plain_end(input, self.reached, &mut self.non_ascii);
            match input.get(self.reached) {
                None => return Ok(None),
                Some(b'"') => break,
                Some(b'\\') => match escape_length(input, self.reached)? {
                    None => return Ok(None),
                    Some(length) => {
                        self.escaped = true;
                        self.reached += length;
                    }
                },
                Some(_) => {
                    return Err(Fault::syntax(
                        "a control character in a string must be escaped",
                        self.reached,
                    ));
                }
            }
        }
        if self.non_ascii {
            check_utf8(input, self.start, self.reached)?;
        }
        Ok(Some(Text {
            start: self.start,
            end: self.reached,
            escaped: self.escaped,
        }))
    }
}

/// How long the escape at `at` is; `None` when the buffer cuts it.
#[inline(always)]
fn escape_length(input: &[u8], at: usize) -> Result<Option<usize>, Fault> {
    match input.get(at + 1) {
        None => Ok(None),
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(Some(2)),
        Some(b'u') => {
            let digits = &input[at + 2..input.len().min(at + 6)];
            match digits.iter().position(|digit| !digit.is_ascii_hexdigit()) {
                Some(bad) => Err(Fault::syntax(
                    "expected four hex digits behind `\\u`",
                    at + 2 + bad,
                )),
                None => Ok((digits.len() == 4).then_some(6)),
            }
        }
        Some(_) => Err(Fault::syntax("an escape that JSON does not have", at)),
    }
}

fn check_utf8(input: &[u8], start: usize, end: usize) -> Result<(), Fault> {
    match std::str::from_utf8(&input[start..end]) {
        Ok(_) => Ok(()),
        Err(error) => Err(Fault {
            kind: ErrorKind::Utf8,
            what: "a string is not UTF-8",
            at: start + error.valid_up_to(),
        }),
    }
}

/// Appends the bytes that the content of a scanned string stands for; a lone surrogate becomes the
/// three bytes that WTF-8 has for it.
pub(crate) fn unescape(content: &[u8], out: &mut Vec<u8>) {
    out.reserve(content.len());
    let mut rest = content;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = unescape_one(&rest[at + 1..], out);
    }
    out.extend_from_slice(rest);
}

/// Appends what the escape stands for whose backslash is just before `rest`; what is behind it is left.
fn unescape_one<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let Some((&kind, behind)) = rest.split_first() else {
        return rest;
    };
    out.push(match kind {
        b'b' => 0x08,
        b'f' => 0x0C,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => return unescape_unicode(behind, out),
        quoted => quoted,
    });
    behind
}

fn unescape_unicode<'a>(digits: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let (unit, behind) = code_unit(digits);
    if let 0xD800..0xDC00 = unit
        && let Some(second) = behind.strip_prefix(b"\\u")
        && let (low @ 0xDC00..0xE000, behind) = code_unit(second)
    {
        push_code_point(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), out);
        return behind;
    }
    push_code_point(unit, out);
    behind
}

/// Four hex digits, which the scanner has checked.
fn code_unit(digits: &[u8]) -> (u32, &[u8]) {
    let (digits, behind) = digits.split_at(digits.len().min(4));
    let unit = digits.iter().fold(0, |unit, digit| {
        unit << 4 | char::from(*digit).to_digit(16).unwrap_or(0)
    });
    (unit, behind)
}

/// UTF-8, also of the surrogates that `char` does not have.
fn push_code_point(point: u32, out: &mut Vec<u8>) {
    let tail = |shift: u32| 0x80 | (point >> shift & 0x3F) as u8;
    match point {
        0..0x80 => out.push(point as u8),
        0x80..0x800 => out.extend([0xC0 | (point >> 6) as u8, tail(0)]),
        0x800..0x10000 => out.extend([0xE0 | (point >> 12) as u8, tail(6), tail(0)]),
        _ => out.extend([0xF0 | (point >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unescaped(content: &str) -> Vec<u8> {
        let mut out = Vec::new();
        unescape(content.as_bytes(), &mut out);
        out
    }

    #[test]
    fn unescapes_every_escape() {
        assert_eq!(
            unescaped(r#"\"\\\/\b\f\n\r\t-\u0041\u00e9\u20AC\uD83D\uDE00"#),
            "\"\\/\u{8}\u{c}\n\r\t-Aé€😀".as_bytes()
        );
    }

    #[test]
    fn a_lone_surrogate_becomes_three_bytes() {
        assert_eq!(unescaped(r"\ud800"), [0xED, 0xA0, 0x80]);
        assert_eq!(unescaped(r"\udfffx"), [0xED, 0xBF, 0xBF, b'x']);
        // A high one before another escape stays alone.
        assert_eq!(unescaped(r"\ud800\n"), [0xED, 0xA0, 0x80, b'\n']);
        assert_eq!(
            unescaped(r"\ud800\ud83d\ude00"),
            [0xED, 0xA0, 0x80, 0xF0, 0x9F, 0x98, 0x80]
        );
    }
}
