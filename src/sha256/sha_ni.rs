//! The SHA instructions of x86-64, for one value or two at a time.
//!
//! One value alone waits: `sha256rnds2` takes four cycles, and each needs the result of the one
//! before. A second value fills these gaps, where a third would not fit into sixteen registers.
//! The other half of the time that short values take elsewhere goes into padding: here it is done
//! in registers, without a branch per length and without a copy.
//!
//! The SHA instructions have no VEX form, and mixed with code that leaves the upper halves of the
//! vector registers dirty they are up to a hundred times slower. So the entries clean these halves,
//! and what runs behind them is compiled without AVX and never inlined into code with it.

mod padding;

use super::Digest;
use super::block::{BLOCK, INITIAL, MARKER, ROUND, blocks_of};
use super::buckets::Buckets;
use super::equal::Equal;
use super::lanes::{Lanes, States, shortest};
use super::queue::Queue;
use super::streams::{self, Begun};
use padding::load_padded;
use std::arch::asm;
use std::arch::x86_64::*;

/// Proof that this machine has the SHA instructions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct ShaNi(());

impl ShaNi {
    /// Asks the processor. AVX is wanted only for cleaning the vector registers.
    pub(super) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("sha")
            && is_x86_feature_detected!("sse4.1")
            && is_x86_feature_detected!("ssse3")
            && is_x86_feature_detected!("avx"))
        .then_some(Self(()))
    }

    #[inline]
    pub(super) fn hash(self, value: &[u8]) -> Digest {
        // SAFETY: `self` proves that the processor has the features.
        let [digest] = unsafe {
            clean_upper_halves();
            hash_equal(&[value], blocks_of(value.len()))
        };
        digest
    }

    pub(super) fn hash_many<'a>(
        self,
        values: impl IntoIterator<Item = &'a [u8]>,
        queue: &mut Queue<'a>,
        mut each: impl FnMut(usize, Digest),
    ) {
        let mut pairs = Buckets::<2>::new();
        for (position, value) in values.into_iter().enumerate() {
            if let Some(value) = pairs.push(value, position, self, &mut each) {
                queue.push(value, position);
            }
        }
        self.finish_pairs(&mut pairs, &mut each);
        self.finish_streams([], queue, &mut each);
    }

    /// Hashes the short values that found no partner of the same number of blocks.
    pub(super) fn finish_pairs<'a>(
        self,
        pairs: &mut Buckets<'a, 2>,
        each: &mut impl FnMut(usize, Digest),
    ) {
        pairs.finish(2, self, each, |value, position, each| {
            each(position, self.hash(value));
        });
    }

    /// Hashes values that another backend began, and the queue behind them, two at a time.
    pub(super) fn finish_streams<'a>(
        self,
        begun: impl IntoIterator<Item = Option<Begun<'a>>>,
        queue: &mut Queue<'a>,
        each: &mut impl FnMut(usize, Digest),
    ) {
        queue.hash_equal::<2>(self, each);
        let last = streams::run::<2>(self, 2, begun, queue, each);
        streams::run::<1>(self, 1, last, queue, each);
    }
}

impl<const N: usize> Lanes<N> for ShaNi {
    #[inline]
    fn prefetch(self, _: &[u8]) {
        // Two values are soon read; the processor looks far enough ahead by itself.
    }

    #[inline]
    fn hash_equal(self, group: &Equal<'_, N>, blocks: usize) -> [Digest; N] {
        // SAFETY: `self` proves that the processor has the features.
        unsafe {
            clean_upper_halves();
            hash_equal(group.values(), blocks)
        }
    }

    fn compress(self, states: &mut States<N>, inputs: &[&[u8]; N]) -> usize {
        let blocks = shortest(inputs) / BLOCK;
        // SAFETY: `self` proves that the processor has the features, and no input is shorter.
        unsafe {
            clean_upper_halves();
            compress(states, inputs, blocks);
        }
        blocks
    }
}

