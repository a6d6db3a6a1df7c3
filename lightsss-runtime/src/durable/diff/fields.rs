//! Walks two streams side by side, by their descriptions, and names what differs.

use std::collections::HashMap;
use std::rc::Rc;

use super::difference::Difference;
use super::displayed::{Displayed, displayed};
use super::path::{Path, Steps, TextRoom};
use crate::savable::describe::{Description, Layout, NodeField, NodeVariant};
use crate::savable::walk::{list_len, read_tag, skip, skip_field, skip_padding};
use crate::savable::{MAX_DEPTH, Reader, RestoreError, RestoreErrorKind};
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
    room: TextRoom,
    full: bool,
}

impl<'f> Found<'f> {
    pub(super) fn new(most: usize, filter: &'f Filter) -> Self {
        Self {
            filter,
            list: Vec::new(),
            most,
            room: TextRoom::new(),
            full: false,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    pub(super) fn into_list(self) -> Vec<Difference> {
        self.list
    }

    fn add(&mut self, path: &Path, a: Option<Displayed>, b: Option<Displayed>) {
        let path = path.text();
        if !self.filter.wants_path(path) {
            return;
        }
        let size = |displayed: &Option<Displayed>| displayed.as_ref().map_or(0, Displayed::size);
        if self.list.len() == self.most || !self.room.take(path.len() + size(&a) + size(&b)) {
            self.full = true;
            return;
        }
        self.list.push(Difference::new(path.to_owned(), a, b));
    }
}

/// Compares two whole streams.
pub(super) fn compare(
    mut a: Side<'_>,
    mut b: Side<'_>,
    found: &mut Found<'_>,
) -> Result<(), RestoreError> {
    let bytes = a.input.remaining().saturating_add(b.input.remaining());
    let mut compare = Compare {
        found,
        path: Path::default(),
        steps: Steps::through(bytes),
        depth: 0,
        same_type: HashMap::new(),
        partners: HashMap::new(),
    };
    compare.values(&mut a, 0, &mut b, 0)
}

struct Compare<'c, 'f> {
    found: &'c mut Found<'f>,
    path: Path,
    steps: Steps,
    depth: u32,
    /// Whether two nodes have types of one name.
    same_type: HashMap<(usize, usize), bool>,
    /// By a node and variant of each.
    partners: HashMap<[usize; 4], Rc<Partners>>,
}

/// Which fields of two structs or variants have one name.
struct Partners {
    /// By the first one's fields: the second one's.
    of_a: Vec<Option<usize>>,
    /// The second one's fields that the first one has not.
    only_b: Vec<usize>,
}

impl Partners {
    fn find(a: &[NodeField], b: &[NodeField]) -> Self {
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        for (number, field) in b.iter().enumerate() {
            numbers.entry(&field.name).or_insert(number);
        }
        let of_a: Vec<Option<usize>> = a.iter().map(|field| numbers.remove(&*field.name)).collect();
        let mut only_b = vec![true; b.len()];
        of_a.iter()
            .flatten()
            .for_each(|number| only_b[*number] = false);
        Self {
            of_a,
            only_b: (0..b.len()).filter(|number| only_b[*number]).collect(),
        }
    }
}

impl Compare<'_, '_> {
    /// Compares the next values of both; goes past both, unless enough was found.
    fn values(
        &mut self,
        a: &mut Side<'_>,
        node_a: usize,
        b: &mut Side<'_>,
        node_b: usize,
    ) -> Result<(), RestoreError> {
        if !self.steps.take(1) {
            self.found.full = true;
        }
        if self.found.full {
            return Ok(());
        }
        let (inside_a, inside_b) = (a.clone(), b.clone());
        let bytes_a = a.pass(node_a)?;
        let bytes_b = b.pass(node_b)?;
        if bytes_a == bytes_b && self.same_type(a.description, node_a, b.description, node_b) {
            return Ok(());
        }
        // What is of one size is not nested for `skip`.
        if self.depth == MAX_DEPTH {
            let kind = RestoreErrorKind::TooDeep { limit: MAX_DEPTH };
            return Err(inside_a.input.error(kind));
        }
        self.depth += 1;
        self.parts((inside_a, node_a, bytes_a), (inside_b, node_b, bytes_b))?;
        self.depth -= 1;
        Ok(())
    }

    fn same_type(
        &mut self,
        a: &Description,
        node_a: usize,
        b: &Description,
        node_b: usize,
    ) -> bool {
        *self
            .same_type
            .entry((node_a, node_b))
            .or_insert_with(|| a.type_name(node_a) == b.type_name(node_b))
    }

    /// Compares two values that differ, part by part where they have parts.
    fn parts(
        &mut self,
        (mut a, node_a, bytes_a): (Side<'_>, usize, &[u8]),
        (mut b, node_b, bytes_b): (Side<'_>, usize, &[u8]),
    ) -> Result<(), RestoreError> {
        match (a.layout(node_a), b.layout(node_b)) {
            // They could have any number of parts.
            _ if bytes_a.is_empty() && bytes_b.is_empty() => {
                self.whole((&a, node_a, bytes_a), (&b, node_b, bytes_b));
            }
            (Layout::Struct(fields_a), Layout::Struct(fields_b)) => {
                let key = [node_a, 0, node_b, 0];
                return self.fields(key, (a, fields_a), (b, fields_b));
            }
            (Layout::Tuple(items_a), Layout::Tuple(items_b)) if items_a.len() == items_b.len() => {
                for (index, (item_a, item_b)) in items_a.iter().zip(items_b).enumerate() {
                    self.item(
                        format_args!(".{index}"),
                        (&mut a, *item_a),
                        (&mut b, *item_b),
                    )?;
                }
            }
            (Layout::Option(item_a), Layout::Option(item_b))
                if bytes_a.first() == Some(&1) && bytes_b.first() == Some(&1) =>
            {
                a.input.skip(1)?;
                b.input.skip(1)?;
                return self.values(&mut a, *item_a, &mut b, *item_b);
            }
            (Layout::Enum(variants_a), Layout::Enum(variants_b)) => {
                return self.variants((a, node_a, variants_a), (b, node_b, variants_b));
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
                let count_a = list_len(a.description, *item_a, &mut a.input)?;
                let count_b = list_len(b.description, *item_b, &mut b.input)?;
                if count_a != count_b {
                    let items = |count| Some(Displayed::items(count as u64));
                    self.found.add(&self.path, items(count_a), items(count_b));
                }
                for index in 0..count_a.min(count_b) {
                    self.item(
                        format_args!("[{index}]"),
                        (&mut a, *item_a),
                        (&mut b, *item_b),
                    )?;
                    if self.found.full {
                        break;
                    }
                    skip_padding(*padded_a, &mut a.input)?;
                    skip_padding(*padded_b, &mut b.input)?;
                }
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
            ) if count_a == count_b => {
                for index in 0..*count_a {
                    self.item(
                        format_args!("[{index}]"),
                        (&mut a, *item_a),
                        (&mut b, *item_b),
                    )?;
                    if self.found.full {
                        break;
                    }
                }
            }
            // Of different layouts, or without parts that are shown.
            (
                Layout::Struct(_)
                | Layout::Tuple(_)
                | Layout::Option(_)
                | Layout::Enum(_)
                | Layout::List { .. }
                | Layout::Array { .. }
                | Layout::Map { .. }
                | Layout::Primitive(_)
                | Layout::Text
                | Layout::Section(_)
                | Layout::Opaque(_),
                _,
            ) => self.whole((&a, node_a, bytes_a), (&b, node_b, bytes_b)),
        }
        Ok(())
    }

    fn variants(
        &mut self,
        (mut a, node_a, variants_a): (Side<'_>, usize, &[NodeVariant]),
        (mut b, node_b, variants_b): (Side<'_>, usize, &[NodeVariant]),
    ) -> Result<(), RestoreError> {
        let tag_a = read_tag(variants_a.len(), &mut a.input)?;
        let tag_b = read_tag(variants_b.len(), &mut b.input)?;
        let (of_a, of_b) = (&variants_a[tag_a], &variants_b[tag_b]);
        if of_a.name != of_b.name {
            let (a, b) = (Displayed::name(&of_a.name), Displayed::name(&of_b.name));
            self.found.add(&self.path, Some(a), Some(b));
            return Ok(());
        }
        let kept = self.path.add(format_args!("::{}", of_a.name));
        let key = [node_a, tag_a, node_b, tag_b];
        self.fields(key, (a, &of_a.fields), (b, &of_b.fields))?;
        self.path.cut(kept);
        Ok(())
    }

    /// Tells of two values as they are.
    fn whole(
        &mut self,
        (a, node_a, bytes_a): (&Side<'_>, usize, &[u8]),
        (b, node_b, bytes_b): (&Side<'_>, usize, &[u8]),
    ) {
        let (a, b) = (a.displayed(node_a, bytes_a), b.displayed(node_b, bytes_b));
        self.found.add(&self.path, Some(a), Some(b));
    }

    fn item(
        &mut self,
        name: std::fmt::Arguments<'_>,
        (a, node_a): (&mut Side<'_>, usize),
        (b, node_b): (&mut Side<'_>, usize),
    ) -> Result<(), RestoreError> {
        if self.found.full {
            return Ok(());
        }
        let kept = self.path.add(name);
        self.values(a, node_a, b, node_b)?;
        self.path.cut(kept);
        Ok(())
    }

    /// Compares fields by name, whatever their order.
    fn fields(
        &mut self,
        key: [usize; 4],
        (mut a, fields_a): (Side<'_>, &[NodeField]),
        (mut b, fields_b): (Side<'_>, &[NodeField]),
    ) -> Result<(), RestoreError> {
        if !self.steps.take(fields_a.len() + fields_b.len()) {
            self.found.full = true;
            return Ok(());
        }
        let partners = self
            .partners
            .entry(key)
            .or_insert_with(|| Rc::new(Partners::find(fields_a, fields_b)));
        let partners = Rc::clone(partners);
        let starts_a = a.starts(fields_a)?;
        let mut starts_b = b.starts(fields_b)?;
        for ((field_a, in_a), partner) in fields_a.iter().zip(starts_a).zip(&partners.of_a) {
            let kept = self.path.add(format_args!(".{}", field_a.name));
            let in_b = partner.and_then(|number| Some((number, starts_b[number].take()?)));
            match (in_a, in_b) {
                (Some(mut in_a), Some((number, mut in_b))) => {
                    self.values(&mut in_a, field_a.node, &mut in_b, fields_b[number].node)?;
                }
                (Some(mut in_a), None) => {
                    let bytes = in_a.pass(field_a.node)?;
                    let displayed = in_a.displayed(field_a.node, bytes);
                    self.found.add(&self.path, Some(displayed), None);
                }
                (None, Some((number, in_b))) => self.only_b(in_b, fields_b[number].node)?,
                (None, None) => {}
            }
            self.path.cut(kept);
        }
        for number in &partners.only_b {
            if let Some(in_b) = starts_b[*number].take() {
                let field = &fields_b[*number];
                let kept = self.path.add(format_args!(".{}", field.name));
                self.only_b(in_b, field.node)?;
                self.path.cut(kept);
            }
        }
        Ok(())
    }

    fn only_b(&mut self, mut b: Side<'_>, node: usize) -> Result<(), RestoreError> {
        let bytes = b.pass(node)?;
        let displayed = b.displayed(node, bytes);
        self.found.add(&self.path, None, Some(displayed));
        Ok(())
    }
}

impl<'a> Side<'a> {
    fn layout(&self, node: usize) -> &'a Layout {
        &self.description.nodes[node].layout
    }

    fn displayed(&self, node: usize, bytes: &[u8]) -> Displayed {
        displayed(self.description, node, bytes)
    }

    /// Goes past a value and gives its bytes.
    pub(super) fn pass(&mut self, node: usize) -> Result<&'a [u8], RestoreError> {
        let start = self.input.mark();
        skip(self.description, node, &mut self.input)?;
        Ok(self.input.since(start))
    }

    /// Where each field begins; `None` for one that is no longer stored.
    fn starts(&mut self, fields: &[NodeField]) -> Result<Vec<Option<Self>>, RestoreError> {
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
