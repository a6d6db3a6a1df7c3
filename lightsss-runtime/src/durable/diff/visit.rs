//! Goes through a stream's values with their paths, once.

use super::fields::Side;
use super::path::{Path, Steps};
use crate::savable::describe::{Description, Layout, NodeField, NodeVariant};
use crate::savable::walk::{list_len, read_tag, skip, skip_padding};
use crate::savable::{MAX_DEPTH, RestoreError, RestoreErrorKind};

/// Which of a value's parts are to be visited.
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
    pub node: usize,
    pub layout: &'v Layout,
    pub value: Value<'v>,
}

/// What a value turned out to be.
pub(super) enum Value<'v> {
    /// Bytes, and no parts to be visited.
    Plain(&'v [u8]),
    /// So many items of a list or an array.
    Items(u64),
    Variant(&'v NodeVariant),
    /// A struct, a tuple, or an option that holds something.
    Whole,
}

/// Shows the stream's value and its parts to `see`, the whole before its parts. Gives false if it had to stop looking.
pub(super) fn visit(
    side: Side<'_>,
    see: &mut dyn FnMut(Seen<'_>) -> Parts,
) -> Result<bool, RestoreError> {
    let mut walk = Walk {
        description: side.description,
        steps: Steps::through(side.input.remaining()),
        side,
        path: Path::default(),
        depth: 0,
        stopped: false,
        see,
    };
    walk.value(0)?;
    Ok(!walk.stopped)
}

struct Walk<'a, 's> {
    description: &'a Description,
    side: Side<'a>,
    path: Path,
    steps: Steps,
    depth: u32,
    stopped: bool,
    see: &'s mut dyn FnMut(Seen<'_>) -> Parts,
}

impl Walk<'_, '_> {
    fn value(&mut self, node: usize) -> Result<(), RestoreError> {
        if self.stopped || !self.steps.take(1) {
            self.stopped = true;
            return skip(self.description, node, &mut self.side.input);
        }
        // What is of one size is not nested for `skip`.
        if self.depth == MAX_DEPTH {
            let kind = RestoreErrorKind::TooDeep { limit: MAX_DEPTH };
            return Err(self.side.input.error(kind));
        }
        self.depth += 1;
        self.look(node)?;
        self.depth -= 1;
        Ok(())
    }

    fn look(&mut self, node: usize) -> Result<(), RestoreError> {
        let description = self.description;
        let layout = &description.nodes[node].layout;
        let start = self.side.input.mark();
        let value = match layout {
            // It could have any number of parts.
            _ if description.is_empty(node) => Value::Plain(&[]),
            Layout::Struct(_) | Layout::Tuple(_) => Value::Whole,
            Layout::Option(_) if self.side.input.flag()? => Value::Whole,
            Layout::Option(_) => Value::Plain(self.side.input.since(start)),
            Layout::List { item, .. } => {
                Value::Items(list_len(description, *item, &mut self.side.input)? as u64)
            }
            Layout::Array { count, .. } => Value::Items(*count),
            Layout::Enum(variants) => {
                Value::Variant(&variants[read_tag(variants.len(), &mut self.side.input)?])
            }
            Layout::Primitive(_)
            | Layout::Text
            | Layout::Map { .. }
            | Layout::Section(_)
            | Layout::Opaque(_) => Value::Plain(self.side.pass(node)?),
        };
        let wanted = (self.see)(Seen {
            path: self.path.text(),
            node,
            layout,
            value,
        });
        let plain = description.is_empty(node);
        if wanted == Parts::None && !plain {
            self.side.input.back_to(start);
            return skip(description, node, &mut self.side.input);
        }
        match layout {
            _ if plain => Ok(()),
            Layout::Struct(fields) => self.fields(fields),
            Layout::Tuple(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(index, item)| self.part(format_args!(".{index}"), *item)),
            Layout::Option(item) if self.side.input.since(start) == [1] => self.value(*item),
            Layout::Enum(variants) => {
                self.side.input.back_to(start);
                let variant = &variants[read_tag(variants.len(), &mut self.side.input)?];
                let kept = self.path.add(format_args!("::{}", variant.name));
                self.fields(&variant.fields)?;
                self.path.cut(kept);
                Ok(())
            }
            Layout::List { item, padded } => {
                self.side.input.back_to(start);
                let count = list_len(description, *item, &mut self.side.input)? as u64;
                self.items(*item, count, *padded, wanted)
            }
            Layout::Array { item, count } => self.items(*item, *count, false, wanted),
            Layout::Option(_)
            | Layout::Primitive(_)
            | Layout::Text
            | Layout::Map { .. }
            | Layout::Section(_)
            | Layout::Opaque(_) => Ok(()),
        }
    }

    fn items(
        &mut self,
        item: usize,
        count: u64,
        padded: bool,
        wanted: Parts,
    ) -> Result<(), RestoreError> {
        for index in 0..count {
            if wanted == Parts::First && index > 0 {
                skip(self.description, item, &mut self.side.input)?;
            } else {
                self.part(format_args!("[{index}]"), item)?;
            }
            skip_padding(padded, &mut self.side.input)?;
        }
        Ok(())
    }

    fn fields(&mut self, fields: &[NodeField]) -> Result<(), RestoreError> {
        for field in fields {
            if !field.retired || self.side.input.flag()? {
                self.part(format_args!(".{}", field.name), field.node)?;
            }
        }
        Ok(())
    }

    fn part(&mut self, name: std::fmt::Arguments<'_>, node: usize) -> Result<(), RestoreError> {
        let kept = self.path.add(name);
        self.value(node)?;
        self.path.cut(kept);
        Ok(())
    }
}
