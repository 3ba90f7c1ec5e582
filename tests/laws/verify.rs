//! The verifier accepts every redaction, and nothing else.

use super::case::Case;
use super::oracle;
use super::reference;
use qstash_redact::verify::{Failure, Pairing, Report, Status, Verifier};
use qstash_redact::{BodyEncoding, Placeholder, RedactFields, Redactor};

/// Redactions up to this long are changed at every byte.
const SHORT: usize = 250;

/// The law, for a [`Case`].
pub fn holds(input: &[u8]) {
    let case = Case::read(input);
    let accepted = reference::accepts(case.documents);
    let nothing = Verifier::new(RedactFields::new());
    let same = documents(&nothing, case.documents, case.documents);
    assert_eq!(same.is_ok(), accepted, "{same:?}: {:?}", case.documents);
    assert!(same.is_ok_and(|report| report.is_clean()) || !accepted);
    if !accepted {
        return;
    }
    let original = std::str::from_utf8(case.documents).expect("accepted as JSON");
    let redactor = Redactor::new(case.rule.clone());
    let clean = redactor.redact_json(case.documents).expect("accepted");
    let verifier = Verifier::new(case.rule.clone());
    let found = oracle::find(&case.rule, BodyEncoding::Auto, original);
    let hidden = found.hidden.len() as u64;

    for pairing in [Pairing::Position, Pairing::Id] {
        let verifier = verifier.clone().with_pairing(pairing);
        let report = documents(&verifier, case.documents, clean.as_bytes()).expect("both are JSON");
        assert!(report.is_clean(), "{pairing:?}: {report}: {original}");
        assert_eq!(report.count(Status::Match), hidden, "{original}");
        assert_eq!(
            report.count(Status::AlreadyRedacted),
            found.already_redacted
        );

        let report = documents(&verifier, case.documents, case.documents).expect("both are JSON");
        assert_eq!(
            report.count(Status::InClear),
            hidden,
            "{pairing:?}: {original}"
        );
        assert_eq!(report.is_clean(), hidden == 0, "{pairing:?}: {original}");
    }
    let alone = |text: &[u8]| verifier.only(text, &mut |_| {}).expect("JSON");
    assert!(alone(clean.as_bytes()).is_clean(), "{clean}");
    assert_eq!(
        alone(case.documents).count(Status::InClear),
        hidden,
        "{original}"
    );

    every_change_of_a_placeholder_is_caught(&verifier, original, clean.as_str(), &found.hidden);
    if clean.as_str().len() <= SHORT {
        every_other_change_is_caught(&verifier, original, clean.as_str());
    }
}

fn documents(verifier: &Verifier, original: &[u8], redacted: &[u8]) -> Result<Report, Failure> {
    verifier.documents(original, redacted, &mut |_| {})
}

/// Whether the verifier has anything against `redacted`.
fn catches(verifier: &Verifier, original: &str, redacted: &[u8]) -> bool {
    !documents(verifier, original.as_bytes(), redacted).is_ok_and(|report| report.is_clean())
}

/// Changes every byte of the first and of the last placeholder.
fn every_change_of_a_placeholder_is_caught(
    verifier: &Verifier,
    original: &str,
    redacted: &str,
    hidden: &[oracle::Hidden],
) {
    // Where the placeholders stand follows from where the values stood.
    let mut removed = 0;
    let mut written = 0;
    let mut places = Vec::new();
    for value in hidden {
        places.push(value.span.start - removed + written + 1);
        removed += value.span.len();
        written += Placeholder::LEN + 2;
    }
    for place in places.first().into_iter().chain(places.last()) {
        for at in *place..*place + Placeholder::LEN {
            let mut changed = redacted.as_bytes().to_vec();
            // Not only the case of a digit, which is read either way.
            changed[at] = match changed[at] {
                b'9' => b'a',
                b'f' => b'0',
                byte => byte + 1,
            };
            assert!(catches(verifier, original, &changed), "{at} of {redacted}");
        }
    }
}

/// Changes every byte in a few ways; only what stands for the same may pass, and must.
fn every_other_change_is_caught(verifier: &Verifier, original: &str, redacted: &str) {
    let meaning = oracle::meaning(redacted);
    for (at, before) in redacted.bytes().enumerate() {
        for byte in [b'0', b'x', b'"', b' ', b',', before ^ 1] {
            // Digits of a placeholder are read in either case.
            if byte.eq_ignore_ascii_case(&before) {
                continue;
            }
            let mut changed = redacted.as_bytes().to_vec();
            changed[at] = byte;
            let same = reference::accepts(&changed)
                && std::str::from_utf8(&changed).is_ok_and(|text| oracle::meaning(text) == meaning);
            assert_eq!(
                catches(verifier, original, &changed),
                !same,
                "{}",
                String::from_utf8_lossy(&changed)
            );
        }
    }
}
