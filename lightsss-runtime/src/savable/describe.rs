//! Schema descriptions: a schema with all it refers to, as a table that is stored once per snapshot.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use super::{
    Field, Link, Primitive, RestoreError, RestoreErrorKind, Savable, Schema, SectionKind, Shape,
};

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

    /// The description as it is stored.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_number(&mut out, self.nodes.len() as u64);
        for node in &self.nodes {
            node.put(&mut out);
        }
        out
    }

    /// Reads a stored description, and verifies that it is well-formed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Description, RestoreError> {
        let mut input = Cursor { bytes };
        let count = input.count()?;
        let nodes = (0..count)
            .map(|_| Node::get(&mut input, count))
            .collect::<Result<Vec<_>, _>>()?;
        if !input.bytes.is_empty() {
            return Err(damaged("bytes follow the last type"));
        }
        if nodes.is_empty() {
            return Err(damaged("no type"));
        }
        Ok(Description::with_sizes(nodes))
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

impl Node {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(out, &self.name);
        put_number(out, u64::from(self.version));
        match &self.layout {
            Layout::Primitive(primitive) => out.extend([1, *primitive as u8]),
            Layout::Text => out.push(2),
            Layout::Option(item) => {
                out.push(3);
                put_number(out, *item as u64);
            }
            Layout::List { item, padded } => {
                out.extend([4, u8::from(*padded)]);
                put_number(out, *item as u64);
            }
            Layout::Map { key, value, padded } => {
                out.extend([5, u8::from(*padded)]);
                put_number(out, *key as u64);
                put_number(out, *value as u64);
            }
            Layout::Array { item, count } => {
                out.push(6);
                put_number(out, *item as u64);
                put_number(out, *count);
            }
            Layout::Tuple(items) => {
                out.push(7);
                put_number(out, items.len() as u64);
                for item in items {
                    put_number(out, *item as u64);
                }
            }
            Layout::Struct(fields) => {
                out.push(8);
                put_fields(out, fields);
            }
            Layout::Enum(variants) => {
                out.push(9);
                put_number(out, variants.len() as u64);
                for variant in variants {
                    put_text(out, &variant.name);
                    put_fields(out, &variant.fields);
                }
            }
            Layout::Section(kind) => out.extend([10, kind.code()]),
            Layout::Opaque(encoding) => {
                out.push(11);
                put_text(out, encoding);
            }
        }
    }

    fn get(input: &mut Cursor<'_>, nodes: usize) -> Result<Node, RestoreError> {
        let name = input.text()?;
        let version =
            u32::try_from(input.number()?).map_err(|_| damaged("a version is too large"))?;
        let layout = match input.byte()? {
            1 => {
                let code = input.byte()?;
                let primitive = Primitive::ALL
                    .into_iter()
                    .find(|known| *known as u8 == code);
                Layout::Primitive(primitive.ok_or_else(|| damaged("unknown primitive type"))?)
            }
            2 => Layout::Text,
            3 => Layout::Option(input.node(nodes)?),
            4 => {
                let padded = input.flag()?;
                Layout::List {
                    item: input.node(nodes)?,
                    padded,
                }
            }
            5 => {
                let padded = input.flag()?;
                Layout::Map {
                    key: input.node(nodes)?,
                    value: input.node(nodes)?,
                    padded,
                }
            }
            6 => Layout::Array {
                item: input.node(nodes)?,
                count: input.number()?,
            },
            7 => {
                let count = input.count()?;
                Layout::Tuple(
                    (0..count)
                        .map(|_| input.node(nodes))
                        .collect::<Result<_, _>>()?,
                )
            }
            8 => Layout::Struct(input.fields(nodes)?),
            9 => {
                let count = input.count()?;
                let variant = |_| {
                    Ok(NodeVariant {
                        name: input.text()?,
                        fields: input.fields(nodes)?,
                    })
                };
                Layout::Enum(
                    (0..count)
                        .map(variant)
                        .collect::<Result<_, RestoreError>>()?,
                )
            }
            10 => Layout::Section(
                SectionKind::from_code(input.byte()?)
                    .ok_or_else(|| damaged("unknown kind of section"))?,
            ),
            11 => Layout::Opaque(input.text()?),
            _ => return Err(damaged("unknown layout")),
        };
        Ok(Node {
            name,
            version,
            layout,
        })
    }
}

fn put_fields(out: &mut Vec<u8>, fields: &[NodeField]) {
    put_number(out, fields.len() as u64);
    for field in fields {
        put_text(out, &field.name);
        put_number(out, field.node as u64);
        out.push(u8::from(field.retired));
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// LEB128: seven bits a byte, the lowest first.
fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cold]
fn damaged(what: &'static str) -> RestoreError {
    RestoreErrorKind::Description(what).into()
}

struct Cursor<'a> {
    bytes: &'a [u8],
}

impl Cursor<'_> {
    fn byte(&mut self) -> Result<u8, RestoreError> {
        let (first, rest) = self
            .bytes
            .split_first()
            .ok_or_else(|| damaged("it ends early"))?;
        self.bytes = rest;
        Ok(*first)
    }

    fn flag(&mut self) -> Result<bool, RestoreError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(damaged("a flag is neither 0 nor 1")),
        }
    }

    fn number(&mut self) -> Result<u64, RestoreError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if (bits << shift) >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(damaged("a number is too large"))
    }

    /// A number of things that take at least a byte each.
    fn count(&mut self) -> Result<usize, RestoreError> {
        match usize::try_from(self.number()?) {
            Ok(count) if count <= self.bytes.len() => Ok(count),
            _ => Err(damaged("it ends early")),
        }
    }

    fn node(&mut self, nodes: usize) -> Result<usize, RestoreError> {
        match usize::try_from(self.number()?) {
            Ok(node) if node < nodes => Ok(node),
            _ => Err(damaged("it refers to a type that is not there")),
        }
    }

    fn text(&mut self) -> Result<String, RestoreError> {
        let len = self.count()?;
        let (text, rest) = self.bytes.split_at(len);
        self.bytes = rest;
        String::from_utf8(text.to_vec()).map_err(|_| damaged("a name is not UTF-8"))
    }

    fn fields(&mut self, nodes: usize) -> Result<Vec<NodeField>, RestoreError> {
        let count = self.count()?;
        (0..count)
            .map(|_| {
                Ok(NodeField {
                    name: self.text()?,
                    node: self.node(nodes)?,
                    retired: self.flag()?,
                })
            })
            .collect()
    }
}
