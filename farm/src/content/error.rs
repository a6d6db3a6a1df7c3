//! Why a file was not put into a store, or not fetched from it.

use std::io;
use std::path::PathBuf;

use crate::store::StoreError;

/// Why a file was not put into a store, or not fetched from it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContentError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
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
    /// The file was written to while it was read.
    #[error("`{}` changed while it was read; put it again when nothing writes to it", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A parent of a snapshot cannot be used.
    #[error("the snapshot `{}` cannot be put into the store: {reason}", path.display())]
    Snapshot {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// An address names no snapshot of a store.
    #[error("`{address}` names no snapshot: expected STORE/NAME, such as s3://bucket/booted.lsss")]
    NoName {
        /// The address.
        address: String,
    },
}

impl ContentError {
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
