//! Sixteen values at a time: word `n` of all sixteen lies in one vector of AVX-512.
//!
//! A rotation is one instruction here, and so is each of the two bit functions and any xor of three,
//! which makes sixteen lanes faster than the SHA instructions as soon as nearly all of them are busy.
//! What is left over goes to those, two values at a time.

use super::Digest;
use super::block::{BLOCK, INITIAL, ROUND};
use super::buckets::Buckets;
use super::equal::Equal;
use super::lanes::{Lanes, States, shortest};
use super::queue::Queue;
use super::sha_ni::{MARKER, ShaNi};
use super::streams;
use std::arch::asm;
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

/// For each number of bytes by which a value ends before the end of a block, up to 72: a mask of
/// the block's bytes that are the value's.
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
    let missing = _mm512_sub_epi32(_mm512_max_epu32(lengths, end), lengths);
    let mut missing_of = [0_u32; LANES];
    // SAFETY: sixteen numbers are one vector.
    unsafe { _mm512_storeu_si512(missing_of.as_mut_ptr().cast(), missing) };
    lockstep(
        state,
        1,
        |lane, _| {
            // At most 72, so that the remainder changes nothing but saves a check.
            let missing = missing_of[lane] as usize % 128;
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

/// Runs all lanes through `blocks` blocks, each loaded by `load(lane, block)`, and with its words
/// last changed by `amend(block, words)`.
///
/// One function with macros for its parts: between functions the vectors would go through memory.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn lockstep(
    state: &mut [__m512i; 8],
    blocks: usize,
    load: impl Fn(usize, usize) -> __m512i,
    amend: impl Fn(usize, &mut [__m512i; LANES]),
) {
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    let order = _mm512_set4_epi32(0x0c0d_0e0f, 0x0809_0a0b, 0x0405_0607, 0x0001_0203);
    let mut w: [__m512i; LANES];
    // Sums in the order written: the compiler would else put the constant last, where all waits for it.
    macro_rules! round {
        ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident $constant:expr, $word:expr) => {
            let sum = _mm512_add_epi32($word, _mm512_set1_epi32($constant as i32));
            let sum = in_order(_mm512_add_epi32(sum, $h));
            let sum = in_order(_mm512_add_epi32(sum, choose($e, $f, $g)));
            let sum = _mm512_add_epi32(sum, rotated::<6, 11, 25>($e));
            $d = _mm512_add_epi32($d, sum);
            let more = _mm512_add_epi32(rotated::<2, 13, 22>($a), majority($a, $b, $c));
            $h = _mm512_add_epi32(sum, more);
        };
    }
    macro_rules! eight_rounds {
        ($constants:expr, $i:literal $($extend:ident)?) => {
            round!(a b c d e f g h $constants[$i], w[$i]);
            $($extend!($i);)?
            round!(h a b c d e f g $constants[$i + 1], w[$i + 1]);
            $($extend!($i + 1);)?
            round!(g h a b c d e f $constants[$i + 2], w[$i + 2]);
            $($extend!($i + 2);)?
            round!(f g h a b c d e $constants[$i + 3], w[$i + 3]);
            $($extend!($i + 3);)?
            round!(e f g h a b c d $constants[$i + 4], w[$i + 4]);
            $($extend!($i + 4);)?
            round!(d e f g h a b c $constants[$i + 5], w[$i + 5]);
            $($extend!($i + 5);)?
            round!(c d e f g h a b $constants[$i + 6], w[$i + 6]);
            $($extend!($i + 6);)?
            round!(b c d e f g h a $constants[$i + 7], w[$i + 7]);
            $($extend!($i + 7);)?
        };
    }
    // The word that is needed sixteen rounds later takes the place of the one just used.
    macro_rules! extend {
        ($i:expr) => {
            let sum = _mm512_add_epi32(w[$i], shifted::<7, 18, 3>(w[($i + 1) % LANES]));
            let more = shifted::<17, 19, 10>(w[($i + 14) % LANES]);
            let more = _mm512_add_epi32(w[($i + 9) % LANES], more);
            w[$i] = _mm512_add_epi32(sum, more);
        };
    }
    let (quarters, _) = ROUND.as_chunks::<LANES>();
    for block in 0..blocks {
        let before = [a, b, c, d, e, f, g, h];
        w = [
            load(0, block),
            load(1, block),
            load(2, block),
            load(3, block),
            load(4, block),
            load(5, block),
            load(6, block),
            load(7, block),
            load(8, block),
            load(9, block),
            load(10, block),
            load(11, block),
            load(12, block),
            load(13, block),
            load(14, block),
            load(15, block),
        ];
        // From one lane per vector to one word per vector: within quarters of four lanes first.
        for four in w.chunks_exact_mut(4) {
            let rows = [four[0], four[1], four[2], four[3]];
            four.copy_from_slice(&transpose_quarters(rows));
        }
        for word in 0..4 {
            let even = _mm512_shuffle_i32x4(w[word], w[word + 4], 0b10_00_10_00);
            let odd = _mm512_shuffle_i32x4(w[word], w[word + 4], 0b11_01_11_01);
            let even_next = _mm512_shuffle_i32x4(w[word + 8], w[word + 12], 0b10_00_10_00);
            let odd_next = _mm512_shuffle_i32x4(w[word + 8], w[word + 12], 0b11_01_11_01);
            w[word] = _mm512_shuffle_i32x4(even, even_next, 0b10_00_10_00);
            w[word + 4] = _mm512_shuffle_i32x4(odd, odd_next, 0b10_00_10_00);
            w[word + 8] = _mm512_shuffle_i32x4(even, even_next, 0b11_01_11_01);
            w[word + 12] = _mm512_shuffle_i32x4(odd, odd_next, 0b11_01_11_01);
        }
        for word in &mut w {
            *word = _mm512_shuffle_epi8(*word, order);
        }
        amend(block, &mut w);
        for constants in &quarters[..3] {
            eight_rounds!(constants, 0 extend);
            eight_rounds!(constants, 8 extend);
        }
        eight_rounds!(quarters[3], 0);
        eight_rounds!(quarters[3], 8);
        a = _mm512_add_epi32(a, before[0]);
        b = _mm512_add_epi32(b, before[1]);
        c = _mm512_add_epi32(c, before[2]);
        d = _mm512_add_epi32(d, before[3]);
        e = _mm512_add_epi32(e, before[4]);
        f = _mm512_add_epi32(f, before[5]);
        g = _mm512_add_epi32(g, before[6]);
        h = _mm512_add_epi32(h, before[7]);
    }
    *state = [a, b, c, d, e, f, g, h];
}

