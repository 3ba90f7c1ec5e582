//! What stands between two records, and where to look for it.
//!
//! A landmark is text: how a record ends, what stands behind it, and how the next one begins, up to
//! and with its first name, as in `},\n  {"messageId"`. Such a text with its bare quote cannot stand
//! inside a string, so that in JSON it is part of the structure, at this depth or at another. Which
//! one is meant, a worker finds out.

use crate::scan::is_blank;
use crate::select::Walk;
use memchr::memmem::Finder;

/// How many bytes of a record's beginning are looked at, and of its end.
const BEHIND: usize = 128;
const BEFORE: usize = 32;

/// How many kinds of places are told apart.
const MAX_KINDS: usize = 8;

/// How large a piece of a chunk is first searched from its end.
const WINDOW: usize = 16 << 10;

/// The places between records that a walk has come by.
#[derive(Default)]
pub(in crate::export) struct Landmarks {
    kinds: Vec<Kind>,
}

/// Places at which a walk stands alike: between records of an array, between documents.
struct Kind {
    state: Walk,
    /// What stands before all of them, and behind.
    before: Vec<u8>,
    behind: Vec<u8>,
    seen: u64,
}

/// Where records end, it seems.
pub(super) struct Guess {
    /// How the walk stands there.
    pub(super) start: Walk,
    finder: Finder<'static>,
    /// How much of what is searched for stands before the place.
    before: usize,
}

impl Landmarks {
    /// A record or a document has ended before `at`; the walk may have gone on.
    pub(in crate::export) fn see(&mut self, walk: &Walk, input: &[u8], at: usize) {
        // Before the first record of an array the walk has gone on: nothing may be cut there.
        if walk.position() != at {
            return;
        }
        let Some(behind) = beginning(&input[at..]) else {
            return;
        };
        let before = ending(&input[..at]);
        let mut state = walk.clone();
        state.forget(at);
        if let Some(kind) = self.kinds.iter_mut().find(|kind| kind.state == state) {
            kind.seen += 1;
            let common = alike(kind.behind.iter(), behind.iter());
            kind.behind.truncate(common);
            let common = alike(kind.before.iter().rev(), before.iter().rev());
            kind.before.drain(..kind.before.len() - common);
        } else if self.kinds.len() < MAX_KINDS {
            self.kinds.push(Kind {
                state,
                before: before.to_vec(),
                behind: behind.to_vec(),
                seen: 1,
            });
        }
    }

    /// The most frequent place that can be searched for.
    pub(super) fn guess(&self) -> Option<Guess> {
        let kind = self
            .kinds
            .iter()
            // Without a brace there is nothing that tells it from what stands inside of a record.
            .filter(|kind| kind.behind.contains(&b'{'))
            .max_by_key(|kind| kind.seen)?;
        let landmark = [&*kind.before, &*kind.behind].concat();
        Some(Guess {
            start: kind.state.clone(),
            finder: Finder::new(&landmark).into_owned(),
            before: kind.before.len(),
        })
    }
}

impl Guess {
    /// The first place to cut in `chunk`, not at its beginning.
    pub(super) fn first_cut(&self, chunk: &[u8]) -> Option<usize> {
        self.cuts(chunk, 0).next()
    }

    /// The last place to cut in `chunk`, of which the first `searched` bytes were searched before.
    pub(super) fn last_cut(&self, chunk: &[u8], searched: usize) -> Option<usize> {
        let overlap = self.finder.needle().len() - 1;
        let mut window = WINDOW;
        let mut end = chunk.len();
        loop {
            let start = end
                .saturating_sub(window)
                .max(searched.saturating_sub(overlap));
            if let Some(cut) = self.cuts(&chunk[..end], start).last() {
                return Some(cut);
            }
            if start + overlap <= searched || start == 0 {
                return None;
            }
            end = start + overlap;
            window *= 2;
        }
    }

    /// The places to cut whose landmarks begin at `from` or behind it.
    fn cuts<'a>(&'a self, chunk: &'a [u8], from: usize) -> impl Iterator<Item = usize> + 'a {
        self.finder
            .find_iter(&chunk[from..])
            .map(move |at| from + at + self.before)
            .filter(|cut| *cut > 0)
    }
}

/// How a record ends: with brackets, braces and blanks.
fn ending(input: &[u8]) -> &[u8] {
    let input = &input[input.len().saturating_sub(BEFORE)..];
    let other = input
        .iter()
        .rposition(|byte| !matches!(byte, b'}' | b']') && !is_blank(*byte));
    &input[other.map_or(0, |other| other + 1)..]
}

/// What stands between two records and how the second one begins; `None` if it is not there in full,
/// or is no object with a member.
fn beginning(input: &[u8]) -> Option<&[u8]> {
    let input = &input[..input.len().min(BEHIND)];
    let rest = after_blanks(input);
    let rest = after_blanks(rest.strip_prefix(b",").unwrap_or(rest));
    let name = after_blanks(rest.strip_prefix(b"{")?).strip_prefix(b"\"")?;
    let behind = &name[memchr::memchr(b'"', name)? + 1..];
    Some(&input[..input.len() - behind.len()])
}

fn after_blanks(input: &[u8]) -> &[u8] {
    let blanks = input.iter().take_while(|byte| is_blank(**byte)).count();
    &input[blanks..]
}

/// How many items two sequences have in common before they differ.
fn alike<'a>(one: impl Iterator<Item = &'a u8>, other: impl Iterator<Item = &'a u8>) -> usize {
    one.zip(other)
        .take_while(|(one, other)| one == other)
        .count()
}
