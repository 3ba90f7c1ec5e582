//! The search of one window: cut, hash together, look up, and unwrap level by level.
//!
//! What is wrapped in a text is decoded to the next level and searched there as a text of its own, so
//! that the candidates of many small texts are hashed together. A level that has grown is searched and
//! emptied at once: memory is bounded, and nothing is left out.

use super::cut::{self, Rule, Sink};
use super::finding::{Kind, Layer};
use super::seen::{As, Seen};
use super::targets::{SCHEME, Targets};
use super::{base64, known};
use crate::fingerprint::Fingerprint;
use crate::sha256::{self, Batch, Digest};
use std::ops::Range;

/// How many layers are taken off at most.
pub(super) const MAX_LAYERS: usize = 4;

/// A level is searched once it holds so many bytes.
const LEVEL_BYTES: usize = 256 << 10;

/// Candidates that are hashed together.
const TOGETHER: usize = 2048;

/// Candidates that are gathered before they go to those.
const GATHERED: usize = 64;

/// Where something was found in the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    pub(super) layers: Vec<Layer>,
    pub(super) fingerprint: Fingerprint,
    pub(super) name: Option<String>,
}

/// Candidates up to this long are tried with that word before them.
const LONGEST_TOKEN: usize = 1024;

/// Files up to this long are tried as a whole, whatever is in them.
const SMALL_FILE: usize = 4096;

/// Whether a file may be a body as a whole: it is small, or begins as documents do.
fn may_be_body(file: &[u8]) -> bool {
    file.len() <= SMALL_FILE || matches!(file, [b'{' | b'[' | b'<' | b'"', ..])
}

/// Texts of the same depth.
#[derive(Default)]
pub(super) struct Level {
    pub(super) bytes: Vec<u8>,
    texts: Vec<Text>,
}

/// A text, and where it was unwrapped from.
struct Text {
    /// In the bytes of its level.
    range: Range<usize>,
    /// What was taken off, and the place in the bytes of the level before.
    from: Option<(Layer, Range<usize>)>,
    /// The text there.
    parent: usize,
}

/// A candidate that waits for its digest, in the bytes of its level.
#[derive(Clone, Copy, Default)]
struct Tag {
    text: u32,
    start: u32,
    length: u32,
}

/// The levels of a search, and what was allocated for it.
pub(super) struct Search {
    /// The first is the window.
    levels: [Level; MAX_LAYERS + 1],
    batches: [Batch<'static, Tag>; MAX_LAYERS + 1],
    /// Room for the masks of a line.
    words: Vec<cut::Masks>,
    seen: Seen,
}

impl Search {
    pub(super) fn new() -> Self {
        Self {
            levels: Default::default(),
            batches: Default::default(),
            words: Vec::new(),
            seen: Seen::new(),
        }
    }

    /// The bytes that are searched; the caller fills and empties them.
    pub(super) fn window(&mut self) -> &mut Vec<u8> {
        &mut self.levels[0].bytes
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.levels[0].bytes
    }

    /// Searches `range` of the window; with `whole` it is all of a file.
    pub(super) fn run(
        &mut self,
        targets: &Targets,
        range: Range<usize>,
        whole: bool,
        hits: &mut Vec<Hit>,
    ) {
        let before = hits.len();
        self.pass(targets, &range, whole, true, hits);
        if hits[before..].iter().any(|hit| hit.kind == Kind::Target) {
            // What is passed over as seen is passed over before it is known to be no secret. So where
            // there is one, everything is looked at again.
            hits.truncate(before);
            self.seen.clear();
            self.pass(targets, &range, whole, false, hits);
        }
    }

    fn pass(
        &mut self,
        targets: &Targets,
        range: &Range<usize>,
        whole: bool,
        remember: bool,
        hits: &mut Vec<Hit>,
    ) {
        let [window, deeper @ ..] = &mut self.levels;
        let [batch, batches @ ..] = &mut self.batches;
        window.texts.clear();
        window.texts.push(Text {
            range: range.clone(),
            from: None,
            parent: 0,
        });
        let path = Path {
            level: window,
            before: None,
        };
        let mut pass = Pass {
            targets,
            hits,
            whole,
            words: std::mem::take(&mut self.words),
            with_scheme: Vec::new(),
            seen: remember.then_some(&mut self.seen),
        };
        pass.level(&path, deeper, batch, batches);
        self.words = pass.words;
    }
}

/// The levels from one up to the window.
struct Path<'a> {
    level: &'a Level,
    before: Option<&'a Path<'a>>,
}

