//! Why workers could not be started, or a run ended early.

use std::io;

use crate::store::StoreError;

/// Why workers could not be started, or a run ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecutorError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A program could not be started.
    #[error("could not start `{program}`: {source}; {hint}")]
    Start {
        /// The program.
        program: String,
        /// What to do.
        hint: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A program of the scheduler failed.
    #[error("`{command}` ended with {status}: {said}")]
    Scheduler {
        /// The command.
        command: String,
        /// How it ended.
        status: String,
        /// What it printed.
        said: String,
    },
    /// A template of a command cannot be used.
    #[error("the template `{template}` cannot be used: {reason}")]
    Template {
        /// The template.
        template: String,
        /// What is wrong.
        reason: String,
    },
    /// Workers end without doing anything.
    #[error(
        "{ended} workers ended one after the other without a result; the last one said: {said}"
    )]
    NoProgress {
        /// How many.
        ended: usize,
        /// The end of what the last one printed.
        said: String,
    },
}
