//! What `sanitize` is going to do: the flags, resolved and checked against what is there.

use super::args::SanitizeArgs;
use super::console::name_of;
use super::exit::Failure;
use super::input::Input;
use super::quarantine;
use super::target::Target;
use qstash_redact::{Export, RedactFields, Redactor};
use std::collections::{HashMap, HashSet};
use std::fs::DirBuilder;
use std::io::{self, IsTerminal as _};
use std::num::NonZeroUsize;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::thread;

/// What it is called in messages.
pub(super) const REPORT: &str = "the report";

/// How many threads work if nobody says how many: more take more memory than a user expects.
const MOST_JOBS: NonZeroUsize = NonZeroUsize::new(16).unwrap();

/// One output and what goes into it.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) inputs: Vec<Input>,
    pub(super) target: Target,
    /// What to call the output in messages.
    pub(super) name: String,
}

/// A run that can be begun.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) works: Vec<Work>,
    /// Inputs whose outputs are there already.
    pub(super) finished: Vec<Input>,
    pub(super) report: Option<Target>,
    pub(super) quarantine: Option<Target>,
    pub(super) quiet: bool,
    pub(super) allow_no_match: bool,
    redactor: Redactor,
    max_record: usize,
    list_unknown: bool,
    jobs: Option<NonZeroUsize>,
}

impl Plan {
    pub(super) fn new(flags: SanitizeArgs) -> Result<Self, Failure> {
        let inputs = find_inputs(&flags.inputs)?;
        let find = |path: Option<&Path>, what| path.map(|path| Target::find(path, what));
        let report = find(flags.report.as_deref(), REPORT).transpose()?;
        let on_bad = flags.on_bad.as_ref().map(|file| file.0.as_path());
        let quarantine = find(on_bad, quarantine::NAME).transpose()?;
        let works = match &flags.out_dir {
            None => vec![Work {
                target: Target::find(&flags.output, "OUTPUT")?,
                name: "OUTPUT".to_owned(),
                inputs,
            }],
            Some(directory) => one_by_one(inputs, directory)?,
        };
        check_apart(&works, report.as_ref(), quarantine.as_ref())?;
        let (finished, works) = match flags.out_dir {
            None => (Vec::new(), works),
            Some(_) => works.into_iter().partition(Work::is_finished),
        };
        Ok(Self {
            works,
            finished: finished
                .into_iter()
                .flat_map(|work: Work| work.inputs)
                .collect(),
            report,
            quarantine,
            quiet: flags.quiet,
            allow_no_match: flags.allow_no_match,
            redactor: Redactor::new(flags.selection.fields)
                .with_body_encoding(flags.selection.body_encoding.into())
                .with_existing(flags.existing.into()),
            max_record: flags.selection.max_record,
            list_unknown: flags.list_unknown,
            jobs: flags.jobs,
        })
    }

    /// A machine for one input.
    pub(super) fn export(&self, input: &Input) -> Export {
        // Several threads read ahead, and who waits at the end of a pipe wants each record at once.
        let jobs = self.jobs.unwrap_or_else(|| match input.length() {
            Some(_) => {
                thread::available_parallelism().map_or(NonZeroUsize::MIN, |all| all.min(MOST_JOBS))
            }
            None => NonZeroUsize::MIN,
        });
        let mut export = Export::new(self.redactor.clone())
            .with_record_limit(self.max_record)
            .with_jobs(jobs);
        if self.list_unknown {
            export = export.with_unknown_names();
        }
        if self.quarantine.is_some() {
            export = export.with_bad_lines_set_aside();
        }
        export
    }

    pub(super) fn fields(&self) -> &RedactFields {
        self.redactor.fields()
    }

    /// Whether the output goes to a terminal, where nothing should be drawn over it.
    pub(super) fn fills_terminal(&self) -> bool {
        let to_stdout = |work: &Work| matches!(work.target, Target::Stdout);
        self.works.iter().any(to_stdout) && io::stdout().is_terminal()
    }

    /// How many bytes will be read, if that can be known.
    pub(super) fn length(&self) -> Option<u64> {
        self.works
            .iter()
            .flat_map(|work| &work.inputs)
            .map(Input::length)
            .sum()
    }
}

impl Work {
    /// Whether the output is there and its input did not change since.
    fn is_finished(&self) -> bool {
        let modified = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
        match (&self.target, &*self.inputs) {
            (
                Target::File {
                    path,
                    replaces: Some(_),
                },
                [Input::File(input)],
            ) => modified(input).is_some_and(|input| modified(path) >= Some(input)),
            _ => false,
        }
    }
}

fn find_inputs(paths: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    let inputs = paths
        .iter()
        .enumerate()
        .map(|(index, path)| Input::find(path, &format!("INPUT {}", index + 1)))
        .collect::<Result<Vec<_>, _>>()?;
    let stdins = inputs.iter().filter(|input| matches!(input, Input::Stdin));
    if stdins.count() > 1 {
        return Err(Failure::usage("stdin can be read only once"));
    }
    Ok(inputs)
}

/// An output in `directory` for each input, under its name.
fn one_by_one(inputs: Vec<Input>, directory: &Path) -> Result<Vec<Work>, Failure> {
    let mut names = HashSet::new();
    for input in &inputs {
        let Input::File(path) = input else {
            return Err(Failure::usage(
                "stdin has no name to write under in --out-dir",
            ));
        };
        if !names.insert(path.file_name()) {
            return Err(Failure::usage(format!(
                "--out-dir would hold two files of one name; the second is {}",
                name_of(path)
            )));
        }
    }
    match DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(Failure::io("cannot make DIR", &error));
        }
        _ if !directory.is_dir() => return Err(Failure::usage("DIR is no directory")),
        _ => {}
    }
    inputs
        .into_iter()
        .map(|input| {
            let name = match &input {
                Input::File(path) => path.file_name().unwrap_or_default(),
                Input::Stdin => unreachable!("refused above"),
            };
            let what = format!("the output of {}", input.name());
            let target = Target::find(&directory.join(name), &what)?;
            Ok(Work {
                target,
                name: what,
                inputs: vec![input],
            })
        })
        .collect()
}

/// Refuses to write what is read, and to write two things into one file.
fn check_apart(
    works: &[Work],
    report: Option<&Target>,
    quarantine: Option<&Target>,
) -> Result<(), Failure> {
    let read = works
        .iter()
        .flat_map(|work| &work.inputs)
        .filter_map(Input::id)
        .collect::<HashSet<_>>();
    let outputs = works.iter().map(|work| (work.name.as_str(), &work.target));
    let others = [(quarantine::NAME, quarantine), (REPORT, report)]
        .into_iter()
        .filter_map(|(name, target)| Some((name, target?)));
    let mut written = HashMap::new();
    for (name, target) in outputs.chain(others) {
        if target.id().is_some_and(|id| read.contains(&id)) {
            return Err(Failure::usage(format!(
                "{name} is an input, and what is read is never written"
            )));
        }
        for mark in target.marks() {
            if let Some(other) = written.insert(mark, name)
                && other != name
            {
                return Err(Failure::usage(format!("{name} and {other} are the same")));
            }
        }
    }
    Ok(())
}
