//! Ctrl-C and its relatives: unfinished files are removed, then the signal does what it always does.

use super::unfinished;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::io;
use std::sync::Arc;
use std::thread;

/// Takes the signals over, from before the first unfinished file is made.
pub(super) fn install() -> io::Result<()> {
    // Any handler will do: writing beyond a limit on file sizes then is an error, no sudden death.
    signal_hook::flag::register(SIGXFSZ, Arc::default())?;
    let ignored = ignored();
    let mut signals = Signals::new(
        [SIGINT, SIGTERM, SIGHUP]
            .into_iter()
            .filter(|signal| ignored >> (signal - 1) & 1 == 0),
    )?;
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            for signal in signals.forever() {
                unfinished::remove_all_and(|| {
                    let _ = emulate_default_handler(signal);
                });
            }
        })?;
    Ok(())
}

/// The signals that whoever started the program wants ignored, as `nohup` does, as bits from signal 1
/// on. Only Linux says so; elsewhere none are.
fn ignored() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let mask = status
                .lines()
                .find_map(|line| line.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(mask.trim(), 16).ok()
        })
        .unwrap_or(0)
}
