//! Walks two streams side by side, by their descriptions, and names what differs.

use super::Difference;
use super::told::Told;
use crate::savable::describe::{Description, Layout, NodeField};
use crate::savable::walk::{list_len, read_tag, skip, skip_field, skip_padding};
use crate::savable::{Reader, RestoreError};
use crate::state::Filter;

/// One of the two.
#[derive(Clone)]
pub(super) struct Side<'a> {
    pub(super) description: &'a Description,
    pub(super) input: Reader<'a>,
}

/// The differences, up to a number.
pub(super) struct Found<'f> {
    filter: &'f Filter,
    list: Vec<Difference>,
    most: usize,
    full: bool,
}

impl<'f> Found<'f> {
    pub(super) fn new(most: usize, filter: &'f Filter) -> Self {
        Self {
            filter,
            list: Vec::new(),
            most,
            full: false,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    pub(super) fn into_list(self) -> Vec<Difference> {
        self.list
    }

    fn add(&mut self, path: &str, a: Option<Told>, b: Option<Told>) {
        let path = path.trim_start_matches('.').to_owned();
        if !self.filter.wants_path(&path) {
            return;
        }
        if self.list.len() == self.most {
            self.full = true;
            return;
        }
        self.list.push(Difference::new(path, a, b));
    }
}

/// Compares two whole streams.
pub(super) fn compare(
    mut a: Side<'_>,
    mut b: Side<'_>,
    found: &mut Found<'_>,
) -> Result<(), RestoreError> {
    compare_values(&mut a, 0, &mut b, 0, "", found)
}

/// Compares the next values of both; goes past both.
fn compare_values(
    a: &mut Side<'_>,
    node_a: usize,
    b: &mut Side<'_>,
    node_b: usize,
    path: &str,
    found: &mut Found<'_>,
) -> Result<(), RestoreError> {
    let (mut inside_a, mut inside_b) = (a.clone(), b.clone());
    let bytes_a = a.pass(node_a)?;
    let bytes_b = b.pass(node_b)?;
    let same_type = a.description.type_name(node_a) == b.description.type_name(node_b);
    if found.full || (same_type && bytes_a == bytes_b) {
        return Ok(());
    }
    // Depth is bounded by what `skip` has accepted.
    let (layout_a, layout_b) = (a.layout(node_a), b.layout(node_b));
    match (layout_a, layout_b) {
        (Layout::Struct(fields_a), Layout::Struct(fields_b)) => {
            compare_fields((inside_a, fields_a), (inside_b, fields_b), path, found)
        }
        (Layout::Tuple(items_a), Layout::Tuple(items_b)) if items_a.len() == items_b.len() => {
            for (index, (item_a, item_b)) in items_a.iter().zip(items_b).enumerate() {
                let path = format!("{path}.{index}");
                compare_values(&mut inside_a, *item_a, &mut inside_b, *item_b, &path, found)?;
            }
            Ok(())
        }
        (Layout::Option(item_a), Layout::Option(item_b))
            if bytes_a.first() == Some(&1) && bytes_b.first() == Some(&1) =>
        {
            inside_a.input.skip(1)?;
            inside_b.input.skip(1)?;
            compare_values(&mut inside_a, *item_a, &mut inside_b, *item_b, path, found)
        }
        (Layout::Enum(variants_a), Layout::Enum(variants_b)) => {
            let tag_a = &variants_a[read_tag(variants_a.len(), &mut inside_a.input)?];
            let tag_b = &variants_b[read_tag(variants_b.len(), &mut inside_b.input)?];
            if tag_a.name != tag_b.name {
                found.add(
                    path,
                    Some(Told::name(&tag_a.name)),
                    Some(Told::name(&tag_b.name)),
                );
                return Ok(());
            }
            let path = format!("{path}::{}", tag_a.name);
            compare_fields(
                (inside_a, &tag_a.fields),
                (inside_b, &tag_b.fields),
                &path,
                found,
            )
        }
        (
            Layout::List {
                item: item_a,
                padded: padded_a,
            },
            Layout::List {
                item: item_b,
                padded: padded_b,
            },
        ) => {
            let count_a = list_len(inside_a.description, *item_a, &mut inside_a.input)?;
            let count_b = list_len(inside_b.description, *item_b, &mut inside_b.input)?;
            if count_a != count_b {
                found.add(path, Some(Told::items(count_a)), Some(Told::items(count_b)));
            }
            for index in 0..count_a.min(count_b) {
                if found.full {
                    break;
                }
                let path = format!("{path}[{index}]");
                compare_values(&mut inside_a, *item_a, &mut inside_b, *item_b, &path, found)?;
                skip_padding(*padded_a, &mut inside_a.input)?;
                skip_padding(*padded_b, &mut inside_b.input)?;
            }
            Ok(())
        }
        (
            Layout::Array {
                item: item_a,
                count: count_a,
            },
            Layout::Array {
                item: item_b,
                count: count_b,
            },
        ) if count_a == count_b && !bytes_a.is_empty() => {
            for index in 0..*count_a {
                if found.full {
                    break;
                }
                let path = format!("{path}[{index}]");
                compare_values(&mut inside_a, *item_a, &mut inside_b, *item_b, &path, found)?;
            }
            Ok(())
        }
        _ => {
            found.add(
                path,
                Some(a.told(node_a, bytes_a)),
                Some(b.told(node_b, bytes_b)),
            );
            Ok(())
        }
    }
}

/// Compares fields by name, whatever their order.
fn compare_fields(
    (mut a, fields_a): (Side<'_>, &[NodeField]),
    (mut b, fields_b): (Side<'_>, &[NodeField]),
    path: &str,
    found: &mut Found<'_>,
) -> Result<(), RestoreError> {
    let starts_a = a.starts(fields_a)?;
    let mut starts_b = b.starts(fields_b)?;
    for (field_a, field_in_a) in fields_a.iter().zip(starts_a) {
        let path = format!("{path}.{}", field_a.name);
        let other = fields_b.iter().position(|field| field.name == field_a.name);
        let field_in_b = other.and_then(|other| starts_b[other].take());
        match (field_in_a, other.zip(field_in_b)) {
            (Some(mut field_in_a), Some((other, mut field_in_b))) => {
                let node_b = fields_b[other].node;
                compare_values(
                    &mut field_in_a,
                    field_a.node,
                    &mut field_in_b,
                    node_b,
                    &path,
                    found,
                )?;
            }
            (Some(mut field_in_a), None) => {
                let bytes = field_in_a.pass(field_a.node)?;
                found.add(&path, Some(field_in_a.told(field_a.node, bytes)), None);
            }
            (None, Some((other, mut field_in_b))) => {
                let bytes = field_in_b.pass(fields_b[other].node)?;
                found.add(
                    &path,
                    None,
                    Some(field_in_b.told(fields_b[other].node, bytes)),
                );
            }
            (None, None) => {}
        }
    }
    for (field_b, field_in_b) in fields_b.iter().zip(starts_b) {
        let in_a = fields_a.iter().any(|field| field.name == field_b.name);
        if let (false, Some(mut field_in_b)) = (in_a, field_in_b) {
            let bytes = field_in_b.pass(field_b.node)?;
            let path = format!("{path}.{}", field_b.name);
            found.add(&path, None, Some(field_in_b.told(field_b.node, bytes)));
        }
    }
    Ok(())
}

impl<'a> Side<'a> {
    pub(super) fn layout(&self, node: usize) -> &'a Layout {
        &self.description.nodes[node].layout
    }

    /// Goes past a value and gives its bytes.
    pub(super) fn pass(&mut self, node: usize) -> Result<&'a [u8], RestoreError> {
        let mut past = self.input.clone();
        skip(self.description, node, &mut past)?;
        self.input.bytes(past.position() - self.input.position())
    }

    /// Where each field begins; `None` for one that is no longer stored.
    pub(super) fn starts(
        &mut self,
        fields: &[NodeField],
    ) -> Result<Vec<Option<Self>>, RestoreError> {
        let mut starts = Vec::with_capacity(fields.len());
        for field in fields {
            let mut start = self.clone();
            skip_field(self.description, field, &mut self.input)?;
            let stored = !field.retired || start.input.flag()?;
            starts.push(stored.then_some(start));
        }
        Ok(starts)
    }
}
