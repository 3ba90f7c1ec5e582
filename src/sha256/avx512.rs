//! Sixteen values at a time: word `n` of all sixteen lies in one vector of AVX-512.
//!
//! A rotation is one instruction here, and so is each of the two bit functions and any xor of three,
//! which makes sixteen lanes faster than the SHA instructions as soon as nearly all of them are busy.
//! What is left over goes to those, two values at a time.

use super::block::{BLOCK, INITIAL, ROUND, blocks_of};
use super::lanes::{self, Buckets, Lanes, States, Stream};
use super::sha_ni::{MARKER, ShaNi};
use super::{Digest, Queue};
use std::arch::x86_64::*;

/// Lanes of a vector.
const LANES: usize = 16;

/// With fewer values than this the SHA instructions, two at a time, are faster.
const WORTH_IT: usize = 14;

/// Proof that this machine has AVX-512 with bytes and words, and the SHA instructions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Avx512 {
    narrow: ShaNi,
}

impl Avx512 {
    pub(super) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("bmi2"))
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
                queue.push((value, position));
            }
        }
        let mut pairs = Buckets::<2>::new();
        buckets.finish(WORTH_IT, self, &mut each, |value, position, mut each| {
            pairs.push(value, position, self.narrow, &mut each);
        });
        self.narrow.finish_pairs(pairs, &mut each);
        lanes::longest_last(queue);
        let begun: [_; LANES] = lanes::run(
            self,
            WORTH_IT,
            || {
                queue
                    .pop()
                    .map(|(value, position)| Stream::new(value, position))
            },
            &mut each,
        );
        self.narrow.finish_streams(begun, queue, &mut each);
    }
}

impl Lanes<LANES> for Avx512 {
    fn hash_equal(self, values: &[&[u8]; LANES], blocks: usize) -> [Digest; LANES] {
        assert!(values.iter().all(|value| blocks_of(value.len()) == blocks));
        // SAFETY: `self` proves that the processor has the features.
        unsafe { hash_equal(values, blocks) }
    }

    fn compress(self, states: &mut States<LANES>, inputs: &[&[u8]; LANES], blocks: usize) {
        assert!(inputs.iter().all(|input| input.len() / BLOCK >= blocks));
        // SAFETY: `self` proves that the processor has the features, and each input is long enough.
        unsafe { compress(states, inputs, blocks) }
    }
}

/// `hash_equal` of [`Lanes`].
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
#[inline(never)]
fn hash_equal(values: &[&[u8]; LANES], blocks: usize) -> [Digest; LANES] {
    let bits: [u32; LANES] = values.map(|value| (value.len() as u32) << 3);
    let mut state = INITIAL.map(|word| _mm512_set1_epi32(word as i32));
    for block in 0..blocks {
        let mut words = transpose(values.map(|value| load_padded(value, block * BLOCK)));
        if block + 1 == blocks {
            // SAFETY: sixteen words. Above them would be the high ones; values here are short.
            words[15] = unsafe { _mm512_loadu_si512(bits.as_ptr().cast()) };
        }
        rounds(&mut state, words);
    }
    digests(state)
}

/// `compress` of [`Lanes`].
///
/// # Safety
///
/// Each input must have `blocks` blocks.
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
#[inline(never)]
unsafe fn compress(states: &mut States<LANES>, inputs: &[&[u8]; LANES], blocks: usize) {
    // SAFETY: each row of the states is one vector long.
    let mut state =
        std::array::from_fn(|word| unsafe { _mm512_loadu_si512(states[word].as_ptr().cast()) });
    for block in 0..blocks {
        // SAFETY: each input has `blocks` blocks, and this one is before their end.
        let words = inputs
            .map(|input| unsafe { _mm512_loadu_si512(input.as_ptr().add(block * BLOCK).cast()) });
        rounds(&mut state, transpose(words));
    }
    for (states, state) in states.iter_mut().zip(state) {
        // SAFETY: each row of the states is one vector long.
        unsafe { _mm512_storeu_si512(states.as_mut_ptr().cast(), state) };
    }
}

/// The block that begins at byte `start`, with the marker behind the value's end and zeros behind it.
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
#[inline]
fn load_padded(value: &[u8], start: usize) -> __m512i {
    let rest = value.get(start..).unwrap_or_default();
    let mask = _bzhi_u64(u64::MAX, rest.len().min(BLOCK) as u32);
    // SAFETY: the mask keeps to the value's bytes.
    let bytes = unsafe { _mm512_maskz_loadu_epi8(mask, rest.as_ptr().cast()) };
    let marker = 64 + start - value.len().min(64 + start);
    // SAFETY: the value ends at most 64 + 8 bytes before the block's end.
    let padding = unsafe { _mm512_loadu_si512(MARKER[marker..][..64].as_ptr().cast()) };
    _mm512_or_si512(bytes, padding)
}

