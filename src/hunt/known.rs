//! Credentials of Upstash of which no fingerprint is known: by name, and by form.

mod account;
mod example;
mod form;
mod name;
mod rest_token;
mod url;

use super::finding::Kind;
use std::ops::Range;

/// A credential, in the text that was searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    pub(super) name: Option<String>,
}

/// Finds credentials in a text.
pub(super) fn scan(text: &[u8], each: &mut impl FnMut(Found)) {
    name::scan(text, each);
    form::scan(text, &mut |range, kind| {
        each(Found {
            name: name_before(text, range.start),
            range,
            kind,
        });
    });
}

pub(super) use name::before as name_before;

#[cfg(test)]
mod tests;
