//! The joined waveform, under another name until it is whole.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::error::JoinError;

/// A file that gets its name once it is whole. It is removed if that does not happen.
pub(super) struct Output {
    file: BufWriter<File>,
    /// The name until then.
    unfinished: PathBuf,
    /// Bytes written so far.
    written: u64,
    done: bool,
}

impl Output {
    /// `path` is one that `output_path::check` has found.
    pub(super) fn create(path: &Path) -> Result<Self, JoinError> {
        let mut name = OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}.lightsss-tmp", std::process::id()));
        let unfinished = path.with_file_name(name);
        // Of a process that had the same number.
        if fs::symlink_metadata(&unfinished).is_ok_and(|found| found.is_file()) {
            let _ = fs::remove_file(&unfinished);
        }
        let mut options = File::options();
        let file = options.write(true).create_new(true).open(&unfinished);
        let file = file.map_err(|source| writing(&unfinished, source))?;
        Ok(Self {
            file: BufWriter::with_capacity(1 << 20, file),
            unfinished,
            written: 0,
            done: false,
        })
    }

    pub(super) fn written(&self) -> u64 {
        self.written
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), JoinError> {
        let put = self.file.write_all(bytes);
        put.map_err(|source| writing(&self.unfinished, source))?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Writes over what is at `at`, and goes on behind the end.
    pub(super) fn patch(&mut self, at: u64, bytes: &[u8]) -> Result<(), JoinError> {
        let mut patch = || {
            self.file.seek(SeekFrom::Start(at))?;
            self.file.write_all(bytes)?;
            self.file.seek(SeekFrom::Start(self.written)).map(drop)
        };
        let patched = patch();
        patched.map_err(|source| writing(&self.unfinished, source))
    }

    /// Writes what is still in memory, has `check` read the file, and gives it its name.
    pub(super) fn finish(
        mut self,
        path: &Path,
        check: impl FnOnce(&Path) -> Result<u64, String>,
    ) -> Result<u64, JoinError> {
        let mut sync = || {
            self.file.flush()?;
            self.file.get_ref().sync_all()
        };
        let synced = sync();
        synced.map_err(|source| writing(&self.unfinished, source))?;
        let bytes = check(&self.unfinished).map_err(|what| JoinError::NotRead {
            path: path.to_owned(),
            what,
        })?;
        let named = fs::rename(&self.unfinished, path).and_then(|()| sync_folder(path));
        named.map_err(|source| writing(path, source))?;
        self.done = true;
        Ok(bytes)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.unfinished);
        }
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn writing(path: &Path, source: io::Error) -> JoinError {
    JoinError::Io {
        action: "write",
        path: path.to_owned(),
        source,
    }
}
