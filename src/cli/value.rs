//! A value read from a file or from stdin, fingerprinted piece by piece.

use super::exit::Failure;
use super::input::Input;
use qstash_redact::Fingerprint;
use sha2::{Digest as _, Sha256};
use std::io::{self, Read};
use std::path::Path;

/// How much is read at once, in bytes.
const CHUNK: usize = 256 << 10;

/// Fingerprints what `path` names, as it is: a `.gz` is not decompressed. `strip` leaves one line
/// break at the end out.
pub(super) fn fingerprint(path: &Path, strip: bool) -> Result<Fingerprint, Failure> {
    let input = Input::find(path, "FILE")?;
    input
        .open_raw()
        .and_then(|file| digest(file, strip))
        .map_err(|error| Failure::read(&input.name(), &error))
}

fn digest(mut reader: impl Read, strip: bool) -> io::Result<Fingerprint> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    // A line break at the end of what was read, which may be the last one.
    let mut held: &[u8] = b"";
    loop {
        let length = match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let read = &buffer[..length];
        if held == b"\r" && read == b"\n" {
            held = b"\r\n";
            continue;
        }
        hasher.update(held);
        held = if strip { line_break(read) } else { b"" };
        hasher.update(&read[..length - held.len()]);
    }
    if held == b"\r" {
        hasher.update(held);
    }
    Ok(Fingerprint::from_bytes(hasher.finalize().into()))
}

/// The line break, or what may be the first half of one, at the end of `bytes`.
fn line_break(bytes: &[u8]) -> &'static [u8] {
    match bytes {
        [.., b'\r', b'\n'] => b"\r\n",
        [.., b'\n'] => b"\n",
        [.., b'\r'] => b"\r",
        _ => b"",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads like a pipe, `0` bytes at a time.
    struct Drip<'a>(usize, &'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.0.min(self.1.len());
            let (now, later) = self.1.split_at(length);
            buffer[..length].copy_from_slice(now);
            self.1 = later;
            Ok(length)
        }
    }

    #[test]
    fn one_line_break_at_the_end_is_left_out_however_it_is_read() {
        for (value, stripped) in [
            ("", ""),
            ("a", "a"),
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\n\n", "a\n"),
            ("a\r\n\r\n", "a\r\n"),
            ("a\n\r\n", "a\n"),
            ("a\r", "a\r"),
            ("a\r\r", "a\r\r"),
            ("a\r\r\n", "a\r"),
            ("a\n\r", "a\n\r"),
            ("a\nb\r\nc", "a\nb\r\nc"),
            ("\n", ""),
            ("\r\n", ""),
            ("\r", "\r"),
        ] {
            for step in 1..=4 {
                let read = |strip| digest(Drip(step, value.as_bytes()), strip).unwrap();
                assert_eq!(
                    read(true),
                    Fingerprint::of(stripped.as_bytes()),
                    "{value:?}"
                );
                assert_eq!(read(false), Fingerprint::of(value.as_bytes()), "{value:?}");
            }
        }
    }
}
