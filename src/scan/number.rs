//! Numbers: the grammar of RFC 8259, and nothing of their meaning.

use super::Fault;

/// Where the number that begins at `from` ends; `None` when the buffer ends before it is sure.
pub(super) fn end(input: &[u8], from: usize, last: bool) -> Result<Option<usize>, Fault> {
    let mut at = from;
    if input.get(at) == Some(&b'-') {
        at += 1;
    }
    // A leading zero stands alone.
    if input.get(at) == Some(&b'0') {
        at += 1;
    } else {
        match digits(input, at, last)? {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    if input.get(at) == Some(&b'.') {
        match digits(input, at + 1, last)? {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    if let Some(b'e' | b'E') = input.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = input.get(at) {
            at += 1;
        }
        match digits(input, at, last)? {
            Some(next) => at = next,
            None => return Ok(None),
        }
    }
    Ok((at < input.len() || last).then_some(at))
}

/// Whether a number can have this byte.
pub(super) fn has(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
}

/// The end of one digit or more; `None` when the buffer ends before the first and more may come.
fn digits(input: &[u8], from: usize, last: bool) -> Result<Option<usize>, Fault> {
    let Some(rest) = input.get(from..) else {
        return Ok(None);
    };
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 {
        if rest.is_empty() && !last {
            return Ok(None);
        }
        return Err(Fault::syntax("expected a digit", from));
    }
    Ok(Some(from + count))
}
