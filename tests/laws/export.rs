//! An export gives what the redactor gives, however its input is cut.

use super::case::Case;
use super::oracle;
use qstash_redact::{BodyEncoding, Error, Export, Group, RedactFields, Redactor, Summary};

/// Inputs up to this long are cut in two at every place.
const SHORT: usize = 100;

/// The law, for a [`Case`].
pub fn holds(input: &[u8]) {
    let case = Case::read(input);
    gives_what_the_redactor_gives(&case);
    for aside in [false, true] {
        let whole = run(&case.rule, aside, &[case.documents]);
        for parts in cuts(case.documents) {
            let lengths = || parts.iter().map(|part| part.len()).collect::<Vec<_>>();
            assert!(
                run(&case.rule, aside, &parts) == whole,
                "cut into {:?}, bad lines aside: {aside}: {:?}",
                lengths(),
                String::from_utf8_lossy(case.documents)
            );
        }
    }
    nothing_is_lost_with_bad_lines_set_aside(case.documents);
}

/// All that can be seen of a run.
#[derive(PartialEq)]
struct Outcome {
    output: Vec<u8>,
    bad_lines: Vec<u8>,
    errors_of_lines: Vec<Error>,
    error: Option<Error>,
    summary: Summary,
}

fn run(rule: &RedactFields, aside: bool, parts: &[&[u8]]) -> Outcome {
    let mut export = Export::new(Redactor::new(rule.clone())).with_unknown_names();
    if aside {
        export = export.with_bad_lines_set_aside();
    }
    let (mut output, mut bad_lines, mut errors_of_lines) = (Vec::new(), Vec::new(), Vec::new());
    let mut result = Ok(());
    for part in parts.iter().map(Some).chain([None]) {
        result = result.and_then(|()| match part {
            Some(part) => export.push(part, &mut output),
            None => export.finish(&mut output),
        });
        for line in export.take_bad_lines() {
            bad_lines.extend(line.bytes);
            errors_of_lines.extend(line.error);
        }
    }
    let summary = export.summary();
    assert_eq!(summary.complete, result.is_ok());
    Outcome {
        output,
        bad_lines,
        errors_of_lines,
        summary,
        error: result.err(),
    }
}

/// Ways to cut an input into parts.
fn cuts(input: &[u8]) -> Vec<Vec<&[u8]>> {
    let sizes = [1, 2, 3, 7, 64, 1000];
    let mut cuts: Vec<Vec<&[u8]>> = sizes.map(|size| input.chunks(size).collect()).into();
    if input.len() <= SHORT {
        cuts.extend((0..=input.len()).map(|at| vec![&input[..at], &input[at..]]));
    }
    cuts
}

fn gives_what_the_redactor_gives(case: &Case<'_>) {
    let Outcome {
        output,
        error,
        summary,
        ..
    } = run(&case.rule, false, &[case.documents]);
    match Redactor::new(case.rule.clone()).redact_json(case.documents) {
        Ok(clean) => {
            assert_eq!(error, None);
            assert_eq!(String::from_utf8_lossy(&output), clean.as_str());
            counts_what_it_did(case, &summary, &output);
        }
        Err(expected) => {
            let error = error.expect("the redactor refuses it, too");
            assert_eq!(
                (error.kind(), error.line(), error.offset()),
                (expected.kind(), expected.line(), expected.offset())
            );
        }
    }
}

fn counts_what_it_did(case: &Case<'_>, summary: &Summary, output: &[u8]) {
    let documents = std::str::from_utf8(case.documents).expect("accepted as JSON");
    let found = oracle::find(&case.rule, BodyEncoding::Auto, documents);
    let count = |of: &dyn Fn(&oracle::Hidden) -> bool| {
        found.hidden.iter().filter(|value| of(value)).count() as u64
    };
    for group in Group::ALL {
        assert_eq!(
            summary.replaced(group),
            count(&|value| value.group == group),
            "{group:?} of {documents}"
        );
    }
    assert_eq!(summary.already_redacted, found.already_redacted);
    assert_eq!(summary.not_base64, count(&|value| value.not_base64));
    assert_eq!(summary.guessable, count(&|value| value.bytes.len() <= 8));
    assert_eq!(summary.bytes_in, documents.len() as u64);
    assert_eq!(summary.bytes_out, output.len() as u64);
}

/// With the empty rule every byte of a completed run went out or was set aside, and what went out is
/// good.
fn nothing_is_lost_with_bad_lines_set_aside(documents: &[u8]) {
    let outcome = run(&RedactFields::new(), true, &[documents]);
    let summary = outcome.summary;
    if !summary.complete {
        return;
    }
    assert_eq!(
        outcome.output.len() + outcome.bad_lines.len(),
        documents.len()
    );
    assert_eq!(summary.quarantined, outcome.errors_of_lines.len() as u64);
    let good = run(&RedactFields::new(), false, &[&outcome.output]);
    assert_eq!(good.error, None, "{:?}", String::from_utf8_lossy(documents));
}
