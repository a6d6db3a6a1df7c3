//! The values of a snapshot's signals, for people and for programs.

use std::fmt;

use super::diff::range_of;
use super::filter::Filter;
use super::part::{index_text, split};
use super::room::Room;
use super::stored::StoredState;
use super::table::Kind;
use super::value::Value;

/// A signal's value, or that of neighbouring elements which have the same.
#[derive(Clone, PartialEq, Debug)]
pub struct Shown {
    /// The signal's name.
    pub name: String,
    /// Indices of the first element; empty for what is no array.
    pub first: Vec<u32>,
    /// Indices of the last element.
    pub last: Vec<u32>,
    /// The bits of a vector, as `[31:0]`; empty for others.
    pub range: String,
    /// The value.
    pub value: Value,
}

/// The wanted signals of a snapshot, in the table's order.
#[must_use]
pub fn show(state: &StoredState<'_>, filter: &Filter) -> Vec<Shown> {
    show_within(state, filter, &mut Room::endless())
}

/// As [`show`], as far as there is room for.
pub(crate) fn show_within(state: &StoredState<'_>, filter: &Filter, room: &mut Room) -> Vec<Shown> {
    let mut shown = Vec::new();
    let parts = state.table().signals().flat_map(|signal| {
        let parts = filter.wants(&signal).then(|| filter.parts(&signal));
        let parts = parts.unwrap_or_default().into_iter();
        parts.map(move |part| (signal, part))
    });
    for (signal, part) in parts {
        let (name, range) = (signal.name(), part.range.clone());
        let indices = |at: usize| match signal.kind() {
            Kind::Other => Vec::new(),
            _ => split(at as u64, signal.dimensions()),
        };
        let mut previous: Option<Vec<u8>> = None;
        for (at, bytes) in super::stored::elements_of(&signal, state.bytes(&signal)).enumerate() {
            if !part.has(&signal, at as u64) {
                previous = None;
                continue;
            }
            if previous.as_deref() == Some(bytes)
                && let Some(last) = shown.last_mut().map(|shown: &mut Shown| &mut shown.last)
            {
                *last = indices(at);
                continue;
            }
            if !room.take(name.len() + 4 * bytes.len()) {
                return shown;
            }
            previous = Some(bytes.to_vec());
            shown.push(Shown {
                name: name.clone(),
                first: indices(at),
                last: indices(at),
                range: range.clone(),
                value: part.value(Value::of_element(&signal, bytes)),
            });
        }
    }
    shown
}

impl Shown {
    /// As a line of JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let mut line = serde_json::json!({
            "signal": self.name, "range": self.range, "value": self.value.to_json(),
        });
        if !self.first.is_empty() {
            line["first"] = self.first.clone().into();
            line["last"] = self.last.clone().into();
        }
        line
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indices = if self.first == self.last {
            index_text(&self.first)
        } else {
            range_of(&self.first, &self.last)
        };
        write!(f, "{}{indices}{}: {}", self.name, self.range, self.value)
    }
}
