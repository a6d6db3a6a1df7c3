//! Reads values, and never trusts a length.

use std::any::Any;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use super::approved::{self, Approved};
use super::{
    AllowedFiles, FileNote, InPlace, MAX_DEPTH, ModelOptions, NoSections, RestoreError,
    RestoreErrorKind, SectionInfo, SectionKind, Source,
};

/// What verification and the restore that follows share.
#[derive(Default)]
pub(crate) struct Stage {
    /// Values that it had to produce (opened files, values decoded by `serde`), by their position in
    /// the stream.
    values: RefCell<HashMap<usize, Box<dyn Any>>>,
    /// Whether it found what may fail all the same.
    late: Cell<bool>,
    /// The files that may be opened, and how.
    files: Approved,
    models: ModelOptions,
}

impl Stage {
    pub(crate) fn new(files: Approved, models: ModelOptions) -> Stage {
        Stage {
            files,
            models,
            ..Stage::default()
        }
    }

    /// Whether this snapshot's restore may fail, whatever the schema says.
    pub(crate) fn may_fail_late(&self) -> bool {
        self.late.get()
    }
}

/// Reads values from a snapshot.
#[derive(Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// Where in the whole stream `rest` ends.
    end: usize,
    depth: u32,
    source: &'a dyn Source,
    stage: Option<&'a Stage>,
    /// The stream is known to end early: lengths are not held against what is left of it.
    cut: bool,
}

/// What a reader had left.
#[derive(Debug, Clone, Copy)]
pub struct ReaderMark<'a>(&'a [u8]);

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("position", &self.position())
            .field("remaining", &self.remaining())
            .finish_non_exhaustive()
    }
}

