//! The hunt: copies of a secret are found by its fingerprint, without knowing or showing it.
//!
//! After a rotation or a leak every stale copy of the old secret has to be found. A placeholder, pasted
//! from a console, a ledger or an export, is enough: what may be a secret is cut out of a text by stated
//! rules, hashed, and looked up. Bytes and fingerprints go in, findings come out; no file is opened here.
//!
//! ```
//! use qstash_redact::Fingerprint;
//! use qstash_redact::hunt::{self, Layer, Targets};
//!
//! let mut targets = Targets::new();
//! targets.insert(Fingerprint::of(b"Bearer my-token"));
//! let history = br#"curl -H "Authorization: Bearer my-token" https://example.com"#;
//! let findings = hunt::search(&targets, history);
//! assert_eq!((findings[0].line, findings[0].column), (1, 25));
//! assert_eq!(findings[0].placeholder.fingerprint(), Fingerprint::of(b"Bearer my-token"));
//!
//! // The same behind two layers: escaped in JSON, and that in base64.
//! targets.insert(Fingerprint::of(b"s3cr3t-value"));
//! let findings = hunt::search(&targets, b"data: eyJrIjoiczNjcjN0XHUwMDJkdmFsdWUifQ==");
//! assert_eq!(findings[0].layers, [Layer::Base64, Layer::Escapes]);
//! ```
//!
//! A [`Hunter`] does the same for files of any size, which it is given in pieces. Files that begin with the
//! mark of UTF-16 are searched as the text that they are.
//!
//! # What is found
//!
//! Values of at least [`MIN_LENGTH`] and at most [`MAX_LENGTH`] bytes that stand
//!
//! - as a token: a run of bytes without blanks, control characters, quotes, brackets of any kind, `,`,
//!   `;`, `|` and `\`; with or without the punctuation that markup and sentences put around words;
//! - in a token, between any two neighbors of the dividers `=`, `:`, `/`, `@`, `?`, `&` and `#`, and,
//!   dividers included, from behind `=`, `?`, `&`, `//` or a single `:` to the end of the token or to the
//!   next `&`, `#`, `?` or `@`: the value of a variable, the user info and the parameters of a URL, the
//!   URL itself; behind a divider also with the one or two `=` of base64 before the next;
//! - in the path of a URL, from behind a `/` to one of the next four, or to the end of the path;
//! - between two quotes (`"`, `'` or a backtick) on one line, as a whole and behind the first `:` or `=`;
//! - as a line, as a whole, behind the mark of a comment, a list or a changed line (only there, if a blank
//!   follows the mark), and behind its first `:` or `=`, there also without a comment or the `,` or `;` at
//!   its end. A line of several words that ends with
//!   `{`, `(`, `;` or `,` is a statement and not tried as a whole. Behind `::`, `== ` and `=> ` is no
//!   value, nor behind a `:` or `=` with a `(` or `{` before it on the line, except for what the other
//!   rules find there. In [source code](Syntax::Code) no line is tried, unless
//!   [every line](Targets::with_every_line) is asked for;
//! - behind the words `Bearer`, `Basic`, `Token` and `ApiKey`, with and without the word;
//! - as a token whose header is known: a token or a part of one, of 12 bytes with a digit among them, or
//!   24 bytes with capital and small letters among them, and up to 1 KiB, is also tried with `Bearer ` put
//!   before it, since consoles show the placeholder of `Bearer TOKEN` and files have the token alone. It
//!   has nothing but the letters, digits and `-._~+/=` that such a header allows (RFC 6750, section 2.1);
//! - as a whole file of up to 4 KiB, and, where it begins with `{`, `[`, `<` or `"`, of up to
//!   [`MAX_LENGTH`] bytes, with and without the blanks at its end;
//! - as a part of any of these that is wrapped in escapes, percent-encoding or base64 of either alphabet,
//!   through up to four layers. Base64 has at least 12 digits; what it encodes is looked into where that
//!   is text, and else tried as a whole if it has 24 digits, among them capital and small letters.
//!
//! The value must stand on one line, or be the whole file. Quotes are not matched across lines, and
//! base64 that is broken into lines is not put together. Who cannot rely on the rules and knows how long
//! the value is asks for [every offset](Targets::with_every_offset).
//!
//! # What it costs
//!
//! Each candidate is hashed, many side by side. Texts repeat themselves: of tokens and lines that held no
//! secret a hunter remembers 48 bits of a keyed number, and passes over what has the same. By chance a copy
//! of a secret is passed over about once in 2^31 copies, and nobody can make it happen who does not know the
//! key, which is drawn for each hunter. A hunter holds a window of two megabytes and what was unwrapped of
//! it, however long the input is.

#[cfg(feature = "hunt")]
pub mod archive;
mod base64;
mod candidates;
mod cut;
mod finding;
mod hunter;
mod known;
mod layer;
mod level;
mod place;
mod search;
mod seen;
mod syntax;
mod targets;
mod utf16;

pub use finding::{Finding, Kind, Layer};
pub use hunter::Hunter;
pub use syntax::Syntax;
pub use targets::{MAX_LENGTH, MIN_LENGTH, Targets};

/// Searches bytes that are there as a whole; what is found, in the order of where it begins.
#[must_use]
pub fn search(targets: &Targets, bytes: &[u8]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut hunter = Hunter::new(targets);
    hunter.push(bytes, &mut findings);
    hunter.finish(&mut findings);
    findings
}

#[cfg(test)]
mod tests;
