//! Longer values: lanes that are refilled.
//!
//! Each lane that ends takes the next value, the longest that waits: so near the end only short ones
//! run, and the lanes end close to one another.

use super::Digest;
use super::block::{BLOCK, INITIAL, State, Tail, blocks_of, digest_of};
use super::lanes::{Lanes, States};
use super::queue::Queue;

/// A value on no lane, of which some blocks are already hashed.
pub(super) struct Begun<'a> {
    value: &'a [u8],
    position: usize,
    /// How many blocks are still to be hashed, padding included.
    left: usize,
    state: State,
}

/// Runs values on `N` lanes, first those that a wider backend began, then those of the queue, until
/// fewer than `at_least` are left: these are handed back, for a narrower backend.
pub(super) fn run<'a, const N: usize>(
    lanes: impl Lanes<N>,
    at_least: usize,
    begun: impl IntoIterator<Item = Option<Begun<'a>>>,
    queue: &mut Queue<'a>,
    each: &mut impl FnMut(usize, Digest),
) -> [Option<Begun<'a>>; N] {
    let mut streams = Streams::<N>::new();
    let mut begun = begun.into_iter().flatten();
    let mut busy = 0;
    for lane in 0..N {
        if let Some(begun) = begun.next() {
            streams.resume(lane, begun);
        } else if let Some((value, position)) = queue.pop() {
            streams.start(lane, value, position);
        } else {
            break;
        }
        busy += 1;
    }
    while busy >= at_least.max(1) {
        let blocks = streams.step(lanes);
        for lane in 0..N {
            if !streams.advance(lane, blocks) {
                continue;
            }
            each(streams.positions[lane], digest_of(streams.state(lane)));
            if let Some(begun) = begun.next() {
                streams.resume(lane, begun);
            } else if let Some((value, position)) = queue.pop() {
                streams.start(lane, value, position);
            } else {
                busy -= 1;
            }
        }
    }
    std::array::from_fn(|lane| streams.stop(lane))
}

/// `N` lanes: what is on each, field by field.
struct Streams<'a, const N: usize> {
    states: States<N>,
    values: [&'a [u8]; N],
    positions: [usize; N],
    /// How many blocks are still to be hashed, padding included; none on an idle lane.
    left: [usize; N],
    /// Those of them that are whole blocks of the value; behind them comes the tail.
    whole: [&'a [u8]; N],
    tails: [Tail; N],
}

impl<'a, const N: usize> Streams<'a, N> {
    const fn new() -> Self {
        Self {
            states: [[0; N]; 8],
            values: [&[]; N],
            positions: [0; N],
            left: [0; N],
            whole: [&[]; N],
            tails: [const { Tail::new() }; N],
        }
    }

    /// Begins a value on an idle lane.
    fn start(&mut self, lane: usize, value: &'a [u8], position: usize) {
        self.values[lane] = value;
        self.positions[lane] = position;
        self.left[lane] = blocks_of(value.len());
        self.set_state(lane, INITIAL);
        self.set_whole(lane, &value[..value.len() / BLOCK * BLOCK]);
    }

    /// Goes on with a value on an idle lane.
    fn resume(&mut self, lane: usize, begun: Begun<'a>) {
        let Begun {
            value,
            position,
            left,
            state,
        } = begun;
        self.start(lane, value, position);
        let done = self.left[lane] - left;
        self.left[lane] = left;
        self.set_state(lane, state);
        self.set_whole(
            lane,
            self.whole[lane].get(done * BLOCK..).unwrap_or_default(),
        );
    }

    /// Takes what is on a lane off it.
    fn stop(&mut self, lane: usize) -> Option<Begun<'a>> {
        let left = std::mem::take(&mut self.left[lane]);
        (left > 0).then(|| Begun {
            value: self.values[lane],
            position: self.positions[lane],
            left,
            state: self.state(lane),
        })
    }

    /// Hashes as many blocks as every lane has in one piece; how many.
    fn step(&mut self, lanes: impl Lanes<N>) -> usize {
        let input = |lane: usize| {
            if self.whole[lane].is_empty() {
                self.tails[lane].last(self.left[lane])
            } else {
                self.whole[lane]
            }
        };
        // An idle lane runs along on the input of a busy one; its state is never looked at.
        let busy = self.left.iter().position(|left| *left > 0);
        let spare = busy.map_or(&[][..], input);
        let inputs = std::array::from_fn(|lane| {
            if self.left[lane] > 0 {
                input(lane)
            } else {
                spare
            }
        });
        lanes.compress(&mut self.states, &inputs)
    }

    /// Takes hashed blocks off a lane; whether its value ended with them.
    fn advance(&mut self, lane: usize, blocks: usize) -> bool {
        if self.left[lane] == 0 {
            return false;
        }
        self.left[lane] -= blocks;
        if let Some(whole) = self.whole[lane].get(blocks * BLOCK..) {
            self.set_whole(lane, whole);
        }
        self.left[lane] == 0
    }

    fn set_whole(&mut self, lane: usize, whole: &'a [u8]) {
        self.whole[lane] = whole;
        if whole.is_empty() {
            // Not before: by now the value's end is in the cache.
            self.tails[lane].fill(self.values[lane]);
        }
    }

    fn state(&self, lane: usize) -> State {
        self.states.map(|words| words[lane])
    }

    fn set_state(&mut self, lane: usize, state: State) {
        for (words, word) in self.states.iter_mut().zip(state) {
            words[lane] = word;
        }
    }
}
