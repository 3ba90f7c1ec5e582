//! A redaction is what the oracle says, byte for byte, and nothing that was hidden is left.

use super::case::Case;
use super::oracle;
use qstash_redact::{BodyEncoding, Existing, Redactor};
use std::borrow::Cow;

/// A word that no secret of the input holds.
const PLANTED: &str = "planted-secret";

/// The law, for a [`Case`].
pub fn holds(input: &[u8]) {
    let case = Case::read(input);
    for encoding in [BodyEncoding::Auto, BodyEncoding::Text, BodyEncoding::Base64] {
        let redactor = Redactor::new(case.rule.clone()).with_body_encoding(encoding);
        let Ok(clean) = redactor.redact_json(case.documents) else {
            return;
        };
        let documents = std::str::from_utf8(case.documents).expect("accepted as JSON");
        let found = oracle::find(&case.rule, encoding, documents);
        let expected = oracle::replace(documents, &found.hidden, |position| {
            oracle::placeholder(&found.hidden[position].bytes)
        });
        assert_eq!(clean.as_str(), expected, "{} of {documents}", case.rule);
        assert_eq!(
            matches!(clean.get(), Cow::Borrowed(_)),
            found.hidden.is_empty(),
            "borrowed exactly when nothing was replaced: {documents}"
        );

        let mut buffer = b"left from before".to_vec();
        let again = redactor.redact_json_into(case.documents, &mut buffer);
        assert_eq!(again.expect("accepted before").as_str(), expected);

        let twice = redactor.redact_json(clean.as_bytes());
        assert_eq!(
            twice.expect("still JSON").as_str(),
            expected,
            "redacted twice"
        );

        let strict = redactor.clone().with_existing(Existing::Refuse);
        let refused = strict.redact_json(case.documents).is_err();
        assert_eq!(refused, found.already_redacted > 0, "{documents}");

        nothing_planted_survives(&redactor, documents, &found.hidden);
    }
}

/// Plants a secret at every place where one would be hidden.
fn nothing_planted_survives(redactor: &Redactor, documents: &str, hidden: &[oracle::Hidden]) {
    if documents.contains(PLANTED) {
        return;
    }
    let planted = oracle::replace(documents, hidden, |position| {
        format!("\"https://{PLANTED}-{position}@host\"")
    });
    let clean = redactor.redact_json(planted.as_bytes());
    assert!(
        !clean.expect("still JSON").as_str().contains(PLANTED),
        "{planted}"
    );
}
