//! Makes of a snapshot with parents one that stands alone.

use std::path::Path;

use super::error::{RestoreFileError, SaveFileError};
use super::format::{SnapshotHeader, kind};
use super::publish::{self, Unpublished, folder_of};
use super::reader::Snapshot;
use super::save::{SaveOptions, SaveReport};
use super::writer::{FileWriter, WriterOptions};

/// Why a snapshot was not flattened.
#[derive(Debug, thiserror::Error)]
pub enum FlattenError {
    /// It, or a parent of it, can not be used.
    #[error(transparent)]
    Restore(#[from] RestoreFileError),
    /// The new file could not be written.
    #[error(transparent)]
    Save(#[from] SaveFileError),
}

/// Writes what a snapshot and its parents hold to a file that stands alone; cycle, time, labels and when it was taken
/// stay. `options` says how to compress; `progress` is told of the bytes done.
///
/// The new file may have the name of the old one.
pub fn flatten(
    snapshot: &mut Snapshot,
    to: &Path,
    options: &SaveOptions,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<SaveReport, FlattenError> {
    let start = std::time::Instant::now();
    snapshot.open_parents()?;
    snapshot.verify(progress)?;
    let _ = publish::clean_leftovers(folder_of(to));
    let file = Unpublished::create(&*options.storage, to)?;
    let entries = snapshot.entries();
    let writer_options = WriterOptions {
        compression: options.compression,
        threads: options.threads,
        digests: entries.iter().any(|section| section.kind == kind::DIGESTS),
        marks: None,
    };
    let mut writer = FileWriter::new(file, writer_options, Vec::new());
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
    Ok(SaveReport::new(&totals, start.elapsed()))
}
