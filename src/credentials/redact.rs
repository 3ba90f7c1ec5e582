//! Answers with placeholders in place of secrets and personal data, to be pasted into a ticket.
//!
//! Which members are hidden is judged by name, wherever they stand, and on the side of hiding: the
//! services have members that nobody here knows. What a name does not say, a value can.

use super::json;
use super::name::SecretName;
use crate::error::Error;
use crate::fingerprint::Placeholder;
use crate::redact::Redacted;
use crate::scan::kernel::Portable;
use crate::scan::{Fault, Found, Scanner, Text, Token, string};
use crate::splice::Splicer;
use crate::value::{Source, bytes_of};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use zeroize::{Zeroize, Zeroizing};

/// Members with personal data.
const PERSONAL: [&[u8]; 3] = [b"customer_id", b"created_by", b"user_email"];

/// Words, in lowercase, that a name has which is hidden for its look.
const WORDS: [&[u8]; 7] = [
    b"token",
    b"password",
    b"passwd",
    b"secret",
    b"key",
    b"credential",
    b"mail",
];

/// What credentials of the services begin with: a QStash token and a signing key.
const BEGINNINGS: [&[u8]; 2] = [b"eyJVc2VySUQiOi", b"sig_"];

/// From how many bytes on a hidden text is looked for in the others: a shorter one occurs by chance.
const TELLING: usize = 6;

/// Replaces secrets and personal data of an answer by placeholders; every byte outside of the
/// replaced values stays as it is. Borrows `answer` where nothing was replaced.
///
/// Hidden are, at any depth: the secret members of the contract ([`SecretName`]); `customer_id`,
/// `created_by` and `user_email`; every member whose name has `token`, `password`, `passwd`, `secret`,
/// `key`, `credential` or `mail` in it, in any case, but for numbers called `max_…`; every string with
/// an `@` (an e-mail address, or a URL with user info); every string that begins as a QStash token or a
/// signing key does, or that has a hidden one in it; and a document that is a string, but for `"OK"`.
/// `null`, `true`, `false`, empty strings, objects and arrays, and placeholders stay.
///
/// Ids, names, endpoints, regions, limits and times stay visible, and so does whatever is a *name*
/// of a member. A placeholder hides nothing that can be guessed, and **an e-mail address can be
/// guessed**: whoever knows an account's address can confirm it by its placeholder.
///
/// ```
/// use qstash_redact::credentials::redact_answer;
///
/// let clean = redact_answer(br#"{ "id": "user-1", "token": "my-token", "max_retries": 3 }"#)?;
/// assert!(clean.as_str().starts_with(r#"{ "id": "user-1", "token": "REDACTED:"#));
/// assert!(clean.as_str().ends_with(r#"", "max_retries": 3 }"#));
/// # Ok::<(), qstash_redact::Error>(())
/// ```
///
/// # Errors
///
/// When `answer` is not JSON as a whole; nothing of it is shown then.
pub fn redact_answer(answer: &[u8]) -> Result<Redacted<Cow<'_, [u8]>>, Error> {
    let candidates = candidates(answer).map_err(|fault| fault.locate(answer))?;
    let mut splicer = Splicer::default();
    // Unescaped secrets are put here: it must not grow, and is overwritten in the end.
    splicer.arena.reserve(answer.len() + 256);
    let mut output = Vec::with_capacity(answer.len() + candidates.len() * Placeholder::LEN);
    let mut copied = 0;
    for value in hidden(answer, &candidates) {
        let span = value.span();
        let source = value.source(answer, &mut splicer.arena);
        if Placeholder::is_placeholder(bytes_of(&source, answer, &splicer.arena)) {
            continue;
        }
        output.extend_from_slice(&answer[copied..span.start]);
        splicer.replace(source, &mut output);
        copied = span.end;
    }
    if copied == 0 {
        return Ok(Redacted(Cow::Borrowed(answer)));
    }
    output.extend_from_slice(&answer[copied..]);
    let filled = splicer.fill(answer, &mut output);
    splicer.arena.zeroize();
    filled.map_err(|fault| fault.locate(answer))?;
    Ok(Redacted(Cow::Owned(output)))
}

/// A value that is hidden by its name, or a string that may have to be for what it holds.
struct Candidate {
    content: Content,
    by_name: bool,
    /// Whether it is a document of its own.
    is_document: bool,
}

enum Content {
    Text(Text),
    /// Anything that is no string: its JSON text.
    Raw(Range<usize>),
}

impl Content {
    /// Where the value stands, a string's quotes included.
    fn span(&self) -> Range<usize> {
        match self {
            Self::Text(text) => text.start - 1..text.end + 1,
            Self::Raw(span) => span.clone(),
        }
    }

