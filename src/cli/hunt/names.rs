//! Names of files, which can hold what is hunted, and must not show it then.
//!
//! In a text a secret stands as a token; in a name it stands between dots, dashes and the like
//! (`token-….txt`). So every run of the parts of a name is tried.

use super::place::escaped;
use qstash_redact::hunt::{Finding, Hunter, Targets};
use std::ops::Range;

/// Of how many parts a run has at most. The name as a whole is tried anyhow.
const MAX_PARTS: usize = 16;

pub(super) struct Names<'t> {
    hunter: Hunter<'t>,
    /// The runs of parts, and each as a line.
    runs: Vec<Range<usize>>,
    lines: Vec<u8>,
}

impl<'t> Names<'t> {
    pub(super) fn new(targets: &'t Targets) -> Self {
        Self {
            hunter: Hunter::new(targets),
            runs: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// How one part of a path is shown, and what is in it.
    pub(super) fn show(&mut self, name: &[u8]) -> (String, Vec<Finding>) {
        let findings = self.search(name, |byte| !byte.is_ascii_alphanumeric() && byte < 0x80);
        (self.masked(name, &findings), once(findings))
    }

    /// How a path is shown in which something is that several of its parts make up, if so.
    pub(super) fn show_across(&mut self, path: &[u8]) -> Option<(String, Vec<Finding>)> {
        let findings = self.search(path, |byte| byte == b'/');
        (!findings.is_empty()).then(|| (self.masked(path, &findings), once(findings)))
    }

    /// The name with placeholders where something was found.
    fn masked(&self, name: &[u8], findings: &[Finding]) -> String {
        let run = |finding: &Finding| self.runs.get(usize::try_from(finding.line).ok()? - 1);
        let mut masks: Vec<_> = (findings.iter())
            .map(|finding| {
                (
                    run(finding).cloned().unwrap_or(0..name.len()),
                    finding.placeholder,
                )
            })
            .collect();
        masks.sort_by_key(|(run, _)| (run.start, run.end));
        let (mut shown, mut done) = (String::new(), 0);
        for (index, (run, placeholder)) in masks.iter().enumerate() {
            // What overlaps another is shown with it, by the one that begins first.
            let hidden = masks[..index]
                .iter()
                .any(|(other, _)| other.end > run.start);
            if !hidden {
                shown.push_str(&escaped(&name[done..run.start]));
                shown.push_str(placeholder.as_str());
            }
            done = done.max(run.end);
        }
        shown.push_str(&escaped(&name[done..]));
        shown
    }

    fn search(&mut self, name: &[u8], divides: impl Fn(u8) -> bool) -> Vec<Finding> {
        self.lines.clear();
        self.runs.clear();
        let ends = || {
            (0..name.len())
                .filter(|at| divides(name[*at]))
                .chain([name.len()])
        };
        let starts = || std::iter::once(0).chain(ends().map(|end| end + 1));
        let parts = ends().count();
        for (index, start) in starts().take(parts).enumerate() {
            let runs = ends().skip(index).take(MAX_PARTS).map(|end| start..end);
            self.runs.extend(runs.filter(|run| !run.is_empty()));
        }
        self.runs.push(0..name.len());
        for run in &self.runs {
            // A line break in a name must not make the lines be counted wrongly.
            self.lines.extend(
                name[run.clone()]
                    .iter()
                    .map(|byte| if *byte == b'\n' { 0 } else { *byte }),
            );
            self.lines.push(b'\n');
        }
        let mut findings = Vec::new();
        self.hunter.push(&self.lines, &mut findings);
        self.hunter.finish(&mut findings);
        findings
    }
}

/// Each value once, however many runs have it.
fn once(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| *finding.placeholder.as_bytes());
    findings.dedup_by_key(|finding| finding.placeholder);
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use qstash_redact::{Fingerprint, Placeholder};

    #[test]
    fn what_is_hunted_is_hidden_in_names_and_the_rest_is_shown() {
        let secret = "old-token-12345";
        let hidden = Placeholder::of(secret.as_bytes());
        let mut targets = Targets::new();
        targets.insert(Fingerprint::of(secret.as_bytes()));
        let mut names = Names::new(&targets);
        for (name, shown) in [
            ("plain.txt", "plain.txt".to_owned()),
            ("old-token-12345", hidden.to_string()),
            ("key-old-token-12345.txt", format!("key-{hidden}.txt")),
            (
                "old-token-12345_old-token-12345",
                format!("{hidden}_{hidden}"),
            ),
            // Also where no run ends: then all of the run is hidden.
            ("a\nold-token-12345", hidden.to_string()),
            ("", String::new()),
        ] {
            let (text, findings) = names.show(name.as_bytes());
            assert_eq!(text, shown);
            assert_eq!(
                findings.len(),
                usize::from(text.contains("REDACTED")),
                "{name}"
            );
        }
        let long = format!("{}{secret}", "a.".repeat(40));
        assert!(!names.show(long.as_bytes()).0.contains(secret), "{long}");
    }

    #[test]
    fn a_secret_with_slashes_is_hidden_in_a_path() {
        let mut targets = Targets::new();
        targets.insert(Fingerprint::of(b"abc/def+12345=="));
        let mut names = Names::new(&targets);
        let (shown, findings) = names.show_across(b"/tmp/abc/def+12345==/x").unwrap();
        let hidden = Placeholder::of(b"abc/def+12345==");
        assert_eq!((shown, findings.len()), (format!("/tmp/{hidden}/x"), 1));
        assert!(names.show_across(b"/tmp/abc").is_none());
    }
}
