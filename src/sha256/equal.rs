//! Values that end together, one for each lane.

use super::Digest;
use super::lanes::Lanes;

/// Up to `N` values that take the same number of blocks, one for each lane.
pub(super) struct Equal<'a, const N: usize> {
    values: [&'a [u8]; N],
    /// The values' lengths once more, side by side as vectors want them.
    lengths: [u32; N],
    positions: [usize; N],
    filled: usize,
}

impl<'a, const N: usize> Equal<'a, N> {
    pub(super) const fn new() -> Self {
        Self {
            values: [&[]; N],
            lengths: [0; N],
            positions: [0; N],
            filled: 0,
        }
    }

    /// Puts a value onto the next idle lane; whether none is idle then.
    #[inline]
    pub(super) fn push(&mut self, value: &'a [u8], position: usize) -> bool {
        // Never more than the lanes there are, so that the remainder saves only the checks.
        let lane = self.filled % N;
        self.values[lane] = value;
        self.lengths[lane] = u32::try_from(value.len()).unwrap_or(0);
        self.positions[lane] = position;
        self.filled = lane + 1;
        self.filled == N
    }

    /// How many lanes have a value.
    pub(super) fn filled(&self) -> usize {
        self.filled
    }

    /// The values, with their positions.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a [u8], usize)> {
        let positions = self.positions.iter().copied();
        self.values.iter().copied().zip(positions).take(self.filled)
    }

    /// A value for every lane: an idle one repeats the first.
    pub(super) fn values(&self) -> &[&'a [u8]; N] {
        &self.values
    }

    /// The lengths of [`values`](Self::values), of very long ones less. Unsafe code relies on it.
    pub(super) fn lengths(&self) -> &[u32; N] {
        &self.lengths
    }

    /// Hashes the values, each of which takes `blocks` blocks, and empties all lanes.
    #[inline]
    pub(super) fn hash(
        &mut self,
        blocks: usize,
        lanes: impl Lanes<N>,
        each: &mut impl FnMut(usize, Digest),
    ) {
        for idle in self.filled..N {
            self.values[idle] = self.values[0];
            self.lengths[idle] = self.lengths[0];
        }
        let digests = lanes.hash_equal(self, blocks);
        for (position, digest) in self.positions.iter().zip(&digests).take(self.filled) {
            each(*position, *digest);
        }
        self.filled = 0;
    }
}
