//! Sixteen values at a time: word `n` of all sixteen lies in one vector of AVX-512.
//!
//! A rotation is one instruction here, and so is each of the two bit functions and any xor of three,
//! which makes sixteen lanes faster than the SHA instructions as soon as nearly all of them are busy.
//! What is left over goes to those, two values at a time.

mod lockstep;

use super::Digest;
use super::block::{BLOCK, INITIAL, MARKER, ROUND};
use super::buckets::Buckets;
use super::equal::Equal;
use super::lanes::{Lanes, States, shortest};
use super::queue::Queue;
use super::sha_ni::ShaNi;
use super::streams;
use lockstep::{lockstep, transpose_quarters};
use std::arch::x86_64::*;

/// Lanes of a vector.
const LANES: usize = 16;

/// With fewer values than this the SHA instructions, two at a time, are faster.
const WORTH_IT: usize = 12;

/// Proof that this machine has AVX-512 with bytes and words, and the SHA instructions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Avx512 {
    narrow: ShaNi,
}

impl Avx512 {
    pub(super) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw"))
            .then(ShaNi::detect)
            .flatten()
            .map(|narrow| Self { narrow })
    }

    #[inline]
    pub(super) fn hash(self, value: &[u8]) -> Digest {
        self.narrow.hash(value)
    }

    pub(super) fn hash_many<'a>(
        self,
        values: impl IntoIterator<Item = &'a [u8]>,
        queue: &mut Queue<'a>,
        mut each: impl FnMut(usize, Digest),
    ) {
        let mut buckets = Buckets::<LANES>::new();
        for (position, value) in values.into_iter().enumerate() {
            if let Some(value) = buckets.push(value, position, self, &mut each) {
                queue.push(value, position);
            }
        }
        let mut pairs = Buckets::<2>::new();
        buckets.finish(WORTH_IT, self, &mut each, |value, position, mut each| {
            pairs.push(value, position, self.narrow, &mut each);
        });
        self.narrow.finish_pairs(&mut pairs, &mut each);
        queue.hash_equal(self, &mut each);
        let begun = streams::run::<LANES>(self, WORTH_IT, [], queue, &mut each);
        self.narrow.finish_streams(begun, queue, &mut each);
    }
}

impl Lanes<LANES> for Avx512 {
    #[inline]
    fn prefetch(self, value: &[u8]) {
        // Of a short value these are nearly all the lines, and to count them would cost more.
        for at in [0, value.len() / 2, value.len()] {
            // SAFETY: every processor of this kind has the instruction, and it reads nothing.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(value.as_ptr().wrapping_add(at).cast()) };
        }
    }

    fn hash_equal(self, group: &Equal<'_, LANES>, blocks: usize) -> [Digest; LANES] {
        assert!(blocks <= 2 || shortest(group.values()) / BLOCK + 2 >= blocks);
        // SAFETY: `self` proves that the processor has the features, and each value has all but two
        // of the blocks.
        unsafe { hash_equal(group, blocks) }
    }

    fn compress(self, states: &mut States<LANES>, inputs: &[&[u8]; LANES]) -> usize {
        let blocks = shortest(inputs) / BLOCK;
        // SAFETY: `self` proves that the processor has the features, and no input is shorter.
        unsafe { compress_states(states, inputs, blocks) };
        blocks
    }
}

/// `hash_equal` of [`Lanes`].
///
/// # Safety
///
/// Each value must have all but two of the blocks.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline(never)]
unsafe fn hash_equal(group: &Equal<'_, LANES>, blocks: usize) -> [Digest; LANES] {
    let mut state = INITIAL.map(|word| _mm512_set1_epi32(word as i32));
    // Before the last two blocks no value ends.
    let whole = blocks.saturating_sub(2);
    if whole > 0 {
        // SAFETY: the caller's promise.
        unsafe { compress(&mut state, group.values(), whole) };
    }
    for block in whole..blocks {
        compress_padded(&mut state, group, block * BLOCK, block + 1 == blocks);
    }
    digests(state)
}

/// `compress` of [`Lanes`].
///
/// # Safety
///
/// Each input must have `blocks` blocks.
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn compress_states(states: &mut States<LANES>, inputs: &[&[u8]; LANES], blocks: usize) {
    let mut state = [_mm512_setzero_si512(); 8];
    for (state, words) in state.iter_mut().zip(states.iter()) {
        // SAFETY: sixteen words are one vector.
        *state = unsafe { _mm512_loadu_si512(words.as_ptr().cast()) };
    }
    // SAFETY: the caller's promise.
    unsafe { compress(&mut state, inputs, blocks) };
    for (words, state) in states.iter_mut().zip(state) {
        // SAFETY: sixteen words are one vector.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), state) };
    }
}

