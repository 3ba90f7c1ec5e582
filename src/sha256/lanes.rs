//! Which value goes onto which lane: the scheduling of unequal values, safe and the same for any width.
//!
//! A backend of `N` lanes runs `N` values in lockstep, so a lane whose value ends early is lost until
//! the others end, unless it gets the next value. Two ways to keep lanes busy, by length:
//!
//! - Short values take one to four blocks. They wait in a bucket per number of blocks until there are
//!   `N` of a kind; then all lanes end together, and padding is done on the way into the registers.
//! - Longer values queue up, the longest first. Each lane that ends takes the next from the queue, so
//!   that near the end only short ones run, and the lanes end close to one another.

use super::block::{BLOCK, INITIAL, State, Tail, blocks_of, digest_of};
use super::{Digest, Queue};

/// Values of up to this many blocks go into buckets.
const SHORT: usize = 4;

/// The states of `N` lanes, word by word: all `a`, then all `b`, and so on.
pub(super) type States<const N: usize> = [[u32; N]; 8];

/// The compression function over `N` values side by side.
pub(super) trait Lanes<const N: usize>: Copy {
    /// The digests of `N` values, each of which takes `blocks` blocks.
    fn hash_equal(self, values: &[&[u8]; N], blocks: usize) -> [Digest; N];

    /// Runs each lane's state through the first `blocks` blocks of its input.
    fn compress(self, states: &mut States<N>, inputs: &[&[u8]; N], blocks: usize);
}

/// A longer value on its way through a lane.
pub(super) struct Stream<'a> {
    /// Up to date only while the stream is on no lane.
    state: State,
    whole: &'a [u8],
    tail: Tail,
    position: usize,
}

impl<'a> Stream<'a> {
    pub(super) fn new(value: &'a [u8], position: usize) -> Self {
        let (whole, tail) = Tail::split(value);
        Self {
            state: INITIAL,
            whole,
            tail,
            position,
        }
    }

    /// What comes next and lies in one piece: the value's whole blocks, then its padded end.
    fn front(&self) -> &[u8] {
        if self.whole.is_empty() {
            self.tail.blocks()
        } else {
            self.whole
        }
    }

    /// Takes `blocks` off the front; whether that was the end.
    fn advance(&mut self, blocks: usize) -> bool {
        if self.whole.is_empty() {
            self.tail.advance(blocks);
            self.tail.blocks().is_empty()
        } else {
            self.whole = &self.whole[blocks * BLOCK..];
            false
        }
    }
}

/// Up to `N` short values of each number of blocks.
pub(super) struct Buckets<'a, const N: usize> {
    slots: [[(&'a [u8], usize); N]; SHORT],
    filled: [usize; SHORT],
}

impl<'a, const N: usize> Buckets<'a, N> {
    pub(super) const fn new() -> Self {
        Self {
            slots: [[(&[], 0); N]; SHORT],
            filled: [0; SHORT],
        }
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
        let kind = blocks_of(value.len()) - 1;
        let Some(filled) = self.filled.get_mut(kind) else {
            return Some(value);
        };
        self.slots[kind][*filled] = (value, position);
        *filled += 1;
        if *filled == N {
            *filled = 0;
            hash_bucket(&self.slots[kind], kind + 1, N, lanes, each);
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
        for (kind, (mut slots, filled)) in self.slots.into_iter().zip(self.filled).enumerate() {
            if filled >= at_least {
                // An idle lane repeats a value of the same number of blocks.
                let (taken, idle) = slots.split_at_mut(filled);
                idle.fill(taken[0]);
                hash_bucket(&slots, kind + 1, filled, lanes, each);
            } else {
                for &(value, position) in &slots[..filled] {
                    rest(value, position, each);
                }
            }
        }
    }
}

/// Hashes a bucket, and reports the first `filled` digests.
fn hash_bucket<const N: usize>(
    slots: &[(&[u8], usize); N],
    blocks: usize,
    filled: usize,
    lanes: impl Lanes<N>,
    each: &mut impl FnMut(usize, Digest),
) {
    let digests = lanes.hash_equal(&slots.map(|(value, _)| value), blocks);
    for (digest, (_, position)) in digests.into_iter().zip(slots).take(filled) {
        each(*position, digest);
    }
}

/// Makes [`Queue::pop`](Vec::pop) give the longest value first.
pub(super) fn longest_last(queue: &mut Queue<'_>) {
    queue.sort_unstable_by_key(|(value, _)| value.len());
}

/// Runs streams on `N` lanes, refilled from `next`, until fewer than `at_least` are left: these are
/// handed back, for a narrower backend.
pub(super) fn run<'a, const N: usize>(
    lanes: impl Lanes<N>,
    at_least: usize,
    mut next: impl FnMut() -> Option<Stream<'a>>,
    each: &mut impl FnMut(usize, Digest),
) -> [Option<Stream<'a>>; N] {
    let mut states: States<N> = [[0; N]; 8];
    let mut streams: [Option<Stream<'a>>; N] = std::array::from_fn(|lane| {
        let stream = next()?;
        set_state(&mut states, lane, stream.state);
        Some(stream)
    });
    let mut busy = streams.iter().flatten().count();
    while busy >= at_least.max(1) {
        // An idle lane runs along on the input of a busy one; its state is never looked at.
        let spare = streams
            .iter()
            .flatten()
            .next()
            .map_or(&[][..], Stream::front);
        let inputs: [&[u8]; N] =
            std::array::from_fn(|lane| streams[lane].as_ref().map_or(spare, Stream::front));
        let shortest = inputs.iter().map(|input| input.len()).min().unwrap_or(0);
        let blocks = shortest / BLOCK;
        lanes.compress(&mut states, &inputs, blocks);
        for (lane, slot) in streams.iter_mut().enumerate() {
            if let Some(stream) = slot
                && stream.advance(blocks)
            {
                each(stream.position, digest_of(state(&states, lane)));
                *slot = next();
                match slot {
                    Some(stream) => set_state(&mut states, lane, stream.state),
                    None => busy -= 1,
                }
            }
        }
    }
    for (lane, stream) in streams.iter_mut().enumerate() {
        if let Some(stream) = stream {
            stream.state = state(&states, lane);
        }
    }
    streams
}

fn state<const N: usize>(states: &States<N>, lane: usize) -> State {
    states.map(|words| words[lane])
}

fn set_state<const N: usize>(states: &mut States<N>, lane: usize, state: State) {
    for (words, word) in states.iter_mut().zip(state) {
        words[lane] = word;
    }
}
