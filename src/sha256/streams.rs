//! Longer values: lanes that are refilled.
//!
//! Longer values queue up, the longest first. Each lane that ends takes the next from the queue, so
//! that near the end only short ones run, and the lanes end close to one another.

use super::block::{BLOCK, INITIAL, State, Tail, blocks_of, digest_of};
use super::lanes::{Lanes, States};
use super::{Digest, Queue};

/// A value on no lane, of which some blocks may already be hashed.
pub(super) struct Stream<'a> {
    value: &'a [u8],
    position: usize,
    /// How many blocks are still to be hashed, padding included.
    left: usize,
    state: State,
}

impl<'a> Stream<'a> {
    fn new(value: &'a [u8], position: usize) -> Self {
        Self {
            value,
            position,
            left: blocks_of(value.len()),
            state: INITIAL,
        }
    }
}

/// Empties a queue, the longest value first.
pub(super) fn longest_first<'a>(queue: &mut Queue<'a>) -> impl Iterator<Item = Stream<'a>> {
    queue.sort_unstable_by_key(|(value, _)| value.len());
    queue
        .drain(..)
        .rev()
        .map(|(value, position)| Stream::new(value, position))
}

/// Runs streams on `N` lanes, refilled from `next`, until fewer than `at_least` are left: these are
/// handed back, for a narrower backend.
pub(super) fn run<'a, const N: usize>(
    lanes: impl Lanes<N>,
    at_least: usize,
    mut next: impl FnMut() -> Option<Stream<'a>>,
    each: &mut impl FnMut(usize, Digest),
) -> [Option<Stream<'a>>; N] {
    let mut streams = Streams::<N>::new();
    let mut busy = (0..N).filter(|lane| streams.start(*lane, next())).count();
    while busy >= at_least.max(1) {
        let blocks = lanes.compress(
            &mut streams.states,
            &inputs(&streams.running, &streams.tails),
        );
        for lane in 0..N {
            if let Some(position) = streams.advance(lane, blocks) {
                each(position, digest_of(streams.state(lane)));
                if !streams.start(lane, next()) {
                    busy -= 1;
                }
            }
        }
    }
    std::array::from_fn(|lane| streams.stop(lane))
}

/// `N` lanes, some of them idle.
struct Streams<'a, const N: usize> {
    states: States<N>,
    running: [Option<Running<'a>>; N],
    /// Beside the lanes, not within: they stay where they are.
    tails: [Tail; N],
}

/// A value on a lane.
struct Running<'a> {
    value: &'a [u8],
    position: usize,
    /// The whole blocks that are still to be hashed; behind them comes the lane's tail.
    whole: &'a [u8],
    /// How many blocks are still to be hashed, padding included.
    left: usize,
}

impl<'a, const N: usize> Streams<'a, N> {
    const fn new() -> Self {
        Self {
            states: [[0; N]; 8],
            running: [const { None }; N],
            tails: [const { Tail::new() }; N],
        }
    }

    /// Puts a stream onto a lane, or leaves the lane idle; whether it is busy now.
    fn start(&mut self, lane: usize, stream: Option<Stream<'a>>) -> bool {
        self.running[lane] = stream.map(|stream| {
            for (words, word) in self.states.iter_mut().zip(stream.state) {
                words[lane] = word;
            }
            let done = (blocks_of(stream.value.len()) - stream.left) * BLOCK;
            let whole = stream.value.len() / BLOCK * BLOCK;
            let whole = stream.value.get(done..whole).unwrap_or_default();
            if whole.is_empty() {
                self.tails[lane].fill(stream.value);
            }
            Running {
                value: stream.value,
                position: stream.position,
                whole,
                left: stream.left,
            }
        });
        self.running[lane].is_some()
    }

    /// Takes what is on a lane off it.
    fn stop(&mut self, lane: usize) -> Option<Stream<'a>> {
        let running = self.running[lane].take()?;
        Some(Stream {
            value: running.value,
            position: running.position,
            left: running.left,
            state: self.state(lane),
        })
    }

    /// Takes hashed blocks off the front of a lane's input; the value's position if that was the end.
    fn advance(&mut self, lane: usize, blocks: usize) -> Option<usize> {
        let running = self.running[lane].as_mut()?;
        running.left -= blocks;
        if let Some(whole) = running.whole.get(blocks * BLOCK..) {
            running.whole = whole;
            if whole.is_empty() {
                // Not before: by now the value's end is in the cache.
                self.tails[lane].fill(running.value);
            }
        }
        (running.left == 0).then_some(running.position)
    }

    fn state(&self, lane: usize) -> State {
        self.states.map(|words| words[lane])
    }
}

/// What comes next on each lane and lies in one piece. An idle lane runs along on the input of a
/// busy one; its state is never looked at.
fn inputs<'i, const N: usize>(
    running: &[Option<Running<'i>>; N],
    tails: &'i [Tail; N],
) -> [&'i [u8]; N] {
    let input = |lane: usize| {
        running[lane].as_ref().map(|running| {
            if running.whole.is_empty() {
                tails[lane].last(running.left)
            } else {
                running.whole
            }
        })
    };
    let spare = (0..N).find_map(input).unwrap_or_default();
    std::array::from_fn(|lane| input(lane).unwrap_or(spare))
}
