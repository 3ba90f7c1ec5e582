//! How many times faster than `sha2` called once per value each backend is, with the gates.
//!
//! `cargo bench --bench ratios` prints the table; words behind `--` choose the rows that contain one.
//! Both sides run in turn within one process, about a millisecond each, and of each side's times the
//! lower quartile counts: what else the machine does hits both alike, or neither.

#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

mod work;

use qstash_redact::sha256::Backend;
use std::hint::black_box;
use std::time::{Duration, Instant};
use work::{Output, Text, Work};

/// How long one side runs before it is the other's turn.
const TURN: Duration = Duration::from_micros(500);
/// How long one row may take for one backend.
const ROW: Duration = Duration::from_secs(1);

/// A line of the table.
struct Row {
    work: Work,
    together: bool,
    /// What must be reached with AVX-512, and without.
    gates: Option<(f64, f64)>,
}

fn rows() -> Vec<Row> {
    let together = |work, gates| Row {
        work,
        together: true,
        gates,
    };
    let alone = |work, gates| Row {
        together: false,
        ..together(work, gates)
    };
    vec![
        together(Work::headers(), Some((2.0, 1.15))),
        together(Work::short(), Some((2.7, 1.15))),
        together(Work::bodies(), Some((2.0, 1.15))),
        together(Work::many_records(Text::Plain), Some((2.3, 1.15))),
        alone(Work::single_short(), Some((1.75, 1.0))),
        alone(Work::single_100(), Some((1.25, 1.0))),
        together(Work::full_lanes(), None),
        together(Work::many_records(Text::Fast), None),
        together(Work::one_record(), None),
        together(Work::large("2 bodies of 1 MiB", 2), None),
        together(Work::large("5 bodies of 1 MiB", 5), None),
        together(Work::large("11 bodies of 1 MiB", 11), None),
        alone(Work::cold(), None),
        alone(Work::cached(), None),
    ]
}

impl Row {
    fn run(&self, backend: Backend, output: &mut Output) {
        if self.together {
            self.work.together(backend, output);
        } else {
            self.work.one_by_one(backend, output);
        }
    }

    /// Seconds per run of `sha2`, and how many times faster the backend is.
    fn measure(&self, backend: Backend, turns: usize) -> (f64, f64) {
        let mut output = Output::default();
        let (mut sha2, mut ours) = (Vec::new(), Vec::new());
        let first = time(1, || self.work.by_sha2(&mut output));
        let runs = (TURN.as_secs_f64() / first).ceil().max(1.0);
        let turns = turns.min((ROW.as_secs_f64() / (2.0 * first * runs)) as usize + 5);
        for _ in 0..turns {
            sha2.push(time(runs as usize, || self.work.by_sha2(&mut output)));
            ours.push(time(runs as usize, || self.run(backend, &mut output)));
        }
        let (sha2, ours) = (lower_quartile(sha2), lower_quartile(ours));
        (sha2, sha2 / ours)
    }
}

/// Seconds per run.
fn time(runs: usize, mut run: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..runs {
        run();
        black_box(&mut run);
    }
    start.elapsed().as_secs_f64() / runs as f64
}

fn lower_quartile(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 4]
}

fn main() {
    let (flags, wanted): (Vec<_>, Vec<_>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with('-'));
    // Cargo says `--bench` when it benches; without, or with `--test`, a glance is enough.
    let asked = |flag: &str| flags.iter().any(|asked| asked == flag);
    let turns = if asked("--bench") && !asked("--test") {
        1000
    } else {
        1
    };
    let backends: Vec<_> = Backend::available().collect();
    print!("| work | `sha2`, ns a value |");
    for backend in &backends {
        print!(" {} |", backend.name());
    }
    println!(
        " gate |\n| --- | --- |{} --- |",
        " --- |".repeat(backends.len())
    );
    for row in rows() {
        let name = row.work.name;
        if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part.as_str())) {
            continue;
        }
        let mut cells = String::new();
        let mut seconds = 0.0;
        for backend in &backends {
            row.work.check(|_, output| row.run(*backend, output));
            let (sha2, ratio) = row.measure(*backend, turns);
            seconds = sha2;
            cells += &format!(" {ratio:.2} |");
        }
        let gate = match row.gates {
            Some((with, without)) => format!("{with}; {without} without AVX-512"),
            None => "report".to_owned(),
        };
        let each = seconds * 1e9 / row.work.len() as f64;
        println!("| {name} | {each:.1} |{cells} {gate} |");
    }
    for name in Backend::NAMES {
        if Backend::named(name).is_none() {
            println!("not on this machine: {name}");
        }
    }
}