impl<'a> Reader<'a> {
    /// A reader of `bytes`, whose sections are in `source`.
    #[inline]
    #[must_use]
    pub fn new(bytes: &'a [u8], source: &'a dyn Source) -> Reader<'a> {
        Reader {
            rest: bytes,
            end: bytes.len(),
            depth: 0,
            source,
            stage: None,
            cut: false,
        }
    }

    /// A reader of bytes without sections, which end at `end` in the stream.
    #[inline]
    pub(crate) fn at(bytes: &'a [u8], end: usize) -> Reader<'a> {
        Reader {
            end,
            ..Reader::new(bytes, &NoSections)
        }
    }

    /// For walking through a stream up to the point where it ends.
    pub(crate) fn cut(mut self) -> Reader<'a> {
        self.cut = true;
        self
    }

    pub(crate) fn staged(mut self, stage: &'a Stage) -> Reader<'a> {
        self.stage = Some(stage);
        self
    }

    /// Where in the stream the next value begins.
    #[must_use]
    pub fn position(&self) -> usize {
        self.end - self.rest.len()
    }

    /// How many bytes are left.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The next `len` bytes.
    #[inline]
    pub fn bytes(&mut self, len: usize) -> Result<&'a [u8], RestoreError> {
        match self.rest.split_at_checked(len) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => Err(self.truncated(len as u64)),
        }
    }

    /// The next `N` bytes.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], RestoreError> {
        match self.rest.split_first_chunk::<N>() {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(*bytes)
            }
            None => Err(self.truncated(N as u64)),
        }
    }

    /// The next byte.
    #[inline]
    pub fn byte(&mut self) -> Result<u8, RestoreError> {
        Ok(self.array::<1>()?[0])
    }

    /// Goes past `len` bytes.
    #[inline]
    pub fn skip(&mut self, len: usize) -> Result<(), RestoreError> {
        self.bytes(len)?;
        Ok(())
    }

    /// Reads a number of items of at least `item` bytes each. Refuses one for which the stream has too few bytes.
    #[inline]
    pub fn len(&mut self, item: usize) -> Result<usize, RestoreError> {
        let len = u64::from_le_bytes(self.array()?);
        // Items of no size are followed by a byte each.
        let needed = len.checked_mul(item.max(1) as u64);
        match needed {
            Some(needed) if needed <= self.remaining() as u64 || self.cut => Ok(len as usize),
            _ => {
                let start = self.position() - 8;
                Err(self.truncated(needed.unwrap_or(u64::MAX)).moved_to(start))
            }
        }
    }

    /// A byte that is 0 or 1.
    #[inline]
    pub fn flag(&mut self) -> Result<bool, RestoreError> {
        let start = self.mark();
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            other => {
                self.back_to(start);
                Err(self.invalid("flag (0 or 1)", other))
            }
        }
    }

    /// A block that was written with its length in front.
    pub fn block(&mut self) -> Result<Reader<'a>, RestoreError> {
        let len = self.len(1)?;
        let rest = self.bytes(len)?;
        Ok(Reader {
            rest,
            end: self.position(),
            ..self.clone()
        })
    }

    /// The section whose number is next in the stream, which must be of `kind`.
    pub fn section(&mut self, kind: SectionKind) -> Result<Section<'a>, RestoreError> {
        let at = self.position();
        let index = u32::from_le_bytes(self.array()?);
        let problem = match self.source.section(index) {
            None => "not in the snapshot".to_owned(),
            Some(info) if info.kind != kind => {
                format!(
                    "holds {} ({}), expected {}",
                    info.kind.name(),
                    info.name,
                    kind.name()
                )
            }
            Some(info) => {
                return Ok(Section {
                    index,
                    info,
                    at,
                    source: self.source,
                    models: self.stage.map(|stage| stage.models).unwrap_or_default(),
                });
            }
        };
        Err(RestoreError::from(RestoreErrorKind::Section { index, problem }).at(at))
    }

    /// Reads a value that may contain values of the type around it, and counts the levels.
    pub fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, RestoreError>,
    ) -> Result<T, RestoreError> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(RestoreErrorKind::TooDeep { limit: MAX_DEPTH }));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Refuses bytes behind the last value.
    #[inline]
    pub fn finish(&self) -> Result<(), RestoreError> {
        match self.remaining() {
            0 => Ok(()),
            left => Err(self.error(RestoreErrorKind::TrailingBytes { left })),
        }
    }

    /// An error at the present position, from which the field's path is found.
    #[cold]
    #[must_use]
    pub fn error(&self, kind: RestoreErrorKind) -> RestoreError {
        RestoreError::from(kind).at(self.position())
    }

    /// The error of bytes at the present position that are no `what`.
    #[cold]
    #[must_use]
    pub fn invalid(&self, what: &'static str, found: impl fmt::Display) -> RestoreError {
        self.error(RestoreErrorKind::Invalid {
            what,
            found: found.to_string(),
        })
    }

    #[cold]
    fn truncated(&self, needed: u64) -> RestoreError {
        self.error(RestoreErrorKind::Truncated {
            needed,
            left: self.remaining(),
        })
    }

    /// The present position, to come back to.
    #[inline]
    pub(crate) fn mark(&self) -> ReaderMark<'a> {
        ReaderMark(self.rest)
    }

    /// Goes back to where this reader was.
    #[inline]
    pub(crate) fn back_to(&mut self, mark: ReaderMark<'a>) {
        self.rest = mark.0;
    }

    /// The bytes between an earlier position of this reader and the present one.
    pub(crate) fn since(&self, mark: ReaderMark<'a>) -> &'a [u8] {
        &mark.0[..mark.0.len() - self.rest.len()]
    }

    /// How to open the file whose `note` is stored at `position`, if it may be opened.
    pub(crate) fn allowed_file(
        &self,
        position: usize,
        note: FileNote,
    ) -> Result<FileNote, RestoreError> {
        match self.stage.and_then(|stage| stage.files.get(position)) {
            Some(approved) => Ok(approved.clone()),
            None if self.source.allowed_files().allows(&note.path) => Ok(note),
            None => Err(approved::refused(&note.path, None).at(position)),
        }
    }

    /// Keeps a value that verification produced for the restore.
    pub(crate) fn stage(&self, position: usize, value: Box<dyn Any>) {
        if let Some(stage) = self.stage {
            stage.values.borrow_mut().insert(position, value);
        }
    }

    /// The value that verification kept at `position`.
    pub(crate) fn unstage<T: 'static>(&self, position: usize) -> Option<T> {
        let staged = self.stage?.values.borrow_mut().remove(&position)?;
        staged.downcast().ok().map(|value| *value)
    }

    /// Has the whole value saved before the restore, so that it is put back if that fails: for a
    /// [`Savable::check`](super::Savable::check) that cannot find everything.
    pub fn may_fail_late(&self) {
        if let Some(stage) = self.stage {
            stage.late.set(true);
        }
    }
}

