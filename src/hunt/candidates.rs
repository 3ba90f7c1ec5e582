//! Candidates that are hashed together, and which of them are hunted.

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

    /// Adds a token: also with the word of a scheme before it, if it looks like one that services give out.
    #[inline(always)]
    pub(super) fn push_token(&mut self, tag: Tag) {
        let value = value(self.bytes, &tag);
        // What is known of a token is mostly the placeholder of `Bearer TOKEN`, and what lies about is
        // the token alone. Behind that word it is a candidate with it, too.
        if may_be_in_header(value) && !self.bytes[..tag.start as usize].ends_with(SCHEME) {
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

/// Whether a token is one that services give out and headers can hold (RFC 6750, section 2.1): with a
/// digit, or long and with letters of both cases.
#[inline(always)]
fn may_be_in_header(token: &[u8]) -> bool {
    if !(12..=1024).contains(&token.len()) {
        return false;
    }
    match token.iter().fold(0, |kinds, byte| kinds | KINDS[usize::from(*byte)]) {
        kinds if kinds & OTHER != 0 => false,
        kinds if kinds & NUMBER != 0 => true,
        kinds => kinds & LOWER != 0 && kinds & UPPER != 0 && token.len() >= 24,
    }
}

const NUMBER: u8 = 1;
const LOWER: u8 = 2;
const UPPER: u8 = 4;
const OTHER: u8 = 8;

/// What a byte is in a header's token.
static KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte] = match byte as u8 {
            b'0'..=b'9' => NUMBER,
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=' => 0,
            _ => OTHER,
        };
        byte += 1;
    }
    kinds
};
