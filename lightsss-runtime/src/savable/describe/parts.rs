//! How many bytes stored values take, and which of their parts take any.

use super::node::{Layout, Node, NodeField};
use crate::savable::size::tag_size;

/// A part of a value that takes at least a byte, or cannot be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its number among all items or fields.
    pub(crate) number: usize,
    pub(crate) node: usize,
    /// Absent or there, as a byte in front of it says.
    pub(crate) retired: bool,
}

#[derive(Clone, Copy)]
enum Known {
    Unknown,
    /// Being computed: reached again, it contains itself, so it is not of one size.
    Open,
    Varies,
    Fixed(u64),
}

/// Bytes that the values of each node take, where they are all of one size.
///
/// Goes through the nodes with a stack of its own: a file says how deep they are nested.
pub(super) fn sizes(nodes: &[Node]) -> Vec<Option<u64>> {
    let mut known = vec![Known::Unknown; nodes.len()];
    let mut stack = Vec::new();
    for root in 0..nodes.len() {
        stack.push(root);
        while let Some(&node) = stack.last() {
            match known[node] {
                Known::Unknown => {
                    known[node] = Known::Open;
                    each_part(&nodes[node].layout, &mut |part| {
                        if matches!(known[part], Known::Unknown) {
                            stack.push(part);
                        }
                    });
                }
                Known::Open => {
                    let size = size(&nodes[node].layout, &known);
                    known[node] = size.map_or(Known::Varies, Known::Fixed);
                    stack.pop();
                }
                Known::Varies | Known::Fixed(_) => {
                    stack.pop();
                }
            }
        }
    }
    let fixed = known.into_iter().map(|known| match known {
        Known::Fixed(size) => Some(size),
        Known::Unknown | Known::Open | Known::Varies => None,
    });
    fixed.collect()
}

/// Shows the parts whose sizes make that of the whole.
fn each_part(layout: &Layout, see: &mut dyn FnMut(usize)) {
    match layout {
        Layout::Array { item, count } if *count > 0 => see(*item),
        Layout::Tuple(items) => items.iter().for_each(|item| see(*item)),
        Layout::Struct(fields) => fields.iter().for_each(|field| see(field.node)),
        Layout::Array { .. }
        | Layout::Primitive(_)
        | Layout::Text
        | Layout::Option(_)
        | Layout::List { .. }
        | Layout::Map { .. }
        | Layout::Enum(_)
        | Layout::Section(_)
        | Layout::Opaque(_) => {}
    }
}

fn size(layout: &Layout, known: &[Known]) -> Option<u64> {
    let of = |node: usize| match known[node] {
        Known::Fixed(size) => Some(size),
        Known::Unknown | Known::Open | Known::Varies => None,
    };
    match layout {
        Layout::Primitive(primitive) => Some(primitive.size() as u64),
        Layout::Section(_) => Some(4),
        Layout::Array { count: 0, .. } => Some(0),
        Layout::Array { item, count } => of(*item)?.checked_mul(*count),
        Layout::Tuple(items) => items
            .iter()
            .try_fold(0_u64, |sum, item| sum.checked_add(of(*item)?)),
        Layout::Struct(fields) => fields.iter().try_fold(0_u64, |sum, field| {
            if field.retired {
                return None;
            }
            sum.checked_add(of(field.node)?)
        }),
        Layout::Enum(variants) => {
            let plain = !variants.is_empty() && variants.iter().all(|it| it.fields.is_empty());
            plain.then(|| tag_size(variants.len()) as u64)
        }
        Layout::Text
        | Layout::Option(_)
        | Layout::List { .. }
        | Layout::Map { .. }
        | Layout::Opaque(_) => None,
    }
}

/// The parts of a tuple or struct, or of each variant of an enum, without those that take no bytes.
pub(super) fn with_bytes(node: &Node, sizes: &[Option<u64>]) -> Box<[Box<[Part]>]> {
    let fields = |fields: &[NodeField]| -> Box<[Part]> {
        let parts = fields.iter().enumerate().map(|(number, field)| Part {
            number,
            node: field.node,
            retired: field.retired,
        });
        parts
            .filter(|part| part.retired || sizes[part.node] != Some(0))
            .collect()
    };
    match &node.layout {
        Layout::Tuple(items) => {
            let parts = items.iter().enumerate();
            let parts = parts.filter(|(_, item)| sizes[**item] != Some(0));
            let part = |(number, item): (usize, &usize)| Part {
                number,
                node: *item,
                retired: false,
            };
            Box::new([parts.map(part).collect()])
        }
        Layout::Struct(list) => Box::new([fields(list)]),
        Layout::Enum(variants) => variants
            .iter()
            .map(|variant| fields(&variant.fields))
            .collect(),
        Layout::Primitive(_)
        | Layout::Text
        | Layout::Option(_)
        | Layout::List { .. }
        | Layout::Map { .. }
        | Layout::Array { .. }
        | Layout::Section(_)
        | Layout::Opaque(_) => Box::new([]),
    }
}
