//! Strings: where they end, and the bytes they stand for.

use super::kernel::{self, Content, Kernel, Task};
use super::{Fault, Text};
use crate::error::ErrorKind;

/// A string on its way: how far it is known to be good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Partial {
    start: usize,
    reached: usize,
    content: Content,
}

impl Partial {
    /// A string whose content begins at `start`, behind the quote.
    #[inline(always)]
    pub(super) fn new(start: usize) -> Self {
        Self {
            start,
            reached: start,
            content: Content::default(),
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
            self.reached = kernel.skip_content(input, self.reached, &mut self.content);
            match input.get(self.reached) {
                None => return Ok(None),
                Some(b'"') => break,
                Some(b'\\') => match escape_length(input, self.reached)? {
                    None => return Ok(None),
                    Some(length) => {
                        self.content.escaped = true;
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
        if self.content.non_ascii && !kernel.is_utf8(input, self.start..self.reached) {
            return Err(not_utf8(input, self.start, self.reached));
        }
        Ok(Some(Text {
            start: self.start,
            end: self.reached,
            escaped: self.content.escaped,
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

/// Says where a string stops being UTF-8.
#[cold]
fn not_utf8(input: &[u8], start: usize, end: usize) -> Fault {
    let good =
        std::str::from_utf8(&input[start..end]).map_or_else(|error| error.valid_up_to(), str::len);
    Fault {
        kind: ErrorKind::Utf8,
        what: "a string is not UTF-8",
        at: start + good,
    }
}

/// Appends the bytes that the content of a scanned string stands for; a lone surrogate becomes the
/// three bytes that WTF-8 has for it.
pub(crate) fn unescape(content: &[u8], out: &mut Vec<u8>) {
    kernel::run(Unescape { content, out });
}

struct Unescape<'a> {
    content: &'a [u8],
    out: &'a mut Vec<u8>,
}

impl Task for Unescape<'_> {
    type Outcome = ();

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) {
        let mut rest = self.content;
        loop {
            rest = &rest[kernel.unescape(rest, self.out)..];
            match rest {
                [] => return,
                [b'\\', escape @ ..] => rest = unescape_one(escape, self.out),
                _ => {
                    // What is too short for the kernel.
                    let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
                    self.out.extend_from_slice(&rest[..plain]);
                    rest = &rest[plain..];
                }
            }
        }
    }
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
    use kernel::Best;
    use proptest::prelude::*;

    /// What every kernel makes of `content`.
    fn unescaped(content: &str) -> Vec<u8> {
        let content = content.as_bytes();
        let mut outs = Best::available().map(|(_, kernel)| {
            let mut out = b"before".to_vec();
            kernel::run_with(
                kernel,
                Unescape {
                    content,
                    out: &mut out,
                },
            );
            assert!(out.starts_with(b"before"));
            out.split_off(6)
        });
        let first = outs.next().unwrap_or_default();
        assert!(outs.all(|out| out == first));
        first
    }

    proptest! {
        #[test]
        fn unescapes_as_serde_json_does(
            text in r#"([a-z \u{e9}\u{20AC}]{0,40}|[\n\t\u{8}\u{c}\r/\\"]{1,9}){0,9}"#, ascii in any::<bool>(),
        ) {
            let mut json = serde_json::to_string(&text).unwrap_or_default().replace('/', r"\/");
            if ascii {
                json = json.chars().map(|character| match character {
                    ' '..='~' => character.to_string(),
                    character => format!("\\u{:04x}", u32::from(character)),
                }).collect();
            }
            prop_assert_eq!(unescaped(&json[1..json.len() - 1]), text.into_bytes());
        }
    }

    #[test]
    fn unescapes_every_escape() {
        assert_eq!(
            unescaped(r#"\"\\\/\b\f\n\r\t-\u0041\u00e9\u20AC\uD83D\uDE00"#),
            "\"\\/\u{8}\u{c}\n\r\t-Aé€😀".as_bytes()
        );
    }

    #[test]
    fn every_short_escape_is_unescaped_wherever_it_stands_in_a_block() {
        let escapes = r#"\"\\\/\b\f\n\r\t"#;
        for before in 0..=130 {
            for behind in [0, 1, 63, 64, 65, 130] {
                let (before, behind) = (".".repeat(before), "-".repeat(behind));
                let expected = [&before, "\"\\/\u{8}\u{c}\n\r\t", &behind].concat();
                let content = [&before, escapes, &behind].concat();
                assert_eq!(unescaped(&content), expected.as_bytes(), "{content}");
            }
        }
    }

    #[test]
    fn every_code_unit_is_unescaped_wherever_it_stands_in_a_block() {
        for unit in 0..=0xFFFF_u32 {
            let mut expected = vec![b'.'; unit as usize % 130];
            let mut content = ".".repeat(expected.len());
            content += &match unit % 3 {
                0 => format!("\\u{unit:04x}"),
                1 => format!("\\u{unit:04X}"),
                // Another one right behind, and letters behind that.
                _ => format!("\\u{unit:04x}\\u00e9bfu"),
            };
            push_code_point(unit, &mut expected);
            if unit % 3 == 2 {
                expected.extend("ébfu".as_bytes());
            }
            // So that the last block is a whole one.
            for fill in ["", &"-".repeat(64)] {
                let filled = format!("{content}{fill}");
                let expected = [&expected, fill.as_bytes()].concat();
                assert_eq!(unescaped(&filled), expected, "{filled}");
            }
        }
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
