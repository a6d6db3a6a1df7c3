//! The direction of ports and of arguments.

/// Which way a value goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum Direction {
    /// Into the design.
    In,
    /// Out of the design.
    Out,
    /// Both ways.
    InOut,
}
