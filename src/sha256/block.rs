//! What SHA-256 is made of (FIPS 180-4): constants, the state, and the padding that ends a value.

use super::Digest;

/// Bytes that one run of the compression function takes.
pub(super) const BLOCK: usize = 64;

/// The words a to h.
pub(super) type State = [u32; 8];

/// The state before the first block.
pub(super) const INITIAL: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// One constant per round.
#[rustfmt::skip]
pub(super) static ROUND: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

/// The marker that ends a value, among zeros: what is read from entry `64 - n` has it at byte `n`.
pub(super) static MARKER: [u8; 192] = {
    let mut table = [0; 192];
    table[64] = 0x80;
    table
};

/// How many blocks a value of this length takes, padding included: a marker byte and eight of length.
pub(super) const fn blocks_of(len: usize) -> usize {
    (len + 8) / BLOCK + 1
}

/// The state as the digest that it stands for.
pub(super) fn digest_of(state: State) -> Digest {
    let mut digest = [0; 32];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

/// The end of a value: the bytes behind its last whole block, and the padding. One or two blocks.
pub(super) struct Tail {
    /// The value's last 64 bytes come first, so that what is copied has always the same length.
    bytes: [u8; 3 * BLOCK],
    /// Where the last block ends.
    end: usize,
}

impl Tail {
    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; 3 * BLOCK],
            end: 2 * BLOCK,
        }
    }

    /// Becomes the end of `value`.
    pub(super) fn fill(&mut self, value: &[u8]) {
        let (front, padding) = self.bytes.split_at_mut(BLOCK);
        match value.last_chunk::<BLOCK>() {
            Some(last) => front.copy_from_slice(last),
            None => front[BLOCK - value.len()..].copy_from_slice(value),
        }
        padding.fill(0);
        padding[0] = 0x80;
        let rest = value.len() % BLOCK;
        self.end = BLOCK - rest + blocks_of(rest) * BLOCK;
        let bits = (value.len() as u64) << 3;
        self.bytes[self.end - 8..self.end].copy_from_slice(&bits.to_be_bytes());
    }

    /// The last `left` blocks, one or two.
    pub(super) fn last(&self, left: usize) -> &[u8] {
        &self.bytes[self.end - left * BLOCK..self.end]
    }
}
