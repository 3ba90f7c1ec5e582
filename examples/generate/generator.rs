//! What every record is made with: randomness, a document under construction, and how large things are.

use crate::body::{self, Size};
use crate::json::{Escapes, Json};
use crate::random::Random;
use crate::template;
use qstash_redact::Placeholder;
use std::ops::RangeInclusive;

/// How records look.
pub(crate) struct Profile {
    pub(crate) body: Size,
    /// Headers of a message; answers have fewer.
    pub(crate) headers: RangeInclusive<usize>,
    /// How many records of 100 were redacted before.
    pub(crate) redacted: usize,
}

pub(crate) struct Generator {
    pub(crate) random: Random,
    pub(crate) json: Json,
    pub(crate) profile: Profile,
    /// Whether bodies and credentials of the record at hand are placeholders.
    redacted: bool,
    scratch: Vec<u8>,
}

impl Generator {
    pub(crate) fn new(seed: u64, profile: Profile) -> Self {
        Self {
            random: Random::new(seed),
            json: Json::new(),
            profile,
            redacted: false,
            scratch: Vec::new(),
        }
    }

    /// Begins a record of its own habits.
    pub(crate) fn begin_record(&mut self) {
        self.redacted = self.random.chance(self.profile.redacted);
        self.json.escapes = match self.random.below(10) {
            0 => Escapes::Ascii,
            _ => Escapes::Go,
        };
        self.json.raw("{");
    }

    pub(crate) fn end_record(&mut self) {
        self.json.raw("}");
    }

    /// A member that holds a filled-in template.
    pub(crate) fn text(&mut self, name: &str, template: &str) {
        self.json.key(name);
        self.string(template);
    }

    /// The same, in `percent` of 100 records.
    pub(crate) fn sometimes(&mut self, percent: usize, name: &str, template: &str) {
        if self.random.chance(percent) {
            self.text(name, template);
        }
    }

    /// A filled-in template as a string.
    pub(crate) fn string(&mut self, template: &str) {
        self.scratch.clear();
        template::fill(template, &mut self.random, &mut self.scratch);
        self.json.string(&self.scratch);
    }

    /// A filled-in template as a string that is a placeholder in a redacted record.
    pub(crate) fn credential(&mut self, template: &str) {
        self.scratch.clear();
        template::fill(template, &mut self.random, &mut self.scratch);
        self.private_text();
    }

    /// A number below `end`.
    pub(crate) fn number(&mut self, name: &str, end: usize) {
        let number = self.random.below(end);
        self.json.number(name, number as u64);
    }

    /// A time in milliseconds.
    pub(crate) fn time(&mut self, name: &str) {
        self.scratch.clear();
        template::fill("%t", &mut self.random, &mut self.scratch);
        self.json.key(name);
        self.json.out.extend_from_slice(&self.scratch);
    }

    /// A body: `text_name` for text, `binary_name` for the 5 of 100 that are none.
    pub(crate) fn body(&mut self, text_name: &str, binary_name: &str) {
        let length = self.profile.body.draw(&mut self.random);
        if self.random.chance(5) {
            self.json.key(binary_name);
            self.scratch_binary(length);
            self.private_base64();
        } else {
            self.text_body(text_name, length);
        }
    }

    /// A body that is text, about `length` bytes long.
    pub(crate) fn text_body(&mut self, name: &str, length: usize) {
        self.json.key(name);
        self.scratch.clear();
        body::text(length, &mut self.random, &mut self.scratch);
        self.private_text();
    }

    /// A body in base64, whether it is text or not.
    pub(crate) fn base64_body(&mut self, name: &str, length: usize) {
        self.json.key(name);
        if self.random.chance(5) {
            self.scratch_binary(length);
        } else {
            self.scratch.clear();
            body::text(length, &mut self.random, &mut self.scratch);
        }
        self.private_base64();
    }

    /// A length for bodies of answers, which are shorter than those of messages.
    pub(crate) fn answer_length(&mut self) -> usize {
        self.random.within(30..=300)
    }

    /// A length for bodies of messages.
    pub(crate) fn body_length(&mut self) -> usize {
        self.profile.body.draw(&mut self.random)
    }

    fn scratch_binary(&mut self, length: usize) {
        self.scratch.clear();
        body::binary(length, &mut self.random, &mut self.scratch);
    }

    fn private_text(&mut self) {
        if self.redacted {
            self.json.string(Placeholder::of(&self.scratch).as_bytes());
        } else {
            self.json.string(&self.scratch);
        }
    }

    fn private_base64(&mut self) {
        if !self.redacted {
            self.json.base64(&self.scratch);
            return;
        }
        // Both are seen: the placeholder as it is, and in the base64 of its member.
        let placeholder = Placeholder::of(&self.scratch);
        if self.random.chance(50) {
            self.json.string(placeholder.as_bytes());
        } else {
            self.json.base64(placeholder.as_bytes());
        }
    }
}
