//! Schema descriptions: a schema with all it refers to, as a table that is stored once per snapshot.

mod bytes;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use super::{Field, Link, Primitive, Savable, Schema, SectionKind, Shape};

/// A schema with all it refers to: node 0 is the type itself, nodes refer to each other by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    pub(crate) nodes: Vec<Node>,
    /// Bytes that a node's values take, where they are all of one size.
    pub(crate) sizes: Vec<Option<u64>>,
}

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
    /// Describes `T`.
    #[must_use]
    pub fn of<T: Savable + ?Sized>() -> Description {
        Present::of(T::schema(), std::any::type_name::<T>())
            .description
            .clone()
    }

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
        let mut sizes = vec![Known::Unknown; nodes.len()];
        for node in 0..nodes.len() {
            size(&nodes, &mut sizes, node, 0);
        }
        let sizes = sizes
            .into_iter()
            .map(|known| {
                if let Known::Fixed(size) = known {
                    Some(size)
                } else {
                    None
                }
            })
            .collect();
        Description { nodes, sizes }
    }

    /// A node's type, as messages name it.
    pub(crate) fn type_name(&self, node: usize) -> String {
        self.type_name_to(node, 4)
    }

    fn type_name_to(&self, node: usize, depth: u32) -> String {
        if depth == 0 {
            return "..".to_owned();
        }
        let name = |node: usize| self.type_name_to(node, depth - 1);
        match &self.nodes[node].layout {
            Layout::Primitive(primitive) => primitive.name().to_owned(),
            Layout::Text => "string".to_owned(),
            Layout::Option(item) => format!("Option<{}>", name(*item)),
            Layout::List { item, .. } => format!("list of {}", name(*item)),
            Layout::Map { key, value, .. } => format!("map of {} to {}", name(*key), name(*value)),
            Layout::Array { item, count } => format!("[{}; {count}]", name(*item)),
            Layout::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| name(*item)).collect();
                format!("({})", items.join(", "))
            }
            Layout::Struct(_) => format!("struct {}", self.nodes[node].name),
            Layout::Enum(_) => format!("enum {}", self.nodes[node].name),
            Layout::Section(kind) => format!("{} section", kind.name()),
            Layout::Opaque(encoding) => format!("bytes of {encoding}"),
        }
    }
}

#[derive(Clone, Copy)]
enum Known {
    Unknown,
    /// Being computed: reached again, it contains itself, so it is not of one size.
    Open,
    Varies,
    Fixed(u64),
}

/// Types nested deeper than this are taken to vary in size, which costs time and nothing else.
const SIZE_DEPTH: u32 = 256;

fn size(nodes: &[Node], sizes: &mut [Known], node: usize, depth: u32) -> Option<u64> {
    match sizes[node] {
        Known::Fixed(size) => return Some(size),
        Known::Varies | Known::Open => return None,
        Known::Unknown if depth > SIZE_DEPTH => return None,
        Known::Unknown => sizes[node] = Known::Open,
    }
    let known = match &nodes[node].layout {
        Layout::Primitive(primitive) => Some(primitive.size() as u64),
        Layout::Section(_) => Some(4),
        Layout::Array { item, count } => {
            size(nodes, sizes, *item, depth + 1).and_then(|item| item.checked_mul(*count))
        }
        Layout::Tuple(items) => items.iter().try_fold(0_u64, |sum, item| {
            sum.checked_add(size(nodes, sizes, *item, depth + 1)?)
        }),
        Layout::Struct(fields) => fields.iter().try_fold(0_u64, |sum, field| {
            if field.retired {
                return None;
            }
            sum.checked_add(size(nodes, sizes, field.node, depth + 1)?)
        }),
        Layout::Enum(variants) if variants.iter().all(|variant| variant.fields.is_empty()) => {
            Some(tag_size(variants.len()) as u64)
        }
        _ => None,
    };
    sizes[node] = known.map_or(Known::Varies, Known::Fixed);
    known
}

/// Bytes of the tag of an enum with so many variants.
pub(crate) const fn tag_size(variants: usize) -> usize {
    if variants <= 256 { 1 } else { 4 }
}

/// Descriptions made so far, by the schema's address (equal addresses are equal constants) and the type's
/// name. There are as many as types that were ever saved whole, so they are kept.
static KNOWN: Mutex<BTreeMap<(usize, &str), &Present>> = Mutex::new(BTreeMap::new());

impl Present {
    pub fn of(root: &'static Schema, type_name: &'static str) -> &'static Present {
        let key = (std::ptr::from_ref(root).addr(), type_name);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .entry(key)
            .or_insert_with(|| Box::leak(Box::new(Present::describe(root, type_name))))
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
