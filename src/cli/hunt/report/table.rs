//! The numbers of a hunt, for people.

use super::super::totals::Totals;
use indicatif::{HumanBytes, HumanCount};

/// A table with a line break at its end.
pub(in super::super) fn table(totals: &Totals) -> String {
    let mut rows = vec![(
        "searched",
        format!(
            "{}{}, {}",
            count(totals.files, "file"),
            packed(totals.members),
            HumanBytes(totals.bytes)
        ),
    )];
    if totals.repositories > 0 {
        let history = format!(
            "{} of {}: {}, {}",
            if totals.repositories == 1 {
                "history"
            } else {
                "histories"
            },
            count(totals.repositories, "repository"),
            count(totals.commits, "commit"),
            count(totals.blobs, "version of a file"),
        );
        rows.push(("", history));
    }
    rows.push((
        "found",
        if totals.found == 0 {
            "nothing".to_owned()
        } else {
            count(totals.found, "place")
        },
    ));
    for (name, number, noun, remark) in [
        ("accepted", totals.accepted, "place", " of the baseline"),
        (
            "ignored",
            totals.ignored,
            "file",
            " by the rules of the tree; --no-ignore searches them",
        ),
        ("passed over", totals.links, "link", ", not followed"),
        ("passed over", totals.special, "pipe, socket or device", ""),
        (
            "not opened",
            totals.sealed,
            "file",
            " packed as zip, xz, bzip2, 7z or the like: searched as they are",
        ),
        (
            "passed over",
            totals.histories,
            "git history",
            "; --git searches it",
        ),
        (
            "cut off",
            totals.shallow,
            "shallow history",
            ": what is older is not in this copy of it",
        ),
        (
            "NOT SEARCHED",
            totals.unread,
            "item",
            ", listed above: there may be more to find",
        ),
    ] {
        if number > 0 {
            rows.push((name, format!("{}{remark}", count(number, noun))));
        }
    }
    rows.iter()
        .map(|(name, text)| format!("{name:<20}{text}\n"))
        .collect()
}

/// How many files were in archives.
fn packed(members: u64) -> String {
    match members {
        0 => String::new(),
        _ => format!(" and {} in archives", HumanCount(members)),
    }
}

/// `number` of something, in the plural where there is not one.
fn count(number: u64, noun: &str) -> String {
    let noun = match noun {
        _ if number == 1 => noun.to_owned(),
        "repository" => "repositories".to_owned(),
        "git history" => "git histories".to_owned(),
        "shallow history" => "shallow histories".to_owned(),
        "version of a file" => "versions of files".to_owned(),
        "pipe, socket or device" => "pipes, sockets and devices".to_owned(),
        _ => format!("{noun}s"),
    };
    format!("{} {noun}", HumanCount(number))
}
