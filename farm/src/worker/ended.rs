//! How a program ended, as its guard says.

use serde::{Deserialize, Serialize};

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Ended {
    /// By itself, with this status.
    Exit(i32),
    /// By this signal.
    Signal(i32),
    /// It was ended at the deadline.
    Deadline,
    /// It was ended because its worker asked for it, or died.
    Stopped,
    /// It could not be started.
    NotStarted(String),
}
