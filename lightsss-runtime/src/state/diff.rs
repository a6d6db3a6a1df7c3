//! What differs between two states of a model.

use std::fmt;

use super::filter::Filter;
use super::names::Names;
use super::part::{Part, index_text, range_text, split};
use super::room::Room;
use super::stored::{StoredState, elements_of};
use super::table::{Kind, Signal};
use super::value::Value;

/// A difference between two states.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Difference {
    /// A signal, or an element of an array, has another value.
    Value {
        /// Its name, with indices.
        name: String,
        /// The bits of a vector, as `[31:0]`; empty for others.
        range: String,
        /// In the first state.
        from: Value,
        /// In the second state.
        to: Value,
    },
    /// Neighbouring elements of an array have other values.
    Range {
        /// The array's name.
        name: String,
        /// Indices of the first element.
        first: Vec<u32>,
        /// Indices of the last element.
        last: Vec<u32>,
        /// The values of all of them, in both states.
        values: Vec<(Value, Value)>,
    },
    /// Only the first state has the signal.
    Gone {
        /// Its name.
        name: String,
    },
    /// Only the second state has the signal.
    New {
        /// Its name.
        name: String,
    },
    /// The signal is of another shape.
    Reshaped {
        /// Its name.
        name: String,
        /// In the first state.
        from: String,
        /// In the second state.
        to: String,
    },
}

/// Compares two states; signals come in the first state's order.
#[must_use]
pub fn differences(a: &StoredState<'_>, b: &StoredState<'_>, filter: &Filter) -> Vec<Difference> {
    differences_within(a, b, filter, &mut Room::endless())
}

/// As [`differences`], as far as there is room for.
pub(crate) fn differences_within(
    a: &StoredState<'_>,
    b: &StoredState<'_>,
    filter: &Filter,
    room: &mut Room,
) -> Vec<Difference> {
    let mut found = Vec::new();
    let same = a.table().bytes() == b.table().bytes();
    let names = Names::default();
    for signal in a.table().signals() {
        if room.is_full() {
            break;
        }
        let other = if same {
            Some(b.table().signal(signal.instance, signal.index))
        } else {
            names.exact(b.table(), &signal.name())
        };
        let Some(other) = other else {
            if filter.wants(&signal) && room.take(signal.name().len()) {
                found.push(Difference::Gone {
                    name: signal.name(),
                });
            }
            continue;
        };
        let (from, to) = (a.bytes(&signal), b.bytes(&other));
        // First the cheap question, since most signals are the same.
        if same && from == to || !filter.wants(&signal) {
            continue;
        }
        if !signal.same_shape(&other) {
            if !room.take(signal.name().len() + 512) {
                break;
            }
            found.push(Difference::Reshaped {
                name: signal.name(),
                from: shape_text(&signal),
                to: shape_text(&other),
            });
        } else if from != to {
            for part in filter.parts(&signal) {
                compare((&signal, &part), from, to, &mut found, room);
            }
        }
    }
    if !same {
        let names = Names::default();
        for signal in b.table().signals() {
            let new = filter.wants(&signal) && names.exact(a.table(), &signal.name()).is_none();
            if new && room.take(signal.name().len()) {
                found.push(Difference::New {
                    name: signal.name(),
                });
            }
        }
    }
    found
}

