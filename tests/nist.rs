//! NIST's vectors for SHA-256 (CAVP, byte oriented) on every hashing path of this machine.

use qstash_redact::sha256::{Backend, Digest, Hasher};

const SHORT: &str = include_str!("vectors/SHA256ShortMsg.rsp");
const LONG: &str = include_str!("vectors/SHA256LongMsg.rsp");
const MONTE: &str = include_str!("vectors/SHA256Monte.rsp");

/// More than every number of lanes, so that full groups and leftovers both occur.
const COPIES: usize = 19;

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// The values of the lines `name = value`, in order.
fn values<'a>(file: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    file.lines()
        .filter_map(|line| line.split_once(" = "))
        .filter(move |(key, _)| *key == name)
        .map(|(_, value)| value.trim())
}

/// Messages with the digests that NIST gives them.
fn messages(file: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let lengths = values(file, "Len").map(|bits| bits.parse::<usize>().unwrap() / 8);
    let messages = values(file, "Msg").zip(lengths).map(|(hex, len)| {
        let mut message = unhex(hex);
        // The empty message is written as one byte.
        message.truncate(len);
        assert_eq!(message.len(), len);
        message
    });
    messages.zip(values(file, "MD").map(unhex)).collect()
}

fn check(backend: Backend, messages: &[(Vec<u8>, Vec<u8>)]) {
    for (message, digest) in messages {
        let len = message.len();
        assert_eq!(&backend.hash(message)[..], digest, "{backend:?}, {len}");
        backend.hash_many([&message[..]; COPIES], |position, many| {
            assert_eq!(&many[..], digest, "{backend:?}, {len}, {position}");
        });
    }
    let mut seen = 0;
    let all = messages.iter().map(|(message, _)| &message[..]);
    backend.hash_many(all, |position, digest| {
        seen += 1;
        assert_eq!(&digest[..], messages[position].1, "{backend:?}, {position}");
    });
    assert_eq!(seen, messages.len());
}

#[test]
fn short_messages() {
    let messages = messages(SHORT);
    assert_eq!(messages.len(), 65);
    for backend in Backend::available() {
        check(backend, &messages);
    }
}

#[test]
fn long_messages() {
    let messages = messages(LONG);
    assert_eq!(messages.len(), 64);
    for backend in Backend::available() {
        check(backend, &messages);
    }
}

#[test]
fn messages_in_pieces() {
    for (message, digest) in messages(SHORT).into_iter().chain(messages(LONG)) {
        let mut hasher = Hasher::new();
        for piece in message.chunks(37) {
            hasher.update(piece);
        }
        assert_eq!(&hasher.finish()[..], digest);
    }
}

/// A thousand times the digest of the last three digests, from `seed` on.
fn thousand(seed: Digest, hash: impl Fn(&[u8]) -> Digest) -> Digest {
    let mut last = [seed; 3];
    for _ in 0..1000 {
        let next = hash(last.as_flattened());
        last = [last[1], last[2], next];
    }
    last[2]
}

#[test]
fn monte_carlo() {
    // Unoptimized vector code is slow: the whole chain is for the optimized run.
    let (whole, lockstep) = if cfg!(debug_assertions) {
        (5, 1)
    } else {
        (100, 100)
    };
    let seed: Digest = unhex(values(MONTE, "Seed").next().unwrap())
        .try_into()
        .unwrap();
    let digests: Vec<Digest> = values(MONTE, "MD")
        .map(|hex| unhex(hex).try_into().unwrap())
        .collect();
    assert_eq!(digests.len(), 100);
    for backend in Backend::available() {
        let mut seed_of_one = seed;
        for digest in &digests[..whole] {
            seed_of_one = thousand(seed_of_one, |value| backend.hash(value));
            assert_eq!(seed_of_one, *digest, "{backend:?}");
        }
        let mut seed_of_many = seed;
        for digest in &digests[..lockstep] {
            seed_of_many = thousand(seed_of_many, |value| {
                let mut digests = [[0; 32]; COPIES];
                backend.hash_many([value; COPIES], |position, digest| {
                    digests[position] = digest;
                });
                assert_eq!(digests, [digests[0]; COPIES], "{backend:?}");
                digests[0]
            });
            assert_eq!(seed_of_many, *digest, "{backend:?}");
        }
    }
}
