//! What has been accepted: a file that names findings without their lines.

use super::super::exit::Failure;
use super::super::input::Input;
use super::entry::Found;
use super::identity::Key;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Read as _, Write};
use std::path::Path;

/// What a file of these begins with; another number stands for another format.
const SCHEMA: &str = "qstash-redact/hunt-baseline/1";

/// The largest file, in bytes.
const MAX_FILE: u64 = 256 << 20;

/// How many findings of each kind are accepted.
#[derive(Debug, Default)]
pub(super) struct Baseline(BTreeMap<Key, u64>);

impl Baseline {
    /// Reads a file that [`write`](Self::write) made.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let input = Input::find(path, "the baseline")?;
        let name = input.name();
        let mut text = Vec::new();
        (input.open_raw())
            .and_then(|file| file.take(MAX_FILE).read_to_end(&mut text))
            .map_err(|error| Failure::read(&name, &error))?;
        let refused = |why: &str| Failure::usage(format!("{name}: this is no baseline: {why}"));
        let document: Value = serde_json::from_slice(&text)
            .map_err(|error| refused(&format!("bad JSON on line {}", error.line())))?;
        if document["schema"] != SCHEMA {
            return Err(refused("its `schema` is another"));
        }
        let entries = document["accepted"].as_array();
        let entries = entries.ok_or_else(|| refused("`accepted` is no array"))?;
        let mut accepted = BTreeMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let (key, count) = parse(entry)
                .ok_or_else(|| refused(&format!("entry {} was not understood", index + 1)))?;
            *accepted.entry(key).or_default() += count;
        }
        Ok(Self(accepted))
    }

    /// Adds a finding.
    pub(super) fn add(&mut self, found: &Found) {
        *self.0.entry(Key::of(found)).or_default() += 1;
    }

    /// Whether a finding is accepted. Each is asked for once.
    pub(super) fn accepts(&mut self, found: &Found) -> bool {
        match self.0.get_mut(&Key::of(found)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }

    /// One entry a line, in order, so that two versions of a file can be compared.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "{{\"schema\":\"{SCHEMA}\",\"accepted\":[")?;
        let mut separator = "\n";
        for (key, count) in &self.0 {
            out.write_all(separator.as_bytes())?;
            let entry = json!({
                "place": key.place,
                "kind": key.kind,
                "placeholder": key.placeholder,
                "count": count,
            });
            serde_json::to_writer(&mut *out, &entry)?;
            separator = ",\n";
        }
        out.write_all(b"\n]}\n")
    }
}

fn parse(entry: &Value) -> Option<(Key, u64)> {
    let text = |name: &str| Some(entry[name].as_str()?.to_owned());
    let key = Key {
        place: text("place")?,
        kind: text("kind")?,
        placeholder: text("placeholder")?,
    };
    Some((key, entry["count"].as_u64()?))
}
