//! What keeps secrets in memory from being written to a disk by others: no core dumps.

use super::super::exit::Failure;
use rustix::process::{Resource, Rlimit, setrlimit};

/// Turns core dumps off, for this process and for those that it starts, for good. Called before the
/// first secret is read.
pub(in crate::cli) fn no_core_dumps() -> Result<(), Failure> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)
        .map_err(|error| Failure::io("cannot turn core dumps off", &error.into()))?;
    // A limit does not hold where dumps are handed to a program, nor does it keep debuggers out.
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(|error| Failure::io("cannot turn core dumps off", &error.into()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    const CHILD: &str = "QSTASH_REDACT_TEST_NO_CORE";

    /// Limits belong to the whole process, so another one has to give them up.
    #[test]
    fn there_are_no_core_dumps_afterwards() {
        if std::env::var_os(CHILD).is_some() {
            super::no_core_dumps().unwrap();
            let limit = rustix::process::getrlimit(rustix::process::Resource::Core);
            assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
            #[cfg(target_os = "linux")]
            assert_eq!(
                rustix::process::dumpable_behavior().unwrap(),
                rustix::process::DumpableBehavior::NotDumpable
            );
            return;
        }
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--test-threads=1"])
            .arg("cli::rotate::guard::tests::there_are_no_core_dumps_afterwards")
            .env(CHILD, "1")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&status.stdout);
        assert!(
            status.status.success() && text.contains("1 passed"),
            "{text}"
        );
    }
}