/// A section of a snapshot, found by a reader.
#[derive(Clone)]
pub struct Section<'a> {
    index: u32,
    info: SectionInfo,
    at: usize,
    source: &'a dyn Source,
    models: ModelOptions,
}

impl fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Section")
            .field("index", &self.index)
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

impl<'a> Section<'a> {
    /// Its length, in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.info.len
    }

    /// Whether it has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.info.len == 0
    }

    /// The name that its owner gave it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.info.name
    }

    /// Reads the whole section into `into`, which must be as long as the section.
    pub fn read_into(&self, into: &mut [u8]) -> Result<(), RestoreError> {
        self.same_length(into)?;
        self.source
            .read_section(self.index, into)
            .map_err(|error| self.refused(format!("cannot be read: {error}")))
    }

    /// The ranges that hold only zeros, in order, as far as the source knows without reading.
    #[must_use]
    pub fn zeros(&self) -> Option<Vec<Range<u64>>> {
        self.source.zeros(self.index)
    }

    /// As [`Section::read_into`], where `into` already holds zeros in all ranges of [`Section::zeros`]. Those ranges
    /// are not touched.
    pub fn read_over_zeros(&self, into: &mut [u8]) -> Result<(), RestoreError> {
        self.same_length(into)?;
        self.source
            .read_section_over_zeros(self.index, into)
            .map_err(|error| self.refused(format!("cannot be read: {error}")))
    }

    fn same_length(&self, into: &[u8]) -> Result<(), RestoreError> {
        if into.len() as u64 == self.info.len {
            return Ok(());
        }
        Err(self.refused(format!("{} bytes, expected {}", self.info.len, into.len())))
    }

    /// The whole section.
    pub fn bytes(&self) -> Result<Cow<'a, [u8]>, RestoreError> {
        self.source
            .section_bytes(self.index)
            .map_err(|error| self.refused(format!("cannot be read: {error}")))
    }

    /// The files that a restore may open for what is in the section.
    pub(crate) fn allowed_files(&self) -> &AllowedFiles {
        self.source.allowed_files()
    }

    /// How a model in the section is restored.
    pub(crate) fn models(&self) -> ModelOptions {
        self.models
    }

    /// The section piece by piece, where its source reads it so.
    pub(crate) fn in_place(&self) -> Option<SectionInPlace<'_>> {
        let source = self.source.in_place()?;
        Some(SectionInPlace {
            section: self,
            source,
        })
    }

    /// The error of a section whose contents are not what its owner expects.
    #[cold]
    #[must_use]
    pub fn refused(&self, problem: impl fmt::Display) -> RestoreError {
        let problem = format!("{} ({}): {problem}", self.info.kind.name(), self.info.name);
        RestoreError::from(RestoreErrorKind::Section {
            index: self.index,
            problem,
        })
        .at(self.at)
    }
}

/// A section that is read where it is.
#[derive(Clone, Copy)]
pub(crate) struct SectionInPlace<'s> {
    section: &'s Section<'s>,
    source: &'s dyn InPlace,
}

impl SectionInPlace<'_> {
    pub(crate) fn section(&self) -> &Section<'_> {
        self.section
    }

    /// [`InPlace::read_at`].
    pub(crate) fn read_at(&self, at: u64, into: &mut [u8]) -> Result<(), RestoreError> {
        self.source
            .read_at(self.section.index, at, into)
            .map_err(|error| self.section.refused(format!("cannot be read: {error}")))
    }

    /// [`InPlace::pieces`].
    pub(crate) fn pieces(
        &self,
        range: Range<u64>,
        take: &(dyn Fn(u64, &[u8]) + Sync),
    ) -> Result<(), RestoreError> {
        self.source
            .pieces(self.section.index, range, take)
            .map_err(|error| self.section.refused(format!("cannot be read: {error}")))
    }
}
