//! A description as bytes: see `docs/format.md`.

use super::{Description, Layout, Node, NodeField, NodeVariant};
use crate::savable::leb128::{self, Bad};
use crate::savable::{Primitive, RestoreError, RestoreErrorKind, SectionKind};

/// The longest description that is read, in bytes: in memory it takes up to 48 times as much.
pub(crate) const LONGEST: usize = 4 << 20;

/// The longest name of a type, field or variant, in bytes.
pub(crate) const LONGEST_NAME: usize = 1024;

impl Description {
    /// The description as it is stored.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        leb128::put(&mut out, self.nodes.len() as u64);
        for node in &self.nodes {
            node.put(&mut out);
        }
        out
    }

    /// Reads a stored description, and verifies that it is well-formed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Description, RestoreError> {
        if bytes.len() > LONGEST {
            return Err(damaged("it is longer than 4 MiB"));
        }
        let mut input = DescriptionReader { bytes };
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
        let description = Description::with_sizes(nodes);
        description.check_padding()?;
        Ok(description)
    }

    /// Refuses lists and maps whose damaged length would not show: those of items without bytes.
    fn check_padding(&self) -> Result<(), RestoreError> {
        for node in &self.nodes {
            let item = match &node.layout {
                Layout::List {
                    item,
                    padded: false,
                } => *item,
                Layout::Map {
                    key, padded: false, ..
                } => *key,
                _ => continue,
            };
            if self.is_empty(item) {
                return Err(damaged("a list of items without bytes is not padded"));
            }
        }
        Ok(())
    }
}

impl Node {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(out, &self.name);
        leb128::put(out, u64::from(self.version));
        match &self.layout {
            Layout::Primitive(primitive) => out.extend([1, *primitive as u8]),
            Layout::Text => out.push(2),
            Layout::Option(item) => {
                out.push(3);
                leb128::put(out, *item as u64);
            }
            Layout::List { item, padded } => {
                out.extend([4, u8::from(*padded)]);
                leb128::put(out, *item as u64);
            }
            Layout::Map { key, value, padded } => {
                out.extend([5, u8::from(*padded)]);
                leb128::put(out, *key as u64);
                leb128::put(out, *value as u64);
            }
            Layout::Array { item, count } => {
                out.push(6);
                leb128::put(out, *item as u64);
                leb128::put(out, *count);
            }
            Layout::Tuple(items) => {
                out.push(7);
                leb128::put(out, items.len() as u64);
                for item in items {
                    leb128::put(out, *item as u64);
                }
            }
            Layout::Struct(fields) => {
                out.push(8);
                put_fields(out, fields);
            }
            Layout::Enum(variants) => {
                out.push(9);
                leb128::put(out, variants.len() as u64);
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

    fn get(input: &mut DescriptionReader<'_>, nodes: usize) -> Result<Node, RestoreError> {
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
    leb128::put(out, fields.len() as u64);
    for field in fields {
        put_text(out, &field.name);
        leb128::put(out, field.node as u64);
        out.push(u8::from(field.retired));
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    leb128::put(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

#[cold]
fn damaged(what: &'static str) -> RestoreError {
    RestoreErrorKind::Description(what).into()
}

struct DescriptionReader<'a> {
    bytes: &'a [u8],
}

impl DescriptionReader<'_> {
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
        leb128::take(&mut self.bytes).map_err(|bad| match bad {
            Bad::Ends => damaged("it ends early"),
            Bad::TooLarge => damaged("a number is too large"),
        })
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
        if len > LONGEST_NAME {
            return Err(damaged("a name is longer than 1024 bytes"));
        }
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
