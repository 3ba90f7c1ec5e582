//! The values of a message as one flat list: each container is followed by what is in it.

use crate::members::MemberId;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A value, and the name it stands under.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    /// `None` for an element of an array.
    pub(crate) name: Option<Name<'a>>,
    /// The value as it stands in the input.
    pub(crate) json: &'a str,
    pub(crate) value: Value<'a>,
}

/// The name of a member, or of a header.
#[derive(Clone)]
pub(crate) struct Name<'a> {
    pub(crate) text: Cow<'a, str>,
    /// The member of the contract that is called so.
    pub(crate) id: Option<MemberId>,
}

/// What a value is.
#[derive(Clone)]
pub(crate) enum Value<'a> {
    /// A number, `true`, `false`, `null`, or anything in which nothing is private.
    Raw(&'a RawValue),
    /// A string, unescaped.
    Text(Cow<'a, str>),
    /// An object, in which are so many of the nodes behind it.
    Object(usize),
    /// An array, likewise.
    Array(usize),
}

impl Node<'_> {
    pub(crate) fn is_null(&self) -> bool {
        self.json == "null"
    }

    /// The member of the contract that this is the value of.
    pub(crate) fn id(&self) -> Option<MemberId> {
        self.name.as_ref().and_then(|name| name.id)
    }
}

/// A value with what is in it.
#[derive(Clone, Copy)]
pub(crate) struct Tree<'m> {
    pub(crate) node: &'m Node<'m>,
    /// The members of an object, the elements of an array.
    pub(crate) inside: Trees<'m>,
}

impl<'m> Tree<'m> {
    /// The name it stands under; empty for an element of an array.
    pub(crate) fn name(self) -> &'m str {
        self.node.name.as_ref().map_or("", |name| &name.text)
    }
}

/// Values beside one another.
#[derive(Clone, Copy)]
pub(crate) struct Trees<'m>(pub(crate) &'m [Node<'m>]);

impl<'m> Iterator for Trees<'m> {
    type Item = Tree<'m>;

    fn next(&mut self) -> Option<Tree<'m>> {
        let (node, behind) = self.0.split_first()?;
        let inside = match node.value {
            Value::Object(count) | Value::Array(count) => count,
            Value::Raw(_) | Value::Text(_) => 0,
        };
        let (inside, beside) = behind.split_at_checked(inside)?;
        self.0 = beside;
        Some(Tree {
            node,
            inside: Self(inside),
        })
    }
}
