//! A verified file, as the savable traits see it.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::io;
use std::ops::Range;

use super::error::RestoreFileError;
use super::format::CHUNK;
use super::reader::{Chunks, Scratch, Snapshot};
use super::sections;
use crate::savable::{AllowedFiles, InPlace, SectionInfo, SectionKind, Source};

/// Gives the sections of a file. Errors of the file are kept, since the trait's are of another type.
pub(super) struct FileSource<'s> {
    snapshot: &'s Snapshot,
    /// Sections that were asked for whole, by number: what is checked is asked for again to be restored.
    whole: Vec<OnceCell<Vec<u8>>>,
    /// Where a section was last read in place.
    window: RefCell<Option<ReadWindow<'s>>>,
    failure: RefCell<Option<RestoreFileError>>,
    allowed_files: AllowedFiles,
}

/// A chunk of a section, kept for the next read beside it.
struct ReadWindow<'s> {
    number: usize,
    chunks: Chunks<'s>,
    /// Which chunk is in `buffer`.
    index: Option<usize>,
    buffer: Vec<u8>,
    scratch: Scratch,
}

impl<'s> FileSource<'s> {
    pub(super) fn new(snapshot: &'s Snapshot) -> Self {
        Self {
            snapshot,
            whole: vec![OnceCell::new(); snapshot.entries().len()],
            window: RefCell::default(),
            failure: RefCell::new(None),
            allowed_files: AllowedFiles::below(snapshot.options().files_below.clone()),
        }
    }

    /// The file's own error, if there was one.
    pub(super) fn into_failure(self) -> Option<RestoreFileError> {
        self.failure.into_inner()
    }

    fn note<T>(&self, result: Result<T, RestoreFileError>) -> io::Result<T> {
        result.map_err(|error| {
            let text = io::Error::other(error.to_string());
            self.failure.borrow_mut().get_or_insert(error);
            text
        })
    }

    fn read(&self, index: u32, into: &mut [u8], over_zeros: bool) -> io::Result<()> {
        let number = self.number(index).ok_or(io::ErrorKind::NotFound)?;
        if self.snapshot.entries()[number].len != into.len() as u64 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.note(self.snapshot.read_section(number, into, over_zeros))
    }

    /// The number in the file, if there is such a section.
    fn number(&self, index: u32) -> Option<usize> {
        let number = (index as usize).checked_add(sections::FIRST)?;
        (number < self.snapshot.entries().len()).then_some(number)
    }

    /// The number in the file of a section that has the bytes of `range`.
    fn number_with(&self, index: u32, range: &Range<u64>) -> io::Result<usize> {
        let number = self.number(index).ok_or(io::ErrorKind::NotFound)?;
        let len = self.snapshot.entries()[number].len;
        if range.start > range.end || range.end > len {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.note(self.snapshot.within_limit(number))?;
        Ok(number)
    }

    fn read_window(
        &self,
        number: usize,
        mut at: u64,
        mut into: &mut [u8],
    ) -> Result<(), RestoreFileError> {
        let mut window = self.window.borrow_mut();
        let window = match &mut *window {
            Some(window) if window.number == number => window,
            other => other.insert(ReadWindow {
                number,
                chunks: self
                    .snapshot
                    .chunks(number, self.snapshot.entries()[number].len)?,
                index: None,
                buffer: Vec::new(),
                scratch: Scratch::new(),
            }),
        };
        while !into.is_empty() {
            let bytes = window.chunk((at / CHUNK as u64) as usize)?;
            let bytes = &bytes[(at % CHUNK as u64) as usize..];
            let len = bytes.len().min(into.len());
            let (piece, rest) = into.split_at_mut(len);
            piece.copy_from_slice(&bytes[..len]);
            into = rest;
            at += len as u64;
        }
        Ok(())
    }
}

impl ReadWindow<'_> {
    fn chunk(&mut self, index: usize) -> Result<&[u8], RestoreFileError> {
        if self.index != Some(index) {
            // What is in the buffer after an error is no chunk.
            self.index = None;
            self.chunks
                .read_whole(index, &mut self.buffer, &mut self.scratch)?;
            self.index = Some(index);
        }
        Ok(&self.buffer)
    }
}

// SAFETY: whatever is read of the file is held against the checksums of its directory, which stays in memory, before
// it is handed out, so that every call sees the same bytes; `Snapshot::section_pieces` hands out each chunk once.
unsafe impl InPlace for FileSource<'_> {
    fn read_at(&self, index: u32, at: u64, into: &mut [u8]) -> io::Result<()> {
        let end = at.checked_add(into.len() as u64);
        let range = at..end.ok_or(io::ErrorKind::InvalidInput)?;
        let number = self.number_with(index, &range)?;
        self.note(self.read_window(number, at, into))
    }

    fn pieces(
        &self,
        index: u32,
        range: Range<u64>,
        take: &(dyn Fn(u64, &[u8]) + Sync),
    ) -> io::Result<()> {
        let number = self.number_with(index, &range)?;
        // Its memory is this thread's share.
        self.window.take();
        self.note(self.snapshot.section_pieces(number, range, take))
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
        self.read(index, into, false)
    }

    fn zeros(&self, index: u32) -> Option<Vec<Range<u64>>> {
        Some(self.snapshot.zeros(self.number(index)?))
    }

    fn read_section_over_zeros(&self, index: u32, into: &mut [u8]) -> io::Result<()> {
        self.read(index, into, true)
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

    fn allowed_files(&self) -> &AllowedFiles {
        &self.allowed_files
    }

    fn in_place(&self) -> Option<&dyn InPlace> {
        Some(self)
    }
}
