//! Walks a stream by its description alone: to skip what a program no longer has, and to name the field
//! at a position.
//!
//! Descriptions come from strangers. A walk takes time linear in the stream: what takes no bytes is not walked
//! through, and everything else takes some.

use std::fmt::Write as _;

use super::describe::{Description, Layout, NodeField, Part};
use super::size::tag_size;
use super::{Reader, RestoreError};

/// Goes past a value of `node`.
pub(crate) fn skip(
    description: &Description,
    node: usize,
    input: &mut Reader<'_>,
) -> Result<(), RestoreError> {
    if let Some(size) = description.sizes[node] {
        return skip_fixed(size, input);
    }
    input.nested(|input| match &description.nodes[node].layout {
        Layout::Text | Layout::Opaque(_) => {
            let len = input.len(1)?;
            input.skip(len)
        }
        Layout::Option(item) => {
            if input.flag()? {
                skip(description, *item, input)?;
            }
            Ok(())
        }
        Layout::List { item, padded } => {
            let count = list_len(description, *item, input)?;
            if let (Some(size), false) = (description.sizes[*item], padded) {
                return skip_fixed(size.saturating_mul(count as u64), input);
            }
            for _ in 0..count {
                skip(description, *item, input)?;
                skip_padding(*padded, input)?;
            }
            Ok(())
        }
        Layout::Map { key, value, padded } => {
            for _ in 0..input.len(1)? {
                skip(description, *key, input)?;
                skip(description, *value, input)?;
                skip_padding(*padded, input)?;
            }
            Ok(())
        }
        // Its items take bytes: otherwise it would be of one size.
        Layout::Array { item, count } => {
            (0..*count).try_for_each(|_| skip(description, *item, input))
        }
        Layout::Tuple(_) | Layout::Struct(_) => {
            skip_parts(description, description.parts(node, 0), input)
        }
        Layout::Enum(variants) => {
            let tag = read_tag(variants.len(), input)?;
            skip_parts(description, description.parts(node, tag), input)
        }
        // These are all of one size.
        Layout::Primitive(_) | Layout::Section(_) => Ok(()),
    })
}

fn skip_parts(
    description: &Description,
    parts: &[Part],
    input: &mut Reader<'_>,
) -> Result<(), RestoreError> {
    for part in parts {
        if !part.retired || input.flag()? {
            skip(description, part.node, input)?;
        }
    }
    Ok(())
}

/// The length of a list, for which the stream has bytes.
pub(crate) fn list_len(
    description: &Description,
    item: usize,
    input: &mut Reader<'_>,
) -> Result<usize, RestoreError> {
    input.len(
        description.sizes[item]
            .and_then(|size| usize::try_from(size).ok())
            .unwrap_or(1),
    )
}

pub(crate) fn skip_padding(padded: bool, input: &mut Reader<'_>) -> Result<(), RestoreError> {
    if padded { input.skip(1) } else { Ok(()) }
}

/// The number of the stored variant.
pub(crate) fn read_tag(variants: usize, input: &mut Reader<'_>) -> Result<usize, RestoreError> {
    let position = input.position();
    let tag = match tag_size(variants) {
        1 => usize::from(input.byte()?),
        _ => u32::from_le_bytes(input.array()?) as usize,
    };
    if tag >= variants {
        return Err(input
            .invalid("variant", format_args!("number {tag} of {variants}"))
            .moved_to(position));
    }
    Ok(tag)
}

pub(crate) fn skip_field(
    description: &Description,
    field: &NodeField,
    input: &mut Reader<'_>,
) -> Result<(), RestoreError> {
    if field.retired && !input.flag()? {
        return Ok(());
    }
    skip(description, field.node, input)
}

fn skip_fixed(size: u64, input: &mut Reader<'_>) -> Result<(), RestoreError> {
    input.skip(usize::try_from(size).unwrap_or(usize::MAX))
}

