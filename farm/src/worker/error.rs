//! Why a worker ended before its tasks did.

use std::io;
use std::path::PathBuf;

use crate::content::ContentError;
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
    #[error("could not {action} `{}`: {source}", path.display())]
    File {
        /// What was to be done.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The process that holds the program failed.
    #[error("the process that holds a task's program failed: {reason}")]
    Guard {
        /// What it said.
        reason: String,
    },
}

impl WorkerError {
    pub(super) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }
}
