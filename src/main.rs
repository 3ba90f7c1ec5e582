//! The program `qstash-redact`: all of it is in [`cli`].

mod cli;

fn main() -> std::process::ExitCode {
    cli::run().into()
}
