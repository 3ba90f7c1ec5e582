//! Short values: full lanes without any bookkeeping.
//!
//! A short value takes one to four blocks. It waits in the bucket for that number of blocks until
//! every lane has one; then all end together, and are padded on the way into the registers.

use super::Digest;
use super::block::blocks_of;
use super::lanes::Lanes;

/// Values of up to this many blocks are short.
const SHORT: usize = 4;

/// Up to `N` values that take the same number of blocks.
struct Bucket<'a, const N: usize> {
    values: [&'a [u8]; N],
    positions: [usize; N],
    filled: usize,
}

impl<const N: usize> Bucket<'_, N> {
    /// Hashes the bucket and empties it; idle lanes repeat a value, and are not reported.
    fn hash(&mut self, blocks: usize, lanes: impl Lanes<N>, each: &mut impl FnMut(usize, Digest)) {
        let (taken, idle) = self.values.split_at_mut(self.filled);
        idle.fill(taken[0]);
        let digests = lanes.hash_equal(&self.values, blocks);
        for (&position, &digest) in self.positions[..self.filled].iter().zip(&digests) {
            each(position, digest);
        }
        self.filled = 0;
    }
}

/// A bucket for each number of blocks that a short value can take.
pub(super) struct Buckets<'a, const N: usize>([Bucket<'a, N>; SHORT]);

impl<'a, const N: usize> Buckets<'a, N> {
    pub(super) const fn new() -> Self {
        Self(
            [const {
                Bucket {
                    values: [&[]; N],
                    positions: [0; N],
                    filled: 0,
                }
            }; SHORT],
        )
    }

    /// Puts a short value into its bucket, and hashes the bucket once it is full.
    ///
    /// A value that is not short is handed back.
    #[inline]
    pub(super) fn push(
        &mut self,
        value: &'a [u8],
        position: usize,
        lanes: impl Lanes<N>,
        each: &mut impl FnMut(usize, Digest),
    ) -> Option<&'a [u8]> {
        let blocks = blocks_of(value.len());
        let Some(bucket) = self.0.get_mut(blocks - 1) else {
            return Some(value);
        };
        bucket.values[bucket.filled] = value;
        bucket.positions[bucket.filled] = position;
        bucket.filled += 1;
        if bucket.filled == N {
            bucket.hash(blocks, lanes, each);
        }
        None
    }

    /// Hashes every bucket with at least `at_least` values, idle lanes and all, and hands out the
    /// values of the others.
    pub(super) fn finish(
        self,
        at_least: usize,
        lanes: impl Lanes<N>,
        each: &mut impl FnMut(usize, Digest),
        mut rest: impl FnMut(&'a [u8], usize, &mut dyn FnMut(usize, Digest)),
    ) {
        for (mut bucket, blocks) in self.0.into_iter().zip(1..) {
            if bucket.filled >= at_least {
                bucket.hash(blocks, lanes, each);
            } else {
                let waiting = bucket.values.into_iter().zip(bucket.positions);
                for (value, position) in waiting.take(bucket.filled) {
                    rest(value, position, each);
                }
            }
        }
    }
}
