//! Where the pieces are written: a folder beside the output, which only one trace has.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::error::TraceError;
use crate::file_error::FileError;

/// The folder of the pieces. It is removed in the end.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    keeps: bool,
    /// Held as long as the folder is in use.
    _lock: File,
}

/// The files of a piece.
#[derive(Debug, Clone)]
pub(super) struct Files {
    pub folder: PathBuf,
    pub wave: PathBuf,
    pub report: PathBuf,
    /// What the harness printed.
    pub output: PathBuf,
    /// What the driver said.
    pub said: PathBuf,
    /// The folder of the state at its end.
    pub end: PathBuf,
}

/// How often a folder is made again that another trace removed in between.
const TRIES: usize = 10;

impl Folder {
    /// The folder beside `out`. What a killed trace left in it is removed.
    pub(super) fn beside(out: &Path, keeps: bool) -> Result<Self, TraceError> {
        let mut name = out.file_name().unwrap_or_default().to_owned();
        name.push(".pieces");
        let path = out.with_file_name(name);
        let lock_path = path.join("lock");
        for _ in 0..TRIES {
            fs::create_dir_all(&path).map_err(FileError::of("make the folder", &path))?;
            let lock = match File::options().create(true).append(true).open(&lock_path) {
                Ok(lock) => lock,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(FileError::of("write", &lock_path)(error).into()),
            };
            if lock.try_lock().is_err() {
                return Err(TraceError::Busy { folder: path });
            }
            let is_there = |lock: &File| {
                let (ours, there) = (lock.metadata().ok()?, fs::metadata(&lock_path).ok()?);
                Some((ours.dev(), ours.ino()) == (there.dev(), there.ino()))
            };
            if is_there(&lock) == Some(true) {
                let folder = Self {
                    path,
                    keeps,
                    _lock: lock,
                };
                folder.empty()?;
                return Ok(folder);
            }
        }
        Err(TraceError::Busy { folder: path })
    }

    fn empty(&self) -> Result<(), TraceError> {
        let entries = fs::read_dir(&self.path).map_err(FileError::of("list", &self.path))?;
        for entry in entries {
            let path = entry.map_err(FileError::of("list", &self.path))?.path();
            if path.is_dir() {
                fs::remove_dir_all(&path).map_err(FileError::of("remove", &path))?;
            }
        }
        Ok(())
    }

    /// Makes the folder of a piece.
    pub(super) fn files(&self, name: &str, extension: &str) -> Result<Files, TraceError> {
        let folder = self.path.join(name);
        fs::create_dir_all(&folder).map_err(FileError::of("make the folder", &folder))?;
        Ok(Files::of(&folder, extension))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keeps {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

impl Files {
    pub(super) fn of(folder: &Path, extension: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            wave: folder.join(format!("wave.{extension}")),
            report: folder.join("report.json"),
            output: folder.join("output"),
            said: folder.join("said"),
            end: folder.join("end"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_trace_has_the_folder_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("run.fst");
        let first = Folder::beside(&out, false).unwrap();
        first.files("1", "fst").unwrap();
        assert!(matches!(
            Folder::beside(&out, false),
            Err(TraceError::Busy { .. })
        ));
        drop(first);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        // As a killed trace leaves it.
        fs::create_dir_all(folder.path().join("run.fst.pieces/7/end")).unwrap();
        let second = Folder::beside(&out, true).unwrap();
        assert!(!second.path.join("7").exists());
        drop(second);
        assert!(
            folder.path().join("run.fst.pieces").exists(),
            "it was to be kept"
        );
    }
}
