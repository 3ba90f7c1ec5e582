//! Every kernel of this machine against plain loops.

use super::*;
use crate::scan::is_blank;
use proptest::prelude::*;

struct SkipContent<'a>(&'a [u8], usize);

impl Task for SkipContent<'_> {
    type Outcome = (usize, Content);

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> Self::Outcome {
        let mut content = Content::default();
        let end = kernel.skip_content(self.0, self.1, &mut content);
        (end, content)
    }
}

struct AfterBlanks<'a>(&'a [u8], usize);

impl Task for AfterBlanks<'_> {
    type Outcome = (usize, u64);

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> Self::Outcome {
        let mut lines = 0;
        let end = kernel.after_blanks(self.0, self.1, &mut lines);
        (end, lines)
    }
}

struct Classes<'a>(&'a [u8; 64], &'a [u8; 128], u8);

impl Task for Classes<'_> {
    type Outcome = u64;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> u64 {
        let compare = kernel.compare();
        compare.in_class(compare.look_up(compare.load(self.0), self.1), self.2)
    }
}

struct Special<'a>(&'a [u8; 64]);

impl Task for Special<'_> {
    type Outcome = u64;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> u64 {
        kernel.special(self.0)
    }
}

struct List(u64, u8);

impl Task for List {
    type Outcome = Vec<u8>;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> Vec<u8> {
        let mut places = [0; 64];
        kernel.list(self.0, self.1, &mut places);
        places[..self.0.count_ones() as usize].to_vec()
    }
}

struct IsUtf8<'a>(&'a [u8], Range<usize>);

impl Task for IsUtf8<'_> {
    type Outcome = bool;

    #[inline(always)]
    fn run<K: Kernel>(self, kernel: K) -> bool {
        kernel.is_utf8(self.0, self.1)
    }
}

/// Puts `content` between quotes, as a string stands, and asks every kernel whether it is UTF-8.
fn assert_utf8(content: &[u8]) {
    let expected = std::str::from_utf8(content).is_ok();
    for lead in [&b"\""[..], b"[ \"", b"\"\xE9\":\""] {
        let input = [lead, content, b"\"]"].concat();
        for (name, kernel) in Best::available() {
            let range = lead.len()..lead.len() + content.len();
            let found = run_with(kernel, IsUtf8(&input, range));
            assert_eq!(found, expected, "{name}: {content:x?}");
        }
    }
}

#[test]
fn every_pair_and_every_edge_of_utf8_is_judged_alike() {
    for first in 0..=255 {
        for second in 0..=255 {
            assert_utf8(&[first, second]);
            assert_utf8(&[first, second, 0x80]);
            assert_utf8(&[first, second, 0xBF, 0xBF]);
        }
    }
    // Characters cut at every place of a block.
    for length in 0..140 {
        for last in ["é", "€", "😀"] {
            let mut content = vec![b'x'; length];
            content.extend(last.as_bytes());
            while content.len() > length {
                assert_utf8(&content);
                content.pop();
            }
        }
    }
}

/// What a kernel may skip at most: plain bytes and good escapes.
fn skippable(input: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        match input.get(at..).unwrap_or_default() {
            [
                b'\\',
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't',
                ..,
            ] => at += 2,
            [b'\\', b'u', digits @ ..]
                if digits.len() >= 4 && digits[..4].iter().all(u8::is_ascii_hexdigit) =>
            {
                at += 6;
            }
            [b'"' | b'\\' | 0..0x20, ..] | [] => return at,
            _ => at += 1,
        }
    }
}

fn content_of(skipped: &[u8]) -> Content {
    Content {
        escaped: skipped.contains(&b'\\'),
        non_ascii: !skipped.is_ascii(),
    }
}

#[test]
fn says_which_kernels_this_machine_has() {
    let names: Vec<_> = Best::available().map(|(name, _)| name).collect();
    println!("scanning kernels tested here: {}", names.join(", "));
    assert_eq!(names.last(), Some(&"portable"));
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        20 => b' '..=b'~',
        9 => prop::sample::select(b"019aAfF".as_slice()),
        3 => prop::sample::select(b"\\\\\\\\\\\"/bfnrtuuu0a".as_slice()),
        3 => prop::sample::select(b" \n\r\t".as_slice()),
        1 => any::<u8>(),
    ];
    prop::collection::vec(byte, 0..300)
}

