//! Finding a member by its name: asked of nearly every name in a document.

use super::{COUNT, MEMBERS, MemberId};
use std::ops::Range;

/// Slots of the look-up table.
const SLOTS: usize = 512;

/// No member lives in this slot.
const EMPTY: u8 = u8::MAX;

/// Which member lives in which slot.
static INDEX: [u8; SLOTS] = {
    let mut index = [EMPTY; SLOTS];
    let mut member = 0;
    while member < COUNT {
        let slot = slot_of(MEMBERS[member].name.as_bytes());
        assert!(
            index[slot] == EMPTY,
            "two members share a slot: choose other factors"
        );
        index[slot] = member as u8;
        member += 1;
    }
    index
};

/// Length, first, middle and last byte tell the contract's names apart; the factors were searched for,
/// until every name had a slot for itself.
#[inline(always)]
const fn slot_of(name: &[u8]) -> usize {
    if name.is_empty() {
        return 0;
    }
    let mixed = 723 * name.len()
        + 396 * name[0] as usize
        + 662 * name[name.len() / 2] as usize
        + 751 * name[name.len() - 1] as usize;
    mixed % SLOTS
}

/// The member called `name`, if the contract knows one.
#[inline]
pub(crate) fn find(name: &[u8]) -> Option<MemberId> {
    let id = INDEX[slot_of(name)];
    let member = MEMBERS.get(usize::from(id))?;
    (member.name.as_bytes() == name).then_some(MemberId(id))
}

/// The member whose name is this range of `input`. Comparing takes no branch that depends on the
/// name, where as many bytes can be read as the longest name has.
#[inline(always)]
pub(crate) fn find_at(input: &[u8], name: Range<usize>) -> Option<MemberId> {
    let Some(window) = input.get(name.start..).and_then(<[u8]>::first_chunk) else {
        return find(&input[name]);
    };
    let id = INDEX[slot_of(&input[name.clone()])];
    let known = NAMES.get(usize::from(id))?;
    let different = (words(window).iter().zip(&known.mask).zip(&known.words))
        .fold(0, |different, ((word, mask), known)| {
            different | ((word & mask) ^ known)
        });
    (different == 0 && known.length == name.len()).then_some(MemberId(id))
}

/// A name in words.
struct Words {
    length: usize,
    words: [u64; 4],
    /// The bits that the name has.
    mask: [u64; 4],
}

/// The names of [`MEMBERS`].
static NAMES: [Words; COUNT] = {
    const NONE: Words = Words {
        length: 0,
        words: [0; 4],
        mask: [0; 4],
    };
    let mut names = [NONE; COUNT];
    let mut member = 0;
    while member < COUNT {
        let name = MEMBERS[member].name.as_bytes();
        let (mut bytes, mut mask) = ([0; 32], [0; 32]);
        let mut at = 0;
        while at < name.len() {
            bytes[at] = name[at];
            mask[at] = 0xFF;
            at += 1;
        }
        names[member] = Words {
            length: name.len(),
            words: words(&bytes),
            mask: words(&mask),
        };
        member += 1;
    }
    names
};

#[inline(always)]
const fn words(bytes: &[u8; 32]) -> [u64; 4] {
    let mut words = [0; 4];
    let (chunks, _) = bytes.as_chunks::<8>();
    let mut at = 0;
    while at < 4 {
        words[at] = u64::from_le_bytes(chunks[at]);
        at += 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What both ways say, wherever the name stands.
    fn found(name: &[u8]) -> Option<usize> {
        let expected = find(name);
        for (before, behind) in [
            ("", ""),
            ("{\"", "\":1}"),
            ("{\"", "\":\"the longest name has 25 bytes\""),
        ] {
            let input = [before.as_bytes(), name, behind.as_bytes()].concat();
            let range = before.len()..before.len() + name.len();
            assert_eq!(find_at(&input, range), expected, "{}", name.escape_ascii());
        }
        expected.map(MemberId::index)
    }

    #[test]
    fn finds_every_member_and_nothing_else() {
        for (position, member) in MEMBERS.iter().enumerate() {
            let name = member.name.as_bytes();
            assert_eq!(found(name), Some(position), "{}", member.name);
            // Not even what ends as the padding does.
            for end in [&b"\0"[..], b"s", b" ", &[b'x'; 40]] {
                let longer = [name, end].concat();
                if MEMBERS
                    .iter()
                    .all(|member| member.name.as_bytes() != longer)
                {
                    assert_eq!(found(&longer), None, "{}", longer.escape_ascii());
                }
            }
        }
        for name in [
            "",
            "b",
            "Body",
            "BODY",
            "body ",
            "bodybase64",
            "Headers",
            "bo\0y",
        ] {
            assert_eq!(found(name.as_bytes()), None, "{name}");
        }
    }
}
