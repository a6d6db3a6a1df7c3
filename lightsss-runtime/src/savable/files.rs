//! Files that are re-opened: after a restore, and in a child of a fork that is none of the slots'.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

use super::file_note::{FileNote, Files, Visit};
use super::{RestoreError, RestoreErrorKind, Savable};

/// Notes where the files of `value` stand, and flushes their buffers: to be called just before a fork,
/// which leaves both processes with one offset per file. [Slots](crate::slots) need no such call: they see
/// to every regular file of the process.
pub fn note_files<T: Savable + ?Sized>(value: &mut T) -> Result<Vec<FileNote>, RestoreError> {
    let mut notes = Vec::new();
    if super::describe::Present::of(T::schema(), std::any::type_name::<T>()).files {
        value.files(&mut Files(Visit::Note(&mut notes)))?;
    }
    Ok(notes)
}

/// Opens the files of `value` again where `notes` say, as descriptors of this process alone. Call it in a
/// forked child that runs the same cycles again, so that it moves no offset of its parent.
///
/// Files that were open to append are opened to write at their offset: the child writes over what its
/// parent wrote, not behind it. (A replay of [slots](crate::slots) writes nothing at all.)
pub fn reopen_files<T: Savable + ?Sized>(
    value: &mut T,
    notes: &[FileNote],
) -> Result<(), RestoreError> {
    if notes.is_empty() {
        return Ok(());
    }
    value.files(&mut Files(Visit::Reopen(notes.iter())))
}

/// A field that `reopen` can stand on: a file, or a buffer around one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be re-opened",
    label = "`reopen` takes `File`, `BufReader<File>`, `BufWriter<File>`, and these in an `Option` or `Box`"
)]
pub trait Reopen: Sized {
    /// Where the file stands, as its user sees it; `None` where there is no file.
    fn note(&self) -> io::Result<Option<FileNote>>;

    /// Where the file stands, without writing anything, as far as that tells which file it is, and its mode.
    fn place(&self) -> io::Result<Option<FileNote>> {
        self.note()
    }

    /// Whether there is a file.
    fn is_open(&self) -> bool {
        true
    }

    /// A value that stands where `note` says.
    fn open(note: Option<&FileNote>) -> io::Result<Self>;

    /// Writes out what is buffered.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Shows the file to a visitor.
    fn show(&mut self, files: &mut Files<'_>) -> Result<(), RestoreError> {
        match &mut files.0 {
            Visit::Note(notes) => {
                self.flush()?;
                notes.extend(self.note()?);
            }
            Visit::Reopen(notes) => {
                if self.note()?.is_none() {
                    return Ok(());
                }
                let Some(note) = notes.next() else {
                    return Err(RestoreError::custom(
                        "more files than were noted before the fork",
                    ));
                };
                let note = FileNote {
                    append: false,
                    ..note.clone()
                };
                let file = Self::open(Some(&note)).map_err(|error| unopened(&note.path, error))?;
                std::mem::replace(self, file).discard();
            }
        }
        Ok(())
    }

    /// Drops the value without writing out what it buffers, which belongs to another process.
    fn discard(self) {}
}

#[cold]
pub(crate) fn unopened(path: &Path, error: io::Error) -> RestoreError {
    RestoreErrorKind::File {
        path: path.display().to_string(),
        error,
    }
    .into()
}

fn needed(note: Option<&FileNote>) -> io::Result<&FileNote> {
    note.ok_or_else(|| io::Error::other("no file was stored"))
}

impl Reopen for File {
    fn note(&self) -> io::Result<Option<FileNote>> {
        FileNote::of(self).map(Some)
    }

    fn open(note: Option<&FileNote>) -> io::Result<Self> {
        needed(note)?.open()
    }
}

impl Reopen for BufReader<File> {
    fn note(&self) -> io::Result<Option<FileNote>> {
        // The file is ahead of the reader by what is buffered.
        let mut note = FileNote::of(self.get_ref())?;
        note.offset = note.offset.saturating_sub(self.buffer().len() as u64);
        Ok(Some(note))
    }

    fn open(note: Option<&FileNote>) -> io::Result<Self> {
        // Nothing is written through it, whatever a snapshot says.
        let note = FileNote {
            read: true,
            write: false,
            append: false,
            ..needed(note)?.clone()
        };
        Ok(BufReader::new(note.open()?))
    }
}

impl Reopen for BufWriter<File> {
    fn note(&self) -> io::Result<Option<FileNote>> {
        let mut note = FileNote::of(self.get_ref())?;
        if !self.buffer().is_empty() && note.append {
            return Err(io::Error::other(
                "it is open to append and has unwritten bytes: flush it first",
            ));
        }
        if !self.buffer().is_empty() {
            // What is buffered is written by way of another descriptor, since saving changes nothing.
            std::os::unix::fs::FileExt::write_all_at(self.get_ref(), self.buffer(), note.offset)?;
            note.offset += self.buffer().len() as u64;
        }
        Ok(Some(note))
    }

    fn place(&self) -> io::Result<Option<FileNote>> {
        FileNote::of(self.get_ref()).map(Some)
    }

    fn open(note: Option<&FileNote>) -> io::Result<Self> {
        Ok(BufWriter::new(needed(note)?.open()?))
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(self)
    }

    fn discard(self) {
        let _ = self.into_parts();
    }
}

impl<R: Reopen> Reopen for Option<R> {
    fn is_open(&self) -> bool {
        self.as_ref().is_some_and(R::is_open)
    }

    fn note(&self) -> io::Result<Option<FileNote>> {
        self.as_ref().map_or(Ok(None), R::note)
    }

    fn place(&self) -> io::Result<Option<FileNote>> {
        self.as_ref().map_or(Ok(None), R::place)
    }

    fn open(note: Option<&FileNote>) -> io::Result<Self> {
        note.map(|note| R::open(Some(note))).transpose()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.as_mut().map_or(Ok(()), R::flush)
    }

    fn discard(self) {
        if let Some(file) = self {
            file.discard();
        }
    }
}

impl<R: Reopen> Reopen for Box<R> {
    fn is_open(&self) -> bool {
        R::is_open(self)
    }

    fn note(&self) -> io::Result<Option<FileNote>> {
        R::note(self)
    }

    fn place(&self) -> io::Result<Option<FileNote>> {
        R::place(self)
    }

    fn open(note: Option<&FileNote>) -> io::Result<Self> {
        R::open(note).map(Box::new)
    }

    fn flush(&mut self) -> io::Result<()> {
        R::flush(self)
    }

    fn discard(self) {
        (*self).discard();
    }
}
