//! One battery for every backend that this machine has; each must agree with `sha2` on all of it.

use super::*;
use sha2::{Digest as _, Sha256};

/// What every backend is held against.
fn oracle(value: &[u8]) -> Digest {
    Sha256::digest(value).into()
}

/// Bytes of which no two windows are alike, so that a lane with another's input shows.
fn painted(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(0x9e37_79b9_7f4a_7c15);
    (0..len)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect()
}

/// Hashes `values` together on `backend`, and holds every digest against the oracle.
fn check(backend: Backend, values: &[&[u8]], what: &str) {
    let mut digests = vec![None; values.len()];
    backend.hash_many(values.iter().copied(), |position, digest| {
        let before = digests[position].replace(digest);
        assert_eq!(before, None, "{backend:?}: {what}: {position} came twice");
    });
    for (position, (value, digest)) in values.iter().zip(digests).enumerate() {
        let len = value.len();
        assert_eq!(
            digest,
            Some(oracle(value)),
            "{backend:?}: {what}: position {position}, {len} bytes"
        );
    }
}

/// Around every place where the number of blocks or the way of padding changes.
fn boundary_lengths() -> Vec<usize> {
    let mut lengths: Vec<usize> = (0..=70).collect();
    for blocks in 2..=9 {
        for around in [55, 56, 57, 63, 64, 65] {
            lengths.push(64 * (blocks - 1) + around);
        }
    }
    lengths.extend([1000, 1023, 1024, 1025, 4096, 5000]);
    lengths
}

#[test]
fn every_backend_is_run_or_named() {
    for name in Backend::NAMES {
        match Backend::named(name) {
            Some(backend) => assert_eq!(backend.name(), name),
            None => eprintln!("not on this machine: {name}"),
        }
    }
    assert_eq!(Backend::named("none"), None);
    assert_eq!(Backend::available().last(), Some(Backend::best()));
}

#[test]
fn one_value_of_every_boundary_length() {
    for backend in Backend::available() {
        for len in boundary_lengths() {
            let value = painted(len, len as u64);
            assert_eq!(backend.hash(&value), oracle(&value), "{backend:?}: {len}");
        }
    }
}

#[test]
fn values_at_every_alignment() {
    let buffer = painted(64 + 300, 7);
    for backend in Backend::available() {
        for start in 0..64 {
            for len in [0, 3, 15, 16, 17, 55, 56, 64, 100, 119, 120, 247, 248, 300] {
                let value = &buffer[start..start + len];
                assert_eq!(backend.hash(value), oracle(value), "{start}, {len}");
            }
        }
    }
}

#[test]
fn batches_of_1_to_67_of_one_length() {
    let buffer = painted(8192, 3);
    for backend in Backend::available() {
        for len in boundary_lengths() {
            // Every size for short values; around the number of lanes for longer ones.
            let sizes = (1..=67).filter(|size| len < 25 * 64 / size || size % 16 <= 1);
            for size in sizes {
                let values: Vec<_> = (0..size).map(|at| &buffer[at..at + len]).collect();
                check(backend, &values, "equal");
            }
        }
    }
}

#[test]
fn batches_of_0_to_67_of_mixed_lengths() {
    let lengths = boundary_lengths();
    let values: Vec<_> = (0..67)
        .map(|at| painted(lengths[(at * 37) % lengths.len()], at as u64))
        .collect();
    for backend in Backend::available() {
        for size in 0..=67 {
            for first in [0, 11] {
                let some: Vec<_> = values
                    .iter()
                    .skip(first)
                    .take(size)
                    .map(|v| &v[..])
                    .collect();
                check(backend, &some, "mixed");
            }
        }
    }
}

#[test]
fn one_long_value_among_many_short_ones() {
    let long = painted(70_000, 1);
    let short = painted(4000, 2);
    for backend in Backend::available() {
        for place in [0, 20, 50] {
            let mut values: Vec<_> = (0..50).map(|at| &short[at * 70..][..at * 7]).collect();
            values.insert(place, &long);
            check(backend, &values, "one long");
            values.push(&long[1..]);
            check(backend, &values, "two long");
        }
    }
}

#[test]
fn values_that_end_with_their_memory() {
    // Where an allocation of this size ends, the pages that may be read mostly end too.
    let pages = painted(64 * 4096 - 16, 4);
    for backend in Backend::available() {
        for longest in [40, 64, 240, 1000] {
            let values: Vec<_> = (0..40)
                .map(|at| &pages[pages.len() - longest + at..])
                .collect();
            check(backend, &values, "at the end");
            assert_eq!(backend.hash(values[39]), oracle(values[39]));
        }
    }
}

#[test]
fn random_batches() {
    let buffer = painted(20_000, 5);
    let mut dice = painted(40_000, 6).into_iter().map(usize::from);
    let mut roll = move || dice.next().unwrap_or(0) << 8 | dice.next().unwrap_or(0);
    for backend in Backend::available() {
        for _ in 0..60 {
            let longest = [40, 200, 300, 3000][roll() % 4];
            let values: Vec<_> = (0..roll() % 80)
                .map(|_| &buffer[roll() % 15_000..][..roll() % longest])
                .collect();
            check(backend, &values, "random");
        }
    }
}

#[test]
fn equal_values_have_equal_digests_on_every_lane() {
    let value = painted(40, 8);
    for backend in Backend::available() {
        let values: Vec<_> = (0..33).map(|_| &value[..]).collect();
        check(backend, &values, "the same");
    }
}

#[test]
fn a_batch_gives_each_tag_its_digest_and_can_be_used_again() {
    let values: Vec<_> = (0..500).map(|at| painted(at * 3, at as u64)).collect();
    for backend in Backend::available() {
        let mut batch = Batch::on(backend);
        for round in 0..3 {
            for (tag, value) in values.iter().enumerate() {
                batch.push(value, tag);
            }
            assert_eq!(batch.len(), values.len());
            assert_eq!(batch.bytes(), values.iter().map(Vec::len).sum::<usize>());
            let mut seen = vec![false; values.len()];
            batch.drain(|tag, digest| {
                assert_eq!(digest, oracle(&values[tag]), "{backend:?}: {round}: {tag}");
                assert!(!std::mem::replace(&mut seen[tag], true));
            });
            assert!(batch.is_empty() && batch.bytes() == 0);
            assert_eq!(seen, vec![true; values.len()]);
        }
    }
}

#[test]
fn an_installed_backend_is_the_current_one() {
    // Other tests of this process may run on it meanwhile, which changes no digest.
    for backend in Backend::available() {
        backend.install();
        assert_eq!(Backend::current(), backend);
        assert_eq!(hash(b"value"), oracle(b"value"));
    }
    Backend::best().install();
}

#[test]
fn pieces_hash_like_the_whole() {
    let value = painted(300, 9);
    for cut in [0, 1, 63, 64, 65, 299, 300] {
        let mut hasher = Hasher::new();
        hasher.update(&value[..cut]);
        hasher.update(&value[cut..]);
        assert_eq!(hasher.finish(), oracle(&value), "{cut}");
    }
}

#[test]
fn debug_shows_no_values() {
    let mut batch = Batch::new();
    batch.push(b"secret", 1_u32);
    let mut hasher = Hasher::new();
    hasher.update(b"secret");
    assert_eq!(format!("{batch:?}"), "Batch { values: 1, bytes: 6, .. }");
    assert_eq!(format!("{hasher:?}"), "Hasher { .. }");
}