/// Without this the SHA instructions behind AVX code would wait for registers nobody needs.
#[target_feature(enable = "avx")]
#[inline]
fn clean_upper_halves() {
    _mm256_zeroupper();
}

/// A state as the instructions want it: the words a, b, e, f and c, d, g, h, highest first.
type Halves = [__m128i; 2];

/// The sixteen words of a block.
type Words = [__m128i; 4];

/// `hash_equal` of [`Lanes`].
#[target_feature(enable = "sha,sse4.1,ssse3")]
#[inline(never)]
fn hash_equal<const N: usize>(values: &[&[u8]; N], blocks: usize) -> [Digest; N] {
    let initial = halves(
        _mm_set_epi32(
            INITIAL[3] as i32,
            INITIAL[2] as i32,
            INITIAL[1] as i32,
            INITIAL[0] as i32,
        ),
        _mm_set_epi32(
            INITIAL[7] as i32,
            INITIAL[6] as i32,
            INITIAL[5] as i32,
            INITIAL[4] as i32,
        ),
    );
    let mut states = [initial; N];
    lockstep(&mut states, blocks, |lane, block| {
        let value = values[lane];
        let start = block * BLOCK;
        let mut words = match value.get(start..).and_then(<[u8]>::first_chunk) {
            Some(whole) => load(whole),
            None => load_padded(value, start),
        };
        swap_bytes(&mut words);
        if block + 1 == blocks {
            // The length ends the block; its two words come in the order high, low.
            let bits = (value.len() as u64) << 3;
            let bits = _mm_set_epi32(bits as i32, (bits >> 32) as i32, 0, 0);
            words[3] = _mm_or_si128(words[3], bits);
        }
        words
    });
    let mut digests = [[0; 32]; N];
    for (digest, state) in digests.iter_mut().zip(states) {
        let mut words = words_of(state);
        swap_bytes(&mut words);
        // SAFETY: the two halves of the digest are 16 bytes each.
        unsafe {
            _mm_storeu_si128(digest.as_mut_ptr().cast(), words[0]);
            _mm_storeu_si128(digest.as_mut_ptr().add(16).cast(), words[1]);
        }
    }
    digests
}

/// `compress` of [`Lanes`].
///
/// # Safety
///
/// Each input must have `blocks` blocks.
#[target_feature(enable = "sha,sse4.1,ssse3")]
#[inline(never)]
unsafe fn compress<const N: usize>(states: &mut States<N>, inputs: &[&[u8]; N], blocks: usize) {
    let gather = |from: usize, lane: usize| {
        _mm_set_epi32(
            states[from + 3][lane] as i32,
            states[from + 2][lane] as i32,
            states[from + 1][lane] as i32,
            states[from][lane] as i32,
        )
    };
    let mut running: [Halves; N] =
        std::array::from_fn(|lane| halves(gather(0, lane), gather(4, lane)));
    lockstep(&mut running, blocks, |lane, block| {
        // SAFETY: each input has `blocks` blocks, and this one is before their end.
        let mut words = unsafe {
            let start = inputs[lane].as_ptr().add(block * BLOCK);
            load(&*start.cast::<[u8; BLOCK]>())
        };
        swap_bytes(&mut words);
        words
    });
    for (lane, state) in running.into_iter().enumerate() {
        let mut words = [0_u32; 8];
        let [low, high] = words_of(state);
        // SAFETY: the two halves of the words are 16 bytes each.
        unsafe {
            _mm_storeu_si128(words.as_mut_ptr().cast(), low);
            _mm_storeu_si128(words.as_mut_ptr().add(4).cast(), high);
        }
        for (states, word) in states.iter_mut().zip(words) {
            states[lane] = word;
        }
    }
}

