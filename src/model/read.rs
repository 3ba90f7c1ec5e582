//! The types that members have: how they are read, and by that, what is refused.

use super::node::{Tree, Trees, Value};
use std::fmt;
use std::str::FromStr;

/// A type of members. What cannot be read is refused when the message is parsed.
pub(super) trait Read<'m>: Sized {
    /// The value, if it has this type.
    fn read(tree: Tree<'m>) -> Option<Self>;
}

/// A string.
impl<'m> Read<'m> for &'m str {
    fn read(tree: Tree<'m>) -> Option<Self> {
        match &tree.node.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// `true` or `false`.
impl Read<'_> for bool {
    fn read(tree: Tree<'_>) -> Option<Self> {
        tree.node.json.parse().ok()
    }
}

/// A number as it is spelled, since it can be larger than any type of Rust.
///
/// The service spells some times as strings of digits; those are numbers, too.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number<'m>(&'m str);

impl<'m> Number<'m> {
    /// A number that was scanned.
    #[cfg(feature = "rotate")]
    pub(crate) fn scanned(text: &'m str) -> Self {
        Self(text)
    }

    /// The number's spelling.
    #[must_use]
    pub fn as_str(self) -> &'m str {
        self.0
    }

    /// The number as a `u64`, an `i64` or whatever reads it; `None` if it does not fit.
    #[must_use]
    pub fn parse<T: FromStr>(self) -> Option<T> {
        self.0.parse().ok()
    }
}

impl<'m> Read<'m> for Number<'m> {
    fn read(tree: Tree<'m>) -> Option<Self> {
        let text = match &tree.node.value {
            Value::Raw(raw) => raw.get(),
            Value::Text(text) if is_integer(text) => text,
            _ => return None,
        };
        // Of what may stand raw, only numbers begin like one.
        let is_number = matches!(text.as_bytes(), [b'-' | b'0'..=b'9', ..]);
        is_number.then_some(Self(text))
    }
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A string or an array of strings: the values of a header, or labels.
#[derive(Clone, Copy)]
pub struct Texts<'m>(One<'m>);

#[derive(Clone, Copy)]
enum One<'m> {
    Text(Option<&'m str>),
    Array(Trees<'m>),
}

impl<'m> Read<'m> for Texts<'m> {
    fn read(tree: Tree<'m>) -> Option<Self> {
        match &tree.node.value {
            Value::Text(text) => Some(Self(One::Text(Some(text)))),
            Value::Array(_) => {
                let mut elements = tree.inside;
                let all = elements.all(is::<&str>);
                all.then_some(Self(One::Array(tree.inside)))
            }
            Value::Raw(_) | Value::Object(_) => None,
        }
    }
}

impl<'m> Iterator for Texts<'m> {
    type Item = &'m str;

    fn next(&mut self) -> Option<&'m str> {
        match &mut self.0 {
            One::Text(text) => text.take(),
            One::Array(elements) => elements.find_map(<&str>::read),
        }
    }
}

/// A map of headers, in order.
#[derive(Clone, Copy)]
pub struct Headers<'m>(Trees<'m>);

impl<'m> Headers<'m> {
    /// The values of every header called `name`, in any case.
    pub fn values(self, name: &str) -> impl Iterator<Item = &'m str> {
        self.filter(move |(other, _)| other.eq_ignore_ascii_case(name))
            .flat_map(|(_, values)| values)
    }

    /// The first value of a header, whose name may be in any case.
    #[must_use]
    pub fn get(self, name: &str) -> Option<&'m str> {
        self.values(name).next()
    }
}

impl<'m> Read<'m> for Headers<'m> {
    fn read(tree: Tree<'m>) -> Option<Self> {
        let Value::Object(_) = tree.node.value else {
            return None;
        };
        let mut headers = tree.inside;
        let all = headers.all(is::<Texts<'_>>);
        all.then_some(Self(tree.inside))
    }
}

impl<'m> Iterator for Headers<'m> {
    type Item = (&'m str, Texts<'m>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|header| {
            let values = Texts::read(header).unwrap_or(Texts(One::Text(None)));
            (header.name(), values)
        })
    }
}

/// A value of any type.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Json<'m> {
    /// A string, unescaped.
    Text(&'m str),
    /// The JSON text of anything else.
    Raw(&'m str),
}

impl<'m> Read<'m> for Json<'m> {
    fn read(tree: Tree<'m>) -> Option<Self> {
        Some(match &tree.node.value {
            Value::Text(text) => Self::Text(text),
            _ => Self::Raw(tree.node.json),
        })
    }
}

/// Whether a value is of type `T`, or `null`, which stands for none.
pub(super) fn is<'m, T: Read<'m>>(tree: Tree<'m>) -> bool {
    tree.node.is_null() || T::read(tree).is_some()
}

/// Debug output without values.
macro_rules! hide {
    ($($type:ident: $what:literal, $count:expr;)+) => { $(
        impl fmt::Debug for $type<'_> {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                let count: fn(&Self) -> usize = $count;
                write!(formatter, concat!(stringify!($type), "({} ", $what, ")"), count(self))
            }
        }
    )+ };
}

hide! {
    Number: "digits", |number| number.0.len();
    Texts: "values", |texts| texts.count();
    Headers: "names", |headers| headers.count();
    Json: "bytes", |json| match json { Json::Text(text) | Json::Raw(text) => text.len() };
}
