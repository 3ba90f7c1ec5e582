//! Short values: full lanes without any bookkeeping.
//!
//! A short value takes one to four blocks. It waits in the bucket for that number of blocks until
//! every lane has one; then all end together, and are padded on the way into the registers.

use super::Digest;
use super::block::blocks_of;
use super::equal::Equal;
use super::lanes::Lanes;

/// Values of up to this many blocks are short.
const SHORT: usize = 4;

/// A bucket for each number of blocks that a short value can take.
pub(super) struct Buckets<'a, const N: usize>([Equal<'a, N>; SHORT]);

impl<'a, const N: usize> Buckets<'a, N> {
    pub(super) const fn new() -> Self {
        Self([const { Equal::new() }; SHORT])
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
        lanes.prefetch(value);
        if bucket.push(value, position) {
            bucket.hash(blocks, lanes, each);
        }
        None
    }

    /// Hashes every bucket with at least `at_least` values, and hands out the values of the others.
    pub(super) fn finish(
        &mut self,
        at_least: usize,
        lanes: impl Lanes<N>,
        each: &mut impl FnMut(usize, Digest),
        mut rest: impl FnMut(&'a [u8], usize, &mut dyn FnMut(usize, Digest)),
    ) {
        for (bucket, blocks) in self.0.iter_mut().zip(1..) {
            if bucket.filled() >= at_least {
                bucket.hash(blocks, lanes, each);
            } else {
                for (value, position) in bucket.iter() {
                    rest(value, position, each);
                }
            }
        }
    }
}
