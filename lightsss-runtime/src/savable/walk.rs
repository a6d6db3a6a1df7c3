//! Walks a stream by its description alone: [`parts`] shows a [`Visitor`] what lies in a value.
//!
//! [`skip`] goes past what a program no longer has, and [`locate`] names the field at a position.
//!
//! Descriptions come from strangers. A walk takes time linear in the stream: what takes no bytes is not walked
//! through, and everything else takes some.

use std::fmt::{self, Write as _};

use super::describe::{Description, Layout, NodeField};
use super::size::tag_size;
use super::{Primitive, Reader, RestoreError, SectionKind};

/// Which part of a value comes next. Shown as what a path gains by it.
#[derive(Clone, Copy)]
pub(crate) enum PartName<'d> {
    /// What an option holds.
    Inside,
    /// Of a list or an array.
    Item(u64),
    /// Of a map.
    Key(usize),
    /// Of a map.
    Value(usize),
    /// Of a tuple.
    Element(usize),
    Field {
        name: &'d str,
        retired: bool,
    },
}

impl fmt::Display for PartName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PartName::Inside => Ok(()),
            PartName::Item(index) => write!(f, "[{index}]"),
            PartName::Key(index) => write!(f, "[key {index}]"),
            PartName::Value(index) => write!(f, "[value {index}]"),
            PartName::Element(index) => write!(f, ".{index}"),
            PartName::Field { name, .. } => write!(f, ".{name}"),
        }
    }
}

/// What stands in front of the parts of a value, and has been read.
pub(crate) enum Head<'d> {
    Option {
        there: bool,
    },
    List {
        item: usize,
    },
    Map {
        key: usize,
        value: usize,
        padded: bool,
    },
    Variant {
        name: &'d str,
        tag: usize,
        variants: usize,
    },
    RetiredField,
}

/// The items of a list or an array.
#[derive(Clone, Copy)]
pub(crate) struct Items {
    pub(crate) node: usize,
    pub(crate) count: u64,
    /// Each is followed by a byte.
    pub(crate) padded: bool,
}

/// A value that has no parts.
#[derive(Clone, Copy)]
pub(crate) enum Leaf {
    Primitive(Primitive),
    Section(SectionKind),
    /// With their length in front.
    Bytes,
}

/// How a visitor's step ends.
pub(crate) type Walked = Result<(), RestoreError>;

/// Sees the parts of a value, in the order of the stream.
pub(crate) trait Visitor<'a>: Sized {
    /// Why a walk ends early.
    type Stop: From<RestoreError>;

    /// Whether it sees items and fields that take no bytes, too. Then it bounds the walk itself.
    const SEES_EMPTY: bool = false;

    /// Goes past a part.
    fn part(
        &mut self,
        name: PartName<'_>,
        node: usize,
        input: &mut Reader<'a>,
    ) -> Result<(), Self::Stop>;

    /// Goes past a value that has no parts.
    fn leaf(&mut self, leaf: Leaf, input: &mut Reader<'a>) -> Result<(), Self::Stop> {
        Ok(skip_leaf(leaf, input)?)
    }

    fn head(&mut self, head: Head<'_>) -> Result<(), Self::Stop> {
        let _ = head;
        Ok(())
    }

    /// Goes past the items of a list or an array.
    fn items(&mut self, items: Items, input: &mut Reader<'a>) -> Result<(), Self::Stop> {
        each_item(self, items, input)
    }

    /// Goes past the byte behind an item, if there is one.
    fn padding(&mut self, padded: bool, input: &mut Reader<'a>) -> Result<(), Self::Stop> {
        Ok(skip_padding(padded, input)?)
    }
}

/// Shows the parts of the value of `node` that comes next.
pub(crate) fn parts<'a, V: Visitor<'a>>(
    description: &Description,
    node: usize,
    input: &mut Reader<'a>,
    visitor: &mut V,
) -> Result<(), V::Stop> {
    match &description.nodes[node].layout {
        Layout::Primitive(primitive) => visitor.leaf(Leaf::Primitive(*primitive), input),
        Layout::Section(kind) => visitor.leaf(Leaf::Section(*kind), input),
        Layout::Text | Layout::Opaque(_) => visitor.leaf(Leaf::Bytes, input),
        Layout::Option(item) => {
            let there = input.flag()?;
            visitor.head(Head::Option { there })?;
            if there {
                visitor.part(PartName::Inside, *item, input)?;
            }
            Ok(())
        }
        Layout::List { item, padded } => {
            let count = list_len(description, *item, input)?;
            visitor.head(Head::List { item: *item })?;
            let items = Items {
                node: *item,
                count: count as u64,
                padded: *padded,
            };
            visitor.items(items, input)
        }
        Layout::Array { item, count } => {
            let items = Items {
                node: *item,
                count: *count,
                padded: false,
            };
            visitor.items(items, input)
        }
        Layout::Map { key, value, padded } => {
            let (key, value, padded) = (*key, *value, *padded);
            let count = input.len(1)?;
            visitor.head(Head::Map { key, value, padded })?;
            for index in 0..count {
                visitor.part(PartName::Key(index), key, input)?;
                visitor.part(PartName::Value(index), value, input)?;
                visitor.padding(padded, input)?;
            }
            Ok(())
        }
        Layout::Tuple(items) if V::SEES_EMPTY => (0..)
            .zip(items)
            .try_for_each(|(number, item)| visitor.part(PartName::Element(number), *item, input)),
        Layout::Tuple(_) => description
            .parts(node, 0)
            .iter()
            .try_for_each(|part| visitor.part(PartName::Element(part.number), part.node, input)),
        Layout::Struct(list) => fields(description, (node, 0), list, input, visitor),
        Layout::Enum(variants) => {
            let tag = read_tag(variants.len(), input)?;
            let variant = &variants[tag];
            visitor.head(Head::Variant {
                name: &variant.name,
                tag,
                variants: variants.len(),
            })?;
            fields(description, (node, tag), &variant.fields, input, visitor)
        }
    }
}

