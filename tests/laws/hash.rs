//! Every backend gives the digests of `sha2`, one value at a time and many together.

use qstash_redact::sha256::{Backend, Batch, Hasher};
use sha2::{Digest as _, Sha256};

/// At most this many values are hashed together.
const MANY: usize = 70;

/// The law: every byte asks for a value, of as many bytes as it says, cut out of the input painted
/// over and over.
pub fn holds(input: &[u8]) {
    let paint: Vec<u8> = input
        .iter()
        .cycle()
        .zip(0..=u8::MAX)
        .map(|(byte, place)| byte ^ place.wrapping_mul(73))
        .collect();
    let buffer = paint.repeat(6);
    let values: Vec<&[u8]> = input
        .iter()
        .take(MANY)
        .enumerate()
        .map(|(position, byte)| {
            let asked = usize::from(*byte);
            let length = if asked < 128 {
                asked
            } else {
                5 * (asked - 100)
            };
            &buffer[position..position + length]
        })
        .collect();
    let expected: Vec<[u8; 32]> = values
        .iter()
        .map(|value| Sha256::digest(value).into())
        .collect();
    for backend in Backend::available() {
        for (value, digest) in values.iter().zip(&expected) {
            assert_eq!(backend.hash(value), *digest, "{backend:?}: {}", value.len());
        }
        let mut digests = vec![None; values.len()];
        backend.hash_many(values.iter().copied(), |position, digest| {
            assert_eq!(digests[position].replace(digest), None, "{backend:?}");
        });
        assert!(
            digests
                .iter()
                .copied()
                .eq(expected.iter().copied().map(Some)),
            "{backend:?}"
        );

        let mut batch = Batch::on(backend);
        for (position, value) in values.iter().enumerate() {
            batch.push(value, position);
        }
        let mut count = 0;
        batch.drain(|position, digest| {
            assert_eq!(digest, expected[position], "{backend:?}");
            count += 1;
        });
        assert_eq!(count, values.len());
    }
    let mut hasher = Hasher::new();
    for value in &values {
        hasher.update(value);
    }
    assert_eq!(hasher.finish()[..], Sha256::digest(values.concat())[..]);
}