proptest! {
    #[test]
    fn every_kernel_looks_up_the_same(
        block in prop::array::uniform32(any::<[u8; 2]>()),
        table in prop::collection::vec(any::<u8>(), 128),
        wanted in any::<u8>(),
    ) {
        let (block, table) = (block.as_flattened().first_chunk(), table.first_chunk());
        let (block, table): (&[u8; 64], &[u8; 128]) = (block.unwrap(), table.unwrap());
        let is_wanted = |byte: &u8| table.get(usize::from(*byte)).is_some_and(|classes| classes & wanted != 0);
        let expected = block.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(is_wanted(byte)));
        for (name, kernel) in Best::available() {
            prop_assert_eq!(run_with(kernel, Classes(block, table, wanted)), expected, "{}", name);
        }
    }

    #[test]
    fn no_kernel_skips_too_much_or_too_little(input in bytes(), from in 0_usize..300) {
        let from = from.min(input.len());
        for (name, kernel) in Best::available() {
            let (end, content) = run_with(kernel, SkipContent(&input, from));
            let most = skippable(&input, from);
            prop_assert!(end <= most, "{} skipped to {}, not {}", name, end, most);
            // It may stop early only before an escape.
            prop_assert!(end == most || input[end] == b'\\', "{} stopped at {}", name, end);
            // The backslash that it stops at may count already.
            let counted = if input.get(end) == Some(&b'\\') && content.escaped { end + 1 } else { end };
            prop_assert_eq!(content, content_of(&input[from..counted]), "{}", name);
        }
    }

    #[test]
    fn every_kernel_marks_the_special_bytes(bytes in prop::collection::vec(any::<u8>(), 64)) {
        let expected = bytes.iter().rev().fold(0, |mask, byte| {
            let plain = matches!(byte, 0x20..=0x7F) && !b"\"\\".contains(byte);
            mask << 1 | u64::from(!plain)
        });
        let block = bytes.as_slice().try_into().unwrap();
        for (name, kernel) in Best::available() {
            prop_assert_eq!(run_with(kernel, Special(block)), expected, "{}", name);
        }
    }

    #[test]
    fn every_kernel_lists_the_places_of_bits(
        bits in prop_oneof![any::<u64>(), Just(0), Just(u64::MAX)], few in any::<u64>(), block in 0_u8..4,
    ) {
        for bits in [bits, bits & few, bits & few & few.rotate_left(17)] {
            let first = 64 * block;
            let expected: Vec<_> = (0..64).filter(|bit| bits >> bit & 1 == 1).map(|bit| first + bit).collect();
            for (name, kernel) in Best::available() {
                prop_assert_eq!(&run_with(kernel, List(bits, first)), &expected, "{}", name);
            }
        }
    }

    #[test]
    fn utf8_is_judged_as_the_standard_library_does(
        text in "[ -~é€😀\u{d7ff}\u{e000}]{0,99}", at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut content = text.into_bytes();
        assert_utf8(&content);
        if !content.is_empty() {
            let at = at.index(content.len());
            content[at] = byte;
            assert_utf8(&content);
        }
    }

    #[test]
    fn long_strings_are_skipped_to_their_ends(
        length in 0_usize..300, escape in 0_usize..300, last in prop::sample::select(b"\"\n\x1f".as_slice()),
    ) {
        let mut input = vec![b'x'; length];
        if let Some(pair) = input.get_mut(escape..escape + 2) {
            pair.copy_from_slice(b"\\n");
        }
        input.push(last);
        for (name, kernel) in Best::available() {
            let (end, _) = run_with(kernel, SkipContent(&input, 0));
            // What is left of a last block is skipped to the escape only.
            prop_assert!(end == length || end == escape, "{}", name);
        }
    }

    #[test]
    fn every_kernel_finds_the_end_of_blanks(
        blanks in "[ \n\r\t]{0,200}", byte in any::<u8>(), rest in "[ x\n]{0,70}", from in 0_usize..200,
    ) {
        let input = [blanks.as_bytes(), &[byte], rest.as_bytes()].concat();
        let from = from.min(blanks.len());
        let end = input.iter().skip(from).take_while(|byte| is_blank(**byte)).count() + from;
        let lines = input[from..end].iter().filter(|byte| **byte == b'\n').count() as u64;
        for (name, kernel) in Best::available() {
            prop_assert_eq!(run_with(kernel, AfterBlanks(&input, from)), (end, lines), "{}", name);
        }
    }
}
