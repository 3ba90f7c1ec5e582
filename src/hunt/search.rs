//! The search of one window: cut, hash together, look up, and unwrap level by level.
//!
//! What is wrapped in a text is decoded to the next level and searched there as a text of its own, so
//! that the candidates of many small texts are hashed together. A level that has grown is searched and
//! emptied at once: memory is bounded, and nothing is left out.

use super::candidates::{Candidates, Tag};
use super::cut::{self, Room, Rule, Sink, Span};
use super::finding::{Kind, Layer};
use super::level::{Hit, Level, Path, Text};
use super::seen::{As, Seen};
use super::syntax::Syntax;
use super::targets::Targets;
use super::{base64, known};
use crate::fingerprint::Fingerprint;
use std::ops::Range;

/// How many layers are taken off at most.
pub(super) const MAX_LAYERS: usize = 4;

/// A level is searched once it holds so many bytes.
const LEVEL_BYTES: usize = 256 << 10;

/// Files up to this long are tried as a whole, whatever is in them.
const SMALL_FILE: usize = 4096;

/// Whether a file may be a body as a whole: it is small, or begins as documents do.
fn may_be_body(file: &[u8]) -> bool {
    file.len() <= SMALL_FILE || matches!(file, [b'{' | b'[' | b'<' | b'"', ..])
}

/// The levels of a search, and what was allocated for it.
pub(super) struct Search {
    /// The first is the window.
    levels: [Level; MAX_LAYERS + 1],
    room: Room,
    seen: Seen,
}

impl Search {
    pub(super) fn new() -> Self {
        Self {
            levels: Default::default(),
            room: Room::default(),
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

    /// Searches `range` of the window; with `whole` it is all of a file. Says how many line feeds it has.
    pub(super) fn run(
        &mut self,
        targets: &Targets,
        syntax: Syntax,
        range: Range<usize>,
        whole: bool,
        hits: &mut Vec<Hit>,
    ) -> u64 {
        let before = hits.len();
        let line_feeds = self.pass(targets, syntax, &range, whole, true, hits);
        if hits[before..].iter().any(|hit| hit.kind == Kind::Target) {
            // What is passed over as seen is passed over before it is known to be no secret. So where
            // there is one, everything is looked at again.
            hits.truncate(before);
            self.seen.clear();
            self.pass(targets, syntax, &range, whole, false, hits);
        }
        line_feeds
    }

    fn pass(
        &mut self,
        targets: &Targets,
        syntax: Syntax,
        range: &Range<usize>,
        whole: bool,
        remember: bool,
        hits: &mut Vec<Hit>,
    ) -> u64 {
        let [window, deeper @ ..] = &mut self.levels;
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
            syntax,
            hits,
            whole,
            line_feeds: 0,
            room: &mut self.room,
            seen: remember.then_some(&mut self.seen),
        };
        pass.level(&path, deeper);
        pass.line_feeds
    }
}

/// One run of a search.
struct Pass<'p> {
    targets: &'p Targets,
    /// Of the window. What is unwrapped may be anything.
    syntax: Syntax,
    hits: &'p mut Vec<Hit>,
    whole: bool,
    /// How many line feeds the window has.
    line_feeds: u64,
    room: &'p mut Room,
    /// What need not be hashed again.
    seen: Option<&'p mut Seen>,
}

impl Pass<'_> {
    /// Searches all texts of the path's last level.
    fn level(&mut self, path: &Path<'_>, deeper: &mut [Level]) {
        let targets = self.targets;
        let mut cutting = Cutting {
            candidates: Candidates::new(targets, &path.level.bytes),
            pass: self,
            path,
            deeper,
            text: 0,
            start: 0,
            found: Vec::new(),
        };
        for text in 0..path.level.texts.len() {
            cutting.text(text);
        }
        cutting.unwrap();
        let hunted = cutting.candidates.finish();
        let mut found = cutting.found;
        found.extend(hunted.into_iter().map(|(tag, digest)| {
            let (text, start) = (tag.text as usize, tag.start as usize);
            let content = path.level.texts[text].range.clone();
            let name =
                known::name_before(&path.level.bytes[content.clone()], start - content.start);
            let hit = Hit {
                range: start..start + tag.length as usize,
                kind: Kind::Target,
                layers: Vec::new(),
                fingerprint: Fingerprint::from_bytes(digest),
                name,
            };
            (text, hit)
        }));
        self.hits.extend(path.locate(found));
    }
}

