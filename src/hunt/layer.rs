//! Taking one layer of wrapping off, and finding the way back to where a byte came from.

use super::finding::Layer;
use std::ops::Range;

/// A piece of wrapped text: how many bytes it takes, and the bytes that it stands for.
struct Piece {
    takes: usize,
    gives: [u8; 4],
    count: usize,
}

impl Piece {
    fn new(takes: usize, bytes: &[u8]) -> Self {
        let mut gives = [0; 4];
        gives[..bytes.len()].copy_from_slice(bytes);
        Self {
            takes,
            gives,
            count: bytes.len(),
        }
    }
}

impl Layer {
    /// Appends what `wrapped` stands for; whether it is wrapped in this way at all.
    pub(super) fn decode(self, wrapped: &[u8], out: &mut Vec<u8>) -> bool {
        match self {
            Self::Escapes => walk(wrapped, b'\\', escape, |_, bytes| {
                out.extend_from_slice(bytes);
            }),
            Self::Percent => walk(wrapped, b'%', percent, |_, bytes| {
                out.extend_from_slice(bytes);
            }),
            Self::Base64 => return super::base64::decode(wrapped, out),
        }
        true
    }

    /// Where in `wrapped` the bytes of each range came from.
    pub(super) fn locate(self, wrapped: &[u8], ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
        let (mark, read): (u8, fn(&[u8]) -> Piece) = match self {
            Self::Base64 => {
                // A byte begins within the digit that holds its highest bit.
                let digit = |byte: usize| byte / 3 * 4 + byte % 3;
                let place = |range: Range<usize>| {
                    let last = range.end.saturating_sub(1);
                    digit(range.start)..(digit(last) + 2).min(wrapped.len())
                };
                return ranges.into_iter().map(place).collect();
            }
            Self::Escapes => (b'\\', escape),
            Self::Percent => (b'%', percent),
        };
        let mut starts = Ascending::new(ranges.iter().map(|range| range.start));
        let mut ends = Ascending::new(ranges.iter().map(|range| range.end));
        let mut places = vec![0..wrapped.len(); ranges.len()];
        let mut given = 0;
        walk(wrapped, mark, read, |source, bytes| {
            let after = given + bytes.len();
            // A plain piece gives byte for byte; a wrapped one is located as a whole.
            let plain = source.len() == bytes.len();
            while let Some((start, at)) = starts.next_if(|start| start < after) {
                places[at].start = source.start + if plain { start - given } else { 0 };
            }
            while let Some((end, at)) = ends.next_if(|end| end <= after) {
                places[at].end = if plain {
                    source.start + (end - given)
                } else {
                    source.end
                };
            }
            given = after;
        });
        places
    }
}

/// Numbers in order, each with the position that it had.
struct Ascending(std::vec::IntoIter<(usize, usize)>);

impl Ascending {
    fn new(numbers: impl Iterator<Item = usize>) -> Self {
        let mut numbers: Vec<_> = numbers.zip(0..).collect();
        numbers.sort_unstable();
        Self(numbers.into_iter())
    }

    /// Takes the next one if it is low enough.
    fn next_if(&mut self, is_low: impl Fn(usize) -> bool) -> Option<(usize, usize)> {
        let (number, _) = self.0.as_slice().first()?;
        is_low(*number).then(|| self.0.next())?
    }
}

/// Runs through wrapped text: plain stretches and pieces that begin with `mark`, each with its place.
fn walk(
    wrapped: &[u8],
    mark: u8,
    read: fn(&[u8]) -> Piece,
    mut each: impl FnMut(Range<usize>, &[u8]),
) {
    let mut at = 0;
    while at < wrapped.len() {
        let plain = memchr::memchr(mark, &wrapped[at..]).unwrap_or(wrapped.len() - at);
        if plain > 0 {
            each(at..at + plain, &wrapped[at..at + plain]);
            at += plain;
        }
        if at < wrapped.len() {
            let piece = read(&wrapped[at..]);
            each(at..at + piece.takes, &piece.gives[..piece.count]);
            at += piece.takes;
        }
    }
}

