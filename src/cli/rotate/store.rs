//! Where new secrets go: into a file, into a command, or both; never anywhere else.

use super::super::exit::Failure;
use super::super::target::{Access, Target};
use super::super::unfinished::Unfinished;
use super::command::Receiver;
use super::{candidates, dotenv, json};
use clap::ValueEnum;
use qstash_redact::credentials::Secret;
use std::fs;
use std::io::{self, Write as _};
use std::mem;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What it is called in messages.
const NAME: &str = "FILE";

/// Room for a secret whose length is not known yet, in bytes.
const ROOM: usize = 512;

/// How variables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// Lines of NAME=value.
    Dotenv,
    /// One JSON object.
    Json,
    /// The bare value, for a command that takes one: of the one variable there is.
    Value,
}

/// The places that were chosen, at least one.
#[derive(Debug)]
pub(super) struct Store {
    file: Option<StoreFile>,
    command: Option<(Receiver, Format)>,
}

#[derive(Debug)]
struct StoreFile {
    path: PathBuf,
    access: Option<Access>,
    format: Format,
}

impl Store {
    /// The places named by the flags, as far as they exist.
    pub(super) fn find(
        out: Option<&Path>,
        exec: Option<Receiver>,
        format: Option<Format>,
    ) -> Result<Self, Failure> {
        if out.is_none() && exec.is_none() {
            return Err(Failure::usage(
                "where shall the new secrets go? Give --out FILE or --exec COMMAND",
            ));
        }
        let file = out.map(|path| StoreFile::find(path, format)).transpose()?;
        let command = exec.map(|receiver| (receiver, format.unwrap_or(Format::Dotenv)));
        Ok(Self { file, command })
    }

    /// Proves, before the old secrets stop working, that these variables can be stored.
    pub(super) fn prove(&self, names: &[&str]) -> Result<(), Failure> {
        if let Some((_, Format::Value)) = self.command
            && names.len() != 1
        {
            return Err(Failure::usage(
                "--format value is for one variable; choose it with --as NAME=member",
            ));
        }
        match &self.file {
            Some(file) => file.prove(names),
            None => Ok(()),
        }
    }

    /// What FILE holds under these names by now, the ones that it does not hold left out.
    pub(super) fn held(&self, names: &[&str]) -> Result<Vec<(String, Secret)>, Failure> {
        let mut held = self.variables()?;
        held.retain(|(name, _)| names.contains(&name.as_str()));
        Ok(held)
    }

    /// All variables of FILE that are not empty.
    pub(super) fn variables(&self) -> Result<Vec<(String, Secret)>, Failure> {
        match &self.file {
            Some(file) => file.variables(),
            None => Ok(Vec::new()),
        }
    }

    /// Everything in FILE that can be a secret.
    pub(super) fn candidates(&self) -> Result<Vec<Secret>, Failure> {
        match &self.file {
            Some(file) => read(&file.path)
                .map(|content| candidates::of(&content))
                .map_err(|error| Failure::read(NAME, &error)),
            None => Ok(Vec::new()),
        }
    }

    /// Stores the secrets under these names.
    pub(super) fn store(&self, variables: &[(&str, &Secret)]) -> Result<(), Failure> {
        let values = variables
            .iter()
            .map(|(name, secret)| (*name, secret.expose()))
            .collect::<Vec<_>>();
        if let Some(file) = &self.file {
            file.write(&values)?;
        }
        if let Some((receiver, format)) = &self.command {
            let secrets = variables
                .iter()
                .map(|(_, secret)| *secret)
                .collect::<Vec<_>>();
            receiver.run(edit(*format, b"", &values)?, &secrets)?;
        }
        Ok(())
    }

    /// Where it is, for people.
    pub(super) fn describe(&self) -> &'static str {
        match (&self.file, &self.command) {
            (Some(_), Some(_)) => "FILE and the command",
            (Some(_), None) => NAME,
            (None, _) => "the command",
        }
    }
}