/// Runs the states through the first `blocks` blocks of the inputs.
///
/// # Safety
///
/// Each input must have `blocks` blocks.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline(never)]
unsafe fn compress(state: &mut [__m512i; 8], inputs: &[&[u8]; LANES], blocks: usize) {
    // SAFETY: each input has `blocks` blocks, and this one is before their end.
    lockstep(
        state,
        blocks,
        |lane, block| unsafe {
            _mm512_loadu_si512(inputs[lane].as_ptr().add(block * BLOCK).cast())
        },
        |_, _| {},
    );
}

/// For each number of bytes by which a value ends before the end of a block: a mask of the block's
/// bytes that are the value's. None are where the value ends before the block.
static KEPT: [u64; 128] = {
    let mut masks = [0; 128];
    let mut missing = 0;
    while missing < BLOCK {
        masks[missing] = u64::MAX >> missing;
        missing += 1;
    }
    masks
};

/// Runs the states through the block that begins at byte `start`: the marker behind a value that
/// ends there, zeros behind it, and at the end of the last block the length.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline(never)]
fn compress_padded(
    state: &mut [__m512i; 8],
    group: &Equal<'_, LANES>,
    start: usize,
    is_last: bool,
) {
    // SAFETY: sixteen lengths are one vector.
    let lengths = unsafe { _mm512_loadu_si512(group.lengths().as_ptr().cast()) };
    let end = _mm512_set1_epi32((start + BLOCK) as i32);
    // At most 72 where all take the same number of blocks; more would be masked out as a whole.
    let missing = _mm512_sub_epi32(_mm512_max_epu32(lengths, end), lengths);
    let missing = _mm512_min_epu32(missing, _mm512_set1_epi32(KEPT.len() as i32 - 1));
    let mut missing_of = [0_u32; LANES];
    // SAFETY: sixteen numbers are one vector.
    unsafe { _mm512_storeu_si512(missing_of.as_mut_ptr().cast(), missing) };
    lockstep(
        state,
        1,
        |lane, _| {
            // The remainder changes nothing and saves a check.
            let missing = missing_of[lane] as usize % KEPT.len();
            let padding = &MARKER[missing..][..BLOCK];
            // SAFETY: the mask keeps to the value's bytes, and the padding is as long as a block.
            unsafe {
                let at = group.values()[lane].as_ptr().wrapping_add(start);
                let bytes = _mm512_maskz_loadu_epi8(KEPT[missing], at.cast());
                _mm512_or_si512(bytes, _mm512_loadu_si512(padding.as_ptr().cast()))
            }
        },
        |_, words| {
            if is_last {
                // In bits, as two words.
                words[14] = _mm512_srli_epi32::<29>(lengths);
                words[15] = _mm512_slli_epi32::<3>(lengths);
            }
        },
    );
}

/// From one word per vector to one digest per lane.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn digests(state: [__m512i; 8]) -> [Digest; LANES] {
    let order = _mm512_set4_epi32(0x0c0d_0e0f, 0x0809_0a0b, 0x0405_0607, 0x0001_0203);
    let [a, b, c, d, e, f, g, h] = state.map(|word| _mm512_shuffle_epi8(word, order));
    // Row `n` of each half then has half a digest of each of the lanes n, 4 + n, 8 + n and 12 + n.
    let first_halves = transpose_quarters([a, b, c, d]);
    let second_halves = transpose_quarters([e, f, g, h]);
    let low = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
    let high = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
    let mut digests = [[0; 32]; LANES];
    for (lane, (first, second)) in first_halves.into_iter().zip(second_halves).enumerate() {
        for (lane, pick) in [(lane, low), (lane + 8, high)] {
            let two = _mm512_permutex2var_epi64(first, pick, second);
            // SAFETY: a digest is half a vector.
            unsafe {
                let digest = digests[lane].as_mut_ptr().cast();
                _mm256_storeu_si256(digest, _mm512_castsi512_si256(two));
                let digest = digests[lane + 4].as_mut_ptr().cast();
                _mm256_storeu_si256(digest, _mm512_extracti64x4_epi64::<1>(two));
            }
        }
    }
    digests
}
