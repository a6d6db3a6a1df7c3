//! Why a save or a restore failed.

use std::io;
use std::path::PathBuf;

use super::advice;
use super::format::Malformed;
use crate::process::output_path::OutputPathError;
use crate::savable::{RestoreError, SaveError};

/// Why a snapshot was not written. A file that had the name before is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum SaveFileError {
    /// The path ends in `/` or `..`.
    #[error("`{}` does not end in a file name; give the path of the file to write", path.display())]
    NotAFileName {
        /// The path.
        path: PathBuf,
    },
    /// The name belongs to something that must not be replaced, or the folder cannot be written.
    #[error(transparent)]
    Output(#[from] OutputPathError),
    /// The system refused an operation.
    #[error("could not {action} `{}`{}", path.display(), advice::saving(source))]
    Io {
        /// What was to be done.
        action: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A value in the harness could not be saved.
    #[error("the harness could not be saved")]
    Harness(#[from] SaveError),
    /// The compressor refused its level.
    #[error("compression {compression:?} cannot be set up")]
    Compressor {
        /// What was asked for.
        compression: super::Compression,
        /// What the compressor said.
        source: io::Error,
    },
    /// The labels and names of models are too long together.
    #[error(
        "the snapshot's header takes {len} bytes, and at most 1 MiB is read; give fewer or shorter labels"
    )]
    HeaderTooLong {
        /// Bytes.
        len: usize,
    },
    /// Sections were begun and not ended, or ended and not begun.
    #[error(
        "section `{name}` was not ended before the snapshot was; end every section that is begun"
    )]
    UnendedSection {
        /// The section.
        name: String,
    },
}

/// Why a file that is not needed any more stays.
#[derive(Debug, thiserror::Error)]
#[error("could not remove `{}`{}", path.display(), advice::removing(source))]
pub struct NotRemoved {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// Why a snapshot was refused. The harness is as it was, except for [`RestoreFileError::ChangedMeanwhile`].
#[derive(Debug, thiserror::Error)]
pub enum RestoreFileError {
    /// The system refused an operation.
    #[error("could not {action} `{}`{}", path.display(), advice::restoring(source))]
    Io {
        /// What was to be done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file does not begin as a snapshot does.
    #[error("`{}` is not a snapshot: expected it to begin with {expected:02x?}, found {found:02x?}", path.display())]
    NotASnapshot {
        /// The file.
        path: PathBuf,
        /// The magic bytes.
        expected: Vec<u8>,
        /// The first bytes of the file, at most eight.
        found: Vec<u8>,
    },
    /// The file is of a later format.
    #[error("`{}` has format version {found}, and this version of lightsss reads 1 to {newest}; use a newer lightsss", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest that can be read.
        newest: u32,
    },
    /// Bytes were changed after the file was written.
    #[error("`{}` is damaged: {part} has checksum {found:016x}, expected {expected:016x}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Which part of the file.
        part: String,
        /// The checksum that the file names.
        expected: u64,
        /// The checksum of what is there.
        found: u64,
    },
    /// The checksums are right, and the contents break a rule of the format.
    #[error("`{}` is not well formed: {malformed}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What breaks which rule.
        malformed: Malformed,
    },
    /// The parent of an incremental snapshot is another file than the one it was made from, or cannot be read.
    #[error("the parent `{}` of `{}` cannot be used: {reason}", parent.display(), path.display())]
    Parent {
        /// The incremental snapshot.
        path: PathBuf,
        /// The file that it names.
        parent: PathBuf,
        /// What is wrong.
        reason: String,
        /// Why it could not be read, where that is what is wrong.
        source: Option<Box<RestoreFileError>>,
    },
    /// Memory beyond the limit would be needed.
    #[error("`{}` asks for {needed} bytes of memory for {part}, and the limit is {limit}; raise `RestoreOptions::memory_limit` if the file is to be trusted", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// What for.
        part: String,
        /// How much, in bytes.
        needed: u64,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The system has no memory for what a file asks for, which is below the limit.
    #[error("`{}` asks for {needed} bytes of memory for {part}, and the system has no more; give it more, or lower `RestoreOptions::memory_limit`", path.display())]
    OutOfMemory {
        /// The file.
        path: PathBuf,
        /// What for.
        part: String,
        /// How much, in bytes.
        needed: u64,
    },
    /// The file is good, and does not belong to this harness.
    #[error("`{}` does not fit the harness", path.display())]
    Harness {
        /// The file.
        path: PathBuf,
        /// Which field, what was expected, what was found.
        source: RestoreError,
    },
    /// The file was written to while it was being restored, after it had been verified, or could not be read again.
    /// **The harness may be half restored**: this is the one error after which it must not be used. Files that lightsss
    /// publishes are never written to again; only another program does such a thing.
    #[error(
        "`{}` was written to while it was being restored, or could not be read a second time; the harness is not \
         usable any more: make a new one, and look for who writes to the file, or into the kernel's log",
        path.display()
    )]
    ChangedMeanwhile {
        /// The file.
        path: PathBuf,
        /// What the system said, if it could not be read.
        source: Option<io::Error>,
    },
}
