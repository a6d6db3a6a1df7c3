//! A file appears under its name whole, or not at all.
//!
//! It is written under a temporary name in the same folder, made durable, and renamed; then the folder is made
//! durable. A writer that dies leaves the temporary file, which nobody holds locked any more: that is how leftovers
//! are told from files that are being written.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::error::{NotRemoved, SaveFileError};
use super::names::Numbered;
use super::storage::{Disk, Storage, StorageFile};
use crate::process::causes::with_causes;
use crate::process::output_path;
use crate::process::regular_file;

/// How the names of temporary files end.
const SUFFIX: &str = ".lightsss-tmp";

/// Where a file system has no locks, a temporary file of this age is a leftover.
const STALE_AFTER: Duration = Duration::from_hours(24);

/// A writer that lives has locked its file by then.
const LOCKED_AFTER: Duration = Duration::from_mins(1);

/// A file that is being written and has no name yet. Removed on drop, unless published.
pub(super) struct Unpublished<'a> {
    storage: &'a dyn Storage,
    file: Box<dyn StorageFile>,
    temporary: PathBuf,
    target: PathBuf,
    numbered: Option<Numbered>,
    published: bool,
}

impl<'a> Unpublished<'a> {
    /// Begins a file that is to be `target`, which may be there already: a regular file, or a link to one or to nothing.
    pub(super) fn create(storage: &'a dyn Storage, target: &Path) -> Result<Self, SaveFileError> {
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        if target.file_name().is_none() {
            return Err(SaveFileError::NotAFileName {
                path: target.to_owned(),
            });
        }
        let target = &output_path::target(target)?;
        let Some(name) = target.file_name() else {
            return Err(SaveFileError::NotAFileName {
                path: target.to_owned(),
            });
        };
        loop {
            let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
            let mut temporary = OsString::from(".");
            temporary.push(name);
            temporary.push(format!(".{}-{serial}{SUFFIX}", std::process::id()));
            let temporary = target.with_file_name(temporary);
            match storage.create(&temporary) {
                Ok(file) => {
                    return Ok(Self {
                        storage,
                        file,
                        temporary,
                        target: target.to_owned(),
                        numbered: None,
                        published: false,
                    });
                }
                // Left by an earlier process of the same number, or by a cleaner that was faster than our lock.
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::AlreadyExists | io::ErrorKind::ResourceBusy
                    ) && serial < u64::from(u16::MAX) => {}
                Err(source) => {
                    return Err(SaveFileError::Io {
                        action: "create",
                        path: temporary,
                        source,
                    });
                }
            }
        }
    }

    /// Has the file replace none: it gets the next number that is free when it is published, from this one on.
    pub(super) fn numbered(mut self, numbered: Option<Numbered>) -> Self {
        self.numbered = numbered;
        self
    }

    pub(super) fn file(&self) -> &dyn StorageFile {
        &*self.file
    }

    pub(super) fn path(&self) -> &Path {
        &self.target
    }

    /// Gives the file its name, and says which number it got. After an error the previous file of that name stands, or, if only the folder could not
    /// be made durable, the new one does.
    pub(super) fn publish(mut self) -> Result<Option<u32>, SaveFileError> {
        let failed = |action, path: &Path| {
            let path = path.to_owned();
            move |source| SaveFileError::Io {
                action,
                path,
                source,
            }
        };
        self.file.sync().map_err(failed("sync", &self.temporary))?;
        loop {
            let renamed = match &self.numbered {
                None => self.storage.rename(&self.temporary, &self.target),
                Some(_) => self.storage.rename_new(&self.temporary, &self.target),
            };
            match (renamed, &mut self.numbered) {
                (Ok(()), _) => break,
                // Another run has saved the same cycle in the same folder meanwhile.
                (Err(error), Some(numbered))
                    if error.kind() == io::ErrorKind::AlreadyExists
                        && numbered.number < u32::MAX =>
                {
                    numbered.number += 1;
                    self.target.set_file_name(numbered.file_name());
                }
                (Err(source), _) => return Err(failed("rename to", &self.target)(source)),
            }
        }
        self.published = true;
        let folder = folder_of(&self.target);
        self.storage
            .sync_folder(folder)
            .map_err(failed("sync", folder))?;
        Ok(self.numbered.as_ref().map(|numbered| numbered.number))
    }
}

