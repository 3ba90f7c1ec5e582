//! What the typed shapes have in common.

use super::node::{Node, Tree, Trees};
use crate::members::{self, MemberId};
use std::fmt;

/// Whether a value has the type of a member.
pub(super) type HasType = fn(Tree<'_>) -> bool;

/// What a shape is.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// Whether it is a log or event, whose bodies are base64.
    pub(crate) is_log: bool,
    /// For the members that the shape knows: whether a value has the right type.
    pub(crate) members: [Option<HasType>; members::COUNT],
}

/// A parsed message of some shape.
#[derive(Clone)]
pub(crate) struct Record<'a> {
    pub(crate) shape: &'static Shape,
    pub(super) json: &'a str,
    pub(super) nodes: Vec<Node<'a>>,
}

impl<'a> Record<'a> {
    /// The whole JSON text as it was given.
    pub(super) fn json(&self) -> &'a str {
        self.json
    }

    /// The members in order.
    pub(crate) fn members(&self) -> Trees<'_> {
        Trees(&self.nodes)
    }

    /// The first of the members `ids` that is there and not `null`.
    pub(super) fn find(&self, ids: &[MemberId]) -> Option<Tree<'_>> {
        self.members()
            .find(|tree| !tree.node.is_null() && tree.node.id().is_some_and(|id| ids.contains(&id)))
    }

    /// Whether the shape knows a member.
    fn knows(&self, id: MemberId) -> bool {
        self.shape.members[id.index()].is_some()
    }
}

impl fmt::Debug for Record<'_> {
    /// Shows the names of members that the shape knows, and how many others there are; no value.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |tree: Tree<'_>| tree.node.id().filter(|id| self.knows(*id));
        let names: Vec<&str> = self
            .members()
            .filter_map(known)
            .map(MemberId::name)
            .collect();
        formatter
            .debug_struct(self.shape.name)
            .field("members", &names)
            .field("others", &(self.members().count() - names.len()))
            .finish()
    }
}