impl StoreFile {
    fn find(path: &Path, format: Option<Format>) -> Result<Self, Failure> {
        let Target::File { path, replaces } = Target::find(path, NAME)? else {
            return Err(Failure::usage(
                "new secrets go to a regular file only; for anything else there is --exec",
            ));
        };
        let by_name = match path.extension() {
            Some(ending) if ending.eq_ignore_ascii_case("json") => Format::Json,
            _ => Format::Dotenv,
        };
        // Whoever could read the file could read the old secrets; the new ones are for its owner.
        let access = replaces.map(|(_, access)| Access {
            mode: 0o600,
            ..access
        });
        Ok(Self {
            path,
            access,
            format: match format {
                Some(Format::Value) | None => by_name,
                Some(format) => format,
            },
        })
    }

    /// Does everything but the last step, with values of no meaning.
    fn prove(&self, names: &[&str]) -> Result<(), Failure> {
        let room = "-".repeat(ROOM);
        let values = names
            .iter()
            .map(|name| (*name, room.as_str()))
            .collect::<Vec<_>>();
        self.begin(&values).map(drop)
    }

    fn variables(&self) -> Result<Vec<(String, Secret)>, Failure> {
        let content = read(&self.path).map_err(|error| Failure::read(NAME, &error))?;
        let mut found = values(self.format, &content)?;
        found.retain(|(_, value)| !value.is_empty());
        Ok(found)
    }

    fn write(&self, values: &[(&str, &str)]) -> Result<(), Failure> {
        self.begin(values)?
            .finish()
            .map_err(|error| Failure::write(NAME, &error))
    }

    fn begin(&self, values: &[(&str, &str)]) -> Result<Unfinished, Failure> {
        let old = read(&self.path).map_err(|error| Failure::read(NAME, &error))?;
        let new = edit(self.format, &old, values)?;
        let mut file = Unfinished::begin(&self.path, self.access)
            .map_err(|error| Failure::write(NAME, &error))?;
        file.write_all(&new)
            .map_err(|error| Failure::write(NAME, &error))?;
        Ok(file)
    }
}

/// `old` with these values set.
fn edit(
    format: Format,
    old: &[u8],
    values: &[(&str, &str)],
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    match format {
        Format::Dotenv => dotenv::set(old, values).map_err(unclosed),
        Format::Json => json::set(old, values).map_err(unfit),
        Format::Value => {
            let value = values.first().map_or("", |(_, value)| *value);
            Ok(Zeroizing::new(value.as_bytes().to_vec()))
        }
    }
}

/// The variables of a file that are text.
fn values(format: Format, content: &[u8]) -> Result<Vec<(String, Secret)>, Failure> {
    if content.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    if format == Format::Json {
        let strings = json::strings(content).map_err(unfit)?;
        return Ok(strings
            .into_iter()
            .map(|(name, mut value)| (name, Secret::new(mem::take(&mut value))))
            .collect());
    }
    let assignments = dotenv::assignments(content).map_err(unclosed)?;
    Ok(assignments
        .iter()
        .filter_map(|found| {
            let name = std::str::from_utf8(found.name(content)).ok()?;
            let value = Secret::from_utf8(found.value(content).to_vec()).ok()?;
            Some((name.to_owned(), value))
        })
        .collect())
}

fn unclosed(unclosed: dotenv::Unclosed) -> Failure {
    Failure::content(format!(
        "{NAME}: line {}: a quote is not closed; close it, so that values can be told apart",
        unclosed.line
    ))
}

fn unfit(unfit: json::Unfit) -> Failure {
    Failure::content(match unfit {
        json::Unfit::NoObject => format!("{NAME} does not hold one JSON object"),
        json::Unfit::NoString => {
            format!("{NAME}: a member that would be set holds something else than a string")
        }
    })
}

/// What is in a file; nothing if there is none yet.
fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Zeroizing::default()),
        read => read.map(Zeroizing::new),
    }
}
