//! Schema descriptions: a schema with all it refers to, as a table that is stored once per snapshot.

mod bytes;
mod node;
mod parts;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

pub(crate) use self::node::{Layout, Node, NodeField, NodeVariant};
pub(crate) use self::parts::Part;
use super::{Field, Link, Schema, Shape};

/// A schema with all it refers to: node 0 is the type itself, nodes refer to each other by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    pub(crate) nodes: Vec<Node>,
    /// Bytes that a node's values take, where they are all of one size. A value of any other node takes at least
    /// one byte, or cannot be read at all: a walk through a stream comes to its end.
    pub(crate) sizes: Vec<Option<u64>>,
    /// By node: the parts of a tuple or struct, or of each variant of an enum, that take bytes.
    parts: Vec<Box<[Box<[Part]>]>>,
}

/// The description of a type of this program, with what only the program knows.
#[derive(Debug)]
pub(crate) struct Present {
    pub description: Description,
    /// The description as it is stored.
    pub bytes: Vec<u8>,
    /// By node.
    pub schemas: Vec<&'static Schema>,
    /// By node.
    pub type_names: Vec<&'static str>,
    pub late: bool,
    pub owned: bool,
    pub files: bool,
}

impl Description {
    /// Describes a schema.
    #[must_use]
    pub fn of_schema(schema: &'static Schema) -> Description {
        Present::of(schema, schema.name).description.clone()
    }

    /// The name of the described type.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.nodes[0].name
    }

    /// The version of the described type.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.nodes[0].version
    }

    fn with_sizes(nodes: Vec<Node>) -> Description {
        let sizes = parts::sizes(&nodes);
        let parts = nodes
            .iter()
            .map(|node| parts::with_bytes(node, &sizes))
            .collect();
        Description {
            nodes,
            sizes,
            parts,
        }
    }

    /// The parts of a tuple or struct, or of the variant of that number, without those that take no bytes.
    pub(crate) fn parts(&self, node: usize, variant: usize) -> &[Part] {
        self.parts[node].get(variant).map_or(&[], |parts| parts)
    }

    /// Whether the values of a node take no bytes.
    pub(crate) fn is_empty(&self, node: usize) -> bool {
        self.sizes[node] == Some(0)
    }

    /// A node's type, as messages name it.
    pub(crate) fn type_name(&self, node: usize) -> String {
        let mut name = String::new();
        self.put_type_name(node, 4, &mut name);
        name
    }

    fn put_type_name(&self, node: usize, depth: u32, out: &mut String) {
        if depth == 0 || out.len() > LONGEST_NAME {
            return out.push_str("..");
        }
        let put = |node: usize, out: &mut String| self.put_type_name(node, depth - 1, out);
        let named = |kind: &str, out: &mut String| {
            out.push_str(kind);
            out.push_str(&self.nodes[node].name);
        };
        match &self.nodes[node].layout {
            Layout::Primitive(primitive) => out.push_str(primitive.name()),
            Layout::Text => out.push_str("string"),
            Layout::Option(item) => {
                out.push_str("Option<");
                put(*item, out);
                out.push('>');
            }
            Layout::List { item, .. } => {
                out.push_str("list of ");
                put(*item, out);
            }
            Layout::Map { key, value, .. } => {
                out.push_str("map of ");
                put(*key, out);
                out.push_str(" to ");
                put(*value, out);
            }
            Layout::Array { item, count } => {
                out.push('[');
                put(*item, out);
                let _ = write!(out, "; {count}]");
            }
            Layout::Tuple(items) => {
                out.push('(');
                for (number, item) in items.iter().enumerate() {
                    if number > 0 {
                        out.push_str(", ");
                    }
                    if out.len() > LONGEST_NAME {
                        out.push_str("..");
                        break;
                    }
                    put(*item, out);
                }
                out.push(')');
            }
            Layout::Struct(_) => named("struct ", out),
            Layout::Enum(_) => named("enum ", out),
            Layout::Section(kind) => {
                out.push_str(kind.name());
                out.push_str(" section");
            }
            Layout::Opaque(encoding) => {
                out.push_str("bytes of ");
                out.push_str(encoding);
            }
        }
    }
}

