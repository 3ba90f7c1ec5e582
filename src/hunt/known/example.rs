//! Values that stand in for a secret in examples, templates and code, told from real ones.

/// Words of values that someone is to replace.
const WORDS: [&[u8]; 16] = [
    b"your",
    b"example",
    b"placeholder",
    b"changeme",
    b"change-me",
    b"change_me",
    b"replace",
    b"dummy",
    b"sample",
    b"insert",
    b"redacted",
    b"xxxx",
    b"****",
    b"....",
    b"0123456789",
    b"abcdefgh",
];

/// Whether a value is one that someone is to replace, or a name for it.
///
/// It is when it holds one of some words in any case (`your-token`, `xxxx`), begins as a placeholder of
/// this crate does, refers to a variable (`$NAME`, `%NAME%`), is made of fewer than six different bytes,
/// or repeats a byte six times in a row.
pub(super) fn is_example(value: &[u8]) -> bool {
    let word = |word: &&[u8]| {
        value
            .windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
    };
    WORDS.iter().any(word)
        || value.starts_with(b"$")
        || value.windows(2).any(|pair| matches!(pair, b"${" | b"$("))
        || matches!(value, [b'%', .., b'%'])
        || distinct(value) < 6
        || value
            .windows(6)
            .any(|part| part.iter().all(|byte| *byte == part[0]))
}

/// How many different bytes a value has.
fn distinct(value: &[u8]) -> u32 {
    let seen = value.iter().fold([0u64; 4], |mut seen, byte| {
        seen[usize::from(byte / 64)] |= 1 << (byte % 64);
        seen
    });
    seen.iter().map(|bits| bits.count_ones()).sum()
}

/// Whether a value could be what a generator of secrets made, rather than a word or a piece of code.
///
/// It is when it is no example, and has eight letters and digits in a row of which some are letters and
/// some are digits: no name of a function or a variable, no path and no sentence has that, and a random
/// value of sixteen letters and digits lacks it once in a thousand times. Values in which all letters are
/// capitals joined by `_` are names of other variables.
pub(super) fn is_random(value: &[u8]) -> bool {
    let mixed = value
        .split(|byte| !byte.is_ascii_alphanumeric())
        .any(|part| {
            part.len() >= 8
                && part.iter().any(u8::is_ascii_digit)
                && part.iter().any(u8::is_ascii_alphabetic)
        });
    let is_name = value.contains(&b'_')
        && value
            .iter()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'));
    mixed && !is_name && !is_example(value)
}
