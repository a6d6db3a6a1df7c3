//! Why a question has no answer.

use serde::{Deserialize, Serialize};

use super::condition::ConditionError;

/// A question that was not answered. The timeline can be asked the next one.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum QueryError {
    /// Neither a signal nor a field has this name.
    #[error("no signal or field is called `{name}`{}", suggestion(near))]
    UnknownName {
        /// The name.
        name: String,
        /// Names like it, the closest first.
        near: Vec<String>,
    },
    /// The name is known, and cannot be used so: its indices do not fit, say.
    #[error("{0}")]
    Name(String),
    /// The condition cannot be read or evaluated.
    #[error(transparent)]
    Condition(#[from] ConditionError),
    /// The timeline does not reach so far.
    #[error(
        "cycle {cycle} is not on the timeline, which reaches from cycle {first} to cycle {end}; \
         keep more slots (`--slots N`), or spaced ones (`--spaced`), to reach further back"
    )]
    OutOfRange {
        /// The cycle asked for.
        cycle: u64,
        /// Of the oldest slot.
        first: u64,
        /// Where the run ended.
        end: u64,
    },
    /// The replay did not go the way of the run, so that nothing it says is true of the run.
    #[error(
        "the replay went another way than the run: equal at cycle {equal_at}, different at cycle {differs_at}{}; \
         the harness reads something that is not part of its state",
        differing(names)
    )]
    Diverged {
        /// The last cycle at which the states were equal.
        equal_at: u64,
        /// The first compared cycle at which they were not.
        differs_at: u64,
        /// The first names that differ, with both values; empty where the run has not kept that state.
        names: Vec<String>,
    },
    /// The replay ended before the cycle that the run has reached.
    #[error("the replay ended at cycle {cycle}, which the run went past: {how}")]
    EndedEarly {
        /// Where it ended.
        cycle: u64,
        /// The failure's message, or that it was done.
        how: String,
    },
    /// The process that ran the query was killed, or crashed.
    #[error("the process that ran the query ended without an answer: {how}")]
    Died {
        /// How it ended, as far as it is known.
        how: String,
    },
    /// No slot can be woken.
    #[error("no slot can be woken: {0}")]
    NoSlot(String),
    /// The question was cancelled.
    #[error("the query was cancelled")]
    Cancelled,
    /// There are more changes than were allowed for.
    #[error("there are more than {most} changes up to cycle {cycle}; ask for a shorter stretch")]
    TooMany {
        /// How many were allowed for.
        most: usize,
        /// The cycle of the first one that was too many.
        cycle: u64,
    },
    /// Something else.
    #[error("{0}")]
    Failed(String),
}

fn suggestion(near: &[String]) -> String {
    match near {
        [] => String::new(),
        names => format!("; did you mean `{}`?", names.join("`, `")),
    }
}

fn differing(names: &[String]) -> String {
    match names {
        [] => String::new(),
        names => format!(" ({})", names.join(", ")),
    }
}

impl QueryError {
    pub(super) fn failed(why: impl std::fmt::Display) -> Self {
        Self::Failed(why.to_string())
    }
}
