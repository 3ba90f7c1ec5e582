//! Runs a program in the Vector Remap Language on every line of a file.
//!
//! The program gets the line as its event, parses it, and gives the line to write as its result.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use vrl::compiler::runtime::Runtime;
use vrl::compiler::{TargetValue, TimeZone};
use vrl::value::{Secrets, Value};

/// How much is read and written at a time.
const BUFFER: usize = 256 << 10;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let (Some(program), Some(path)) = (args.next(), args.next()) else {
        return Err("usage: contender-vrl PROGRAM FILE".into());
    };
    let source = std::fs::read_to_string(program)?;
    let program = vrl::compiler::compile(&source, &vrl::stdlib::all())
        .map_err(|problems| format!("the program does not compile: {problems:?}"))?
        .program;

    let mut reader = BufReader::with_capacity(BUFFER, File::open(path)?);
    let mut writer = BufWriter::with_capacity(BUFFER, io::stdout());
    let mut runtime = Runtime::default();
    let timezone = TimeZone::default();
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        let mut event = TargetValue {
            value: Value::from(line.as_slice()),
            metadata: Value::Object(Default::default()),
            secrets: Secrets::default(),
        };
        let result = runtime
            .resolve(&mut event, &program, &timezone)
            .map_err(|end| format!("the program ended: {end}"))?;
        let record = result.as_bytes().ok_or("the program gave no line")?;
        writer.write_all(record)?;
        writer.write_all(b"\n")?;
        runtime.clear();
        line.clear();
    }
    writer.flush()?;
    Ok(())
}
