//! Goes through a stream's values with their paths.

use super::fields::Side;
use crate::savable::RestoreError;
use crate::savable::describe::{Layout, NodeField};
use crate::savable::walk::{list_len, read_tag, skip_padding};

/// What of a value's parts is to be visited.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    All,
    /// Of lists and arrays only the first item.
    First,
    None,
}

/// A value, as a visitor sees it.
pub(super) struct Seen<'v> {
    pub path: &'v str,
    pub layout: &'v Layout,
    pub bytes: &'v [u8],
}

/// Shows the next value and its parts to `see`, the whole before its parts; goes past it.
pub(super) fn visit(
    side: &mut Side<'_>,
    node: usize,
    path: &str,
    see: &mut dyn FnMut(Seen<'_>) -> Parts,
) -> Result<(), RestoreError> {
    let mut inside = side.clone();
    let bytes = side.pass(node)?;
    let layout = side.layout(node);
    let parts = see(Seen {
        path: path.trim_start_matches('.'),
        layout,
        bytes,
    });
    if parts == Parts::None {
        return Ok(());
    }
    let most = |count: usize| if parts == Parts::First { 1 } else { count };
    // Depth is bounded by what `pass` has accepted.
    match layout {
        Layout::Struct(fields) => visit_fields(inside, fields, path, see),
        Layout::Tuple(items) => items.iter().enumerate().try_for_each(|(index, item)| {
            visit(&mut inside, *item, &format!("{path}.{index}"), see)
        }),
        Layout::Option(item) if bytes.first() == Some(&1) => {
            inside.input.skip(1)?;
            visit(&mut inside, *item, path, see)
        }
        Layout::Enum(variants) => {
            let variant = &variants[read_tag(variants.len(), &mut inside.input)?];
            let path = format!("{path}::{}", variant.name);
            visit_fields(inside, &variant.fields, &path, see)
        }
        Layout::List { item, padded } => {
            let count = list_len(inside.description, *item, &mut inside.input)?;
            for index in 0..count.min(most(count)) {
                visit(&mut inside, *item, &format!("{path}[{index}]"), see)?;
                skip_padding(*padded, &mut inside.input)?;
            }
            Ok(())
        }
        // Items of no size could be any number.
        Layout::Array { item, count } if !bytes.is_empty() => {
            for index in 0..(*count as usize).min(most(*count as usize)) {
                visit(&mut inside, *item, &format!("{path}[{index}]"), see)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn visit_fields(
    mut side: Side<'_>,
    fields: &[NodeField],
    path: &str,
    see: &mut dyn FnMut(Seen<'_>) -> Parts,
) -> Result<(), RestoreError> {
    let starts = side.starts(fields)?;
    for (field, start) in fields.iter().zip(starts) {
        if let Some(mut start) = start {
            visit(
                &mut start,
                field.node,
                &format!("{path}.{}", field.name),
                see,
            )?;
        }
    }
    Ok(())
}

/// The harness's sections that its fields hold: number in the file, and path of the field.
pub(super) fn section_fields(side: &mut Side<'_>) -> Result<Vec<(usize, String)>, RestoreError> {
    let mut found = Vec::new();
    visit(side, 0, "", &mut |seen| {
        if let Layout::Section(_) = seen.layout
            && let Some(number) = section_number(seen.bytes)
        {
            found.push((number, seen.path.to_owned()));
        }
        // Sections are not held in lists, and take four bytes in an array.
        match seen.layout {
            Layout::List { .. } => Parts::None,
            Layout::Array { count, .. } if seen.bytes.len() as u64 / 4 < *count => Parts::None,
            _ => Parts::All,
        }
    })?;
    Ok(found)
}

fn section_number(bytes: &[u8]) -> Option<usize> {
    let number = u32::from_le_bytes(bytes.try_into().ok()?);
    Some(number as usize + crate::durable::sections::FIRST)
}
