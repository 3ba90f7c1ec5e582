//! A checked piece of JSON as a tree to walk: its text, and a flat list of where each value stands.

use super::string;
use std::borrow::Cow;
use std::cell::OnceCell;

/// Where a value or a member's name stands in the text. The tokens of a container follow its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    start: u32,
    end: u32,
    /// The first token behind this one and all that is inside.
    next: u32,
}

impl Token {
    /// The largest text whose places a token can name.
    pub(super) const LIMIT: usize = u32::MAX as usize / 2;

    /// A token that begins at `start` and is closed later.
    pub(super) fn open(start: usize) -> Self {
        Self {
            start: start as u32,
            end: start as u32,
            next: 0,
        }
    }

    /// Closes the token at place `token`: its text ends before `end`, and what was pushed since is inside.
    pub(super) fn close(tape: &mut [Self], token: usize, end: usize) {
        let next = tape.len() as u32;
        tape[token].end = end as u32;
        tape[token].next = next;
    }

    /// Says the same of text that was moved by `text` bytes, on a tape where it comes `tokens` later.
    fn shift(&mut self, text: usize, tokens: usize) {
        self.start += text as u32;
        self.end += text as u32;
        self.next += tokens as u32;
    }
}

/// Where in the input the bytes of a text from `at` on come from.
#[derive(Clone, Copy, Debug)]
struct Origin {
    at: usize,
    offset: u64,
    line: u64,
}

/// A line, from 1, and a byte offset, from 0, of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: u64,
    pub(super) offset: u64,
}

/// Text in pieces from the input, its tokens, and where the pieces came from.
#[derive(Debug, Default)]
pub(super) struct Tree {
    text: Vec<u8>,
    tape: Vec<Token>,
    origins: Vec<Origin>,
    /// Places of line feeds in `text`, found when first asked for.
    line_feeds: OnceCell<Vec<usize>>,
}

impl Tree {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.tape.clear();
        self.origins.clear();
        self.line_feeds.take();
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Appends a whole value, or a member's name: its text, and `tokens` as lexed from that text.
    pub(super) fn append(&mut self, text: &[u8], tokens: &[Token], from: Position) {
        let (moved, behind) = (self.text.len(), self.tape.len());
        self.begin_piece(from);
        self.text.extend_from_slice(text);
        self.tape.extend(tokens.iter().map(|token| {
            let mut token = *token;
            token.shift(moved, behind);
            token
        }));
    }

    /// Appends the bracket that opens a container; returns what closes it.
    pub(super) fn open(&mut self, bracket: u8, from: Position) -> usize {
        self.begin_piece(from);
        let token = self.tape.len();
        self.tape.push(Token::open(self.text.len()));
        self.text.push(bracket);
        token
    }

    /// Appends the bracket that closes the container `token`.
    pub(super) fn close(&mut self, token: usize, bracket: u8) {
        self.text.push(bracket);
        Token::close(&mut self.tape, token, self.text.len());
    }

    fn begin_piece(&mut self, from: Position) {
        self.origins.push(Origin {
            at: self.text.len(),
            offset: from.offset,
            line: from.line,
        });
    }

    /// The value or name at place `token` of the tape.
    pub(super) fn at(&self, token: usize) -> Value<'_> {
        Value { tree: self, token }
    }

    /// The value that everything else is inside of.
    pub(super) fn root(&self) -> Value<'_> {
        self.at(0)
    }

    /// How many tokens there are.
    pub(super) fn tokens(&self) -> usize {
        self.tape.len()
    }

    fn position(&self, at: usize) -> Position {
        let line_feeds = self
            .line_feeds
            .get_or_init(|| memchr::memchr_iter(b'\n', &self.text).collect());
        let before = |end: usize| line_feeds.partition_point(|place| *place < end) as u64;
        let piece = self.origins.partition_point(|origin| origin.at <= at);
        let Some(origin) = self.origins[..piece].last() else {
            return Position { line: 1, offset: 0 };
        };
        Position {
            line: origin.line + before(at) - before(origin.at),
            offset: origin.offset + (at - origin.at) as u64,
        }
    }
}

/// What a value is, as far as redaction cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    String,
    Null,
    /// A number, `true` or `false`.
    Other,
}

/// A value, or a member's name, in a [`Tree`].
#[derive(Clone, Copy)]
pub(super) struct Value<'t> {
    tree: &'t Tree,
    token: usize,
}

impl<'t> Value<'t> {
    fn place(self) -> Token {
        self.tree.tape[self.token]
    }