impl Path<'_> {
    /// Where in the window a place of a text came from, and through which layers.
    fn locate(&self, text: usize, range: Range<usize>) -> (Range<usize>, Vec<Layer>) {
        let (mut path, mut text, mut range) = (self, text, range);
        let mut layers = Vec::new();
        while let Some(before) = path.before
            && let Some(found) = path.level.texts.get(text)
            && let Some((layer, from)) = &found.from
        {
            let within = range.start - found.range.start..range.end - found.range.start;
            let place = layer.locate(&before.level.bytes[from.clone()], within);
            range = from.start + place.start..from.start + place.end;
            layers.push(*layer);
            text = found.parent;
            path = before;
        }
        layers.reverse();
        (range, layers)
    }

    /// A candidate of this level whose digest is hunted.
    fn hit(&self, tag: Tag, digest: Digest) -> Hit {
        let start = tag.start as usize;
        let text = &self.level.texts[tag.text as usize];
        let name = known::name_before(
            &self.level.bytes[text.range.clone()],
            start - text.range.start,
        );
        let (range, layers) = self.locate(tag.text as usize, start..start + tag.length as usize);
        Hit {
            range,
            kind: Kind::Target,
            layers,
            fingerprint: Fingerprint::from_bytes(digest),
            name,
        }
    }
}

/// One run of a search.
struct Pass<'p> {
    targets: &'p Targets,
    hits: &'p mut Vec<Hit>,
    whole: bool,
    words: Vec<cut::Masks>,
    /// Room for candidates with the word of a scheme before them.
    with_scheme: Vec<u8>,
    /// What need not be hashed again.
    seen: Option<&'p mut Seen>,
}

impl Pass<'_> {
    /// Searches all texts of the path's last level.
    fn level(
        &mut self,
        path: &Path<'_>,
        deeper: &mut [Level],
        rest: &mut Batch<'static, Tag>,
        batches: &mut [Batch<'static, Tag>],
    ) {
        let batch = std::mem::take(rest).recycle();
        let mut cutting = Cutting {
            pass: self,
            path,
            deeper,
            batches,
            batch,
            gathered: [Tag::default(); GATHERED],
            count: 0,
            text: 0,
        };
        for text in 0..path.level.texts.len() {
            cutting.text(text);
        }
        cutting.gather();
        cutting.hash();
        cutting.unwrap();
        *rest = cutting.batch.recycle();
    }
}

/// The cutting of the texts of one level.
struct Cutting<'c, 'p, 'l> {
    pass: &'c mut Pass<'p>,
    path: &'l Path<'l>,
    deeper: &'c mut [Level],
    batches: &'c mut [Batch<'static, Tag>],
    batch: Batch<'l, Tag>,
    /// Candidates that are in no batch yet, and how many.
    gathered: [Tag; GATHERED],
    count: usize,
    text: usize,
}

impl Cutting<'_, '_, '_> {
    fn text(&mut self, text: usize) {
        self.text = text;
        let path = self.path;
        let targets = self.pass.targets;
        let range = path.level.texts[text].range.clone();
        let bytes = &path.level.bytes[range.clone()];
        if path.before.is_some() || self.pass.whole && may_be_body(bytes) {
            self.whole(bytes);
        }
        if !targets.is_empty() {
            self.every_offset(range.clone());
        }
        let mut words = std::mem::take(&mut self.pass.words);
        cut::text(bytes, targets.shortest(), &mut words, self);
        self.pass.words = words;
        if targets.hunts_known() {
            let hits = &mut self.pass.hits;
            known::scan(bytes, &mut |found| {
                let place = range.start + found.range.start..range.start + found.range.end;
                let fingerprint = Fingerprint::of(&path.level.bytes[place.clone()]);
                let (range, layers) = path.locate(text, place);
                hits.push(Hit {
                    range,
                    kind: found.kind,
                    layers,
                    fingerprint,
                    name: found.name,
                });
            });
        }
    }

    /// Tries all of a text, also without what ends its last line.
    fn whole(&mut self, bytes: &[u8]) {
        self.candidate(0..bytes.len());
        let trimmed = bytes.trim_ascii_end().len();
        if trimmed < bytes.len() {
            self.candidate(0..trimmed);
        }
    }

    /// Tries every offset of a text, for the lengths that were asked for.
    fn every_offset(&mut self, text: Range<usize>) {
        // What begins in a window may end behind what is searched of it by rules.
        let end = match self.path.before {
            None => self.path.level.bytes.len(),
            Some(_) => text.end,
        };
        for length in self.pass.targets.every_offset() {
            let starts = text.start..text.end.min((end + 1).saturating_sub(*length));
            for start in starts {
                self.push(start - text.start..start - text.start + length, true);
            }
        }
    }

    /// Whether a part of the text was looked at in this way before.
    #[inline(always)]
    fn seen(&mut self, how: As, range: Range<usize>) -> bool {
        let level = self.path.level;
        let start = level.texts[self.text].range.start;
        match &mut self.pass.seen {
            Some(seen) => seen.check(how, &level.bytes[start + range.start..start + range.end]),
            None => false,
        }
    }

    /// Keeps a candidate if it is new. Nobody can foresee whether it is, so that is not branched on.
    #[inline(always)]
    fn push(&mut self, range: Range<usize>, is_new: bool) {
        let text = &self.path.level.texts[self.text];
        self.gathered[self.count % GATHERED] = Tag {
            text: self.text as u32,
            start: (text.range.start + range.start) as u32,
            length: range.len() as u32,
        };
        self.count += usize::from(is_new);
        if self.count == GATHERED {
            self.gather();
        }
    }

    /// Puts what was gathered into the batch, and hashes that once it is full.
    fn gather(&mut self) {
        self.hash_with_scheme();
        for tag in &self.gathered[..self.count] {
            let start = tag.start as usize;
            let value = &self.path.level.bytes[start..start + tag.length as usize];
            self.batch.push(value, *tag);
        }
        self.count = 0;
        if self.batch.len() + GATHERED > TOGETHER {
            self.hash();
        }
    }

    /// Hashes what is in the batch and looks it up.
    fn hash(&mut self) {
        let (path, targets) = (self.path, self.pass.targets);
        let hits = &mut self.pass.hits;
        self.batch.drain(|tag, digest| {
            if targets.contains(&digest) {
                hits.push(path.hit(tag, digest));
            }
        });
    }

    /// Hashes what was gathered with the word before it that headers have: what is known of a token is
    /// mostly the placeholder of `Bearer TOKEN`, and what lies about is the token alone.
    fn hash_with_scheme(&mut self) {
        let (path, targets) = (self.path, self.pass.targets);
        let bytes = &path.level.bytes;
        let values = &mut self.pass.with_scheme;
        values.clear();
        let mut tags = [Tag::default(); GATHERED];
        let mut count = 0;
        for tag in &self.gathered[..self.count] {
            let start = tag.start as usize;
            // With the word in front of it there it is a candidate as a whole.
            if tag.length as usize > LONGEST_TOKEN || bytes[..start].ends_with(SCHEME) {
                continue;
            }
            values.extend_from_slice(SCHEME);
            values.extend_from_slice(&bytes[start..start + tag.length as usize]);
            tags[count] = *tag;
            count += 1;
        }
        let mut rest = &values[..];
        let each = tags[..count].iter().map(|tag| {
            let (value, after) = rest.split_at(SCHEME.len() + tag.length as usize);
            rest = after;
            value
        });
        let hits = &mut self.pass.hits;
        sha256::hash_many(each, |position, digest| {
            if targets.contains(&digest) {
                hits.push(path.hit(tags[position], digest));
            }
        });
    }

    /// Searches what was unwrapped.
    fn unwrap(&mut self) {
        let Some((level, deeper)) = self.deeper.split_first_mut() else {
            return;
        };
        let Some((batch, batches)) = self.batches.split_first_mut() else {
            return;
        };
        if level.texts.is_empty() {
            return;
        }
        let path = Path {
            level,
            before: Some(self.path),
        };
        self.pass.level(&path, deeper, batch, batches);
        level.texts.clear();
        level.bytes.clear();
    }
}

