//! What has been accepted.

use crate::place::Place;
use qstash_redact::Placeholder;

const SECRET: &str = "an-old-token-0123456789";

fn line(more: &str) -> String {
    format!("hunt --for {} {more}", Placeholder::of(SECRET.as_bytes()))
}

#[test]
fn what_is_accepted_stays_so_when_lines_move_and_one_more_is_found() {
    let place = Place::new();
    place.put("a", format!("{SECRET}\nx\n{SECRET}\n"));
    place.run(&line("--write-baseline accepted a")).ends(1);
    place
        .run(&line("--baseline accepted a"))
        .ends(0)
        .says("accepted            2 places");
    place.put("a", format!("new\nlines\n{SECRET}\nx\ny {SECRET}\n"));
    place.run(&line("--baseline accepted a")).ends(0);
    place.put("a", format!("{SECRET}\n{SECRET}\n{SECRET}\n"));
    let ran = place.run(&line("--baseline accepted a")).ends(1);
    assert!(
        ran.stdout.starts_with("a:3:1: ") && ran.stdout.lines().count() == 1,
        "{ran:?}"
    );
    place.put("b", SECRET);
    let ran = place.run(&line("--baseline accepted a b --json")).ends(1);
    assert!(
        ran.stdout.contains(r#""found":2,"accepted":2"#),
        "{}",
        ran.stdout
    );
    // What is accepted and gone does no harm.
    place.put("a", "clean");
    place.run(&line("--baseline accepted a")).ends(0);
}

#[test]
fn a_baseline_holds_no_secret_and_is_the_same_when_written_again() {
    let place = Place::new();
    place.put("a", SECRET);
    place.put(&format!("{SECRET}.txt"), "x");
    place.run(&line("--write-baseline accepted a .")).ends(1);
    let first = place.get("accepted");
    assert!(
        first.contains(r#""place":"a""#) && !first.contains(SECRET),
        "{first}"
    );
    place.run(&line("--write-baseline accepted a .")).ends(1);
    assert_eq!(place.get("accepted"), first);
}

#[test]
fn a_file_that_is_no_baseline_is_refused_without_quoting_it() {
    let place = Place::new();
    place.put("a", "x");
    for (text, says) in [
        ("{\"s3cret\":", "bad JSON on line 1"),
        ("{\"schema\":\"s3cret\"}", "its `schema` is another"),
        (
            "{\"schema\":\"qstash-redact/hunt-baseline/1\"}",
            "`accepted` is no array",
        ),
        (
            "{\"schema\":\"qstash-redact/hunt-baseline/1\",\"accepted\":[{\"place\":\"s3cret\"}]}",
            "entry 1",
        ),
    ] {
        place.put("accepted", text);
        let ran = place.run(&line("--baseline accepted a")).ends(2).says(says);
        assert!(!ran.stderr.contains("s3cret"), "{ran:?}");
    }
}

#[test]
fn versions_in_a_history_stay_accepted_when_commits_are_added() {
    let place = Place::new();
    let git = crate::git::Git::new(place.path("repo"));
    git.put("a", SECRET);
    git.commit("a");
    place
        .run(&line("--git --write-baseline accepted repo"))
        .ends(1);
    git.put("b", "more");
    git.commit("b");
    place.run(&line("--git --baseline accepted repo")).ends(0);
}
