//! Candidates that are hashed together, and which of them are hunted.

use super::seen::{As, Seen};
use super::targets::{SCHEME, Targets};
use crate::sha256::{self, Batch, Digest};

/// Candidates that are hashed together.
const TOGETHER: usize = 2048;

/// Candidates that are looked up together among what was seen.
const GATHERED: usize = 256;

/// A candidate, in the bytes of its level.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tag {
    pub(super) text: u32,
    pub(super) start: u32,
    pub(super) length: u32,
    pub(super) is_token: bool,
}

impl Tag {
    pub(super) fn of(self, bytes: &[u8]) -> &[u8] {
        &bytes[self.start as usize..][..self.length as usize]
    }
}

/// Candidates of one level that wait for their digests.
pub(super) struct Candidates<'l> {
    targets: &'l Targets,
    bytes: &'l [u8],
    batch: Batch<'l, Tag>,
    /// Those that are in no batch yet, and how many.
    gathered: [Tag; GATHERED],
    count: usize,
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
            gathered: [Tag::default(); GATHERED],
            count: 0,
            headers: Vec::new(),
            header_tags: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Adds a candidate; once [`is_full`](Self::is_full) says so they have to be gathered.
    #[inline(always)]
    pub(super) fn push(&mut self, tag: Tag) {
        self.gathered[self.count % GATHERED] = tag;
        self.count += 1;
    }

    #[inline(always)]
    pub(super) fn is_full(&self) -> bool {
        self.count == GATHERED
    }

    /// Hashes what waits; what of all is hunted, and the allocations.
    pub(super) fn finish(
        mut self,
        seen: Option<&mut Seen>,
    ) -> (Vec<(Tag, Digest)>, Batch<'static, Tag>) {
        self.gather(seen);
        self.hash();
        (self.found, self.batch.recycle())
    }

    /// Puts those that were not seen before into the batch, and hashes that once it is full.
    pub(super) fn gather(&mut self, seen: Option<&mut Seen>) {
        if let Some(seen) = seen {
            self.keep_new(seen);
        }
        for tag in &self.gathered[..self.count] {
            let value = tag.of(self.bytes);
            self.batch.push(value, *tag);
            // What is known of a token is mostly the placeholder of `Bearer TOKEN`, and what lies about
            // is the token alone. Behind that word it is a candidate with it, too.
            if tag.is_token
                && may_be_in_header(value)
                && !self.bytes[..tag.start as usize].ends_with(SCHEME)
            {
                self.headers.extend_from_slice(SCHEME);
                self.headers.extend_from_slice(value);
                self.header_tags.push(*tag);
            }
        }
        self.count = 0;
        if self.batch.len() + GATHERED > TOGETHER {
            self.hash();
        }
    }

    /// Leaves those that were not seen before.
    fn keep_new(&mut self, seen: &mut Seen) {
        let mut kept = 0;
        for at in 0..self.count {
            let tag = self.gathered[at];
            let how = As::Candidate {
                is_token: tag.is_token,
            };
            let is_seen = seen.check(how, tag.of(self.bytes));
            self.gathered[kept] = tag;
            kept += usize::from(!is_seen);
        }
        self.count = kept;
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
