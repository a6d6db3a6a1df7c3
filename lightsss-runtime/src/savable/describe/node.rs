//! The nodes of a description.

#[cfg(doc)]
use crate::savable::Shape;
use crate::savable::{Primitive, SectionKind};

/// The description of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub name: String,
    pub version: u32,
    pub layout: Layout,
}

/// [`Shape`], with numbers of nodes for links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Layout {
    Primitive(Primitive),
    Text,
    Option(usize),
    List {
        item: usize,
        padded: bool,
    },
    Map {
        key: usize,
        value: usize,
        padded: bool,
    },
    Array {
        item: usize,
        count: u64,
    },
    Tuple(Vec<usize>),
    Struct(Vec<NodeField>),
    Enum(Vec<NodeVariant>),
    Section(SectionKind),
    Opaque(String),
}

impl Layout {
    /// Whether the items of this list or map are each followed by a byte.
    pub fn is_padded(&self) -> bool {
        matches!(
            self,
            Layout::List { padded: true, .. } | Layout::Map { padded: true, .. }
        )
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeField {
    pub name: String,
    pub node: usize,
    /// Written as an `Option`, absent since the field's last version.
    pub retired: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeVariant {
    pub name: String,
    pub fields: Vec<NodeField>,
}
