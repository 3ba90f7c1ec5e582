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

/// Where the number ends that begins at `from` and is the value of a member, if that is sure.
#[inline(always)]
pub(super) fn end_of_member(input: &[u8], from: usize) -> Option<usize> {
    short_integer_end(input, from).or_else(|| end(input, from, false).ok()?)
}

/// Where an integer of fewer than 16 digits ends that has no sign and stands before another member or
/// the end of the object: nearly every number, and found without a loop whose end must be foreseen.
#[inline(always)]
fn short_integer_end(input: &[u8], from: usize) -> Option<usize> {
    const ONES: u128 = u128::MAX / 255;
    let bytes: &[u8; 16] = input.get(from..)?.first_chunk()?;
    let values = u128::from_le_bytes(*bytes) ^ (ONES * u128::from(b'0'));
    // The highest bit of every byte above nine; what that carries over goes to bytes behind the first.
    let other = (values.wrapping_add(ONES * 0x76) | values) & (ONES * 0x80);
    let length = other.trailing_zeros() as usize / 8;
    let has_leading_zero = bytes[0] == b'0' && length > 1;
    let is_whole = length > 0 && matches!(bytes.get(length), Some(b',' | b'}'));
    (is_whole && !has_leading_zero).then_some(from + length)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_short_integer_ends_where_any_number_does(
            number in "-?[0-9]{1,17}|[0-9]{0,3}([.eE][+-]?)?[0-9]{0,3}", behind in "[,} \\]:a\u{e9}][ ,}]{0,20}",
        ) {
            let input = number + &behind;
            let all = end(input.as_bytes(), 0, false).ok().flatten();
            let short = short_integer_end(input.as_bytes(), 0);
            prop_assert!(short.is_none() || short == all, "{:?}, not {:?}: {}", short, all, input);
            prop_assert_eq!(end_of_member(input.as_bytes(), 0), all);
        }
    }

    #[test]
    fn short_integers_are_found() {
        for (input, end) in [
            ("0,              ", Some(1)),
            ("3}              ", Some(1)),
            ("1757676786168,\"a", Some(13)),
            ("123456789012345}", Some(15)),
            ("1234567890123456", None),
            ("01,             ", None),
            (",               ", None),
            ("1.5,            ", None),
            ("1 ,             ", None),
            ("1,", None),
        ] {
            assert_eq!(short_integer_end(input.as_bytes(), 0), end, "{input}");
        }
    }
}