    /// The text as it stands in the input.
    pub(super) fn raw(self) -> &'t [u8] {
        let Token { start, end, .. } = self.place();
        &self.tree.text[start as usize..end as usize]
    }

    pub(super) fn kind(self) -> Kind {
        match self.raw() {
            [b'{', ..] => Kind::Object,
            [b'[', ..] => Kind::Array,
            [b'"', ..] => Kind::String,
            [b'n', ..] => Kind::Null,
            _ => Kind::Other,
        }
    }

    /// Where the value begins in the input.
    pub(super) fn position(self) -> Position {
        self.tree.position(self.place().start as usize)
    }

    /// A string's or name's content after unescaping; the raw text of anything else.
    pub(super) fn text(self) -> Cow<'t, [u8]> {
        match self.raw() {
            [b'"', content @ .., b'"'] => string::unescape(content),
            raw => Cow::Borrowed(raw),
        }
    }

    /// The elements of an array; nothing for any other value.
    pub(super) fn elements(self) -> impl Iterator<Item = Value<'t>> {
        self.children(Kind::Array)
    }

    /// The names and values of an object's members; nothing for any other value.
    pub(super) fn members(self) -> impl Iterator<Item = (Value<'t>, Value<'t>)> {
        let mut children = self.children(Kind::Object);
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    fn children(self, of: Kind) -> impl Iterator<Item = Value<'t>> {
        let end = self.place().next as usize;
        let mut token = if self.kind() == of {
            self.token + 1
        } else {
            end
        };
        std::iter::from_fn(move || {
            (token < end).then(|| {
                let child = self.tree.at(token);
                token = child.place().next as usize;
                child
            })
        })
    }

    /// Whether the two are the same tokens in the same order: strings by what they stand for,
    /// numbers by their text.
    pub(super) fn is_same(self, other: Value<'_>) -> bool {
        let count = self.place().next as usize - self.token;
        count == other.place().next as usize - other.token
            && (0..count).all(|index| {
                let (left, right) = (
                    self.tree.at(self.token + index),
                    other.tree.at(other.token + index),
                );
                left.inside() == right.inside() && left.is_same_token(right)
            })
    }

    /// How many tokens are inside.
    fn inside(self) -> usize {
        self.place().next as usize - self.token
    }

    /// Compares what stands at this place alone, not what is inside.
    fn is_same_token(self, other: Value<'_>) -> bool {
        match (self.kind(), other.kind()) {
            (Kind::Object, Kind::Object) | (Kind::Array, Kind::Array) => true,
            (Kind::String, Kind::String) => {
                self.raw() == other.raw() || self.text() == other.text()
            }
            (left, right) => left == right && self.raw() == other.raw(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lex;
    use super::*;

    fn tree(text: &str) -> Tree {
        let mut tree = Tree::default();
        let mut tape = Vec::new();
        lex::value(text.as_bytes(), true, 0, &mut tape).unwrap();
        tree.append(
            text.as_bytes(),
            &tape,
            Position {
                line: 10,
                offset: 100,
            },
        );
        tree
    }

    #[test]
    fn walks_members_and_elements() {
        let tree = tree(r#"{"a":[1,{"b":[[]]},2],"c":{},"\u0064":null}"#);
        let members: Vec<_> = tree
            .root()
            .members()
            .map(|(name, value)| (name.text().into_owned(), value.raw()))
            .collect();
        assert_eq!(
            members,
            [
                (b"a".to_vec(), &br#"[1,{"b":[[]]},2]"#[..]),
                (b"c".to_vec(), b"{}"),
                (b"d".to_vec(), b"null"),
            ]
        );
        let (_, array) = tree.root().members().next().unwrap();
        let elements: Vec<_> = array.elements().map(Value::raw).collect();
        assert_eq!(elements, [&b"1"[..], br#"{"b":[[]]}"#, b"2"]);
        assert_eq!(array.members().count(), 0);
        assert_eq!(tree.root().elements().count(), 0);
    }

    #[test]
    fn the_same_tokens_may_be_spelled_differently() {
        for (left, right) in [
            (r#" { "a" : [ 1 , "é" ] } "#, r#"{"\u0061":[1,"\u00E9"]}"#),
            (r#""\/""#, r#""/""#),
            ("[]", "[ ]"),
        ] {
            let (left, right) = (tree(left.trim()), tree(right));
            assert!(left.root().is_same(right.root()));
        }
    }

    #[test]
    fn other_tokens_are_not_the_same() {
        for (left, right) in [
            ("1", "1.0"),
            ("1", "\"1\""),
            ("1e2", "1E2"),
            ("true", "false"),
            ("null", "\"null\""),
            ("[]", "{}"),
            ("[[],1]", "[[1]]"),
            ("[[1],[]]", "[[],[1]]"),
            ("[[1,[]]]", "[[[],1]]"),
            (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#),
            (r#"["a",1]"#, r#"{"a":1}"#),
            (r#""\ud800""#, r#""\ud801""#),
        ] {
            let (left, right) = (tree(left), tree(right));
            assert!(!left.root().is_same(right.root()));
        }
    }

    #[test]
    fn knows_where_in_the_input_a_value_stood() {
        let mut tree = tree("[1,\n\n2]");
        let second = tree.root().elements().nth(1).unwrap();
        assert_eq!(
            second.position(),
            Position {
                line: 12,
                offset: 105
            }
        );
        let mut tape = Vec::new();
        lex::value(b"[\n3]", true, 0, &mut tape).unwrap();
        tree.clear();
        let open = tree.open(b'{', Position { line: 1, offset: 0 });
        tree.append(
            b"[\n3]",
            &tape,
            Position {
                line: 50,
                offset: 500,
            },
        );
        tree.close(open, b'}');
        let three = tree.at(open + 2);
        assert_eq!(three.raw(), b"3");
        assert_eq!(
            three.position(),
            Position {
                line: 51,
                offset: 502
            }
        );
    }
}
