//! Files of `NAME=value` lines, as shells and frameworks read them: values are swapped, everything
//! else stays byte for byte.

use std::ops::Range;
use zeroize::Zeroizing;

/// An assignment in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    /// Where its name is.
    name: Range<usize>,
    /// Where its value is, quotes included.
    value: Range<usize>,
    /// The quote around the value, if there is one.
    quote: Option<u8>,
}

impl Assignment {
    pub(super) fn name<'f>(&self, file: &'f [u8]) -> &'f [u8] {
        &file[self.name.clone()]
    }

    /// The value between its quotes. Escapes in it are not resolved: no credential has any.
    pub(super) fn value<'f>(&self, file: &'f [u8]) -> &'f [u8] {
        let quote = usize::from(self.quote.is_some());
        &file[self.value.start + quote..self.value.end - quote]
    }
}

/// A quoted value that does not end, in the line of this number: what follows it cannot be told from
/// it, so nothing may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unclosed {
    pub(super) line: usize,
}

/// All assignments of a file, in order. Lines that are none, comments among them, are passed over.
pub(super) fn assignments(file: &[u8]) -> Result<Vec<Assignment>, Unclosed> {
    let mut found = Vec::new();
    // Some editors begin a file with a mark that is no part of the first name.
    let mut start = if file.starts_with("\u{feff}".as_bytes()) {
        3
    } else {
        0
    };
    while start < file.len() {
        match assignment(file, start)? {
            Some(assignment) => {
                start = next_line(file, assignment.value.end);
                found.push(assignment);
            }
            None => start = next_line(file, start),
        }
    }
    Ok(found)
}

/// `file` with these variables set: values swapped wherever a name is assigned, the others added at
/// the end.
pub(super) fn set(file: &[u8], variables: &[(&str, &str)]) -> Result<Zeroizing<Vec<u8>>, Unclosed> {
    let assignments = assignments(file)?;
    let added = variables
        .iter()
        .map(|(name, value)| name.len() + 2 * value.len() + 4);
    // Large enough at once: what a growing buffer leaves behind is not zeroed.
    let replaced = variables.iter().map(|(_, value)| 2 * value.len() + 2).max();
    let capacity =
        file.len() + 1 + added.sum::<usize>() + assignments.len() * replaced.unwrap_or(0);
    let mut out = Zeroizing::new(Vec::with_capacity(capacity));
    let mut copied = 0;
    for assignment in &assignments {
        let name = assignment.name(file);
        let Some((_, value)) = variables.iter().find(|(set, _)| set.as_bytes() == name) else {
            continue;
        };
        out.extend_from_slice(&file[copied..assignment.value.start]);
        put_value(&mut out, value, assignment.quote);
        copied = assignment.value.end;
    }
    out.extend_from_slice(&file[copied..]);
    for (name, value) in variables {
        if assignments
            .iter()
            .any(|assignment| assignment.name(file) == name.as_bytes())
        {
            continue;
        }
        if out.last().is_some_and(|last| *last != b'\n') {
            out.push(b'\n');
        }
        out.extend_from_slice(name.as_bytes());
        out.push(b'=');
        put_value(&mut out, value, None);
        out.push(b'\n');
    }
    Ok(out)
}

/// Reads the line at `start`: `[export ]NAME = value [# comment]`.
fn assignment(file: &[u8], start: usize) -> Result<Option<Assignment>, Unclosed> {
    let mut at = skip(file, start, is_blank);
    if file[at..].starts_with(b"export") && file.get(at + 6).copied().is_some_and(is_blank) {
        at = skip(file, at + 6, is_blank);
    }
    let name = at..skip(file, at, |byte| {
        !is_blank(byte) && !b"=#\r\n'\"`".contains(&byte)
    });
    at = skip(file, name.end, is_blank);
    if name.is_empty() || file.get(at) != Some(&b'=') {
        return Ok(None);
    }
    let begin = at + 1;
    at = skip(file, begin, is_blank);
    let quote = file.get(at).copied().filter(|byte| b"'\"`".contains(byte));
    let end = match quote {
        Some(quote) => closing(file, at + 1, quote).ok_or_else(|| Unclosed {
            line: 1 + file[..at].iter().filter(|byte| **byte == b'\n').count(),
        })?,
        None => end_of_bare(file, at),
    };
    // Behind an empty value the blank stays: without it a comment would be none.
    let value = if end == at { begin..begin } else { at..end };
    Ok(Some(Assignment { name, value, quote }))
}