/// The path to the innermost value at `position`, or to the value of type `stop_at` that begins there.
pub(crate) fn locate(
    description: &Description,
    input: &mut Reader<'_>,
    position: usize,
    stop_at: Option<&str>,
) -> String {
    let mut search = Search {
        description,
        position,
        stop_at,
        path: String::new(),
    };
    if matches!(
        description.nodes[0].layout,
        Layout::Struct(_) | Layout::Enum(_)
    ) {
        search.path = snake_case(description.name());
    }
    search.find(0, input);
    search.path
}

struct Search<'a> {
    description: &'a Description,
    position: usize,
    stop_at: Option<&'a str>,
    path: String,
}

impl Search<'_> {
    /// Whether the position is inside the value of `node` that comes next; then the path leads to it.
    fn find(&mut self, node: usize, input: &mut Reader<'_>) -> bool {
        let start = input.position();
        if start == self.position
            && self
                .stop_at
                .is_some_and(|name| self.description.nodes[node].name == name)
        {
            return true;
        }
        let mut past = input.clone();
        if skip(self.description, node, &mut past).is_ok() {
            let inside = start <= self.position && self.position < past.position();
            if !inside {
                *input = past;
                return false;
            }
        }
        let kept = self.path.len();
        let found = input.nested(|input| Ok(self.inside(node, input)));
        if !matches!(found, Ok(true)) {
            self.path.truncate(kept);
        }
        // The position is in this value, even where no part of it claims it.
        true
    }

    fn inside(&mut self, node: usize, input: &mut Reader<'_>) -> bool {
        let description = self.description;
        match &description.nodes[node].layout {
            Layout::Option(item) => matches!(input.flag(), Ok(true)) && self.find(*item, input),
            Layout::List { item, padded } => {
                let Ok(count) = list_len(description, *item, input) else {
                    return false;
                };
                (0..count).any(|i| {
                    self.part(format_args!("[{i}]"), *item, input)
                        || skip_padding(*padded, input).is_err()
                })
            }
            Layout::Array { item, count } => {
                (0..*count).any(|i| self.part(format_args!("[{i}]"), *item, input))
            }
            Layout::Map { key, value, padded } => {
                let Ok(count) = input.len(1) else {
                    return false;
                };
                (0..count).any(|i| {
                    self.part(format_args!("[key {i}]"), *key, input)
                        || self.part(format_args!("[value {i}]"), *value, input)
                        || skip_padding(*padded, input).is_err()
                })
            }
            Layout::Tuple(items) => items
                .iter()
                .enumerate()
                .any(|(i, item)| self.part(format_args!(".{i}"), *item, input)),
            Layout::Struct(fields) => self.fields(fields, input),
            Layout::Enum(variants) => {
                let Ok(tag) = read_tag(variants.len(), input) else {
                    return false;
                };
                let kept = self.path.len();
                let _ = write!(self.path, "::{}", variants[tag].name);
                let found = self.fields(&variants[tag].fields, input);
                if !found {
                    self.path.truncate(kept);
                }
                found
            }
            Layout::Primitive(_) | Layout::Text | Layout::Section(_) | Layout::Opaque(_) => false,
        }
    }

    fn fields(&mut self, fields: &[NodeField], input: &mut Reader<'_>) -> bool {
        fields.iter().any(|field| {
            if field.retired && !matches!(input.flag(), Ok(true)) {
                return false;
            }
            self.part(format_args!(".{}", field.name), field.node, input)
        })
    }

    fn part(&mut self, name: std::fmt::Arguments<'_>, node: usize, input: &mut Reader<'_>) -> bool {
        let kept = self.path.len();
        let _ = self.path.write_fmt(name);
        let found = self.find(node, input);
        if !found {
            self.path.truncate(kept);
        }
        found
    }
}

/// `SdCard` as the field that would hold it: `sd_card`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (i, c) in name.chars().enumerate() {
        if c.is_uppercase() && i > 0 {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}
