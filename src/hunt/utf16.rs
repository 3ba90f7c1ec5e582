//! UTF-16, as Windows writes it: told by its mark, and decoded piece by piece.

/// What stands for a unit that is half of no pair. It has three bytes, and is one unit itself, so that
/// units can still be counted.
const UNPAIRED: char = char::REPLACEMENT_CHARACTER;

/// What a file turned out to be by its first two bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Order {
    /// Fewer than two bytes were seen.
    #[default]
    Unknown,
    Little,
    Big,
    /// No UTF-16.
    None,
}

/// Decodes one file after the other.
#[derive(Default)]
pub(super) struct Utf16 {
    order: Order,
    /// The first half of a unit, whose second half is yet to come.
    half: Option<u8>,
    /// The first half of a pair of units.
    high: Option<u16>,
}

impl Utf16 {
    /// Takes the next bytes of a file and appends what they are in UTF-8, without the mark. Nothing if
    /// the file does not begin with one.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.order == Order::None {
            return;
        }
        for byte in bytes {
            let Some(first) = self.half.take() else {
                self.half = Some(*byte);
                continue;
            };
            let pair = [first, *byte];
            match self.order {
                Order::Little => self.unit(u16::from_le_bytes(pair), out),
                Order::Big => self.unit(u16::from_be_bytes(pair), out),
                Order::Unknown => match pair {
                    [0xFF, 0xFE] => self.order = Order::Little,
                    [0xFE, 0xFF] => self.order = Order::Big,
                    _ => self.order = Order::None,
                },
                Order::None => return,
            }
        }
    }

    fn unit(&mut self, unit: u16, out: &mut Vec<u8>) {
        let units = self.high.take().into_iter().chain([unit]);
        for read in char::decode_utf16(units) {
            match read {
                Ok(character) => append(character, out),
                Err(half) if half.unpaired_surrogate() == unit && unit < 0xDC00 => {
                    self.high = Some(unit);
                }
                Err(_) => append(UNPAIRED, out),
            }
        }
    }

    /// Whether the file begins as UTF-16 does.
    pub(super) fn is_there(&self) -> bool {
        matches!(self.order, Order::Little | Order::Big)
    }

    /// Says that the file has ended, and appends what was left of it.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        if self.is_there() && (self.high.is_some() || self.half.is_some()) {
            append(UNPAIRED, out);
        }
        *self = Self::default();
    }
}

fn append(character: char, out: &mut Vec<u8>) {
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// How many bytes of the mark a file has before the text.
pub(super) const MARK: u64 = 2;

/// How many bytes of UTF-16 decoded bytes were. Pieces that end within a character add up.
pub(super) fn encoded_length(decoded: &[u8]) -> u64 {
    let units = |byte: &u8| match byte {
        0x80..0xC0 => 0,
        0xF0.. => 2,
        _ => 1,
    };
    2 * decoded.iter().map(units).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a file is decoded to that comes in pieces of `length` bytes, and whether it is UTF-16.
    fn decoded(file: &[u8], length: usize) -> (Vec<u8>, bool) {
        let (mut decoder, mut out) = (Utf16::default(), Vec::new());
        for piece in file.chunks(length) {
            decoder.push(piece, &mut out);
        }
        let is_there = decoder.is_there();
        decoder.finish(&mut out);
        (out, is_there)
    }

    fn file(units: impl IntoIterator<Item = u16>, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let units = [0xFEFF].into_iter().chain(units);
        units.flat_map(order).collect()
    }

    proptest! {
        #[test]
        fn both_orders_are_decoded_in_pieces_of_any_length(
            units in proptest::collection::vec(any::<u16>(), 0..40),
            length in 1usize..9,
        ) {
            let text: String = char::decode_utf16(units.iter().copied())
                .map(|unit| unit.unwrap_or(UNPAIRED))
                .collect();
            for order in [u16::to_le_bytes, u16::to_be_bytes] {
                let file = file(units.iter().copied(), order);
                prop_assert_eq!(decoded(&file, length), (text.clone().into_bytes(), true));
                prop_assert_eq!(MARK + encoded_length(text.as_bytes()), file.len() as u64);
            }
        }
    }

    #[test]
    fn what_has_no_mark_is_nothing() {
        for file in [
            &b""[..],
            b"\xFF",
            b"text",
            b"\xFF\xFF\xFE",
            b"\xEF\xBB\xBFtext",
        ] {
            assert_eq!(decoded(file, 1), (Vec::new(), false));
        }
    }

    #[test]
    fn what_is_cut_off_leaves_a_sign() {
        assert_eq!(decoded(b"\xFF\xFEa\0b", 2), ("a\u{FFFD}".into(), true));
        assert_eq!(decoded(b"\xFF\xFE\x3D\xD8", 3), ("\u{FFFD}".into(), true));
    }
}
