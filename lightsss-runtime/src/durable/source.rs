//! A verified file, as the savable traits see it.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::io;

use super::error::RestoreFileError;
use super::reader::Snapshot;
use super::sections;
use crate::savable::{SectionInfo, SectionKind, Source};

/// Gives the sections of a file. Errors of the file are kept, since the trait's are of another type.
pub(super) struct FileSource<'s> {
    snapshot: &'s Snapshot,
    /// Sections that were asked for whole, by number: what is checked is asked for again to be restored.
    whole: Vec<OnceCell<Vec<u8>>>,
    failure: RefCell<Option<RestoreFileError>>,
}

impl<'s> FileSource<'s> {
    pub(super) fn new(snapshot: &'s Snapshot) -> Self {
        Self {
            snapshot,
            whole: vec![OnceCell::new(); snapshot.entries().len()],
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
        let whole = &self.whole[number];
        if let Some(bytes) = whole.get() {
            return Ok(Cow::Borrowed(bytes));
        }
        let bytes = self.note(self.snapshot.section_bytes(number))?;
        let kept: usize = self
            .whole
            .iter()
            .filter_map(OnceCell::get)
            .map(Vec::len)
            .sum();
        if (kept + bytes.len()) as u64 > self.snapshot.options().memory_limit {
            return Ok(Cow::Owned(bytes));
        }
        Ok(Cow::Borrowed(whole.get_or_init(|| bytes)))
    }
}