impl Sink for Cutting<'_, '_, '_> {
    #[inline]
    fn candidate(&mut self, range: Range<usize>) {
        if !self.pass.targets.accepts(range.len()) {
            return;
        }
        let is_new = !self.seen(As::Candidate, range.clone());
        self.push(range, is_new);
    }

    #[inline]
    fn again(&mut self, rule: Rule, range: Range<usize>) -> bool {
        // Of the same bytes on a deeper level fewer layers are taken off.
        let layers_left = self.deeper.len();
        self.seen(As::Cut { rule, layers_left }, range)
    }

    fn wrapped(&mut self, layer: Layer, range: Range<usize>) {
        let Some(level) = self.deeper.first_mut() else {
            return;
        };
        let start = self.path.level.texts[self.text].range.start;
        let from = start + range.start..start + range.end;
        let begin = level.bytes.len();
        if !layer.decode(&self.path.level.bytes[from.clone()], &mut level.bytes) {
            return;
        }
        let unwrapped = begin..level.bytes.len();
        if layer == Layer::Base64 && !base64::is_readable(&level.bytes[unwrapped.clone()]) {
            // No text to be searched, but all of it may be what is hunted.
            if base64::may_be_binary(&self.path.level.bytes[from.clone()]) {
                self.binary(unwrapped, from);
            } else {
                level.bytes.truncate(begin);
            }
            return;
        }
        level.texts.push(Text {
            range: unwrapped,
            from: Some((layer, from)),
            parent: self.text,
        });
        if level.bytes.len() >= LEVEL_BYTES {
            self.unwrap();
        }
    }
}

impl Cutting<'_, '_, '_> {
    /// Tries decoded bytes that are no text as a whole, and takes them off the next level.
    fn binary(&mut self, unwrapped: Range<usize>, from: Range<usize>) {
        let Some(level) = self.deeper.first_mut() else {
            return;
        };
        let fingerprint = self
            .pass
            .targets
            .accepts(unwrapped.len())
            .then(|| Fingerprint::of(&level.bytes[unwrapped.clone()]));
        level.bytes.truncate(unwrapped.start);
        if let Some(fingerprint) = fingerprint
            && self.pass.targets.contains(fingerprint.as_bytes())
        {
            let (range, mut layers) = self.path.locate(self.text, from);
            layers.push(Layer::Base64);
            self.pass.hits.push(Hit {
                range,
                kind: Kind::Target,
                layers,
                fingerprint,
                name: None,
            });
        }
    }
}
