//! How many times faster than `sha2` called once per value each backend is, with the gates.
//!
//! Both sides run in turn within one process, a few milliseconds each, so that what else the machine
//! does hits both alike; a ratio is the median of many such turns.
//! `cargo bench --bench ratios` prints the table.

#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

mod work;

use qstash_redact::sha256::Backend;
use std::hint::black_box;
use std::time::{Duration, Instant};
use work::{Output, Work};

/// A line of the table.
struct Row {
    work: Work,
    together: bool,
    /// What the best backend must reach with AVX-512, and without.
    gates: Option<(f64, f64)>,
}

fn rows() -> Vec<Row> {
    let row = |work, together, gates| Row {
        work,
        together,
        gates,
    };
    vec![
        row(Work::headers(), true, Some((2.0, 1.15))),
        row(Work::short(), true, Some((2.7, 1.15))),
        row(Work::bodies(), true, Some((2.0, 1.15))),
        row(Work::many_records(), true, Some((2.3, 1.15))),
        row(Work::single_short(), false, Some((1.75, 1.0))),
        row(Work::single_100(), false, Some((1.25, 1.0))),
        row(Work::one_record(), true, None),
        row(Work::large("2 bodies of 1 MiB", 2), true, None),
        row(Work::large("5 bodies of 1 MiB", 5), true, None),
        row(Work::large("11 bodies of 1 MiB", 11), true, None),
        row(Work::cold(), false, None),
        row(Work::cached(), false, None),
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

    /// Seconds per run of `sha2`, and each backend's ratio to it.
    fn measure(&self, backends: &[Backend], turns: usize, turn: Duration) -> (f64, Vec<f64>) {
        let mut output = Output::default();
        let first = time(1, || self.work.by_sha2(&mut output));
        let runs = (turn.as_secs_f64() / first.max(1e-9)).ceil().max(1.0) as usize;
        let mut base = Vec::new();
        let mut ratios = vec![Vec::new(); backends.len()];
        for _ in 0..turns {
            for (backend, ratios) in backends.iter().zip(&mut ratios) {
                let sha2 = time(runs, || self.work.by_sha2(&mut output));
                let ours = time(runs, || self.run(*backend, &mut output));
                base.push(sha2);
                ratios.push(sha2 / ours);
            }
        }
        (median(base), ratios.into_iter().map(median).collect())
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

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn main() {
    // Cargo says `--bench` when it benches; without, or with `--test`, a glance is enough.
    let asked = |flag| std::env::args().any(|argument| argument == flag);
    let (turns, turn) = if asked("--bench") && !asked("--test") {
        (151, Duration::from_millis(1))
    } else {
        (1, Duration::ZERO)
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
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    for row in rows() {
        if !wanted.is_empty()
            && !wanted
                .iter()
                .any(|part| row.work.name.contains(part.as_str()))
        {
            continue;
        }
        for backend in &backends {
            row.work.check(|_, output| row.run(*backend, output));
        }
        let (seconds, ratios) = row.measure(&backends, turns, turn);
        print!(
            "| {} | {:.1} |",
            row.work.name,
            seconds * 1e9 / row.work.len() as f64
        );
        for ratio in ratios {
            print!(" {ratio:.2} |");
        }
        match row.gates {
            Some((with, without)) => println!(" {with}, without AVX-512 {without} |"),
            None => println!(" report |"),
        }
    }
    for name in Backend::NAMES {
        if Backend::named(name).is_none() {
            println!("not on this machine: {name}");
        }
    }
}
