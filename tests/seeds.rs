//! The committed seeds of the fuzz targets, replayed: every law holds for each of its seeds.

mod laws;

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

/// Asks for `law` at every seed in the folder `name`.
fn replay(name: &str, law: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/seeds")
        .join(name);
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let seed = fs::read(&path).unwrap();
        let result = panic::catch_unwind(AssertUnwindSafe(|| law(&seed)));
        assert!(result.is_ok(), "broken by {}", path.display());
        count += 1;
    }
    assert!(count > 0, "no seeds in {}", folder.display());
}

#[test]
fn scan_holds_for_its_seeds() {
    replay("scan", laws::scan::holds);
}

#[test]
fn redact_holds_for_its_seeds() {
    replay("redact", laws::redact::holds);
}

#[test]
fn export_holds_for_its_seeds() {
    replay("export", laws::export::holds);
}

#[test]
fn fields_holds_for_its_seeds() {
    replay("fields", laws::fields::holds);
}

#[test]
fn the_sample_is_redacted_as_the_law_says() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/dlq-export.json");
    laws::redact::holds(&fs::read(sample).unwrap());
}

#[test]
fn hash_holds_for_its_seeds() {
    replay("hash", laws::hash::holds);
}

#[test]
fn verify_holds_for_its_seeds() {
    replay("verify", laws::verify::holds);
    replay("redact", laws::verify::holds);
}

#[test]
fn view_holds_for_its_seeds() {
    replay("view", laws::view::holds);
    replay("redact", laws::view::holds);
}

#[test]
fn publish_holds_for_its_seeds() {
    replay("publish", laws::publish::holds);
}

#[test]
#[cfg(feature = "rotate")]
fn credentials_holds_for_its_seeds() {
    replay("credentials", laws::credentials::holds);
    replay("redact", laws::credentials::holds);
}

#[test]
fn hunt_holds_for_its_seeds() {
    replay("hunt", laws::hunt::holds);
}

#[cfg(feature = "hunt")]
#[test]
fn archive_holds_for_its_seeds() {
    replay("archive", laws::archive::holds);
}