fn fields<'a, V: Visitor<'a>>(
    description: &Description,
    (node, variant): (usize, usize),
    fields: &[NodeField],
    input: &mut Reader<'a>,
    visitor: &mut V,
) -> Result<(), V::Stop> {
    let mut show = |field: &NodeField| {
        if field.retired {
            let there = input.flag()?;
            visitor.head(Head::RetiredField)?;
            if !there {
                return Ok(());
            }
        }
        let name = PartName::Field {
            name: &field.name,
            retired: field.retired,
        };
        visitor.part(name, field.node, input)
    };
    if V::SEES_EMPTY {
        return fields.iter().try_for_each(show);
    }
    let mut parts = description.parts(node, variant).iter();
    parts.try_for_each(|part| show(&fields[part.number]))
}

/// Shows items one by one.
pub(crate) fn each_item<'a, V: Visitor<'a>>(
    visitor: &mut V,
    items: Items,
    input: &mut Reader<'a>,
) -> Result<(), V::Stop> {
    for index in 0..items.count {
        visitor.part(PartName::Item(index), items.node, input)?;
        visitor.padding(items.padded, input)?;
    }
    Ok(())
}

/// Goes past a value of `node`.
pub(crate) fn skip(description: &Description, node: usize, input: &mut Reader<'_>) -> Walked {
    if let Some(size) = description.sizes[node] {
        return skip_fixed(size, input);
    }
    input.nested(|input| parts(description, node, input, &mut Skip(description)))
}

struct Skip<'d>(&'d Description);

impl<'a> Visitor<'a> for Skip<'_> {
    type Stop = RestoreError;

    fn part(&mut self, _: PartName<'_>, node: usize, input: &mut Reader<'a>) -> Walked {
        skip(self.0, node, input)
    }

    fn items(&mut self, items: Items, input: &mut Reader<'a>) -> Walked {
        if let (Some(size), false) = (self.0.sizes[items.node], items.padded) {
            return skip_fixed(size.saturating_mul(items.count), input);
        }
        each_item(self, items, input)
    }
}

/// Goes past a value that has no parts.
pub(crate) fn skip_leaf(leaf: Leaf, input: &mut Reader<'_>) -> Walked {
    match leaf {
        Leaf::Primitive(primitive) => input.skip(primitive.size()),
        // Its number.
        Leaf::Section(_) => input.skip(4),
        Leaf::Bytes => {
            let len = input.len(1)?;
            input.skip(len)
        }
    }
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

pub(crate) fn skip_padding(padded: bool, input: &mut Reader<'_>) -> Walked {
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
) -> Walked {
    if field.retired && !input.flag()? {
        return Ok(());
    }
    skip(description, field.node, input)
}

fn skip_fixed(size: u64, input: &mut Reader<'_>) -> Walked {
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
        let end = input.nested(|input| Ok(parts(self.description, node, input, self)));
        if !matches!(end, Ok(Err(SearchEnd::Found))) {
            self.path.truncate(kept);
        }
        // The position is in this value, even where no part of it claims it.
        true
    }
}

/// Why a search ends.
enum SearchEnd {
    /// The path leads to the value.
    Found,
    /// What is left of the stream cannot be read.
    Unreadable,
}

impl From<RestoreError> for SearchEnd {
    fn from(_: RestoreError) -> SearchEnd {
        SearchEnd::Unreadable
    }
}

impl<'a> Visitor<'a> for Search<'_> {
    type Stop = SearchEnd;

    // One that takes no bytes may have been rejected by its type.
    const SEES_EMPTY: bool = true;

    fn part(
        &mut self,
        name: PartName<'_>,
        node: usize,
        input: &mut Reader<'a>,
    ) -> Result<(), SearchEnd> {
        let kept = self.path.len();
        let _ = write!(self.path, "{name}");
        if self.find(node, input) {
            return Err(SearchEnd::Found);
        }
        self.path.truncate(kept);
        Ok(())
    }

    fn head(&mut self, head: Head<'_>) -> Result<(), SearchEnd> {
        if let Head::Variant { name, .. } = head {
            let _ = write!(self.path, "::{name}");
        }
        Ok(())
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
