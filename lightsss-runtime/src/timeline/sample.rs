//! What answers are made of.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::state::Value;

/// A signal's or field's value at a cycle.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Sample {
    /// Of a signal or field that is one value.
    One(Value),
    /// Of an array, a list, or a range of one: in the order of the indices.
    Many(Vec<Value>),
}

impl Sample {
    /// The value, if it is one.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::One(value) => Some(value),
            Self::Many(_) => None,
        }
    }

    /// As an integer, where it is one and fits.
    #[must_use]
    pub fn to_u128(&self) -> Option<u128> {
        match self.value()? {
            Value::Bits(bits) => bits.to_u128(),
            Value::Signed(value) => (*value).try_into().ok(),
            _ => None,
        }
    }

    /// As JSON: one value as [`Value::to_json`], several as a list.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::One(value) => value.to_json(),
            Self::Many(values) => values.iter().map(Value::to_json).collect(),
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(value) => value.fmt(f),
            Self::Many(values) => {
                f.write_str("[")?;
                for (at, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
        }
    }
}

/// A change of a signal or field.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// The first cycle with the new value.
    pub cycle: u64,
    /// The value before.
    pub from: Sample,
    /// The new value.
    pub to: Sample,
}

/// The values of one name over a stretch of cycles.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Values {
    /// The name that was asked for.
    pub name: String,
    /// The value at the stretch's first cycle, and each other one with the first cycle that has it.
    pub changes: Vec<(u64, Sample)>,
}

impl Values {
    /// The value at a cycle of the stretch.
    #[must_use]
    pub fn at(&self, cycle: u64) -> Option<&Sample> {
        let behind = self.changes.partition_point(|(at, _)| *at <= cycle);
        self.changes
            .get(behind.checked_sub(1)?)
            .map(|(_, value)| value)
    }
}

/// A name that can be asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignalInfo {
    /// The name.
    pub name: String,
    /// Of a vector, its bits as `[31:0]`; empty for others.
    pub range: String,
    /// Bits of a value; 0 where there is no fixed number.
    pub width: u32,
    /// The lengths of an array's dimensions, the slowest first.
    pub dimensions: Vec<u32>,
    /// Where it is.
    pub place: SignalPlace,
}

/// Where a name is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SignalPlace {
    /// A variable of a model.
    Model,
    /// A field of the harness.
    Harness,
    /// A wire that only a waveform shows.
    Wire,
}

/// How a stretch of a run ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Ended {
    /// The cycle that was to be reached is reached.
    Reached,
    /// The simulation says that it is done.
    Done,
    /// A step failed, with this message.
    Failed(String),
}