/// Transposes each of the four squares of 4 x 4 words.
#[target_feature(enable = "avx512f")]
#[inline]
fn transpose_quarters(rows: [__m512i; 4]) -> [__m512i; 4] {
    let low = _mm512_unpacklo_epi32(rows[0], rows[1]);
    let high = _mm512_unpackhi_epi32(rows[0], rows[1]);
    let low_next = _mm512_unpacklo_epi32(rows[2], rows[3]);
    let high_next = _mm512_unpackhi_epi32(rows[2], rows[3]);
    [
        _mm512_unpacklo_epi64(low, low_next),
        _mm512_unpackhi_epi64(low, low_next),
        _mm512_unpacklo_epi64(high, high_next),
        _mm512_unpackhi_epi64(high, high_next),
    ]
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

/// Keeps the compiler from adding what came before later.
#[target_feature(enable = "avx512f")]
#[inline]
fn in_order(mut sum: __m512i) -> __m512i {
    // SAFETY: no instruction at all.
    unsafe {
        asm!("/* {0} */", inout(zmm_reg) sum, options(pure, nomem, nostack, preserves_flags));
    }
    sum
}

/// The xor of three rotations.
#[target_feature(enable = "avx512f")]
#[inline]
fn rotated<const A: i32, const B: i32, const C: i32>(x: __m512i) -> __m512i {
    let (a, b, c) = (
        _mm512_ror_epi32::<A>(x),
        _mm512_ror_epi32::<B>(x),
        _mm512_ror_epi32::<C>(x),
    );
    _mm512_ternarylogic_epi32(a, b, c, 0x96)
}

/// The xor of two rotations and a shift.
#[target_feature(enable = "avx512f")]
#[inline]
fn shifted<const A: i32, const B: i32, const C: u32>(x: __m512i) -> __m512i {
    let (a, b, c) = (
        _mm512_ror_epi32::<A>(x),
        _mm512_ror_epi32::<B>(x),
        _mm512_srli_epi32::<C>(x),
    );
    _mm512_ternarylogic_epi32(a, b, c, 0x96)
}

/// Bits of `y` where `x` has ones, of `z` elsewhere.
#[target_feature(enable = "avx512f")]
#[inline]
fn choose(x: __m512i, y: __m512i, z: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32(x, y, z, 0xca)
}

/// Bits that at least two of the three have.
#[target_feature(enable = "avx512f")]
#[inline]
fn majority(x: __m512i, y: __m512i, z: __m512i) -> __m512i {
    _mm512_ternarylogic_epi32(x, y, z, 0xe8)
}