/// Runs all lanes through `blocks` blocks, each loaded by `load(lane, block)`, instruction by
/// instruction in turn.
#[target_feature(enable = "sha,sse4.1,ssse3")]
#[inline]
fn lockstep<const N: usize>(
    states: &mut [Halves; N],
    blocks: usize,
    load: impl Fn(usize, usize) -> Words,
) {
    let mut running = *states;
    for block in 0..blocks {
        let before = running;
        let mut words = [[_mm_setzero_si128(); 4]; N];
        for (lane, words) in words.iter_mut().enumerate() {
            *words = load(lane, block);
        }
        // A macro, not a loop: the words stay in registers only where their indices are constants.
        macro_rules! four_rounds {
            ($($group:literal)*) => {$(
                // SAFETY: four of the sixty-four constants begin at each group.
                let constants = unsafe { _mm_loadu_si128(ROUND.as_ptr().add($group * 4).cast()) };
                for (state, words) in running.iter_mut().zip(&words) {
                    let sum = _mm_add_epi32(words[$group % 4], constants);
                    state[1] = _mm_sha256rnds2_epu32(state[1], state[0], sum);
                    let sum = _mm_shuffle_epi32(sum, 0b00_00_11_10);
                    state[0] = _mm_sha256rnds2_epu32(state[0], state[1], sum);
                }
                in_turn(&mut running);
                if $group < 12 {
                    for words in &mut words {
                        let last = words[($group + 3) % 4];
                        let next = _mm_sha256msg1_epu32(words[$group % 4], words[($group + 1) % 4]);
                        let middle = _mm_alignr_epi8(last, words[($group + 2) % 4], 4);
                        words[$group % 4] = _mm_sha256msg2_epu32(_mm_add_epi32(next, middle), last);
                    }
                }
            )*};
        }
        four_rounds!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        for (state, before) in running.iter_mut().zip(before) {
            state[0] = _mm_add_epi32(state[0], before[0]);
            state[1] = _mm_add_epi32(state[1], before[1]);
        }
    }
    *states = running;
}

/// Keeps the compiler from doing all rounds of one lane, then all of the other, which it would to
/// save registers: what follows needs what came before of both.
#[target_feature(enable = "sse2")]
#[inline]
fn in_turn(states: &mut [Halves]) {
    if let [first, second] = states {
        // SAFETY: no instruction at all.
        unsafe {
            asm!(
                "/* {0} {1} */",
                inout(xmm_reg) first[0],
                inout(xmm_reg) second[0],
                options(nomem, nostack, preserves_flags)
            );
        }
    }
}

/// From the words a to d and e to h.
#[target_feature(enable = "sse4.1,ssse3")]
#[inline]
fn halves(low: __m128i, high: __m128i) -> Halves {
    let cdab = _mm_shuffle_epi32(low, 0b10_11_00_01);
    let efgh = _mm_shuffle_epi32(high, 0b00_01_10_11);
    [
        _mm_alignr_epi8(cdab, efgh, 8),
        _mm_blend_epi16(efgh, cdab, 0xf0),
    ]
}

/// To the words a to d and e to h.
#[target_feature(enable = "sse4.1,ssse3")]
#[inline]
fn words_of([abef, cdgh]: Halves) -> [__m128i; 2] {
    let feba = _mm_shuffle_epi32(abef, 0b00_01_10_11);
    let dchg = _mm_shuffle_epi32(cdgh, 0b10_11_00_01);
    [
        _mm_blend_epi16(feba, dchg, 0xf0),
        _mm_alignr_epi8(dchg, feba, 8),
    ]
}

/// SHA-256 reads its words with the highest byte first.
#[target_feature(enable = "ssse3")]
#[inline]
fn swap_bytes<const M: usize>(words: &mut [__m128i; M]) {
    let order = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    for four in words {
        *four = _mm_shuffle_epi8(*four, order);
    }
}

#[target_feature(enable = "sse2")]
#[inline]
fn load(block: &[u8; BLOCK]) -> Words {
    // SAFETY: the block has four times 16 bytes.
    std::array::from_fn(|quarter| unsafe {
        _mm_loadu_si128(block.as_ptr().add(16 * quarter).cast())
    })
}