impl Drop for Unpublished<'_> {
    fn drop(&mut self) {
        if !self.published {
            // Nothing better can be done about a failure: the next save in this folder cleans up.
            let _ = self.storage.remove(&self.temporary);
        }
    }
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Removes the leftovers of dead writers in a folder, and gives their names.
///
/// A file that is being written, by this or any other process, is left alone. Leftovers that cannot be removed are
/// warned of.
pub fn clean_leftovers(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let cleaned = clean(&Disk, folder)?;
    warn_of(&cleaned.not_removed);
    Ok(cleaned.removed)
}

/// What became of the leftovers in a folder.
#[derive(Debug, Default)]
pub(super) struct Cleaned {
    pub(super) removed: Vec<PathBuf>,
    pub(super) not_removed: Vec<NotRemoved>,
}

/// As [`clean_leftovers`], in another storage.
pub(super) fn clean(storage: &dyn Storage, folder: &Path) -> io::Result<Cleaned> {
    let mut cleaned = Cleaned::default();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if is_temporary(&path) && is_abandoned(&path) {
            match remove(storage, &path) {
                Ok(()) => cleaned.removed.push(path),
                Err(error) => cleaned.not_removed.push(error),
            }
        }
    }
    cleaned.removed.sort();
    Ok(cleaned)
}

/// Cleans the folder that is to be saved in. What cannot be cleaned now (a folder that cannot be read, say) is no
/// reason not to save, and is tried again by the next save.
pub(super) fn clean_before_save(storage: &dyn Storage, path: &Path) {
    if let Ok(cleaned) = clean(storage, folder_of(path)) {
        warn_of(&cleaned.not_removed);
    }
}

/// Removes a regular file; nothing else, and no link. One that is gone already, since two may clean one folder, is
/// removed.
pub(super) fn remove(storage: &dyn Storage, path: &Path) -> Result<(), NotRemoved> {
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
        let source = io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file, and only such are removed",
        );
        let path = path.to_owned();
        return Err(NotRemoved { path, source });
    }
    match storage.remove(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            let path = path.to_owned();
            Err(NotRemoved { path, source })
        }
        _ => Ok(()),
    }
}

/// Tells of files that stay.
pub(super) fn warn_of(not_removed: &[NotRemoved]) {
    for error in not_removed {
        let error = with_causes(error);
        tracing::warn!(error, "a file stays for now; the next save tries again");
    }
}

fn is_temporary(path: &Path) -> bool {
    path.file_name()
        .map(OsStr::as_encoded_bytes)
        .is_some_and(|name| name.starts_with(b".") && name.ends_with(SUFFIX.as_bytes()))
}

fn is_abandoned(path: &Path) -> bool {
    // A link, a FIFO or a device of such a name is no writer's.
    let is_file = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    let Some(file) = is_file
        .then(|| regular_file::open_to_read(path).ok())
        .flatten()
    else {
        return false;
    };
    match file.try_lock() {
        // Between a writer's creating the file and its locking it, the file is empty; such a one is left alone for a
        // moment.
        Ok(()) => {
            let empty = file.metadata().is_ok_and(|data| data.len() == 0);
            !empty || is_older(&file, LOCKED_AFTER)
        }
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => is_older(&file, STALE_AFTER),
    }
}

fn is_older(file: &File, than: Duration) -> bool {
    file.metadata()
        .and_then(|data| data.modified())
        .is_ok_and(|modified| {
            SystemTime::now()
                .duration_since(modified)
                .is_ok_and(|age| age > than)
        })
}
