//! Exports of every shape of the contract, with a secret of its own in every private place.
//!
//! [`node`] is what JSON is made of, [`records`] makes records of the contract's members, and here
//! they are put into envelopes.

mod node;
mod records;

use node::Printer;
pub(crate) use node::Secret;
use proptest::prelude::*;
use records::Record;

/// Generated documents, and what is known of them.
#[derive(Clone, Debug)]
pub(crate) struct Generated {
    pub(crate) text: String,
    /// How many records they hold.
    pub(crate) records: u64,
    /// What was planted, in order of appearance.
    pub(crate) secrets: Vec<Secret>,
}

/// What stands around records.
#[derive(Clone, Copy, Debug)]
enum Envelope {
    /// Each on its own.
    Documents,
    Array,
    /// An object with the records under this name, and a cursor.
    Page(&'static str),
    /// Logs as records of their own: each group's events are in one record.
    Grouped,
}

/// Everything an export can be: one to four documents or pages of any kind, one after the other.
pub(crate) fn exports() -> impl Strategy<Value = Generated> {
    let part = (envelope_and_records(), node::layout());
    let separator = prop::sample::select(&["\n", "\r\n", "\n\n", " ", ""][..]);
    prop::collection::vec((part, separator), 1..4).prop_map(|parts| {
        let mut printer = Printer::default();
        let mut records = 0;
        for (((envelope, content), layout), separator) in parts {
            printer.layout = layout;
            records += print(&mut printer, envelope, &content, separator);
            printer.raw(separator);
        }
        Generated {
            text: printer.text,
            records,
            secrets: printer.secrets,
        }
    })
}

fn envelope_and_records() -> impl Strategy<Value = (Envelope, Vec<Record>)> {
    use Envelope::{Array, Documents, Grouped, Page};
    let of = |envelopes: &'static [Envelope], record: BoxedStrategy<Record>| {
        (
            prop::sample::select(envelopes),
            prop::collection::vec(record, 0..4),
        )
    };
    prop_oneof![
        3 => of(&[Page("messages"), Documents, Array], records::dlq_message()),
        1 => of(&[Documents], records::message()),
        1 => of(&[Array, Documents], records::schedule()),
        2 => of(&[Page("logs"), Page("events"), Grouped], records::log()),
        1 => of(&[Array], records::batch_element()),
        1 => of(&[Page("runs")], records::workflow_run()),
        1 => of(&[Page("messages"), Documents], records::workflow_dlq_message()),
        1 => of(&[Documents], records::callback()),
    ]
}

/// Prints the records in their envelope and says how many they are.
fn print(printer: &mut Printer, envelope: Envelope, records: &[Record], separator: &str) -> u64 {
    let count = records.len() as u64;
    match envelope {
        Envelope::Documents => {
            for record in records {
                printer.node(&record.0);
                printer.raw(separator);
            }
            count
        }
        Envelope::Array => {
            printer.array(records);
            count
        }
        Envelope::Page(name) => {
            printer.raw("{");
            printer.key(name);
            printer.array(records);
            printer.raw(",");
            printer.key("cursor");
            printer.raw("\"1686652644442-12\"}");
            count
        }
        Envelope::Grouped => {
            printer.raw("{");
            printer.key("messages");
            printer.raw("[{\"messageId\":\"msg_1\",");
            printer.key("events");
            printer.array(records);
            printer.raw("}]}");
            1
        }
    }
}
