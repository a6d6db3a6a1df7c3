//! Which stored types are the same as present ones, or fit an upgrade from them.

use std::collections::HashSet;

use crate::savable::Shape;
use crate::savable::describe::{Description, Layout, NodeField, Present};

/// Pairs are taken to be the same while they are being compared: only a difference decides.
///
/// The pairs still to be compared are kept in a list: a file says how deep types are nested.
pub(super) fn same_layout(stored: &Description, present: &Present, old: usize, new: usize) -> bool {
    let mut seen = HashSet::from([(old, new)]);
    let mut open = vec![(old, new)];
    while let Some((old, new)) = open.pop() {
        let (a, b) = (&stored.nodes[old], &present.description.nodes[new]);
        let mut add = |old: usize, new: usize| {
            if seen.insert((old, new)) {
                open.push((old, new));
            }
        };
        let same = match (&a.layout, &b.layout) {
            (Layout::Struct(old), Layout::Struct(new)) => {
                a.version == b.version && same_fields(old, new, &mut add)
            }
            (Layout::Enum(old), Layout::Enum(new)) => {
                a.version == b.version
                    && old.len() == new.len()
                    && old.iter().zip(new).all(|(old, new)| {
                        old.name == new.name && same_fields(&old.fields, &new.fields, &mut add)
                    })
            }
            (old, new) => match paired(old, new) {
                Some(pairs) => {
                    for (old, new) in pairs {
                        add(old, new);
                    }
                    old.is_padded() == new.is_padded()
                }
                None => old == new,
            },
        };
        if !same {
            return false;
        }
    }
    true
}

fn same_fields(old: &[NodeField], new: &[NodeField], add: &mut impl FnMut(usize, usize)) -> bool {
    old.len() == new.len()
        && old.iter().zip(new).all(|(old, new)| {
            add(old.node, new.node);
            old.name == new.name && old.retired == new.retired
        })
}

/// Whether a stored type can be the old type of an upgrade, as far as the outermost layers tell.
pub(super) fn fits(
    stored: &Description,
    old: usize,
    from: &Present,
    new: usize,
    depth: u32,
) -> bool {
    if depth == 8 {
        return true;
    }
    let (a, b) = (
        &stored.nodes[old].layout,
        &from.description.nodes[new].layout,
    );
    let inner = |old: usize, new: usize| fits(stored, old, from, new, depth + 1);
    match (a, b) {
        (Layout::Struct(old), Layout::Struct(now)) => {
            let Shape::Struct(fields) = from.schemas[new].shape else {
                return false;
            };
            now.iter().zip(fields).all(|(new, field)| {
                field.fill.is_some()
                    || new.retired
                    || old
                        .iter()
                        .any(|old| old.name == new.name && inner(old.node, new.node))
            })
        }
        (Layout::Enum(old), Layout::Enum(new)) => old
            .iter()
            .all(|old| new.iter().any(|new| new.name == old.name)),
        _ => match paired(a, b) {
            Some(pairs) => pairs.into_iter().all(|(old, new)| inner(old, new)),
            None => a == b,
        },
    }
}

/// The parts of two containers of one kind, pairwise.
fn paired(old: &Layout, new: &Layout) -> Option<Vec<(usize, usize)>> {
    match (old, new) {
        (Layout::Option(old), Layout::Option(new))
        | (Layout::List { item: old, .. }, Layout::List { item: new, .. }) => {
            Some(vec![(*old, *new)])
        }
        (
            Layout::Map {
                key: old_key,
                value: old_value,
                ..
            },
            Layout::Map {
                key: new_key,
                value: new_value,
                ..
            },
        ) => Some(vec![(*old_key, *new_key), (*old_value, *new_value)]),
        (
            Layout::Array {
                item: old,
                count: before,
            },
            Layout::Array {
                item: new,
                count: now,
            },
        ) if before == now => Some(vec![(*old, *new)]),
        (Layout::Tuple(old), Layout::Tuple(new)) if old.len() == new.len() => {
            Some(old.iter().copied().zip(new.iter().copied()).collect())
        }
        _ => None,
    }
}
