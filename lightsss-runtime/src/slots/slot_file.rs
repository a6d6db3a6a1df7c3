//! A file that a harness reads while it runs.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        fs::FileExt,
    },
    path::{Path, PathBuf},
};

use crate::process::regular_file;
use crate::savable::{
    Field, FileNote, Link, Reader, RestoreError, RestoreErrorKind, Savable, SaveError, Schema,
    Shape, Writer,
};

/// A file for reading that keeps its own offset. The kernel's offset is shared by a fork, so this
/// one is right in slots and replays by construction. It is savable, as path and offset.
///
/// Wrap it in a [`BufReader`](io::BufReader) for small reads.
///
/// ```
/// use std::io::Read;
/// use lightsss_runtime::slots::SlotFile;
///
/// # let path = std::env::temp_dir().join(format!("slot-file-{}", std::process::id()));
/// # std::fs::write(&path, b"boot sector")?;
/// let mut card = SlotFile::open(&path)?;
/// let mut first = [0; 4];
/// card.read_exact(&mut first)?;
/// assert_eq!(&first, b"boot");
/// assert_eq!(card.offset(), 4);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct SlotFile {
    file: File,
    path: PathBuf,
    offset: u64,
}

impl SlotFile {
    /// Opens a file at its beginning.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref().to_owned();
        Ok(Self {
            file: File::open(&path)?,
            path,
            offset: 0,
        })
    }

    /// Where the next read begins.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The path under which it was opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads at an offset, without moving this file's own.
    pub fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(into, offset)
    }
}

impl Read for SlotFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read_at(into, self.offset)?;
        self.offset += length as u64;
        Ok(length)
    }
}

impl Seek for SlotFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(offset) => (offset, 0),
            SeekFrom::Current(by) => (self.offset, by),
            SeekFrom::End(by) => (self.file.metadata()?.len(), by),
        };
        self.offset = from.checked_add_signed(by).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "a file has no negative offsets",
            )
        })?;
        Ok(self.offset)
    }
}

impl Savable for SlotFile {
    const SCHEMA: Schema = Schema::new(
        "SlotFile",
        Shape::Struct(&[
            Field::new("path", Link::to::<Vec<u8>>()),
            Field::new("offset", Link::to::<u64>()),
        ]),
    )
    .holds_files();

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        self.path.as_os_str().as_bytes().to_vec().save(out)?;
        self.offset.save(out)
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        let position = input.position();
        let note = note(input)?;
        self.offset = note.offset;
        // Verification has opened it, unless there was none.
        let opened = input.unstage(position);
        if note.path != self.path {
            self.file = match opened {
                Some(file) => file,
                None => open(input, position, &note)?,
            };
            self.path = note.path;
        }
        Ok(())
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        let position = input.position();
        let note = note(input)?;
        // A file that is not there must be known before anything is changed.
        let file = open(input, position, &note)?;
        input.stage(position, Box::new(file));
        Ok(())
    }
}

/// Reads path and offset of a file, which is open for reading only.
fn note(input: &mut Reader<'_>) -> Result<FileNote, RestoreError> {
    let mut path = Vec::new();
    path.restore(input)?;
    let mut offset = 0;
    offset.restore(input)?;
    Ok(FileNote {
        path: OsString::from_vec(path).into(),
        offset,
        read: true,
        write: false,
        append: false,
    })
}

/// Opens the file of a note that stands at `position`, if that is allowed.
fn open(input: &Reader<'_>, position: usize, note: &FileNote) -> Result<File, RestoreError> {
    let path = input.allowed_file(position, note.clone())?.path;
    regular_file::open_to_read(&path).map_err(|error| unopened(&path, error))
}

fn unopened(path: &Path, error: io::Error) -> RestoreError {
    RestoreErrorKind::File {
        path: path.display().to_string(),
        error,
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::savable::{restore_from_image, save_to_image};

    #[test]
    fn it_comes_back_to_its_offset() {
        let mut named = tempfile::NamedTempFile::new().unwrap();
        io::Write::write_all(&mut named, b"0123456789").unwrap();
        let mut file = SlotFile::open(named.path()).unwrap();
        file.seek(SeekFrom::End(-4)).unwrap();
        let image = save_to_image(&file).unwrap();
        let mut rest = String::new();
        file.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "6789");
        restore_from_image(&mut file, &image).unwrap();
        assert_eq!(file.offset(), 6);
        assert!(file.seek(SeekFrom::Current(-7)).is_err());

        let mut other = SlotFile::open("/dev/null").unwrap();
        restore_from_image(&mut other, &image).unwrap();
        assert_eq!(other.path(), named.path());
        named.close().unwrap();
        assert!(
            restore_from_image(&mut other, &image).is_err(),
            "the file is gone"
        );
    }
}