/// Reads the escape at the beginning of `text`. What no language has stands for itself, without the
/// backslash, as in a shell.
fn escape(text: &[u8]) -> Piece {
    let short = |byte| Piece::new(2, &[byte]);
    match text.get(1) {
        None => Piece::new(1, b"\\"),
        Some(b'n') => short(b'\n'),
        Some(b'r') => short(b'\r'),
        Some(b't') => short(b'\t'),
        Some(b'b') => short(0x08),
        Some(b'f') => short(0x0C),
        Some(b'x') => match hex(text.get(2..4)) {
            Some(byte) => Piece::new(4, &[byte as u8]),
            None => short(b'x'),
        },
        Some(b'u') => unicode(text),
        Some(&other) => short(other),
    }
}

/// Reads `\uXXXX`, or two of them that make one character.
fn unicode(text: &[u8]) -> Piece {
    let Some(unit) = hex(text.get(2..6)) else {
        return Piece::new(2, b"u");
    };
    let low = text
        .get(6..8)
        .filter(|mark| mark == b"\\u")
        .and_then(|_| hex(text.get(8..12)));
    let (point, takes) = match low {
        Some(low @ 0xDC00..0xE000) if (0xD800..0xDC00).contains(&unit) => {
            (0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), 12)
        }
        _ => (unit, 6),
    };
    match char::from_u32(point) {
        Some(point) => Piece::new(takes, point.encode_utf8(&mut [0; 4]).as_bytes()),
        // A lone surrogate, as its three bytes of WTF-8.
        None => Piece::new(
            takes,
            &[
                0xE0 | (point >> 12) as u8,
                0x80 | (point >> 6 & 0x3F) as u8,
                0x80 | (point & 0x3F) as u8,
            ],
        ),
    }
}

/// Reads `%XX`; a sign that begins none stands for itself.
fn percent(text: &[u8]) -> Piece {
    match hex(text.get(1..3)) {
        Some(byte) => Piece::new(3, &[byte as u8]),
        None => Piece::new(1, b"%"),
    }
}

/// The number that these hex digits write, if they are some.
fn hex(digits: Option<&[u8]>) -> Option<u32> {
    digits?.iter().try_fold(0, |number, digit| {
        Some(number << 4 | char::from(*digit).to_digit(16)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(layer: Layer, wrapped: &str) -> Vec<u8> {
        let mut out = Vec::new();
        assert!(layer.decode(wrapped.as_bytes(), &mut out));
        out
    }

    #[test]
    fn escapes_of_json_and_of_shells_are_taken_off() {
        for (wrapped, text) in [
            (r#"a\"b\\c\/d"#, r#"a"b\c/d"#),
            (r"\u0041\u00e9\ud83d\ude00", "Aé😀"),
            (r"Bearer\ my-token", "Bearer my-token"),
            (r"\x41\n\t", "A\n\t"),
            (r"\u00", "u00"),
            (r"\xg", "xg"),
            ("\\", "\\"),
        ] {
            assert_eq!(
                decoded(Layer::Escapes, wrapped),
                text.as_bytes(),
                "{wrapped}"
            );
        }
        assert_eq!(decoded(Layer::Escapes, r"\ud800"), [0xED, 0xA0, 0x80]);
    }

    #[test]
    fn percent_signs_that_encode_nothing_stay() {
        assert_eq!(decoded(Layer::Percent, "a%3Db%zz%4"), b"a=b%zz%4");
    }

    #[test]
    fn finds_the_way_back() {
        let wrapped = br"ab\u0041cd\/e";
        // Decoded: a b A c d / e
        for (range, place) in [
            (0..1, 0..1),
            (2..3, 2..8),
            (3..5, 8..10),
            (2..6, 2..12),
            (6..7, 12..13),
        ] {
            let places = Layer::Escapes.locate(wrapped, vec![range.clone(), range.clone()]);
            assert_eq!(places, [place.clone(), place], "{range:?}");
        }
        // In any order.
        let places = Layer::Escapes.locate(wrapped, vec![6..7, 2..6, 2..3]);
        assert_eq!(places, [12..13, 2..12, 2..8]);
        let places = Layer::Percent.locate(b"%41b%43", vec![1..3, 0..1]);
        assert_eq!(places, [3..7, 0..3]);
        // Digits 4 to 7 encode the bytes 3 to 5.
        let places = Layer::Base64.locate(b"Zm9vYmFy", vec![3..6, 0..1]);
        assert_eq!(places, [4..8, 0..2]);
    }
}
