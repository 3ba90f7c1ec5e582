//! The inner loops of scanning, and who runs them: vector instructions where the machine has them.
//!
//! A kernel only ever skips what is surely good, so that every kernel accepts and refuses the same:
//! whatever it stops at is looked at by the one scalar code.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod blocks;
mod compare;
mod portable;
#[cfg(target_arch = "x86_64")]
mod unescape;

pub(crate) use compare::{BLOCK, Compare};
pub(crate) use portable::Portable;
use std::ops::Range;
use std::sync::OnceLock;

/// What is known of the content of a string up to some byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// It holds an escape.
    pub(crate) escaped: bool,
    /// It holds a byte that is not ASCII.
    pub(crate) non_ascii: bool,
}

/// The inner loops.
pub(crate) trait Kernel: Copy {
    /// How the same machine compares the bytes of a block.
    type Compare: Compare;

    fn compare(self) -> Self::Compare;

    /// The offset of the first byte from `from` on that is no blank, or the buffer's end; counts the
    /// line feeds before it.
    fn after_blanks(self, input: &[u8], from: usize, lines: &mut u64) -> usize;

    /// Skips content of a string from `from` on: plain bytes, and good escapes if it likes. Stops at
    /// the buffer's end, or at a quote, a control character or the backslash of an escape that it
    /// leaves alone.
    fn skip_content(self, input: &[u8], from: usize, content: &mut Content) -> usize;

    /// The bytes that are anything but plain ASCII content of a string: quotes, backslashes, control
    /// characters, and bytes that are not ASCII.
    fn special(self, block: &[u8; 64]) -> u64;

    /// Lists the places of a block's bits, each with `first` added. What is written behind them is
    /// anything.
    #[inline(always)]
    fn list(self, bits: u64, first: u8, places: &mut [u8; 64]) {
        let mut bits = bits;
        let count = bits.count_ones() as usize;
        // Without a branch for each; mostly there are no more than these.
        for place in &mut places[..8] {
            *place = first.wrapping_add(bits.trailing_zeros() as u8);
            bits &= bits.wrapping_sub(1);
        }
        for place in places.iter_mut().take(count).skip(8) {
            *place = first.wrapping_add(bits.trailing_zeros() as u8);
            bits &= bits.wrapping_sub(1);
        }
    }

    /// Whether the content of a string, which has quotes around it, is UTF-8.
    fn is_utf8(self, input: &[u8], content: Range<usize>) -> bool;

    /// Decodes 64 digits of base64; `false` says that one of them is none, or that the kernel does not.
    fn decode_base64(self, digits: &[u8; 64], out: &mut [u8; 48]) -> bool;

    /// Appends the unescaped bytes of a string's content from its beginning to as far as it likes,
    /// and says how many bytes of the content that took.
    fn unescape(self, content: &[u8], out: &mut Vec<u8>) -> usize;
}

/// Work that a kernel can do.
pub(crate) trait Task {
    type Outcome;

    /// Must be `#[inline(always)]`, as all that it calls with the kernel, to be compiled for the
    /// instructions of each kernel. A closure cannot be that: none but the smallest is inlined, and in
    /// one that is not every vector instruction is a call.
    fn run<K: Kernel>(self, kernel: K) -> Self::Outcome;
}

/// The names of all kernels, also of those that this machine or this build has not.
const NAMES: [&str; 3] = ["portable", "avx2", "avx512"];

/// A kernel of which is known that this machine can run it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Best {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Avx512),
}

impl Best {
    /// Every kernel of this machine, the fastest first.
    pub(crate) fn available() -> impl Iterator<Item = (&'static str, Self)> {
        [
            #[cfg(target_arch = "x86_64")]
            ("avx512", avx512::Avx512::new().map(Self::Avx512)),
            #[cfg(target_arch = "x86_64")]
            ("avx2", avx2::Avx2::new().map(Self::Avx2)),
            ("portable", Some(Self::Portable)),
        ]
        .into_iter()
        .filter_map(|(name, kernel)| Some((name, kernel?)))
    }

    /// The kernel to use, chosen once.
    fn chosen() -> Self {
        static CHOSEN: OnceLock<Best> = OnceLock::new();
        *CHOSEN.get_or_init(|| {
            // So that tests can take every path; a release takes none but the fastest.
            let forced = cfg!(debug_assertions)
                .then(|| std::env::var("QSTASH_REDACT_SCAN").ok())
                .flatten();
            // A slip of the pen must not pass for a run on another path.
            assert!(
                forced.as_deref().is_none_or(|name| NAMES.contains(&name)),
                "QSTASH_REDACT_SCAN names no kernel; there are {NAMES:?}"
            );
            Self::available()
                .find(|(name, _)| forced.as_deref().is_none_or(|forced| forced == *name))
                .map_or(Self::Portable, |(_, kernel)| kernel)
        })
    }
}

/// Does `task` with the fastest kernel.
#[inline]
pub(crate) fn run<T: Task>(task: T) -> T::Outcome {
    run_with(Best::chosen(), task)
}

/// Does `task` with a given kernel.
#[inline]
pub(crate) fn run_with<T: Task>(kernel: Best, task: T) -> T::Outcome {
    match kernel {
        Best::Portable => task.run(Portable),
        #[cfg(target_arch = "x86_64")]
        Best::Avx2(kernel) => kernel.run(task),
        #[cfg(target_arch = "x86_64")]
        Best::Avx512(kernel) => kernel.run(task),
    }
}

#[cfg(test)]
mod tests;
