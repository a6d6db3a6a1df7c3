//! Where a snapshot's bytes go and come from: a stream of fields, and sections beside it for bulk state.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use super::allowed::NO_OTHERS;
use super::{AllowedFiles, Buffer};
use crate::memory::dirty::Tracked;

/// What a section holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SectionKind {
    /// A Verilated model, as its serialize operators write it.
    Model,
    /// A memory image.
    Memory,
    /// Any other bulk state.
    Other,
}

impl SectionKind {
    /// The number that stands for the kind in files.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            SectionKind::Model => 1,
            SectionKind::Memory => 2,
            SectionKind::Other => 3,
        }
    }

    /// The kind that `code` stands for.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<SectionKind> {
        match code {
            1 => Some(SectionKind::Model),
            2 => Some(SectionKind::Memory),
            3 => Some(SectionKind::Other),
            _ => None,
        }
    }

    /// The kind as a word of a message.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            SectionKind::Model => "model",
            SectionKind::Memory => "memory",
            SectionKind::Other => "other",
        }
    }
}

/// What is known of a section without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionInfo {
    /// What it holds.
    pub kind: SectionKind,
    /// The owner's name for it (the model's name, say): for messages and listings.
    pub name: String,
    /// Its length, in bytes.
    pub len: u64,
}

/// Takes a snapshot's bytes.
pub trait Sink {
    /// Takes bytes of the innermost open section, or of the stream where none is open.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// As [`Sink::write`], for bytes of a memory whose writes are counted.
    fn write_tracked(&mut self, bytes: &[u8], memory: &Tracked) -> io::Result<()> {
        let _ = memory;
        self.write(bytes)
    }

    /// Opens a section and gives it the next number, counting from 0 in the order of opening.
    fn begin_section(&mut self, kind: SectionKind, name: &str) -> io::Result<u32>;

    /// Closes the section that was opened last.
    fn end_section(&mut self) -> io::Result<()>;

    /// Sees what owns the section that is opened next: a live model.
    #[doc(hidden)]
    fn see_owner(&mut self, owner: &dyn std::any::Any) {
        let _ = owner;
    }

    /// Whether it wants the bytes of sections of a kind. Of other sections it sees only the beginning and the end.
    fn takes(&self, kind: SectionKind) -> bool {
        let _ = kind;
        true
    }

    /// Whether it wants the names of the files that a value has open, though it keeps no bytes. The files' buffers are
    /// not flushed for it.
    fn surveys(&self) -> bool {
        false
    }

    /// Whether the bytes are kept. If they are only hashed or counted, files are left alone: their buffers are not
    /// flushed, and their offsets, which forked processes share, are not written.
    fn keeps(&self) -> bool {
        true
    }

    /// An empty buffer that collects the stream. Its contents come back through [`Sink::write`] or
    /// [`Sink::give_back`].
    fn buffer(&mut self) -> Buffer {
        Buffer::new()
    }

    /// How many bytes of the stream may collect before they are written.
    fn buffer_limit(&self) -> usize {
        256 * 1024
    }

    /// Takes the stream's last bytes, and with them the buffer.
    fn give_back(&mut self, buffer: Buffer) -> io::Result<()> {
        self.write(&buffer)
    }
}

/// Gives the sections of a snapshot.
pub trait Source {
    /// The section of that number, if there is one.
    fn section(&self, index: u32) -> Option<SectionInfo>;

    /// Reads the whole section into `into`, which is as long as the section.
    fn read_section(&self, index: u32, into: &mut [u8]) -> io::Result<()>;

    /// The ranges of a section that hold only zeros, in order, as far as the source knows without reading.
    fn zeros(&self, index: u32) -> Option<Vec<Range<u64>>> {
        let _ = index;
        None
    }

    /// As [`Source::read_section`], where `into` already holds zeros in all ranges of [`Source::zeros`]. Those ranges
    /// may be left alone.
    fn read_section_over_zeros(&self, index: u32, into: &mut [u8]) -> io::Result<()> {
        self.read_section(index, into)
    }

    /// The whole section, without a copy where the source holds it in memory.
    fn section_bytes(&self, index: u32) -> io::Result<Cow<'_, [u8]>> {
        let info = self.section(index).ok_or(io::ErrorKind::NotFound)?;
        let len = usize::try_from(info.len).map_err(|_| io::ErrorKind::OutOfMemory)?;
        let mut bytes = Vec::new();
        bytes
            .try_reserve_exact(len)
            .map_err(|_| io::ErrorKind::OutOfMemory)?;
        bytes.resize(len, 0);
        self.read_section(index, &mut bytes)?;
        Ok(Cow::Owned(bytes))
    }

    /// The files that a restore may open, beside those that are already open in the same place. None by default.
    fn allowed_files(&self) -> &AllowedFiles {
        &NO_OTHERS
    }

    /// The way to read a large section without a buffer of its size, if the source has one. A source that holds its
    /// sections in memory needs none.
    fn in_place(&self) -> Option<&dyn InPlace> {
        None
    }
}

/// Reads sections piece by piece.
///
/// # Safety
///
/// As long as `self` lives, a byte of a section is the same in every call that succeeds, and in every piece. One call
/// of [`InPlace::pieces`] hands out no byte twice. Others rely on that: they verify what [`InPlace::read_at`] gives,
/// then copy pieces from several threads. A byte that was not verified, or one that two threads copy at once, would be
/// undefined behaviour.
pub unsafe trait InPlace {
    /// Reads bytes of a section from `at` on. Cheap if each call begins behind the previous one.
    fn read_at(&self, index: u32, at: u64, into: &mut [u8]) -> io::Result<()>;

    /// Hands the bytes of `range` of a section to `take`, piece by piece, each with its offset in the section. The
    /// pieces come in any order and from several threads. After an error, some have been handed out.
    fn pieces(
        &self,
        index: u32,
        range: Range<u64>,
        take: &(dyn Fn(u64, &[u8]) + Sync),
    ) -> io::Result<()>;
}

/// A source without sections.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSections;

impl Source for NoSections {
    fn section(&self, _: u32) -> Option<SectionInfo> {
        None
    }

    fn read_section(&self, _: u32, _: &mut [u8]) -> io::Result<()> {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// Drops everything: to find out whether a value can be saved.
#[derive(Debug, Default)]
pub(crate) struct Nowhere {
    sections: u32,
}

impl Sink for Nowhere {
    fn keeps(&self) -> bool {
        false
    }

    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn begin_section(&mut self, _: SectionKind, _: &str) -> io::Result<u32> {
        self.sections += 1;
        Ok(self.sections - 1)
    }

    fn end_section(&mut self) -> io::Result<()> {
        Ok(())
    }
}
