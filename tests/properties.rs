//! Properties of the whole, on generated exports of every shape and on rules of every spelling.

mod envelopes;
mod laws;

use envelopes::{Generated, Secret, exports};
use proptest::prelude::*;
use qstash_redact::verify::Verifier;
use qstash_redact::{Export, Group, Placeholder, RedactFields, Redactor};

/// Rules as people write them, with groups and named headers.
fn rules() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        4 => prop::sample::select(Group::ALL.map(Group::keyword).to_vec()).prop_map(str::to_owned),
        1 => Just("headers".to_owned()),
        2 => ("(response[.])?headers?", "authorization|X-API-Key|upstash-forward-X-Api-Key|Other")
            .prop_map(|(keyword, name)| format!("{keyword}[ {name} ]")),
    ];
    prop::collection::vec(token, 0..5).prop_map(|tokens| tokens.join(" ,"))
}

/// Whether a rule, which names its headers in any of the ways of [`rules`], selects a secret.
fn selects(rule: &RedactFields, secret: &Secret) -> bool {
    let group = secret.group.keyword();
    let rule = rule.to_string().to_ascii_lowercase();
    rule.split(',').any(|token| {
        token == group
            || secret
                .header
                .is_some_and(|name| token == format!("{group}[{}]", name.to_ascii_lowercase()))
    })
}

/// An input of the laws.
fn case(rule: &str, export: &Generated) -> Vec<u8> {
    format!("{rule}\n{}", export.text).into_bytes()
}

/// A failure is to become a test of its own or a seed, so it is not written to a file.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn a_secret_is_gone_exactly_where_the_rule_selects_it(rule in rules(), export in exports()) {
        let redactor = Redactor::new(rule.parse()?);
        let clean = redactor.redact_json(export.text.as_bytes())?;
        for secret in &export.secrets {
            let gone = !clean.as_str().contains(&secret.shown);
            prop_assert_eq!(gone, selects(redactor.fields(), secret), "{:?}", secret);
        }
    }

    #[test]
    fn an_export_counts_its_records_and_secrets(rule in rules(), generated in exports()) {
        let fields: RedactFields = rule.parse()?;
        let mut export = Export::new(Redactor::new(fields.clone()));
        let mut output = Vec::new();
        export.push(generated.text.as_bytes(), &mut output)?;
        export.finish(&mut output)?;
        let summary = export.summary();
        prop_assert_eq!(summary.records, generated.records);
        for group in Group::ALL {
            let selected = |secret: &&Secret| secret.group == group && selects(&fields, secret);
            let expected = generated.secrets.iter().filter(selected).count();
            prop_assert_eq!(summary.replaced(group), expected as u64, "{:?}", group);
        }
        prop_assert_eq!(summary.already_redacted, 0);
    }

    #[test]
    fn the_laws_hold_for_exports_of_every_shape(rule in rules(), export in exports()) {
        laws::scan::holds(export.text.as_bytes());
        laws::redact::holds(&case(&rule, &export));
        laws::export::holds(&case(&rule, &export));
        laws::verify::holds(&case(&rule, &export));
    }

    #[test]
    fn any_change_of_any_placeholder_is_caught(
        export in exports(),
        which in any::<prop::sample::Index>(),
        at in 0..Placeholder::LEN,
        byte in any::<u8>(),
    ) {
        let fields = RedactFields::everything();
        let clean = Redactor::new(fields.clone()).redact_json(export.text.as_bytes())?;
        let places: Vec<_> = clean.as_str().match_indices("REDACTED:").collect();
        prop_assume!(!places.is_empty());
        let mut changed = clean.as_bytes().to_vec();
        let before = &mut changed[which.get(&places).0 + at];
        // Digits are read in either case.
        prop_assume!(!before.eq_ignore_ascii_case(&byte));
        *before = byte;
        let report = Verifier::new(fields).documents(export.text.as_bytes(), &changed[..], &mut |_| {});
        prop_assert!(!report.is_ok_and(|report| report.is_clean()));
    }

    #[test]
    fn the_laws_hold_for_exports_with_a_fault(
        rule in rules(),
        export in exports(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut input = case(&rule, &export);
        let at = at.index(input.len());
        input[at] = byte;
        laws::scan::holds(&input[rule.len() + 1..]);
        laws::redact::holds(&input);
        laws::export::holds(&input);
        laws::verify::holds(&input);
        laws::export::holds(&input[..at]);
    }
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn the_law_of_rules_holds_for_rules_of_every_spelling(rule in rules()) {
        prop_assert!(rule.parse::<RedactFields>().is_ok());
        laws::fields::holds(rule.as_bytes());
    }

    #[test]
    fn the_law_of_rules_holds_for_broken_ones(rule in "[bBody,heaers\\[\\]. \tXA-é\"]{0,24}") {
        laws::fields::holds(rule.as_bytes());
    }
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn the_law_of_hashing_holds_for_any_lengths(lengths in prop::collection::vec(any::<u8>(), 0..80)) {
        laws::hash::holds(&lengths);
    }
}

/// Lines of a call: what clients send, and what nobody should.
fn header_line() -> impl Strategy<Value = Vec<u8>> {
    let name = "(upstash-(failure-)?(callback-)?forward-)?[abX]|upstash-(failure-)?callback\
        |upstash-(redact-fields|header-forward|method|delay)|authorization|cookie|content-type";
    let value = prop_oneof![
        "[ -~]{0,12}".prop_map(String::into_bytes),
        rules().prop_map(String::into_bytes),
        "https://([a-z]@)?h/([?][a-z])?".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..12),
        Just(Placeholder::of(b"x").to_string().into_bytes()),
        Just(b"true".to_vec()),
    ];
    (name, value).prop_map(|(name, value)| [name.as_bytes(), b": ", &value, b"\n"].concat())
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn the_law_of_publishing_holds_for_calls_of_every_kind(
        path in "/(v2/)?(publish/|enqueue/[a-z%]{0,4}/|schedules/|batch|dlq)(https?(://|%3A%2F%2F)[a-z@:%/]{0,12})?",
        query in "([?&](upstash-redact-fields|qstash_token|%61|[a-z%=+-]{1,8})=[a-z%,\\[\\]@]{0,8}){0,3}",
        lines in prop::collection::vec(header_line(), 0..12),
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            (rules(), "[ -~]{0,8}").prop_map(|(rule, body)| serde_json::json!([
                {"destination": "https://a?b", "headers": {"Upstash-Redact-Fields": rule}, "body": body},
                {"destination": body, "queue": "q", "headers": {"Upstash-Forward-A": [rule]}},
            ]).to_string().into_bytes()),
        ],
    ) {
        let call = [path.as_bytes(), query.as_bytes(), b"\n", &lines.concat(), b"\n", &body].concat();
        laws::publish::holds(&call);
    }
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn what_is_planted_is_found(
        choices in any::<[u8; 6]>(),
        noise in prop_oneof![
            "[ -~\n]{0,300}",
            "([a-zA-Z_]{1,12}[ .,:=\"'/\\\\%\n]{1,3}){0,40}",
            "(\\PC|\n){0,40}",
        ],
    ) {
        laws::hunt::holds(&[&choices[..], noise.as_bytes()].concat());
    }
}

#[cfg(feature = "hunt")]
proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn the_law_of_archives_holds_for_any_bytes(
        magic in prop::sample::select(vec![&b""[..], b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x51\x2a\x4d\x18"]),
        bytes in prop::collection::vec(any::<u8>(), 0..700),
    ) {
        laws::archive::holds(&[magic, &bytes].concat());
    }
}
