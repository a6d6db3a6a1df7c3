//! Why a file was not put into a store, or not fetched from it.

use std::path::PathBuf;

use crate::file_error::FileError;
use crate::store::StoreError;

/// Why a file was not put into a store, or not fetched from it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContentError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of this machine failed.
    #[error(transparent)]
    File(#[from] FileError),
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
