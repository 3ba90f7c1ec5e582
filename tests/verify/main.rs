//! The verifier, from outside: what it finds, in which shapes, and that it agrees with the redactor.

mod contract;
mod encoding;
mod envelopes;
mod inputs;
mod pairing;
mod redactor;
mod report;
mod statuses;

use qstash_redact::verify::{Report, Status, Verifier};
use qstash_redact::{Placeholder, RedactFields};

/// A finding as far as most tests look.
type Found = (Status, String);

fn rule(text: &str) -> RedactFields {
    text.parse().unwrap()
}

/// The findings of a comparison, in order.
fn findings(verifier: &Verifier, original: &str, redacted: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let report = verifier
        .documents(original.as_bytes(), redacted.as_bytes(), &mut |finding| {
            found.push((finding.status(), finding.field()));
        })
        .unwrap_or_else(|failure| panic!("{failure}: {original} {redacted}"));
    assert_counted(&report, &found);
    found
}

/// The findings in a redacted document alone.
fn findings_only(verifier: &Verifier, redacted: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let report = verifier
        .only(redacted.as_bytes(), &mut |finding| {
            found.push((finding.status(), finding.field()));
        })
        .unwrap_or_else(|failure| panic!("{failure}: {redacted}"));
    assert_counted(&report, &found);
    found
}

fn assert_counted(report: &Report, found: &[Found]) {
    for status in Status::ALL {
        let count = found.iter().filter(|(found, _)| *found == status).count();
        assert_eq!(report.count(status), count as u64);
    }
    let is_clean = found.iter().all(|(status, _)| status.is_good());
    assert_eq!(report.is_clean(), is_clean);
}

/// The placeholder of `value` as a JSON string.
fn hidden(value: impl AsRef<[u8]>) -> String {
    format!("\"{}\"", Placeholder::of(value.as_ref()))
}

/// Asserts what is found when `fields` should have turned `original` into `redacted`.
#[track_caller]
fn expect(fields: &str, original: &str, redacted: &str, expected: &[(Status, &str)]) {
    let found = findings(&Verifier::new(rule(fields)), original, redacted);
    let found: Vec<_> = found
        .iter()
        .map(|(status, field)| (*status, &**field))
        .collect();
    assert_eq!(found, expected, "{fields}: {original} {redacted}");
}

#[track_caller]
fn expect_only(fields: &str, redacted: &str, expected: &[(Status, &str)]) {
    let found = findings_only(&Verifier::new(rule(fields)), redacted);
    let found: Vec<_> = found
        .iter()
        .map(|(status, field)| (*status, &**field))
        .collect();
    assert_eq!(found, expected, "{fields}: {redacted}");
}
