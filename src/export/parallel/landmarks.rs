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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::RedactFields;
    use crate::members::BodyEncoding;
    use crate::select::{Rule, Seen, Stop};

    /// What is learned from all of `input`.
    fn learn(input: &str) -> Option<Guess> {
        let mut landmarks = Landmarks::default();
        let (mut walk, mut seen) = (Walk::new(), Seen::new(false));
        let rule = Rule {
            fields: &RedactFields::everything(),
            encoding: BodyEncoding::Auto,
        };
        let input = input.as_bytes();
        while let Stop::At(end, _) = walk
            .run(rule, input, false, &mut Vec::new(), &mut seen)
            .unwrap()
        {
            walk.take_lines();
            landmarks.see(&walk, input, end);
        }
        landmarks.guess()
    }

    /// What is searched for, with a bar where it is cut.
    fn landmark(input: &str) -> String {
        learn(input).map_or_else(String::new, |guess| {
            let text = String::from_utf8(guess.finder.needle().to_vec()).unwrap();
            let (before, behind) = text.split_at(guess.before);
            format!("{before}|{behind}")
        })
    }

    #[test]
    fn learns_what_stands_between_records() {
        for (input, expected) in [
            (r#"[{"a":"x"},{"a":1},{"a":"y"}]"#, r#"}|,{"a""#),
            ("{\"a\":1}\n{\"a\":2}\n", "}|\n{\"a\""),
            ("{\"a\":1}\r\n\r\n {\"a\":2}", "}|\r\n\r\n {\"a\""),
            (
                "{ \"m\": [\n  {\n    \"a\": 1\n  },\n  {\n    \"a\": 2\n  }",
                "\n  }|,\n  {\n    \"a\"",
            ),
            // What all records have in common.
            (r#"[{"a":[1]},{"ab":{}},{"ac":1},{"#, r#"}|,{"a"#),
            (r#"[{"a":[{"b":1}]},{"a":[{}]},{"c":1},{"#, r#"}]}|,{""#),
            // Most places are between records of a page, or between pages.
            (
                r#"{"m":[{"a":1},{"a":1}]}{"m":[{"a":1},{"a":1}]}"#,
                r#"}|,{"a""#,
            ),
            (r#"{"m":[{"a":1}]}{"m":[{"a":1}]}"#, r#"}]}|{"m""#),
        ] {
            assert_eq!(landmark(input), expected, "{input}");
        }
    }

    #[test]
    fn without_a_brace_and_a_name_there_is_no_landmark() {
        for input in [
            "",
            "{}",
            r#"{"a":1}"#,
            "1 2 3",
            "[[1],[2]]",
            "{} {} {}",
            r#"[{"a":1},5,{},{}]"#,
            r#"{"a":1} {"a"#,
            // Two that differ before the brace.
            "{\"a\":1}\n{\"a\":1} {\"a\":1}",
        ] {
            assert_eq!(landmark(input), "", "{input}");
        }
    }

    #[test]
    fn finds_the_first_and_the_last_place_wherever_they_are() {
        let guess = learn(r#"[{"a":1},{"a":1},{"#).unwrap();
        let mark = br#"},{"a""#;
        for blank in [0, 1, 5, 1000, 2 * WINDOW, 3 * WINDOW + 5, 10 * WINDOW] {
            let mut chunk = vec![b' '; blank];
            assert_eq!(guess.last_cut(&chunk, 0), None);
            chunk.extend_from_slice(mark);
            chunk.resize(chunk.len() + 7, b' ');
            let second = chunk.len();
            chunk.extend_from_slice(mark);
            chunk.resize(chunk.len() + blank, b' ');
            assert_eq!(guess.first_cut(&chunk), Some(blank + 1));
            assert_eq!(guess.last_cut(&chunk, 0), Some(second + 1));
            // Where a part was searched without success, a place can only reach out of that part.
            for searched in [second.saturating_sub(3), second + mark.len() - 1] {
                assert_eq!(guess.last_cut(&chunk, searched), Some(second + 1));
            }
            assert_eq!(guess.last_cut(&chunk, second + mark.len()), None);
        }
        // Never at the very beginning.
        let guess = learn(r#"[{},5,{"a":1}]"#).unwrap();
        assert_eq!(guess.first_cut(br#",{"a":1}"#), None);
        assert_eq!(guess.first_cut(br#",{"a":1},{"a":1}"#), Some(8));
    }
}
