//! How a snapshot of a series stands to those before it.

use serde::{Deserialize, Serialize};

/// How a snapshot relates to earlier ones, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Chain {
    /// It needs no parent: it is of no series, or of one in which every snapshot is whole.
    #[default]
    Alone,
    /// It begins a chain as planned: it is the first one, or the previous chain has its full
    /// length.
    Begun,
    /// It is a child of the one before.
    Continued {
        /// How many parents are behind it.
        parents: u32,
    },
    /// It begins a chain because the previous snapshot, or a parent of it, is damaged, gone or
    /// replaced.
    Broken {
        /// What is wrong with the one before.
        why: String,
    },
}

impl Chain {
    /// How many parents are behind the snapshot.
    #[must_use]
    pub fn parents(&self) -> u32 {
        match self {
            Self::Continued { parents } => *parents,
            _ => 0,
        }
    }
}
