//! Numbers of conditions: exact integers with the width that `~` needs, real numbers, texts.

use std::cmp::Ordering;

use crate::state::{Bits, Value};

/// A value within a condition.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::timeline) enum Number {
    Integer {
        value: i128,
        /// Of a vector; nothing for what was computed.
        width: Option<u32>,
    },
    /// A vector that no `i128` holds.
    Wide(Bits),
    Real(f64),
    Text(String),
    /// Divided by zero, or too large.
    Unknown,
}

impl Number {
    pub(in crate::timeline) fn of_word(word: u64, width: u32) -> Self {
        Self::Integer {
            value: word.into(),
            width: Some(width),
        }
    }

    pub(in crate::timeline) fn of_value(value: &Value) -> Self {
        match value {
            Value::Bits(bits) => match bits.to_u128().and_then(|bits| bits.try_into().ok()) {
                Some(value) => Self::Integer {
                    value,
                    width: Some(bits.width()),
                },
                None => Self::Wide(bits.clone()),
            },
            Value::Signed(value) => Self::Integer {
                value: *value,
                width: None,
            },
            Value::Real(value) => Self::Real(*value),
            Value::Text(text) => Self::Text(text.clone()),
            Value::Opaque(_) => Self::Unknown,
        }
    }

    pub(super) fn integer(value: i128) -> Self {
        Self::Integer { value, width: None }
    }

    pub(super) fn flag(value: bool) -> Self {
        Self::Integer {
            value: value.into(),
            width: Some(1),
        }
    }

    /// Whether it is not zero; an unknown is nothing.
    pub(super) fn truth(&self) -> bool {
        match self {
            Self::Integer { value, .. } => *value != 0,
            Self::Wide(bits) => bits.words().iter().any(|word| *word != 0),
            Self::Real(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Unknown => false,
        }
    }

    /// With its highest bit as a sign.
    pub(super) fn signed(self) -> Self {
        match self {
            Self::Integer {
                value,
                width: Some(width @ 1..=126),
            } => {
                let over = value >> (width - 1) & 1 == 1;
                Self::integer(if over { value - (1 << width) } else { value })
            }
            Self::Wide(bits) => bits.to_i128().map_or(Self::Unknown, Self::integer),
            other => other,
        }
    }

    /// All bits turned.
    pub(super) fn not(self) -> Self {
        match self {
            Self::Integer {
                value,
                width: Some(width @ 0..=126),
            } => Self::Integer {
                value: !value & ((1 << width) - 1),
                width: Some(width),
            },
            Self::Integer { value, .. } => Self::integer(!value),
            _ => Self::Unknown,
        }
    }

    pub(super) fn negative(self) -> Self {
        match self {
            Self::Integer { value, .. } => value.checked_neg().map_or(Self::Unknown, Self::integer),
            Self::Real(value) => Self::Real(-value),
            _ => Self::Unknown,
        }
    }

    /// How it compares; nothing where it does not. A negative number is compared with a vector as that vector has it.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (
                Self::Integer { value: a, width },
                Self::Integer {
                    value: b,
                    width: other,
                },
            ) => {
                let wrapped = |value: i128, width: Option<u32>| match width {
                    Some(width @ 1..=126) if value < 0 => value & ((1 << width) - 1),
                    _ => value,
                };
                Some(wrapped(*a, *other).cmp(&wrapped(*b, *width)))
            }
            (Self::Wide(a), Self::Wide(b)) => Some(magnitude(a).cmp(&magnitude(b))),
            (Self::Wide(_), Self::Integer { .. }) => Some(Ordering::Greater),
            (Self::Integer { .. }, Self::Wide(_)) => Some(Ordering::Less),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (a, b) => a.real()?.partial_cmp(&b.real()?),
        }
    }

    pub(super) fn real(&self) -> Option<f64> {
        match self {
            Self::Integer { value, .. } => Some(*value as f64),
            Self::Real(value) => Some(*value),
            Self::Wide(_) | Self::Text(_) | Self::Unknown => None,
        }
    }
}

/// Words from the most significant on, without leading zeros: the longer is the larger.
fn magnitude(bits: &Bits) -> (usize, Vec<u32>) {
    let words: Vec<u32> = bits
        .words()
        .iter()
        .rev()
        .copied()
        .skip_while(|word| *word == 0)
        .collect();
    (words.len(), words)
}