/// A type's name in a message gets no new part beyond so many bytes.
const LONGEST_NAME: usize = 256;

/// Descriptions made so far, by the schema's address (equal addresses are equal constants) and the type's
/// name. There are as many as types that were ever saved whole, so they are kept.
static KNOWN: Mutex<BTreeMap<(usize, &str), &Present>> = Mutex::new(BTreeMap::new());

impl Present {
    pub fn of(root: &'static Schema, type_name: &'static str) -> &'static Present {
        let key = (std::ptr::from_ref(root).addr(), type_name);
        let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(present) = known().get(&key) {
            return present;
        }
        // Not under the lock: a link is a function, which may be the harness's and come back here.
        let made = Present::describe(root, type_name);
        known()
            .entry(key)
            .or_insert_with(|| Box::leak(Box::new(made)))
    }

    fn describe(root: &'static Schema, type_name: &'static str) -> Present {
        let mut builder = Builder::default();
        builder.add(root, type_name);
        let nodes = builder.nodes.into_iter().flatten().collect();
        let late = builder.schemas.iter().any(|schema| schema.late);
        let owned = builder.schemas.iter().any(|schema| schema.owned);
        let files = builder.schemas.iter().any(|schema| schema.files);
        let description = Description::with_sizes(nodes);
        Present {
            bytes: description.to_bytes(),
            description,
            schemas: builder.schemas,
            type_names: builder.type_names,
            late,
            owned,
            files,
        }
    }
}

#[derive(Default)]
struct Builder {
    /// `None` while a node's links are being followed.
    nodes: Vec<Option<Node>>,
    schemas: Vec<&'static Schema>,
    type_names: Vec<&'static str>,
    known: HashMap<(&'static str, u64), usize>,
}

impl Builder {
    fn add(&mut self, schema: &'static Schema, type_name: &'static str) -> usize {
        if let Some(node) = self.known.get(&(type_name, schema.fingerprint())) {
            return *node;
        }
        let number = self.nodes.len();
        self.known.insert((type_name, schema.fingerprint()), number);
        self.nodes.push(None);
        self.schemas.push(schema);
        self.type_names.push(type_name);
        let layout = match schema.shape {
            Shape::Primitive(primitive) => Layout::Primitive(primitive),
            Shape::Text => Layout::Text,
            Shape::Option(item) => Layout::Option(self.link(item)),
            Shape::List(item) => Layout::List {
                item: self.link(item),
                padded: item.padded,
            },
            Shape::Map(key, value) => Layout::Map {
                key: self.link(key),
                value: self.link(value),
                padded: key.padded,
            },
            Shape::Array(item, count) => Layout::Array {
                item: self.link(item),
                count,
            },
            Shape::Tuple(items) => {
                Layout::Tuple(items.iter().map(|item| self.link(*item)).collect())
            }
            Shape::Struct(fields) => Layout::Struct(self.fields(fields)),
            Shape::Enum(variants) => Layout::Enum(
                variants
                    .iter()
                    .map(|variant| NodeVariant {
                        name: variant.name.to_owned(),
                        fields: self.fields(variant.fields),
                    })
                    .collect(),
            ),
            Shape::Section(kind) => Layout::Section(kind),
            Shape::Opaque(encoding) => Layout::Opaque(encoding.to_owned()),
        };
        self.nodes[number] = Some(Node {
            name: schema.name.to_owned(),
            version: schema.version,
            layout,
        });
        number
    }

    fn link(&mut self, link: Link) -> usize {
        self.add((link.schema)(), (link.type_name)())
    }

    fn fields(&mut self, fields: &[Field]) -> Vec<NodeField> {
        fields
            .iter()
            .map(|field| NodeField {
                name: field.name.to_owned(),
                node: self.link(field.link),
                retired: field.is_retired(),
            })
            .collect()
    }
}
