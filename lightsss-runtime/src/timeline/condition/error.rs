//! What is wrong with a condition.

use serde::{Deserialize, Serialize};

/// What is wrong with a condition, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{problem}, at column {column} of the condition `{text}`")]
pub struct ConditionError {
    /// The condition.
    pub text: String,
    /// The column, in characters, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: String,
}

impl ConditionError {
    pub(super) fn new(text: &str, at: usize, problem: impl Into<String>) -> Self {
        let before = text.get(..at).unwrap_or(text);
        Self {
            text: text.to_owned(),
            column: before.chars().count() + 1,
            problem: problem.into(),
        }
    }
}
