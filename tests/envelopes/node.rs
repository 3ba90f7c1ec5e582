//! JSON with secrets in it, and how it is printed.

use super::records::Record;
use proptest::prelude::*;
use qstash_redact::Group;

/// A piece of JSON.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// JSON text as it is.
    Json(&'static str),
    Secret(Group, Form),
    Headers(Group, Vec<Header>),
    Object(Vec<(&'static str, Node)>),
    Array(Vec<Node>),
}

#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) name: &'static str,
    /// The name in a rule.
    pub(crate) bare_name: &'static str,
    pub(crate) values: Vec<Form>,
    /// Whether a single value stands in an array.
    pub(crate) listed: bool,
}

/// How a secret stands in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    Plain,
    /// With escapes that nobody needs.
    Escaped,
    /// In a string that holds JSON.
    Quoted,
    Base64,
    Url,
    /// In JSON that is no string.
    Parsed,
}

/// A secret that was planted.
#[derive(Clone, Debug)]
pub(crate) struct Secret {
    pub(crate) group: Group,
    /// Of a header's value, the name of the header in a rule.
    pub(crate) header: Option<&'static str>,
    /// How the secret stands in the text.
    pub(crate) shown: String,
}

/// Which blanks stand between tokens.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Layout {
    #[default]
    Compact,
    Spaced,
    Lines,
}

pub(crate) fn layout() -> impl Strategy<Value = Layout> {
    prop::sample::select(&[Layout::Compact, Layout::Spaced, Layout::Lines][..])
}

/// Prints nodes one after the other, with a new secret in every place for one.
#[derive(Default)]
pub(crate) struct Printer {
    pub(crate) text: String,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) layout: Layout,
}

impl Printer {
    pub(crate) fn raw(&mut self, text: &str) {
        self.text += text;
    }

    pub(crate) fn key(&mut self, name: &str) {
        let colon = match self.layout {
            Layout::Compact => ":",
            Layout::Spaced => " : ",
            Layout::Lines => ":\n\t",
        };
        self.text += &format!("\"{name}\"{colon}");
    }

    pub(crate) fn array(&mut self, records: &[Record]) {
        self.list("[", "]", records, |printer, record| printer.node(&record.0));
    }

    pub(crate) fn node(&mut self, node: &Node) {
        match node {
            Node::Json(text) => self.raw(text),
            Node::Secret(group, form) => self.secret(*group, None, *form),
            Node::Array(elements) => self.list("[", "]", elements, Self::node),
            Node::Object(members) => self.list("{", "}", members, |printer, (name, value)| {
                printer.key(name);
                printer.node(value);
            }),
            Node::Headers(group, headers) => self.list("{", "}", headers, |printer, header| {
                printer.key(header.name);
                let value = |printer: &mut Self, form: &Form| {
                    printer.secret(*group, Some(header.bare_name), *form);
                };
                match &header.values[..] {
                    [form] if !header.listed => value(printer, form),
                    forms => printer.list("[", "]", forms, value),
                }
            }),
        }
    }

    fn list<T>(
        &mut self,
        open: &str,
        close: &str,
        elements: &[T],
        mut print: impl FnMut(&mut Self, &T),
    ) {
        let blank = match self.layout {
            Layout::Compact => "",
            Layout::Spaced => " ",
            Layout::Lines => "\n  ",
        };
        self.raw(open);
        for (position, element) in elements.iter().enumerate() {
            self.raw(if position > 0 { "," } else { "" });
            self.raw(blank);
            print(self, element);
        }
        self.raw(blank);
        self.raw(close);
    }

    fn secret(&mut self, group: Group, header: Option<&'static str>, form: Form) {
        let secret = format!("fake-{:04}-secret", self.secrets.len());
        let (before, shown, after) = match form {
            Form::Plain => ("\"", secret, "\""),
            Form::Escaped => ("\"\\u00e9", secret.replace('k', "\\u006b"), "\\/\""),
            Form::Quoted => ("\"{\\\"token\\\":\\\"", secret, "\\\",\\\"n\\\":1}\""),
            Form::Base64 => ("\"", base64(secret.as_bytes()), "\""),
            Form::Url => ("\"https://user:", secret, "@host.example/path\""),
            Form::Parsed => ("{\"token\" : \"", secret, "\",\"body\":[1.0]}"),
        };
        for part in [before, &shown, after] {
            self.raw(part);
        }
        self.secrets.push(Secret {
            group,
            header,
            shown,
        });
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, place| {
            bits << 8 | u32::from(part.get(place).copied().unwrap_or(0))
        });
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place > part.len() {
                '='
            } else {
                digit.into()
            });
        }
    }
    text
}
