//! What the prompt asks of a run's past.

use std::path::Path;

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// In words: an unknown name, a cycle that is out of reach, a replay that went another way.
    Error(String),
    /// The user interrupted the question.
    Cancelled,
}

impl From<String> for Trouble {
    fn from(error: String) -> Self {
        Self::Error(error)
    }
}

/// A change of a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The first cycle at which the new value is seen.
    pub cycle: u64,
    pub before: String,
    pub after: String,
}

/// How a run from a past state with something changed has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub cycle: u64,
    /// What it failed with, if it did.
    pub failure: Option<String>,
}

/// A run's past: what the engine below the prompt answers.
pub trait Past {
    fn first_cycle(&self) -> u64;
    fn end_cycle(&self) -> u64;
    /// The cycles of the slots that there are.
    fn slots(&self) -> Vec<u64>;
    /// The names that a pattern means.
    fn names(&mut self, pattern: &str) -> Result<Vec<String>, Trouble>;
    /// Names and values.
    fn values(&mut self, names: &[String], cycle: u64) -> Result<Vec<(String, String)>, Trouble>;
    fn last_change(&mut self, name: &str, before: u64) -> Result<Option<Change>, Trouble>;
    fn next_change(&mut self, name: &str, after: u64) -> Result<Option<Change>, Trouble>;
    /// The last cycle before `before` at which a condition holds.
    fn last(&mut self, condition: &str, before: u64) -> Result<Option<u64>, Trouble>;
    /// The first cycle from `from` on at which it does.
    fn first(&mut self, condition: &str, from: u64) -> Result<Option<u64>, Trouble>;
    /// What differs between two cycles, a line each.
    fn differences(&mut self, one: u64, other: u64) -> Result<Vec<String>, Trouble>;
    fn output(&mut self, from: u64, to: u64) -> Result<String, Trouble>;
    fn wave(&mut self, from: u64, to: u64, path: &Path) -> Result<(), Trouble>;
    fn save(&mut self, cycle: u64, path: &Path) -> Result<(), Trouble>;
    /// Runs from `cycle` on with other values.
    fn what_if(&mut self, cycle: u64, sets: &[(String, String)]) -> Result<Ended, Trouble>;
}
