//! Longer values that wait for a lane, the longest first: nearly, and without sorting.

use super::block::BLOCK;

/// Values of fewer blocks than this have a class of their own for each number of blocks.
const EXACT: usize = 64;

/// Above that there are eight classes for each doubling, and the last takes all that is longer still.
const CLASSES: usize = EXACT + 8 * 26;

/// No entry.
const NONE: usize = usize::MAX;

/// Values in classes of about the same length; each class is a chain of entries.
pub(super) struct Queue<'a> {
    entries: Vec<Entry<'a>>,
    /// The last entry of each class; made when the first value comes.
    last: Vec<usize>,
    /// No class above this one has an entry.
    highest: usize,
}

/// A value that waits, or waited.
struct Entry<'a> {
    value: &'a [u8],
    position: usize,
    /// The entry of the same class that came before.
    before: usize,
}

impl<'a> Queue<'a> {
    pub(super) const fn new() -> Self {
        Self {
            entries: Vec::new(),
            last: Vec::new(),
            highest: 0,
        }
    }

    /// Adds a value, to be told apart by its position.
    pub(super) fn push(&mut self, value: &'a [u8], position: usize) {
        if self.last.is_empty() {
            self.last.resize(CLASSES, NONE);
        }
        let class = class_of(value.len());
        let last = &mut self.last[class];
        let before = std::mem::replace(last, self.entries.len());
        self.highest = self.highest.max(class);
        self.entries.push(Entry {
            value,
            position,
            before,
        });
    }

    /// Takes out one of the longest values.
    pub(super) fn pop(&mut self) -> Option<(&'a [u8], usize)> {
        let entry = loop {
            let last = self.last.get_mut(self.highest)?;
            if let Some(entry) = self.entries.get(*last) {
                *last = entry.before;
                break entry;
            }
            if self.highest == 0 {
                self.entries.clear();
                return None;
            }
            self.highest -= 1;
        };
        Some((entry.value, entry.position))
    }

    /// Forgets what waits and keeps the allocations for values that live elsewhere.
    pub(super) fn recycle<'b>(mut self) -> Queue<'b> {
        self.entries.clear();
        // The standard library collects in place.
        let entries = self.entries.into_iter().map(|entry| Entry {
            value: &[],
            ..entry
        });
        self.last.fill(NONE);
        Queue {
            entries: entries.collect(),
            last: self.last,
            highest: 0,
        }
    }
}

/// The class of values of about this length; longer values never have a lower one.
fn class_of(len: usize) -> usize {
    let blocks = len / BLOCK;
    if blocks < EXACT {
        return blocks;
    }
    let doublings = blocks.ilog2() as usize;
    // The three bits behind the highest.
    let eighth = (blocks >> (doublings - 3)) % 8;
    let above = doublings - EXACT.ilog2() as usize;
    (EXACT + 8 * above + eighth).min(CLASSES - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_values_never_have_a_lower_class() {
        let mut before = 0;
        for len in (0..100_000).chain((17..usize::BITS).map(|bit| 1 << bit)) {
            let class = class_of(len);
            assert!(before <= class && class < CLASSES, "{len}");
            before = class;
        }
        assert_eq!(class_of(usize::MAX), CLASSES - 1);
    }

    #[test]
    fn gives_every_value_once_and_long_ones_first() {
        let buffer = vec![0; 10_000];
        let mut queue = Queue::new();
        for round in 0..3 {
            let lengths: Vec<_> = (0..500).map(|at| at * 7919 % 9973 + round).collect();
            for (position, len) in lengths.iter().enumerate() {
                queue.push(&buffer[..*len], position);
            }
            let mut seen = vec![false; lengths.len()];
            let mut before = usize::MAX;
            while let Some((value, position)) = queue.pop() {
                assert_eq!(value.len(), lengths[position]);
                assert!(!std::mem::replace(&mut seen[position], true));
                assert!(class_of(value.len()) <= before);
                before = class_of(value.len());
            }
            assert!(seen.into_iter().all(|seen| seen));
            queue = queue.recycle();
        }
    }
}