/// From one block per vector to one word per vector, bytes in the order that SHA-256 wants.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn transpose(mut rows: [__m512i; LANES]) -> [__m512i; LANES] {
    // Within each quarter of four rows, then the quarters.
    for four in rows.chunks_exact_mut(4) {
        let low = _mm512_unpacklo_epi32(four[0], four[1]);
        let high = _mm512_unpackhi_epi32(four[0], four[1]);
        let low_next = _mm512_unpacklo_epi32(four[2], four[3]);
        let high_next = _mm512_unpackhi_epi32(four[2], four[3]);
        four[0] = _mm512_unpacklo_epi64(low, low_next);
        four[1] = _mm512_unpackhi_epi64(low, low_next);
        four[2] = _mm512_unpacklo_epi64(high, high_next);
        four[3] = _mm512_unpackhi_epi64(high, high_next);
    }
    let order = _mm512_set4_epi32(0x0c0d_0e0f, 0x0809_0a0b, 0x0405_0607, 0x0001_0203);
    for word in 0..4 {
        let [first, second, third, fourth] = [word, word + 4, word + 8, word + 12];
        let even = _mm512_shuffle_i32x4(rows[first], rows[second], 0b10_00_10_00);
        let odd = _mm512_shuffle_i32x4(rows[first], rows[second], 0b11_01_11_01);
        let even_next = _mm512_shuffle_i32x4(rows[third], rows[fourth], 0b10_00_10_00);
        let odd_next = _mm512_shuffle_i32x4(rows[third], rows[fourth], 0b11_01_11_01);
        rows[first] = _mm512_shuffle_i32x4(even, even_next, 0b10_00_10_00);
        rows[second] = _mm512_shuffle_i32x4(odd, odd_next, 0b10_00_10_00);
        rows[third] = _mm512_shuffle_i32x4(even, even_next, 0b11_01_11_01);
        rows[fourth] = _mm512_shuffle_i32x4(odd, odd_next, 0b11_01_11_01);
    }
    rows.map(|row| _mm512_shuffle_epi8(row, order))
}

/// From one word per vector to one digest per lane.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn digests(state: [__m512i; 8]) -> [Digest; LANES] {
    let mut rows = [_mm512_setzero_si512(); LANES];
    rows[..8].copy_from_slice(&state);
    // Half of each row is a digest: the words of a digest fill eight of sixteen.
    transpose(rows).map(|row| {
        let mut digest = [0; 32];
        // SAFETY: a digest is half a vector long.
        unsafe { _mm256_storeu_si256(digest.as_mut_ptr().cast(), _mm512_castsi512_si256(row)) };
        digest
    })
}

/// Sixty-four rounds for all lanes.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn rounds(state: &mut [__m512i; 8], mut w: [__m512i; LANES]) {
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    // Macros, not functions of an index: words and state stay in registers only where all is constant.
    macro_rules! round {
        ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident $constant:expr, $word:expr) => {
            let sum = _mm512_add_epi32($word, _mm512_set1_epi32($constant as i32));
            let sum = _mm512_add_epi32(sum, $h);
            let sum = _mm512_add_epi32(sum, choose($e, $f, $g));
            let sum = _mm512_add_epi32(sum, rotated::<6, 11, 25>($e));
            $d = _mm512_add_epi32($d, sum);
            let more = _mm512_add_epi32(rotated::<2, 13, 22>($a), majority($a, $b, $c));
            $h = _mm512_add_epi32(sum, more);
        };
    }
    macro_rules! eight_rounds {
        ($t:expr, $i:literal $($extend:ident)?) => {
            round!(a b c d e f g h ROUND[$t + $i], w[$i]);
            $($extend!($i);)?
            round!(h a b c d e f g ROUND[$t + $i + 1], w[$i + 1]);
            $($extend!($i + 1);)?
            round!(g h a b c d e f ROUND[$t + $i + 2], w[$i + 2]);
            $($extend!($i + 2);)?
            round!(f g h a b c d e ROUND[$t + $i + 3], w[$i + 3]);
            $($extend!($i + 3);)?
            round!(e f g h a b c d ROUND[$t + $i + 4], w[$i + 4]);
            $($extend!($i + 4);)?
            round!(d e f g h a b c ROUND[$t + $i + 5], w[$i + 5]);
            $($extend!($i + 5);)?
            round!(c d e f g h a b ROUND[$t + $i + 6], w[$i + 6]);
            $($extend!($i + 6);)?
            round!(b c d e f g h a ROUND[$t + $i + 7], w[$i + 7]);
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
    for t in [0, 16, 32] {
        eight_rounds!(t, 0 extend);
        eight_rounds!(t, 8 extend);
    }
    eight_rounds!(48, 0);
    eight_rounds!(48, 8);
    for (before, after) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *before = _mm512_add_epi32(*before, after);
    }
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
