//! Makes large exports of fake QStash data, for benchmarks and to try things on, and the sample
//! export of the repository:
//!
//! ```text
//! cargo run --release --example generate -- --size medium --bytes 256MB --shape pages > dlq.json
//! cargo run --release --example generate -- --sample > samples/dlq-export.json
//! ```
//!
//! The same options and seed make the same bytes on every machine. Every secret in it begins with
//! `fake-`.

mod args;
mod body;
mod generator;
mod headers;
mod json;
mod random;
mod records;
mod sample;
mod shapes;
mod template;

use args::Command;
use generator::Generator;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let (result, code) = match args::parse(std::env::args().skip(1)) {
        Ok(command) => (run(command), ExitCode::from(4)),
        Err(message) => (Err(io::Error::other(message)), ExitCode::from(2)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads this has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when this cannot be written, either.
            let _ = writeln!(io::stderr(), "generate: {error}");
            code
        }
    }
}

fn run(command: Command) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    match command {
        Command::Help => out.write_all(args::help().as_bytes())?,
        Command::Sample => sample::write(&mut out)?,
        Command::Corpus {
            shape,
            limit,
            seed,
            profile,
        } => shape.write(&mut Generator::new(seed, profile), limit, &mut out)?,
    }
    out.flush()
}
