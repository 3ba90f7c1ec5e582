//! What a backend with lanes does: the same step of SHA-256 on several values at once.
//!
//! Lanes run in lockstep, so a lane whose value ends early is lost until the others end, unless it
//! gets the next value. Which value goes onto which lane is safe code, the same for any width:
//! [`buckets`](super::buckets) for short values, [`queue`](super::queue) and
//! [`streams`](super::streams) for longer ones.

use super::Digest;
use super::equal::Equal;

/// The states of `N` lanes, word by word: all `a`, then all `b`, and so on.
pub(super) type States<const N: usize> = [[u32; N]; 8];

/// SHA-256 of `N` values side by side.
pub(super) trait Lanes<const N: usize>: Copy {
    /// Asks for a value's bytes before they are needed.
    fn prefetch(self, value: &[u8]);

    /// The digests of `N` values, each of which takes `blocks` blocks.
    fn hash_equal(self, group: &Equal<'_, N>, blocks: usize) -> [Digest; N];

    /// Runs each lane's state through its input, block by block, until the shortest has none left;
    /// how many blocks that were.
    fn compress(self, states: &mut States<N>, inputs: &[&[u8]; N]) -> usize;
}

/// The length of the shortest input.
pub(super) fn shortest<const N: usize>(inputs: &[&[u8]; N]) -> usize {
    inputs
        .iter()
        .fold(usize::MAX, |least, input| least.min(input.len()))
}