    /// The bytes that are hashed.
    fn source(&self, answer: &[u8], arena: &mut Vec<u8>) -> Source {
        match self {
            Self::Text(text) if text.escaped => {
                let begin = arena.len();
                string::unescape(&answer[text.start..text.end], arena);
                Source::Arena(begin..arena.len())
            }
            Self::Text(text) => Source::Input(text.start..text.end),
            Self::Raw(span) => Source::Input(span.clone()),
        }
    }
}

/// Finds the candidates in order; none of them lies in another.
fn candidates(answer: &[u8]) -> Result<Vec<Candidate>, Fault> {
    let mut scanner = Scanner::at(0);
    let mut candidates = Vec::new();
    // What the value's name says, where it has one.
    let mut named = None;
    while let Found::Token(token) = scanner.next(Portable, answer, true)? {
        let name: Option<Name> = named.take();
        let by_name = name.is_some_and(|name| name != Name::Plain);
        let is_document = scanner.depth() == 0;
        let mut push = |content| {
            candidates.push(Candidate {
                content,
                by_name,
                is_document,
            });
        };
        match token {
            Token::Key(text) => named = Some(Name::of(&json::unescaped(text, answer))),
            Token::String(text) if text.is_empty() => {}
            Token::String(text) => push(Content::Text(text)),
            Token::Number(start, end) if name == Some(Name::Hidden) => {
                push(Content::Raw(start..end));
            }
            Token::BeginObject(start) | Token::BeginArray(start) if by_name => {
                let depth = scanner.depth();
                let mut is_empty = true;
                while scanner.depth() >= depth {
                    let Found::Token(token) = scanner.next(Portable, answer, true)? else {
                        break;
                    };
                    is_empty &= matches!(token, Token::End(_));
                }
                if !is_empty {
                    push(Content::Raw(start..scanner.position()));
                }
            }
            _ => {}
        }
    }
    Ok(candidates)
}

/// What the name of a member says of its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    Plain,
    /// It is hidden.
    Hidden,
    /// It is hidden, but for a number: a limit of how many tokens or keys there may be.
    Limit,
}

impl Name {
    fn of(name: &[u8]) -> Self {
        let is_secret = |secret: SecretName| secret.as_str().as_bytes() == name;
        if SecretName::ALL.into_iter().any(is_secret) || PERSONAL.contains(&name) {
            return Self::Hidden;
        }
        let lower = name.to_ascii_lowercase();
        let has = |word: &&[u8]| memchr::memmem::find(&lower, word).is_some();
        match WORDS.iter().any(has) {
            false => Self::Plain,
            true if lower.starts_with(b"max_") => Self::Limit,
            true => Self::Hidden,
        }
    }
}

/// Those of the candidates that are hidden.
fn hidden<'c>(answer: &[u8], candidates: &'c [Candidate]) -> Vec<&'c Content> {
    let texts: Vec<Option<Zeroizing<Vec<u8>>>> = candidates
        .iter()
        .map(|candidate| match candidate.content {
            Content::Text(text) => Some(json::unescaped(text, answer)),
            Content::Raw(_) => None,
        })
        .collect();
    let hides = |candidate: &Candidate, text: &[u8]| {
        candidate.by_name
            || text.contains(&b'@')
            || BEGINNINGS.iter().any(|start| text.starts_with(start))
            || candidate.is_document && text != b"OK"
    };
    let mut telling = Telling::default();
    for (candidate, text) in candidates.iter().zip(&texts) {
        if let Some(text) = text
            && hides(candidate, text)
        {
            telling.add(text);
        }
    }
    candidates
        .iter()
        .zip(&texts)
        .filter(|(candidate, text)| match text {
            Some(text) => hides(candidate, text) || telling.occur_in(text),
            // What is no string is a candidate for its name alone.
            None => true,
        })
        .map(|(candidate, _)| &candidate.content)
        .collect()
}

/// Hidden texts, by their beginnings, so that looking for all of them is one pass.
#[derive(Default)]
struct Telling<'t>(HashMap<[u8; TELLING], HashSet<&'t [u8]>>);

impl<'t> Telling<'t> {
    fn add(&mut self, text: &'t [u8]) {
        if let Some(beginning) = text.first_chunk()
            && !Placeholder::is_placeholder(text)
        {
            self.0.entry(*beginning).or_default().insert(text);
        }
    }

    fn occur_in(&self, text: &[u8]) -> bool {
        (0..text.len()).any(|from| {
            let rest = &text[from..];
            rest.first_chunk()
                .and_then(|beginning| self.0.get(beginning))
                .is_some_and(|texts| texts.iter().any(|text| rest.starts_with(text)))
        })
    }
}

#[cfg(test)]
mod tests;
