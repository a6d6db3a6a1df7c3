//! A file that a task reads.

use serde::{Deserialize, Serialize};

use super::hash::Hash;

/// A file of the store, and its name in the task's folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Its name, without folders.
    pub name: String,
    /// Its content.
    pub file: Hash,
}
