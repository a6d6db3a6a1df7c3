//! Why a worker ended before its tasks did.

use crate::content::ContentError;
use crate::file_error::FileError;
use crate::store::StoreError;

/// Why a worker ended before its tasks did. The task that it had is given back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be brought from or into the store.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// A file of this machine failed.
    #[error(transparent)]
    File(#[from] FileError),
    /// The process that holds the program failed.
    #[error("the process that holds a task's program failed: {reason}")]
    Guard {
        /// What it said.
        reason: String,
    },
}
