//! The direction of ports and of arguments.

use std::fmt;

/// The direction of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum Direction {
    /// Into the design.
    #[serde(rename = "input", alias = "In")]
    In,
    /// Out of the design.
    #[serde(rename = "output", alias = "Out")]
    Out,
    /// Both ways.
    #[serde(rename = "inout", alias = "InOut")]
    InOut,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::In => "input",
            Self::Out => "output",
            Self::InOut => "inout",
        })
    }
}