/// Compares a part of a signal.
fn compare(
    (signal, part): (&Signal<'_>, &Part),
    from: &[u8],
    to: &[u8],
    found: &mut Vec<Difference>,
    room: &mut Room,
) {
    let name = signal.name();
    let range = &part.range;
    let mut run: Vec<(Value, Value)> = Vec::new();
    let mut end = 0;
    let pairs = elements_of(signal, from).zip(elements_of(signal, to));
    for (at, (from, to)) in pairs.enumerate() {
        let value = |bytes| part.value(Value::of_element(signal, bytes));
        let differ = from != to && part.has(signal, at as u64);
        let values = differ.then(|| (value(from), value(to)));
        // Of a part of their bits only those count.
        if let Some(values) = values.filter(|(from, to)| !part.has_some_bits() || from != to) {
            let text = if run.is_empty() { name.len() } else { 0 };
            if !room.take(text + 4 * (from.len() + to.len())) {
                break;
            }
            run.push(values);
            end = at + 1;
        } else if !run.is_empty() {
            found.push(run_of(signal, &name, range, end, std::mem::take(&mut run)));
        }
    }
    if !run.is_empty() {
        found.push(run_of(signal, &name, range, end, run));
    }
}

/// A run of elements that differ, which ends before the element `end`.
fn run_of(
    signal: &Signal<'_>,
    name: &str,
    range: &str,
    end: usize,
    mut values: Vec<(Value, Value)>,
) -> Difference {
    let indices = |at: usize| split(at as u64, signal.dimensions());
    let first = indices(end - values.len());
    if values.len() > 1 {
        return Difference::Range {
            name: name.to_owned(),
            first,
            last: indices(end - 1),
            values,
        };
    }
    let (from, to) = values.remove(0);
    let whole = matches!(signal.kind(), Kind::Other);
    let name = if whole {
        name.to_owned()
    } else {
        format!("{name}{}", index_text(&first))
    };
    Difference::Value {
        name,
        range: range.to_owned(),
        from,
        to,
    }
}

/// What a signal is, in the words of the source language.
pub(super) fn shape_text(signal: &Signal<'_>) -> String {
    let element = match signal.kind() {
        Kind::Bits { .. } => format!("logic{}", range_text(signal)),
        Kind::Real => "real".to_owned(),
        Kind::Text => "string".to_owned(),
        Kind::Other => signal.cpp_type().to_owned(),
    };
    match index_text(signal.dimensions()) {
        dimensions if dimensions.is_empty() => element,
        dimensions => format!("{element} {dimensions}"),
    }
}

impl Difference {
    /// The name of the signal or array.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Difference::Value { name, .. }
            | Difference::Range { name, .. }
            | Difference::Gone { name }
            | Difference::New { name }
            | Difference::Reshaped { name, .. } => name,
        }
    }

    /// As a line of JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Difference::Value {
                name,
                range,
                from,
                to,
            } => serde_json::json!({
                "signal": name, "range": range, "from": from.to_json(), "to": to.to_json(),
            }),
            Difference::Range {
                name,
                first,
                last,
                values,
            } => serde_json::json!({
                "signal": name, "first": first, "last": last,
                "from": values.iter().map(|pair| pair.0.to_json()).collect::<Vec<_>>(),
                "to": values.iter().map(|pair| pair.1.to_json()).collect::<Vec<_>>(),
            }),
            Difference::Gone { name } => serde_json::json!({ "signal": name, "only_in": "first" }),
            Difference::New { name } => serde_json::json!({ "signal": name, "only_in": "second" }),
            Difference::Reshaped { name, from, to } => serde_json::json!({
                "signal": name, "shape_from": from, "shape_to": to,
            }),
        }
    }
}

/// Of a longer range only so many values are written.
const VALUES: usize = 4;

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Value {
                name,
                range,
                from,
                to,
            } => write!(f, "{name}{range}: {from} -> {to}"),
            Difference::Range {
                name,
                first,
                last,
                values,
            } => {
                write!(
                    f,
                    "{name}{}: {} elements:",
                    range_of(first, last),
                    values.len()
                )?;
                for (at, (from, to)) in values.iter().take(VALUES).enumerate() {
                    write!(f, "{} {from} -> {to}", if at == 0 { "" } else { "," })?;
                }
                f.write_str(if values.len() > VALUES { ", ..." } else { "" })
            }
            Difference::Gone { name } => write!(f, "{name}: only in the first snapshot"),
            Difference::New { name } => write!(f, "{name}: only in the second snapshot"),
            Difference::Reshaped { name, from, to } => write!(f, "{name}: {from} -> {to}"),
        }
    }
}

/// `[3..=7]`; `[0][6]..=[1][2]` where several dimensions are crossed.
pub(super) fn range_of(first: &[u32], last: &[u32]) -> String {
    match (first.split_last(), last.split_last()) {
        (Some((a, outer)), Some((b, outer_last))) if outer == outer_last => {
            format!("{}[{a}..={b}]", index_text(outer))
        }
        _ => format!("{}..={}", index_text(first), index_text(last)),
    }
}
