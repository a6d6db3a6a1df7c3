//! Opens a file, verifies it, and reads its sections into place.
//!
//! Here it is opened; its parents, frames and sections follow, each in a file of its own.

mod frames;
mod parents;
mod sections;
mod summary;

use std::fs::File;
use std::num::NonZeroUsize;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

pub(in crate::durable) use self::sections::{Chunks, Scratch};
pub use self::summary::SectionSummary;
use super::error::RestoreFileError;
use super::format::{
    Directory, FORMAT_VERSION, MAGIC, Malformed, PROLOGUE_LEN, Prologue, PrologueError, checksum,
};
use super::workers::Threads;
use crate::memory::pages;
use crate::process::regular_file;
use crate::savable::Policy;

/// The longest chain of parents that is followed.
pub const MAX_CHAIN: u32 = 64;

/// How snapshots are read.
#[derive(Debug, Clone)]
pub struct RestoreOptions {
    /// The most memory to allocate for the contents of a file, in bytes, beyond the file's own
    /// length; 4 GiB by default. Bytes that are read straight into the harness (a `Ram`) do not
    /// count. A model's section must not be larger than the limit, though its stream is read
    /// straight into the model.
    pub memory_limit: u64,
    /// Threads that decompress; all end before the restore returns. `None`, the default: as many as there are
    /// processors, at most 16.
    pub threads: Option<NonZeroUsize>,
    /// Folders below which a restore may open the files that the snapshot names. With none, the
    /// default, it opens only files that the harness or model has open in the same place: a
    /// snapshot is data from a stranger.
    pub files_below: Vec<PathBuf>,
    /// What happens to a model that another build saved; [`Policy::Exact`] by default.
    pub policy: Policy,
    /// Reads models of the same build through Verilator's operators, the reference against which the
    /// faster way is tested and measured.
    pub through_operators: bool,
}

impl Default for RestoreOptions {
    fn default() -> Self {
        Self {
            memory_limit: 4 << 30,
            threads: None,
            files_below: Vec::new(),
            policy: Policy::Exact,
            through_operators: false,
        }
    }
}

/// An open snapshot file. Its prologue, directory and header are verified.
#[derive(Debug)]
pub struct Snapshot {
    path: PathBuf,
    file: File,
    prologue: Prologue,
    directory: Directory,
    options: RestoreOptions,
    threads: Threads,
    parent: Option<Box<Snapshot>>,
    /// The whole file, once it is verified, unless it is large.
    held: Option<Vec<u8>>,
    verified: bool,
}

impl Snapshot {
    pub(in crate::durable) fn options(&self) -> &RestoreOptions {
        &self.options
    }

    /// Opens a file and verifies its prologue and directory. Frames are verified by [`Self::verify`].
    pub fn open(
        path: impl AsRef<Path>,
        options: &RestoreOptions,
    ) -> Result<Self, RestoreFileError> {
        let path = path.as_ref().to_owned();
        let file = regular_file::open_to_read(&path).map_err(|source| RestoreFileError::Io {
            action: "open",
            path: path.clone(),
            source,
        })?;
        let reading = |source| RestoreFileError::Io {
            action: "read",
            path: path.clone(),
            source,
        };
        let len = file.metadata().map_err(reading)?.len();
        let mut start = [0; PROLOGUE_LEN as usize];
        let present = len.min(PROLOGUE_LEN) as usize;
        file.read_exact_at(&mut start[..present], 0)
            .map_err(reading)?;
        if present < start.len() {
            return Err(not_whole(path, &start[..present]));
        }
        let prologue = Prologue::decode(&start, len).map_err(|e| refused(&path, e))?;
        if prologue.directory_len > options.memory_limit {
            return Err(RestoreFileError::TooLarge {
                path,
                part: "the directory".into(),
                needed: prologue.directory_len,
                limit: options.memory_limit,
            });
        }
        let needed = prologue.directory_len;
        let mut directory =
            pages::zeros(needed as usize).ok_or_else(|| RestoreFileError::OutOfMemory {
                path: path.clone(),
                part: "the directory".into(),
                needed,
            })?;
        file.read_exact_at(&mut directory, prologue.directory_offset)
            .map_err(reading)?;
        let found = checksum(&directory);
        if found != prologue.total {
            return Err(RestoreFileError::Damaged {
                path,
                part: "the directory".into(),
                expected: prologue.total,
                found,
            });
        }
        let directory =
            Directory::decode(&directory, prologue.directory_offset).map_err(|malformed| {
                RestoreFileError::Malformed {
                    path: path.clone(),
                    malformed,
                }
            })?;
        Ok(Self {
            path,
            file,
            prologue,
            directory,
            options: options.clone(),
            threads: Threads::new(options.threads),
            parent: None,
            held: None,
            verified: false,
        })
    }
}

fn not_whole(path: PathBuf, start: &[u8]) -> RestoreFileError {
    let seen = &start[..start.len().min(MAGIC.len())];
    if MAGIC.starts_with(seen) && !seen.is_empty() {
        let malformed = Malformed::new(
            "file length",
            format_args!("at least {PROLOGUE_LEN} bytes"),
            format_args!("{} bytes", start.len()),
        );
        return RestoreFileError::Malformed { path, malformed };
    }
    RestoreFileError::NotASnapshot {
        path,
        expected: MAGIC.to_vec(),
        found: seen.to_vec(),
    }
}

fn refused(path: &Path, error: PrologueError) -> RestoreFileError {
    let path = path.to_owned();
    match error {
        PrologueError::NotASnapshot(found) => RestoreFileError::NotASnapshot {
            path,
            expected: MAGIC.to_vec(),
            found: found.to_vec(),
        },
        PrologueError::Version(found) => RestoreFileError::Version {
            path,
            found,
            newest: FORMAT_VERSION,
        },
        PrologueError::Checksum { expected, found } => RestoreFileError::Damaged {
            path,
            part: "the prologue".into(),
            expected,
            found,
        },
        PrologueError::Malformed(malformed) => RestoreFileError::Malformed { path, malformed },
    }
}
