//! Texts that were unwrapped together, and the way back to where something in them came from.

use super::finding::{Kind, Layer};
use crate::fingerprint::Fingerprint;
use std::ops::Range;

/// Where something was found in the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    pub(super) layers: Vec<Layer>,
    pub(super) fingerprint: Fingerprint,
    pub(super) name: Option<String>,
}

/// Texts of the same depth.
#[derive(Default)]
pub(super) struct Level {
    pub(super) bytes: Vec<u8>,
    pub(super) texts: Vec<Text>,
}

/// A text, and where it was unwrapped from.
pub(super) struct Text {
    /// In the bytes of its level.
    pub(super) range: Range<usize>,
    /// What was taken off, and the place in the bytes of the level before.
    pub(super) from: Option<(Layer, Range<usize>)>,
    /// The text there.
    pub(super) parent: usize,
}

/// The levels from one up to the window.
pub(super) struct Path<'a> {
    pub(super) level: &'a Level,
    pub(super) before: Option<&'a Path<'a>>,
}

impl Path<'_> {
    /// Finds out where in the window hits in texts of the last level came from, and through which layers.
    ///
    /// Each text on the way is gone through once for all that was found in it.
    pub(super) fn locate(&self, mut found: Vec<(usize, Hit)>) -> impl Iterator<Item = Hit> {
        let mut path = self;
        while let Some(before) = path.before {
            found.sort_by_key(|(text, _)| *text);
            for group in found.chunk_by_mut(|(one, _), (other, _)| one == other) {
                let text = &path.level.texts[group[0].0];
                let Some((layer, from)) = &text.from else {
                    continue;
                };
                let start = text.range.start;
                let within = group
                    .iter()
                    .map(|(_, hit)| hit.range.start - start..hit.range.end - start)
                    .collect();
                let places = layer.locate(&before.level.bytes[from.clone()], within);
                for ((parent, hit), place) in group.iter_mut().zip(places) {
                    *parent = text.parent;
                    hit.range = from.start + place.start..from.start + place.end;
                    hit.layers.push(*layer);
                }
            }
            path = before;
        }
        found.into_iter().map(|(_, mut hit)| {
            hit.layers.reverse();
            hit
        })
    }
}
