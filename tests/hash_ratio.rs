//! Hashing many values together must be faster than `sha2` called once per value.
//!
//! The margins are wide: this fails when a backend is lost or its lanes run empty, not from noise.
//! What is really reached is printed by `cargo bench --bench ratios`.

use qstash_redact::sha256::{Backend, Digest};
use sha2::{Digest as _, Sha256};
use std::time::Instant;

/// Both sides in turn, so that what else the machine does hits both; the best of each counts.
const TURNS: usize = 200;

fn seconds(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

/// How many times faster than `sha2` a backend hashes `count` values of `shortest` bytes and more.
fn ratio(backend: Backend, count: usize, shortest: usize, longest: usize) -> f64 {
    let buffer: Vec<u8> = (0..longest + count)
        .map(|at| (at * 31 % 251) as u8)
        .collect();
    let values: Vec<_> = (0..count)
        .map(|at| &buffer[at..][..shortest + at * 7919 % (longest - shortest + 1)])
        .collect();
    let mut alone: Vec<Digest> = vec![[0; 32]; count];
    let mut together = alone.clone();
    let (mut best_alone, mut best_together) = (f64::MAX, f64::MAX);
    for _ in 0..TURNS {
        best_alone = best_alone.min(seconds(|| {
            for (digest, value) in alone.iter_mut().zip(&values) {
                *digest = Sha256::digest(value).into();
            }
        }));
        best_together = best_together.min(seconds(|| {
            let values = values.iter().copied();
            backend.hash_many(values, |position, digest| together[position] = digest);
        }));
    }
    assert_eq!(alone, together);
    best_alone / best_together
}

#[test]
#[cfg_attr(debug_assertions, ignore = "only optimized code has a speed")]
fn many_values_are_faster_together() {
    for backend in Backend::available() {
        // Reached are 1.7 to 1.9 and 1.9 to 2.2 for two and sixteen lanes, 1.0 for none.
        let least = match backend.name() {
            "avx512" => 1.4,
            "sha-ni" => 1.05,
            _ => 0.8,
        };
        for (name, count, shortest, longest) in
            [("headers", 2000, 20, 200), ("bodies", 200, 1024, 4096)]
        {
            let ratio = ratio(backend, count, shortest, longest);
            println!("{name} on {}: {ratio:.2} x sha2", backend.name());
            assert!(ratio >= least, "{name} on {}: {ratio:.2}", backend.name());
        }
    }
}
