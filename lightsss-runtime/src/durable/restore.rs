//! Restores a harness from a file, all or nothing.

use std::path::Path;

use super::error::RestoreFileError;
use super::format::{Malformed, SnapshotHeader, kind};
use super::reader::{RestoreOptions, Snapshot};
use super::sections;
use super::source::FileSource;
use crate::savable::{ModelOptions, Savable, restore_from_with};

/// Restores a harness from a file and its parents, with the default options.
///
/// Everything is verified before the first byte of the harness changes.
pub fn restore<T: Savable + ?Sized>(
    path: impl AsRef<Path>,
    value: &mut T,
) -> Result<SnapshotHeader, RestoreFileError> {
    restore_with(path, value, &RestoreOptions::default())
}

/// Restores a harness from a file and its parents.
///
/// Everything is verified before the first byte of the harness changes.
pub fn restore_with<T: Savable + ?Sized>(
    path: impl AsRef<Path>,
    value: &mut T,
    options: &RestoreOptions,
) -> Result<SnapshotHeader, RestoreFileError> {
    let mut snapshot = Snapshot::open(path, options)?;
    snapshot.open_parents()?;
    snapshot.verify(&|_| ())?;
    snapshot.restore(value)?;
    Ok(snapshot.header().clone())
}

impl Snapshot {
    /// Restores a harness from a snapshot that is verified as a whole.
    pub(super) fn restore<T: Savable + ?Sized>(
        &self,
        value: &mut T,
    ) -> Result<(), RestoreFileError> {
        let schema = self.own_section(sections::SCHEMA, kind::SCHEMA)?;
        let stream = self.own_section(sections::STREAM, kind::HARNESS)?;
        let source = FileSource::new(self);
        let models = ModelOptions {
            policy: self.options().policy,
            through_operators: self.options().through_operators,
        };
        match restore_from_with(value, &schema, &stream, &source, models) {
            Ok(()) => Ok(()),
            Err(error) => Err(source
                .into_failure()
                .unwrap_or_else(|| RestoreFileError::Harness {
                    path: self.path().to_owned(),
                    source: error,
                })),
        }
    }

    /// The bytes of one of the format's own sections.
    pub(super) fn own_section(&self, number: usize, kind: u8) -> Result<Vec<u8>, RestoreFileError> {
        let found = self.entries().get(number).map(|section| section.kind);
        if found == Some(kind) {
            return self.section_bytes(number);
        }
        Err(RestoreFileError::Malformed {
            path: self.path().to_owned(),
            malformed: Malformed::new(
                format!("kind of section {number}"),
                kind,
                found.map_or("no such section".to_owned(), |kind| kind.to_string()),
            ),
        })
    }
}
