//! The compression function on sixteen lanes.

use super::{LANES, ROUND};
use std::arch::asm;
use std::arch::x86_64::*;

/// Runs all lanes through `blocks` blocks, each loaded by `load(lane, block)`, and with its words
/// last changed by `amend(block, words)`.
///
/// One function with macros for its parts: between functions the vectors would go through memory.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
pub(super) fn lockstep(
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
pub(super) fn transpose_quarters(rows: [__m512i; 4]) -> [__m512i; 4] {
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
