//! Goes through a stream's values with their paths, once.

use super::fields::Side;
use super::path::{Path, Steps};
use crate::savable::describe::{Description, Layout, NodeVariant};
use crate::savable::walk::{
    self, Head, Items, PartName, Visitor, Walked, list_len, read_tag, skip,
};
use crate::savable::{MAX_DEPTH, Reader, RestoreError, RestoreErrorKind};

/// Which of a value's parts are to be visited.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum WantedParts {
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
    pub value: SeenValue<'v>,
}

/// What a value turned out to be.
pub(super) enum SeenValue<'v> {
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
    see: &mut dyn FnMut(Seen<'_>) -> WantedParts,
) -> Result<bool, RestoreError> {
    let mut input = side.input;
    let mut walk = ValueWalk {
        description: side.description,
        steps: Steps::through(input.remaining()),
        path: Path::default(),
        depth: 0,
        stopped: false,
        wanted: WantedParts::All,
        see,
    };
    walk.value(0, &mut input)?;
    Ok(!walk.stopped)
}

struct ValueWalk<'d, 's> {
    description: &'d Description,
    path: Path,
    steps: Steps,
    depth: u32,
    stopped: bool,
    /// Of the list or array whose items come next.
    wanted: WantedParts,
    see: &'s mut dyn FnMut(Seen<'_>) -> WantedParts,
}

impl ValueWalk<'_, '_> {
    fn value(&mut self, node: usize, input: &mut Reader<'_>) -> Walked {
        if self.stopped || !self.steps.take(1) {
            self.stopped = true;
            return skip(self.description, node, input);
        }
        // What is of one size is not nested for `skip`.
        if self.depth == MAX_DEPTH {
            return Err(input.error(RestoreErrorKind::TooDeep { limit: MAX_DEPTH }));
        }
        self.depth += 1;
        self.look(node, input)?;
        self.depth -= 1;
        Ok(())
    }

    fn look(&mut self, node: usize, input: &mut Reader<'_>) -> Walked {
        let description = self.description;
        let layout = &description.nodes[node].layout;
        let start = input.mark();
        let value = match layout {
            // It could have any number of parts.
            _ if description.is_empty(node) => SeenValue::Plain(&[]),
            Layout::Struct(_) | Layout::Tuple(_) => SeenValue::Whole,
            Layout::Option(_) if input.flag()? => SeenValue::Whole,
            Layout::Option(_) => SeenValue::Plain(input.since(start)),
            Layout::List { item, .. } => {
                SeenValue::Items(list_len(description, *item, input)? as u64)
            }
            Layout::Array { count, .. } => SeenValue::Items(*count),
            Layout::Enum(variants) => {
                SeenValue::Variant(&variants[read_tag(variants.len(), input)?])
            }
            Layout::Primitive(_)
            | Layout::Text
            | Layout::Map { .. }
            | Layout::Section(_)
            | Layout::Opaque(_) => {
                skip(description, node, input)?;
                SeenValue::Plain(input.since(start))
            }
        };
        let is_plain = matches!(value, SeenValue::Plain(_));
        let wanted = (self.see)(Seen {
            path: self.path.text(),
            node,
            layout,
            value,
        });
        if is_plain {
            return Ok(());
        }
        input.back_to(start);
        if wanted == WantedParts::None {
            return skip(description, node, input);
        }
        self.wanted = wanted;
        let kept = self.path.len();
        walk::parts(description, node, input, self)?;
        self.path.cut(kept);
        Ok(())
    }
}

impl<'a> Visitor<'a> for ValueWalk<'_, '_> {
    type Stop = RestoreError;

    const SEES_EMPTY: bool = true;

    fn part(&mut self, name: PartName<'_>, node: usize, input: &mut Reader<'a>) -> Walked {
        let kept = self.path.add(format_args!("{name}"));
        self.value(node, input)?;
        self.path.cut(kept);
        Ok(())
    }

    fn head(&mut self, head: Head<'_>) -> Walked {
        if let Head::Variant { name, .. } = head {
            self.path.add(format_args!("::{name}"));
        }
        Ok(())
    }

    fn items(&mut self, items: Items, input: &mut Reader<'a>) -> Walked {
        let only_first = self.wanted == WantedParts::First;
        for index in 0..items.count {
            if only_first && index > 0 {
                skip(self.description, items.node, input)?;
            } else {
                self.part(PartName::Item(index), items.node, input)?;
            }
            self.padding(items.padded, input)?;
        }
        Ok(())
    }
}
