//! A verified file, as the savable traits see it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io;

use super::error::RestoreFileError;
use super::reader::Snapshot;
use super::sections;
use crate::savable::{SectionInfo, SectionKind, Source};

/// Gives the sections of a file. Errors of the file are kept, since the trait's are of another type.
pub(super) struct FileSource<'s> {
    snapshot: &'s Snapshot,
    failure: RefCell<Option<RestoreFileError>>,
}

impl<'s> FileSource<'s> {
    pub(super) fn new(snapshot: &'s Snapshot) -> Self {
        Self {
            snapshot,
            failure: RefCell::new(None),
        }
    }

    /// The file's own error, if there was one.
    pub(super) fn into_failure(self) -> Option<RestoreFileError> {
        self.failure.into_inner()
    }

    fn note<T>(&self, result: Result<T, RestoreFileError>) -> io::Result<T> {
        result.map_err(|error| {
            let told = io::Error::other(error.to_string());
            self.failure.borrow_mut().get_or_insert(error);
            told
        })
    }

    /// The number in the file, if there is such a section.
    fn number(&self, index: u32) -> Option<usize> {
        let number = (index as usize).checked_add(sections::FIRST)?;
        (number < self.snapshot.entries().len()).then_some(number)
    }
}

impl Source for FileSource<'_> {
    fn section(&self, index: u32) -> Option<SectionInfo> {
        let entry = &self.snapshot.entries()[self.number(index)?];
        Some(SectionInfo {
            kind: SectionKind::from_code(entry.kind)?,
            name: entry.name.clone(),
            len: entry.len,
        })
    }

    fn read_section(&self, index: u32, into: &mut [u8]) -> io::Result<()> {
        let number = self.number(index).ok_or(io::ErrorKind::NotFound)?;
        if self.snapshot.entries()[number].len != into.len() as u64 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.note(self.snapshot.read_section(number, into, false))
    }

    fn section_bytes(&self, index: u32) -> io::Result<Cow<'_, [u8]>> {
        let number = self.number(index).ok_or(io::ErrorKind::NotFound)?;
        self.note(self.snapshot.section_bytes(number))
            .map(Cow::Owned)
    }
}
