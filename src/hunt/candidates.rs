//! Candidates that are hashed together, and which of them are hunted.

use super::cut::ISSUED;
use super::targets::{SCHEME, Targets};
use crate::sha256::{self, Digest};

/// Candidates that are hashed together.
const TOGETHER: usize = 2048;

/// A candidate, in the bytes of its level.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tag {
    pub(super) text: u32,
    pub(super) start: u32,
    pub(super) length: u32,
}

/// Candidates of one level that wait for their digests.
pub(super) struct Candidates<'l> {
    targets: &'l Targets,
    bytes: &'l [u8],
    tags: Vec<Tag>,
    /// Tokens with the word of a scheme before them.
    headers: Vec<u8>,
    header_tags: Vec<Tag>,
    /// Those that are hunted.
    found: Vec<(Tag, Digest)>,
}

impl<'l> Candidates<'l> {
    pub(super) fn new(targets: &'l Targets, bytes: &'l [u8]) -> Self {
        Self {
            targets,
            bytes,
            tags: Vec::new(),
            headers: Vec::new(),
            header_tags: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Adds a candidate, and hashes all that wait once they are enough.
    #[inline(always)]
    pub(super) fn push(&mut self, tag: Tag) {
        self.tags.push(tag);
        if self.tags.len() == TOGETHER {
            self.hash();
        }
    }

    /// Adds a token of the text that begins at `text_start`: also with the word of a scheme before it, if
    /// it looks like one that services issue.
    #[inline(always)]
    pub(super) fn push_token(&mut self, tag: Tag, text_start: usize, may_be_issued: bool) {
        let value = value(self.bytes, &tag);
        // What is known of a token is mostly the placeholder of `Bearer TOKEN`, and what lies about is
        // the token alone. Behind that word it is a candidate with it, too.
        if may_be_issued
            && may_be_in_header(value)
            && !self.bytes[text_start..tag.start as usize].ends_with(SCHEME)
        {
            self.headers.extend_from_slice(SCHEME);
            self.headers.extend_from_slice(value);
            self.header_tags.push(tag);
        }
        self.push(tag);
    }

    /// Hashes what waits; what of all is hunted.
    pub(super) fn finish(mut self) -> Vec<(Tag, Digest)> {
        self.hash();
        self.found
    }

    /// Hashes what waits and looks it up.
    #[inline(never)]
    fn hash(&mut self) {
        let (targets, found) = (self.targets, &mut self.found);
        let values = self.tags.iter().map(|tag| value(self.bytes, tag));
        sha256::hash_many(values, |position, digest| {
            if targets.contains(&digest) {
                found.push((self.tags[position], digest));
            }
        });
        let mut rest = &self.headers[..];
        let headers = self.header_tags.iter().map(|tag| {
            let (header, behind) = rest.split_at(SCHEME.len() + tag.length as usize);
            rest = behind;
            header
        });
        sha256::hash_many(headers, |position, digest| {
            if targets.contains(&digest) {
                found.push((self.header_tags[position], digest));
            }
        });
        self.tags.clear();
        self.headers.clear();
        self.header_tags.clear();
    }
}

/// The bytes of a candidate.
#[inline(always)]
fn value<'l>(bytes: &'l [u8], tag: &Tag) -> &'l [u8] {
    &bytes[tag.start as usize..][..tag.length as usize]
}

/// Whether a token is one that services issue and headers can hold (RFC 6750, section 2.1): with a
/// digit, or long and with letters of both cases.
#[inline(always)]
fn may_be_in_header(token: &[u8]) -> bool {
    if !(12..=1024).contains(&token.len()) {
        return false;
    }
    let kinds = kinds(token);
    let has = |kind| kinds & u128::from_ne_bytes([kind; 16]) != 0;
    !has(OTHER) && (has(NUMBER) || token.len() >= ISSUED && has(LOWER) && has(UPPER))
}

const NUMBER: u8 = 1;
const LOWER: u8 = 2;
const UPPER: u8 = 4;
const OTHER: u8 = 8;

/// What the bytes of a token are in a header, laid over one another.
#[inline(always)]
fn kinds(token: &[u8]) -> u128 {
    let mut kinds = [0; 16];
    for chunk in token.chunks(16) {
        // With what changes nothing behind the last bytes.
        let mut bytes = [b'-'; 16];
        bytes[..chunk.len()].copy_from_slice(chunk);
        for (kinds, byte) in kinds.iter_mut().zip(bytes) {
            // Without a branch, so that it becomes vectors.
            let within =
                |first: u8, count: u8, kind| u8::from(byte.wrapping_sub(first) < count) * kind;
            let letters = within(b'a', 26, LOWER) | within(b'A', 26, UPPER);
            let known = letters | within(b'0', 10, NUMBER);
            let marks = b"-._~+/=".map(|mark| byte == mark);
            let is_mark = marks.into_iter().fold(false, |is, mark| is | mark);
            *kinds |= known | (u8::from((known == 0) & !is_mark) * OTHER);
        }
    }
    u128::from_ne_bytes(kinds)
}