/// The cutting of the texts of one level.
struct Cutting<'c, 'p, 'l> {
    pass: &'c mut Pass<'p>,
    path: &'l Path<'l>,
    deeper: &'c mut [Level],
    candidates: Candidates<'l>,
    text: usize,
    /// Where the text begins in the bytes of its level.
    start: usize,
    /// What was found otherwise than by the digest of a candidate, and in which text.
    found: Vec<(usize, Hit)>,
}

impl Cutting<'_, '_, '_> {
    fn text(&mut self, text: usize) {
        self.text = text;
        let path = self.path;
        let targets = self.pass.targets;
        let range = path.level.texts[text].range.clone();
        self.start = range.start;
        let bytes = &path.level.bytes[range.clone()];
        if path.before.is_some() || self.pass.whole && may_be_body(bytes) {
            self.whole(bytes);
        }
        if !targets.is_empty() {
            self.every_offset(range.clone());
        }
        let mut room = std::mem::take(self.pass.room);
        let syntax = match path.before {
            None => targets.reading(self.pass.syntax),
            Some(_) => Syntax::Any,
        };
        let line_feeds = cut::text(bytes, syntax, targets.shortest(), &mut room, self);
        *self.pass.room = room;
        if path.before.is_none() {
            self.pass.line_feeds = line_feeds;
        }
        if targets.hunts_known() {
            known::scan(bytes, &mut |found| {
                let place = range.start + found.range.start..range.start + found.range.end;
                let hit = Hit {
                    fingerprint: Fingerprint::of(&path.level.bytes[place.clone()]),
                    range: place,
                    kind: found.kind,
                    layers: Vec::new(),
                    name: found.name,
                };
                self.found.push((text, hit));
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
                let tag = self.tag(start - text.start..start - text.start + length);
                self.candidates.push(tag);
            }
        }
    }

    /// What a part of the text is told by.
    #[inline(always)]
    fn tag(&self, range: Range<usize>) -> Tag {
        Tag {
            text: self.text as u32,
            start: (self.start + range.start) as u32,
            length: range.len() as u32,
        }
    }

    /// Searches what was unwrapped.
    fn unwrap(&mut self) {
        let Some((level, deeper)) = self.deeper.split_first_mut() else {
            return;
        };
        if level.texts.is_empty() {
            return;
        }
        let path = Path {
            level,
            before: Some(self.path),
        };
        self.pass.level(&path, deeper);
        level.texts.clear();
        level.bytes.clear();
    }
}

impl Sink for Cutting<'_, '_, '_> {
    #[inline(always)]
    fn token(&mut self, range: Range<usize>, may_be_issued: bool) {
        if self.pass.targets.accepts(range.len()) {
            let tag = self.tag(range);
            self.candidates.push_token(tag, self.start, may_be_issued);
        }
    }

    #[inline(always)]
    fn candidate(&mut self, range: Range<usize>) {
        if self.pass.targets.accepts(range.len()) {
            let tag = self.tag(range);
            self.candidates.push(tag);
        }
    }

    #[inline]
    fn keep_new(&mut self, rule: Rule, parts: &mut Vec<Span>) {
        if let Some(seen) = &mut self.pass.seen {
            let level = self.path.level;
            // Of the same bytes on a deeper level fewer layers are taken off.
            let layers_left = self.deeper.len();
            let text = &level.bytes[level.texts[self.text].range.clone()];
            seen.keep_new(As { rule, layers_left }, text, parts);
        }
    }

    fn wrapped(&mut self, layer: Layer, range: Range<usize>) {
        let Some(level) = self.deeper.first_mut() else {
            return;
        };
        let from = self.start + range.start..self.start + range.end;
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
            let hit = Hit {
                range: from,
                kind: Kind::Target,
                layers: vec![Layer::Base64],
                fingerprint,
                name: None,
            };
            self.found.push((self.text, hit));
        }
    }
}
