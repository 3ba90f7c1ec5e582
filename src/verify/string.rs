//! JSON strings: where one ends, and the bytes it stands for.

use super::lex::Stop;
use crate::error::ErrorKind;
use memchr::memchr;
use std::borrow::Cow;

/// What a byte inside a string does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Nothing.
    Plain,
    /// Ends the string.
    Quote,
    /// Begins an escape.
    Backslash,
    /// Must not be there.
    Control,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    let mut byte = 0;
    while byte < 0x20 {
        classes[byte] = Class::Control;
        byte += 1;
    }
    classes[b'"' as usize] = Class::Quote;
    classes[b'\\' as usize] = Class::Backslash;
    classes
};

/// The length, with both quotes, of the string at the beginning of `text`.
pub(super) fn length(text: &[u8], complete: bool) -> Result<usize, Stop> {
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        match CLASSES[usize::from(byte)] {
            Class::Plain => at += 1,
            Class::Quote => {
                check_utf8(&text[1..at], true)?;
                return Ok(at + 1);
            }
            Class::Backslash => at += escape_length(text, at, complete)?,
            Class::Control => {
                return Err(Stop::syntax("a string has a control character", at));
            }
        }
    }
    // What is wrong already is no matter of more input.
    check_utf8(&text[1..], false)?;
    Err(Stop::end(complete, text.len()))
}

/// Whether the content of a string is UTF-8. Only where it is not `whole` may it end inside a character.
fn check_utf8(content: &[u8], whole: bool) -> Result<(), Stop> {
    match std::str::from_utf8(content) {
        Err(error) if whole || error.error_len().is_some() => Err(Stop::Bad {
            kind: ErrorKind::Utf8,
            what: "a string is not UTF-8",
            at: 1 + error.valid_up_to(),
        }),
        _ => Ok(()),
    }
}

/// The length of the escape whose backslash is at `at`.
fn escape_length(text: &[u8], at: usize, complete: bool) -> Result<usize, Stop> {
    let unknown = || Stop::syntax("a string has an unknown escape", at);
    match text.get(at + 1) {
        None => Err(Stop::end(complete, at + 1)),
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
        Some(b'u') => {
            for place in at + 2..at + 6 {
                match text.get(place) {
                    None => return Err(Stop::end(complete, place)),
                    Some(digit) if digit.is_ascii_hexdigit() => {}
                    Some(_) => return Err(unknown()),
                }
            }
            Ok(6)
        }
        Some(_) => Err(unknown()),
    }
}

/// What the checked content of a string, without its quotes, stands for: UTF-8, except that a lone
/// surrogate is its three WTF-8 bytes.
pub(super) fn unescape(content: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr(b'\\', content) else {
        return Cow::Borrowed(content);
    };
    let mut out = Vec::with_capacity(content.len());
    let mut at = 0;
    let mut escape = Some(first);
    while let Some(distance) = escape {
        out.extend_from_slice(&content[at..at + distance]);
        at += distance;
        at += unescape_one(&content[at..], &mut out);
        escape = memchr(b'\\', &content[at..]);
    }
    out.extend_from_slice(&content[at..]);
    Cow::Owned(out)
}

/// Resolves the escape at the beginning of `text` (two, if they are a surrogate pair); returns its length.
fn unescape_one(text: &[u8], out: &mut Vec<u8>) -> usize {
    let plain = match text.get(1) {
        Some(b'b') => 0x08,
        Some(b'f') => 0x0c,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') => {
            let first = unit(text);
            if (0xd800..0xdc00).contains(&first)
                && let Some(next) = text.get(6..)
                && next.starts_with(b"\\u")
                && let second = unit(next)
                && (0xdc00..0xe000).contains(&second)
            {
                encode(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), out);
                return 12;
            }
            encode(first, out);
            return 6;
        }
        Some(&itself) => itself,
        None => b'\\',
    };
    out.push(plain);
    2
}

/// The UTF-16 unit of the `\u` escape at the beginning of `text`.
fn unit(text: &[u8]) -> u32 {
    text.iter()
        .skip(2)
        .take(4)
        .filter_map(|digit| char::from(*digit).to_digit(16))
        .fold(0, |unit, digit| unit << 4 | digit)
}

/// Appends a code point as UTF-8 does, surrogates included.
fn encode(point: u32, out: &mut Vec<u8>) {
    let tail = |shift: u32| 0x80 | (point >> shift & 0x3f) as u8;
    match point {
        0..0x80 => out.push(point as u8),
        0x80..0x800 => out.extend([0xc0 | (point >> 6) as u8, tail(0)]),
        0x800..0x10000 => out.extend([0xe0 | (point >> 12) as u8, tail(6), tail(0)]),
        _ => out.extend([0xf0 | (point >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_escape_stands_for_its_byte() {
        assert_eq!(&*unescape(br#"\"\\\/\b\f\n\r\t"#), b"\"\\/\x08\x0c\n\r\t");
        assert_eq!(&*unescape(b"a\\nb\\\\nc"), b"a\nb\\nc");
    }

    #[test]
    fn every_code_point_unescapes_to_its_utf8() {
        for point in (0..=0x10ffff).filter_map(char::from_u32) {
            let mut units = [0; 2];
            let escaped: String = point
                .encode_utf16(&mut units)
                .iter()
                .map(|unit| format!("\\u{unit:04X}"))
                .collect();
            assert_eq!(
                &*unescape(escaped.as_bytes()),
                point.to_string().as_bytes(),
                "{escaped}"
            );
        }
    }

    #[test]
    fn a_lone_surrogate_is_three_bytes() {
        for (escaped, bytes) in [
            (&br"\ud800"[..], &b"\xed\xa0\x80"[..]),
            (br"\uDFFF", b"\xed\xbf\xbf"),
            (br"\ude00\ud83d", b"\xed\xb8\x80\xed\xa0\xbd"),
            (br"\ud83d\ud83d\ude00", b"\xed\xa0\xbd\xf0\x9f\x98\x80"),
            (br"\ud83dx", b"\xed\xa0\xbdx"),
            (br"\ud83d\n", b"\xed\xa0\xbd\n"),
            (br"\ud83d\u0041", b"\xed\xa0\xbdA"),
            (br"\ud83d\\ude00", b"\xed\xa0\xbd\\ude00"),
        ] {
            assert_eq!(&*unescape(escaped), bytes, "{escaped:?}");
        }
    }

    #[test]
    fn borrows_where_nothing_is_escaped() {
        assert!(matches!(unescape("é😀".as_bytes()), Cow::Borrowed(_)));
    }

    #[test]
    fn a_character_may_be_cut_off_only_where_more_may_come() {
        assert_eq!(length(b"\"\xc3", false), Err(Stop::More));
        for text in [&b"\"\xc3\""[..], b"\"\xff"] {
            assert!(
                matches!(
                    length(text, false),
                    Err(Stop::Bad {
                        kind: ErrorKind::Utf8,
                        at: 1,
                        ..
                    })
                ),
                "{text:?}"
            );
        }
    }
}
