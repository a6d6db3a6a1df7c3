//! Where the fields of a present struct or variant are in the stored one: looked up once, not for each value.

use std::collections::HashMap;

use crate::savable::describe::{Description, NodeField};

/// Where a present field is among the stored ones.
#[derive(Debug, Clone, Copy)]
pub(super) enum StoredPosition {
    /// It is not stored.
    Nowhere,
    /// It is the stored field of that number, and comes next.
    Next(usize),
    /// It is the stored field of that number, with bytes: the `start`-th of those.
    At { number: usize, start: usize },
    /// It is the stored field of that number, which takes no bytes.
    Empty(usize),
}

pub(super) struct Places {
    /// Whether both have the same fields in the same order.
    pub(super) ordered: bool,
    /// The numbers of the stored fields that take bytes.
    pub(super) with_bytes: Vec<usize>,
    /// By the numbers of the present fields.
    pub(super) of_present: Vec<StoredPosition>,
}

impl Places {
    pub(super) fn find(stored: &Description, old: &[NodeField], new: &[NodeField]) -> Self {
        let ordered = old
            .iter()
            .map(|field| &field.name)
            .eq(new.iter().map(|field| &field.name));
        if ordered {
            return Self {
                ordered: true,
                with_bytes: Vec::new(),
                of_present: (0..new.len()).map(StoredPosition::Next).collect(),
            };
        }
        let mut with_bytes = Vec::new();
        let mut known: HashMap<&str, StoredPosition> = HashMap::new();
        for (number, field) in old.iter().enumerate() {
            let place = if !field.retired && stored.is_empty(field.node) {
                StoredPosition::Empty(number)
            } else {
                with_bytes.push(number);
                let start = with_bytes.len() - 1;
                StoredPosition::At { number, start }
            };
            known.entry(&field.name).or_insert(place);
        }
        let place = |field: &NodeField| known.get(&*field.name).copied();
        Self {
            ordered: false,
            of_present: new
                .iter()
                .map(|field| place(field).unwrap_or(StoredPosition::Nowhere))
                .collect(),
            with_bytes,
        }
    }
}
