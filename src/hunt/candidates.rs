//! Candidates that are hashed together, and which of them are hunted.

use super::targets::{SCHEME, Targets};
use crate::sha256::{self, Batch, Digest};

/// Candidates that are hashed together.
const TOGETHER: usize = 2048;

/// A candidate, in the bytes of its level.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tag {
    pub(super) text: u32,
    pub(super) start: u32,
    pub(super) length: u32,
    pub(super) is_token: bool,
}

/// Candidates of one level that wait for their digests.
pub(super) struct Candidates<'l> {
    targets: &'l Targets,
    bytes: &'l [u8],
    batch: Batch<'l, Tag>,
    /// Tokens with the word of a scheme before them.
    headers: Vec<u8>,
    header_tags: Vec<Tag>,
    /// Those that are hunted.
    found: Vec<(Tag, Digest)>,
}

impl<'l> Candidates<'l> {
    pub(super) fn new(targets: &'l Targets, bytes: &'l [u8], rest: Batch<'static, Tag>) -> Self {
        Self {
            targets,
            bytes,
            batch: rest.recycle(),
            headers: Vec::new(),
            header_tags: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Adds a candidate, and hashes all that wait once they are enough.
    #[inline]
    pub(super) fn push(&mut self, tag: Tag) {
        let value = &self.bytes[tag.start as usize..][..tag.length as usize];
        self.batch.push(value, tag);
        // What is known of a token is mostly the placeholder of `Bearer TOKEN`, and what lies about is
        // the token alone. Behind that word it is a candidate with it, too.
        if tag.is_token
            && may_be_in_header(value)
            && !self.bytes[..tag.start as usize].ends_with(SCHEME)
        {
            self.headers.extend_from_slice(SCHEME);
            self.headers.extend_from_slice(value);
            self.header_tags.push(tag);
        }
        if self.batch.len() == TOGETHER {
            self.hash();
        }
    }

    /// Hashes what waits; what of all is hunted, and the allocations.
    pub(super) fn finish(mut self) -> (Vec<(Tag, Digest)>, Batch<'static, Tag>) {
        self.hash();
        (self.found, self.batch.recycle())
    }

    /// Hashes what is in the batch and looks it up.
    fn hash(&mut self) {
        let (targets, found) = (self.targets, &mut self.found);
        self.batch.drain(|tag, digest| {
            if targets.contains(&digest) {
                found.push((tag, digest));
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
        self.headers.clear();
        self.header_tags.clear();
    }
}

/// Whether a token is one that services give out: with a digit, or long.
fn may_be_in_header(token: &[u8]) -> bool {
    match token.len() {
        12..24 => token.iter().any(u8::is_ascii_digit),
        length => (24..=1024).contains(&length),
    }
}
