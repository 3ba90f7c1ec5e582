//! A panic hook that says where, and nothing else: a payload may quote what was being worked on.

use super::console::say;
use std::panic::{self, PanicHookInfo};

/// Replaces the standard hook, which prints the payload. The process still ends with code 101.
pub(super) fn install() {
    panic::set_hook(Box::new(|info| say(message(info))));
}

fn message(info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(
        || "an unknown place".to_owned(),
        |location| format!("{}:{}", location.file(), location.line()),
    );
    format!("this is a fault of the program, at {place}; please report it")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    const CHILD: &str = "QSTASH_REDACT_TEST_PANICS";

    /// The hook belongs to the whole process, so another one has to panic.
    #[test]
    fn a_panic_prints_its_place_and_not_its_payload() {
        if std::env::var_os(CHILD).is_some() {
            super::install();
            panic!("payload with s3cret {}", "value");
        }
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", "--test-threads=1"])
            .arg("cli::panic::tests::a_panic_prints_its_place_and_not_its_payload")
            .env(CHILD, "1")
            .env("RUST_BACKTRACE", "full")
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(101), "{stderr}");
        assert!(stderr.contains("src/cli/panic.rs:"), "{stderr}");
        assert!(!stderr.contains("s3cret"), "{stderr}");
    }
}
