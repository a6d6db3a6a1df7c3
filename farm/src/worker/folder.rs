//! The folder of a worker's tasks. What a killed worker left is removed by the next one.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::error::WorkerError;
use super::options::WorkerOptions;
use crate::file_error::FileError;

/// The folder of a worker's tasks; it is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    lock: PathBuf,
    /// Held while the worker lives.
    _locked: File,
}

impl Folder {
    /// Makes a worker's folder below the cache, and removes those of workers that are gone.
    pub(super) fn make(options: &WorkerOptions) -> Result<Self, WorkerError> {
        let base = options.cache.join("work");
        fs::create_dir_all(&base).map_err(FileError::of("make the folder", &base))?;
        sweep(&base);
        let name = format!(
            "{}-{}-{}",
            options.session,
            options.number,
            std::process::id()
        );
        let lock = base.join(format!("{name}.lock"));
        let locked = locked(&lock).map_err(FileError::of("lock", &lock))?;
        let path = base.join(name);
        fs::create_dir_all(&path).map_err(FileError::of("make the folder", &path))?;
        Ok(Self {
            path,
            lock,
            _locked: locked,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The next worker removes what stays.
        let _ = fs::remove_dir_all(&self.path);
        let _ = fs::remove_file(&self.lock);
    }
}

fn locked(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create_new(true).write(true).open(path)?;
    file.lock()?;
    Ok(file)
}

/// Removes the folders whose lock nobody holds.
fn sweep(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else {
        return;
    };
    for lock in entries.flatten().map(|entry| entry.path()) {
        if lock.extension().is_none_or(|extension| extension != "lock") {
            continue;
        }
        let is_free = File::open(&lock).is_ok_and(|file| file.try_lock().is_ok());
        if is_free {
            // Another worker may remove the same ones.
            let _ = fs::remove_dir_all(lock.with_extension(""));
            let _ = fs::remove_file(&lock);
        }
    }
}
