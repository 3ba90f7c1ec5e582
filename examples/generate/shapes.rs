//! The shapes of exports: a record, and what stands around it.

use crate::generator::Generator;
use crate::records::{log, message, request, schedule, workflow};
use std::io::{self, Write};

/// What stands around records.
enum Framing {
    /// Nothing: a record is a line.
    Lines,
    /// One array over all.
    Array,
    /// Objects with 100 records in this member, one after the other.
    Pages(&'static str),
}

/// A kind of export.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    framing: Framing,
    record: fn(&mut Generator),
}

const fn shape(
    name: &'static str,
    about: &'static str,
    framing: Framing,
    record: fn(&mut Generator),
) -> Shape {
    Shape {
        name,
        about,
        framing,
        record,
    }
}

pub(crate) const SHAPES: [Shape; 11] = [
    shape(
        "ndjson",
        "messages of the DLQ, one a line",
        Framing::Lines,
        message::dlq,
    ),
    shape(
        "pages",
        "pages of the DLQ",
        Framing::Pages("messages"),
        message::dlq,
    ),
    shape(
        "array",
        "messages of the DLQ in one array",
        Framing::Array,
        message::dlq,
    ),
    shape(
        "messages",
        "single messages, one a line",
        Framing::Lines,
        message::message,
    ),
    shape("logs", "pages of logs", Framing::Pages("logs"), log::log),
    shape(
        "events",
        "pages of events, grouped by message",
        Framing::Pages("messages"),
        log::group,
    ),
    shape(
        "schedules",
        "schedules in one array",
        Framing::Array,
        schedule::schedule,
    ),
    shape("batch", "a batch request", Framing::Array, request::batch),
    shape(
        "callbacks",
        "payloads of callbacks, one a line",
        Framing::Lines,
        request::callback,
    ),
    shape(
        "workflow-logs",
        "pages of workflow runs",
        Framing::Pages("runs"),
        workflow::run,
    ),
    shape(
        "workflow-dlq",
        "pages of the workflow DLQ",
        Framing::Pages("messages"),
        workflow::dlq,
    ),
];

/// The shape called `name`.
pub(crate) fn find(name: &str) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| shape.name == name)
}

/// When there is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// As soon as this many bytes are written.
    Bytes(u64),
    /// After this many records.
    Records(u64),
}

impl Limit {
    fn reached(self, bytes: u64, records: u64) -> bool {
        match self {
            Self::Bytes(limit) => bytes >= limit,
            Self::Records(limit) => records >= limit,
        }
    }
}

impl Shape {
    /// Writes whole documents of this shape, at least one record, until `limit`.
    pub(crate) fn write(
        &self,
        generator: &mut Generator,
        limit: Limit,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let (per_document, open) = match self.framing {
            Framing::Lines => (1, String::new()),
            Framing::Array => (u64::MAX, "[".to_owned()),
            Framing::Pages(member) => (100, format!("{{\"{member}\":[")),
        };
        let (mut bytes, mut records) = (0, 0);
        loop {
            generator.json.raw(&open);
            let end = records + per_document.min(u64::MAX - records);
            loop {
                (self.record)(generator);
                records += 1;
                if records == end || limit.reached(bytes + generator.pending(), records) {
                    break;
                }
                generator.json.raw(",");
                bytes += generator.drain(out)?;
            }
            match self.framing {
                Framing::Lines => {}
                Framing::Array => generator.json.raw("]"),
                Framing::Pages(_) => {
                    generator.json.raw("]");
                    generator.text("cursor", "%t-%d");
                    generator.json.raw("}");
                }
            }
            generator.json.raw("\n");
            bytes += generator.drain(out)?;
            if limit.reached(bytes, records) {
                return Ok(());
            }
        }
    }
}

impl Generator {
    /// Bytes that wait to be written.
    fn pending(&self) -> u64 {
        self.json.out.len() as u64
    }

    /// Writes what was made and says how much it was.
    fn drain(&mut self, out: &mut impl Write) -> io::Result<u64> {
        let bytes = self.pending();
        out.write_all(&self.json.out)?;
        self.json.out.clear();
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::Size;
    use crate::generator::Profile;
    use serde_json::{Deserializer, Value};

    fn make(shape: &Shape, size: Size, limit: Limit, seed: u64) -> Vec<u8> {
        let profile = Profile {
            body: size,
            headers: 6..=14,
            redacted: 0,
        };
        let mut out = Vec::new();
        let mut generator = Generator::new(seed, profile);
        shape.write(&mut generator, limit, &mut out).unwrap();
        out
    }

    /// The records of an export, whatever stands around them.
    fn records(export: &[u8]) -> Vec<Value> {
        let mut records = Vec::new();
        for document in Deserializer::from_slice(export).into_iter::<Value>() {
            match document.unwrap() {
                Value::Array(elements) => records.extend(elements),
                Value::Object(page) if page.contains_key("cursor") => {
                    let elements = page.into_iter().find(|(_, member)| member.is_array());
                    records.extend(elements.unwrap().1.as_array().unwrap().iter().cloned());
                }
                single => records.push(single),
            }
        }
        records
    }

    #[test]
    fn every_shape_is_json_with_an_authorization_in_each_record() {
        for shape in &SHAPES {
            let export = make(shape, Size::Small, Limit::Records(230), 1);
            let records = records(&export);
            assert_eq!(records.len(), 230, "{}", shape.name);
            for record in records {
                let text = record.to_string();
                assert!(text.contains("Authorization\":"), "{}: {text}", shape.name);
            }
        }
    }

    #[test]
    fn a_seed_names_a_corpus() {
        let limit = Limit::Bytes(100_000);
        let first = make(&SHAPES[0], Size::Medium, limit, 7);
        assert_eq!(first, make(&SHAPES[0], Size::Medium, limit, 7));
        assert_ne!(first, make(&SHAPES[0], Size::Medium, limit, 8));
    }

    #[test]
    fn a_corpus_is_as_large_as_asked() {
        for shape in &SHAPES {
            let bytes = 300_000;
            let export = make(shape, Size::Small, Limit::Bytes(bytes), 3);
            let beyond = export.len() as u64 - bytes;
            assert!(beyond < 20_000, "{}: {beyond} more", shape.name);
        }
    }

    #[test]
    fn bodies_have_the_size_that_was_asked_for() {
        for (size, least, most) in [
            (Size::Small, 80, 450),
            (Size::Medium, 900, 3_200),
            (Size::Large, 64_000, 2_200_000),
            (Size::Exactly(1_000_000), 999_000, 1_001_000),
        ] {
            let limit = match size {
                Size::Exactly(_) => Limit::Records(1),
                _ => Limit::Records(40),
            };
            for record in records(&make(&SHAPES[0], size, limit, 2)) {
                if let Some(body) = record["body"].as_str() {
                    assert!(
                        (least..=most).contains(&body.len()),
                        "{size:?}: {}",
                        body.len()
                    );
                }
            }
        }
    }
}