/// The end of a quoted value whose text begins at `at`. Only double quotes know escapes.
fn closing(file: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    loop {
        match *file.get(at)? {
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// The end of a value without quotes: that of its line, or where a comment begins; blanks before
/// either are no part of it.
fn end_of_bare(file: &[u8], start: usize) -> usize {
    let line = skip(file, start, |byte| byte != b'\n');
    let mut end = (start..line)
        .find(|at| file[*at] == b'#' && is_blank(file[*at - 1]))
        .unwrap_or(line);
    while end > start && (is_blank(file[end - 1]) || file[end - 1] == b'\r') {
        end -= 1;
    }
    end
}

/// Writes a value in the quotes that it had, or in the ones that it needs.
fn put_value(out: &mut Vec<u8>, value: &str, quote: Option<u8>) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=:@%,".contains(&byte);
    if value.bytes().all(plain) {
        out.extend(quote);
        out.extend_from_slice(value.as_bytes());
        out.extend(quote);
    } else if !value.contains(['\'', '\n', '\r']) {
        out.push(b'\'');
        out.extend_from_slice(value.as_bytes());
        out.push(b'\'');
    } else {
        out.push(b'"');
        for byte in value.bytes() {
            match byte {
                b'\n' => out.extend_from_slice(b"\\n"),
                b'\r' => out.extend_from_slice(b"\\r"),
                b'"' | b'\\' | b'$' | b'`' => out.extend_from_slice(&[b'\\', byte]),
                byte => out.push(byte),
            }
        }
        out.push(b'"');
    }
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn skip(file: &[u8], start: usize, what: impl Fn(u8) -> bool) -> usize {
    file[start..]
        .iter()
        .position(|byte| !what(*byte))
        .map_or(file.len(), |length| start + length)
}

fn next_line(file: &[u8], at: usize) -> usize {
    (skip(file, at, |byte| byte != b'\n') + 1).min(file.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set_text(file: &str, variables: &[(&str, &str)]) -> String {
        String::from_utf8(set(file.as_bytes(), variables).unwrap().to_vec()).unwrap()
    }

    #[test]
    fn values_are_swapped_and_all_else_stays() {
        for (before, after) in [
            ("", "T=new\n"),
            ("A=1", "A=1\nT=new\n"),
            ("T=old", "T=new"),
            ("T=old\r\nA=1\r\n", "T=new\r\nA=1\r\n"),
            ("# T=old\nT=old # why\n", "# T=old\nT=new # why\n"),
            ("export T = 'old'\n\n", "export T = 'new'\n\n"),
            (
                "T=\"o\\\"ld\nT=inner\" # x\nT=`old`\n",
                "T=\"new\" # x\nT=`new`\n",
            ),
            ("T=\nTT=old\nA=T=old\n", "T=new\nTT=old\nA=T=old\n"),
            (
                "T=o#ld\nnot a line's sense\n",
                "T=new\nnot a line's sense\n",
            ),
            ("exportT=1\nexport=1\n", "exportT=1\nexport=1\nT=new\n"),
            ("\u{feff}T=old\n", "\u{feff}T=new\n"),
        ] {
            assert_eq!(set_text(before, &[("T", "new")]), after, "{before:?}");
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_is_named_by_its_line() {
        let file = b"A=1\nB='x\nT=old\n";
        assert_eq!(set(file, &[("T", "new")]), Err(Unclosed { line: 2 }));
        assert_eq!(assignments(b"A=\"\\"), Err(Unclosed { line: 1 }));
    }

    #[test]
    fn odd_values_are_quoted() {
        for (value, line) in [
            ("a b#$c", "T='a b#$c'\n"),
            ("it's $5", "T=\"it's \\$5\"\n"),
            ("a\nb", "T=\"a\\nb\"\n"),
            ("rediss://default:x@h:6379", "T=rediss://default:x@h:6379\n"),
        ] {
            assert_eq!(set_text("", &[("T", value)]), line);
            assert_eq!(set_text("T=old\n", &[("T", value)]), line);
        }
    }

    proptest! {
        #[test]
        fn what_was_set_is_read_and_other_values_stay(
            file in "([A-C]='?[a-c]{0,3}'?( #x)?\r?\n|# [a-c']{0,4}\n|\n){0,6}",
            value in "[a-zA-Z0-9_=:/@.-]{1,20}",
        ) {
            let Ok(before) = assignments(file.as_bytes()) else { return Ok(()) };
            let after = set(file.as_bytes(), &[("B", &value)]).unwrap();
            let read = assignments(&after).unwrap();
            let others = |list: &[Assignment], file: &[u8]| list
                .iter()
                .filter(|found| found.name(file) != b"B")
                .map(|found| (found.name(file).to_vec(), found.value(file).to_vec()))
                .collect::<Vec<_>>();
            prop_assert_eq!(others(&before, file.as_bytes()), others(&read, &after));
            let mut set = read.iter().filter(|found| found.name(&after) == b"B").peekable();
            prop_assert!(set.peek().is_some());
            prop_assert!(set.all(|found| found.value(&after) == value.as_bytes()));
        }
    }
}
