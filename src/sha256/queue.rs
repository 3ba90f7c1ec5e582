//! Longer values that wait for a lane, the longest first: nearly, and without sorting.

use super::Digest;
use super::block::blocks_of;
use super::equal::Equal;
use super::lanes::Lanes;

/// Values of fewer blocks than this have a class of their own for each number of blocks.
const EXACT: usize = 64;

/// Above that there are eight classes for each doubling, and the last takes all that is longer still.
const CLASSES: usize = EXACT + 8 * 26;

/// No entry.
const NONE: usize = usize::MAX;

/// Values in classes of about the same length; each class is a chain of entries.
pub(super) struct Queue<'a> {
    entries: Vec<Entry<'a>>,
    /// Made when the first value comes.
    classes: Vec<Class>,
    /// No class above this one has an entry.
    highest: usize,
}

/// Values of about the same length.
#[derive(Clone, Copy)]
struct Class {
    /// The entry that came last.
    last: usize,
    count: usize,
}

impl Class {
    const EMPTY: Self = Self {
        last: NONE,
        count: 0,
    };
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
            classes: Vec::new(),
            highest: 0,
        }
    }

    /// Adds a value, to be told apart by its position.
    pub(super) fn push(&mut self, value: &'a [u8], position: usize) {
        if self.classes.is_empty() {
            self.classes.resize(CLASSES, Class::EMPTY);
        }
        let place = class_of(value.len());
        self.highest = self.highest.max(place);
        let class = &mut self.classes[place];
        class.count += 1;
        let before = std::mem::replace(&mut class.last, self.entries.len());
        self.entries.push(Entry {
            value,
            position,
            before,
        });
    }

    /// Takes out one of the longest values.
    pub(super) fn pop(&mut self) -> Option<(&'a [u8], usize)> {
        loop {
            let class = self.classes.get_mut(self.highest)?;
            if let Some(entry) = self.entries.get(class.last) {
                class.count -= 1;
                class.last = entry.before;
                return Some((entry.value, entry.position));
            }
            if self.highest == 0 {
                self.entries.clear();
                return None;
            }
            self.highest -= 1;
        }
    }

    /// Takes out as many groups of `N` values as there are that take the same number of blocks, and
    /// hashes them.
    pub(super) fn hash_equal<const N: usize>(
        &mut self,
        lanes: impl Lanes<N>,
        each: &mut impl FnMut(usize, Digest),
    ) {
        let mut group = Equal::new();
        for (class, blocks) in self.classes.iter_mut().take(EXACT).zip(1..) {
            for _ in 0..class.count / N * N {
                let entry = &self.entries[class.last];
                class.last = entry.before;
                class.count -= 1;
                if group.push(entry.value, entry.position) {
                    group.hash(blocks, lanes, each);
                }
            }
        }
    }

    #[cfg(test)]
    pub(super) fn entries_at(&self) -> (usize, usize) {
        (self.entries.as_ptr().addr(), self.entries.capacity())
    }

    /// Forgets what waits and keeps the allocations for values that live elsewhere.
    pub(super) fn recycle<'b>(mut self) -> Queue<'b> {
        self.entries.clear();
        // The standard library collects in place.
        let entries = self.entries.into_iter().map(|entry| Entry {
            value: &[],
            ..entry
        });
        self.classes.fill(Class::EMPTY);
        Queue {
            entries: entries.collect(),
            classes: self.classes,
            highest: 0,
        }
    }
}

/// The class of values of about this length; longer values never have a lower one.
fn class_of(len: usize) -> usize {
    // From zero on.
    let blocks = blocks_of(len) - 1;
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
        assert_eq!(class_of(isize::MAX as usize), CLASSES - 1);
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
