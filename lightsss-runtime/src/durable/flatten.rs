//! Makes of a snapshot with parents one that stands alone.

use std::path::{Path, PathBuf};

use super::chain::Chain;
use super::error::{RestoreFileError, SaveFileError};
use super::format::{SnapshotHeader, kind};
use super::publish::{self, Unpublished, folder_of};
use super::reader::{RestoreOptions, Snapshot};
use super::save::{SaveOptions, SaveReport};
use super::workers::Threads;
use super::writer::{FileWriter, WriterOptions};

/// Why a snapshot was not flattened.
#[derive(Debug, thiserror::Error)]
pub enum FlattenError {
    /// It, or a parent of it, cannot be used.
    #[error(transparent)]
    Restore(#[from] RestoreFileError),
    /// The new file could not be written.
    #[error(transparent)]
    Save(#[from] SaveFileError),
    /// The file to be replaced is the parent of another one.
    #[error(
        "`{}` is the parent of `{}`, which could not be restored any more; write to another name, or flatten \
         that one first",
        path.display(),
        child.display()
    )]
    Parent {
        /// The file.
        path: PathBuf,
        /// The first of its children.
        child: PathBuf,
    },
}

/// Writes the contents of a snapshot and its parents to a file without parents. Cycle, time, labels
/// and the time of the snapshot stay. `options` says how to compress; `progress` gets the number of
/// bytes done.
///
/// The new file may have the name of the old one, or of any other that is not the parent of a snapshot in its folder.
pub fn flatten(
    snapshot: &mut Snapshot,
    to: &Path,
    options: &SaveOptions,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<SaveReport, FlattenError> {
    let start = std::time::Instant::now();
    snapshot.open_parents()?;
    if let Some(child) = child_of(to) {
        let path = to.to_owned();
        return Err(FlattenError::Parent { path, child });
    }
    snapshot.verify(progress)?;
    publish::clean_before_save(&*options.storage, to);
    let file = Unpublished::create(&*options.storage, to)?;
    let entries = snapshot.entries();
    let writer_options = WriterOptions {
        compression: options.compression,
        threads: Threads::new(options.threads),
        digests: entries.iter().any(|section| section.kind == kind::DIGESTS),
        marks: None,
    };
    let mut writer = FileWriter::new(file, writer_options, Vec::new());
    writer.reserve(entries.len())?;
    for (number, section) in entries.iter().enumerate() {
        if section.kind == kind::DIGESTS {
            continue;
        }
        let written = writer.begin(section.kind, &section.name);
        writer.write(written, &snapshot.section_bytes(number)?)?;
        writer.end(written)?;
    }
    let totals = writer.finish(SnapshotHeader {
        parent: None,
        ..snapshot.header().clone()
    })?;
    Ok(SaveReport::new(&totals, start.elapsed(), Chain::Alone))
}

/// The first snapshot in the folder of `path` that was made from the file of that name.
fn child_of(path: &Path) -> Option<PathBuf> {
    let total = Snapshot::open(path, &RestoreOptions::default())
        .ok()?
        .total_checksum();
    let files = std::fs::read_dir(folder_of(path)).ok()?;
    let mut children: Vec<PathBuf> = files
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        // Opening a pipe waits for its other end.
        .filter(|other| other.is_file())
        .filter(|other| {
            let snapshot = Snapshot::open(other, &RestoreOptions::default());
            snapshot.is_ok_and(|snapshot| {
                let link = snapshot.header().parent.as_ref();
                link.is_some_and(|link| {
                    link.total == total && path.file_name().is_some_and(|name| name == &*link.file)
                })
            })
        })
        .collect();
    children.sort();
    children.into_iter().next()
}
