//! What is wrong with a plan.

use std::io;
use std::path::PathBuf;

use crate::content::ContentError;

/// What is wrong with a plan.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The file cannot be read.
    #[error("could not read the plan `{}`: {source}", path.display())]
    Read {
        /// The plan.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no TOML, or a key is unknown, missing or of another type. The message shows the line.
    #[error("the plan `{}` cannot be used: {source}", path.display())]
    Syntax {
        /// The plan.
        path: PathBuf,
        /// What the parser said, with the line.
        source: Box<toml::de::Error>,
    },
    /// A value does not make sense.
    #[error("the plan `{}`, line {line}: {reason}", path.display())]
    Value {
        /// The plan.
        path: PathBuf,
        /// The line.
        line: usize,
        /// What is wrong, and what to write.
        reason: String,
    },
    /// A file of the plan could not be put into the store.
    #[error(transparent)]
    Content(#[from] ContentError),
}
