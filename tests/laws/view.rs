//! What the typed path shows is the JSON that the raw path makes.

use super::case::Case;
use super::oracle;
use qstash_redact::{
    BatchRequest, BodyEncoding, Clear, DlqMessage, Error, ErrorKind, LogEntry, Message,
    RedactFields, Redactor, Schedule,
};

/// The law, for a [`Case`].
pub fn holds(input: &[u8]) {
    let case = Case::read(input);
    let Ok(json) = std::str::from_utf8(case.documents) else {
        assert!(Message::from_json(case.documents).is_err());
        return;
    };
    if Redactor::default().redact_json(case.documents).is_err() {
        assert!(Message::from_json(case.documents).is_err(), "{json}");
        return;
    }
    for encoding in [BodyEncoding::Auto, BodyEncoding::Text, BodyEncoding::Base64] {
        both_paths_agree(json, &case.rule, encoding);
    }
}

/// Compares the paths for every shape, and says how many accepted this JSON.
pub fn both_paths_agree(json: &str, rule: &RedactFields, encoding: BodyEncoding) -> usize {
    let redactor = Redactor::new(rule.clone()).with_body_encoding(encoding);
    // A log on its own has nothing around it that says so: the caller must.
    let log = match encoding {
        BodyEncoding::Auto => redactor.clone().with_body_encoding(BodyEncoding::Base64),
        _ => redactor.clone(),
    };
    [
        agree(Message::from_json, json, &redactor, &redactor),
        agree(DlqMessage::from_json, json, &redactor, &redactor),
        agree(Schedule::from_json, json, &redactor, &redactor),
        agree(BatchRequest::from_json, json, &redactor, &redactor),
        agree(LogEntry::from_json, json, &redactor, &log),
    ]
    .into_iter()
    .map(usize::from)
    .sum()
}

/// Compares the paths for one shape, and says whether the typed one accepted.
fn agree<'a, M: Clear>(
    parse: impl Fn(&'a [u8]) -> Result<M, Error>,
    json: &'a str,
    redactor: &Redactor,
    raw: &Redactor,
) -> bool {
    let raw = raw.redact_json(json.as_bytes()).expect("valid JSON");
    match parse(json.as_bytes()) {
        Ok(message) => {
            let view = serde_json::to_string(&redactor.view(&message)).expect("it can be shown");
            assert_eq!(
                oracle::meaning(&view),
                oracle::meaning(raw.as_str()),
                "{view} is not {raw}"
            );
            true
        }
        Err(error) => {
            // One document, an object, each member once, and types that it should have.
            let refusals = [
                ErrorKind::Type,
                ErrorKind::Duplicate,
                ErrorKind::Surrogate,
                ErrorKind::Syntax,
                ErrorKind::Truncated,
            ];
            assert!(refusals.contains(&error.kind()), "{error}: {json}");
            false
        }
    }
}
