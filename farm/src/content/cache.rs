//! The files of a store that a node has at hand, up to a size.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::error::ContentError;
use super::hash::Hash;
use super::manifest::{Manifest, Piece};
use crate::file_error::FileError;
use crate::store::{Store, StoreError};

/// Pieces that are fetched at once.
const AT_ONCE: usize = 16;

/// How often a file is fetched again that another process drops from the cache at once.
const TRIES: usize = 8;

/// A folder of files by their content. Several processes may use it at once.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    size: u64,
}

impl Cache {
    /// Opens the cache in `folder`, and makes it if it is not there. It keeps at most `size` bytes, and always the file
    /// that was fetched last.
    pub fn open(folder: &Path, size: u64) -> Result<Self, ContentError> {
        for part in ["files", "partial", "locks"] {
            let part = folder.join(part);
            fs::create_dir_all(&part).map_err(FileError::of("make the folder", part))?;
        }
        let folder = fs::canonicalize(folder).map_err(FileError::of("find", folder))?;
        Ok(Self { folder, size })
    }

    /// The path of a file of the store, fetched and verified if it is not at hand. The file must not be written to.
    pub fn fetch(&self, store: &Store, file: Hash) -> Result<PathBuf, ContentError> {
        let path = self.folder.join("files").join(file.to_string());
        if is_good(&path) {
            self.touch(file);
            return Ok(path);
        }
        let lock = self.folder.join("locks").join(file.to_string());
        let guard = locked(&lock).map_err(FileError::of("lock", &lock))?;
        if !is_good(&path) {
            self.download(store, file, &path)?;
        }
        self.touch(file);
        drop(guard);
        self.shrink(file)?;
        Ok(path)
    }

    /// Puts a file of the store at `to`: a second name of the cached file where the file system can do that, or else a
    /// copy. It must not be written to.
    pub fn place(&self, store: &Store, file: Hash, to: &Path) -> Result<(), ContentError> {
        for _ in 0..TRIES {
            let path = self.fetch(store, file)?;
            match fs::hard_link(&path, to).or_else(|_| fs::copy(&path, to).map(drop)) {
                Ok(()) => return Ok(()),
                // Dropped from the cache in between.
                Err(error) if error.kind() == io::ErrorKind::NotFound && !path.exists() => {}
                Err(error) => return Err(FileError::of("write", to)(error).into()),
            }
        }
        let full = io::Error::other(
            "the cache is too small for what is used at once; give it more with --cache-size",
        );
        Err(FileError::of("keep", self.folder.join(file.to_string()))(full).into())
    }

    fn download(&self, store: &Store, file: Hash, path: &Path) -> Result<(), ContentError> {
        let manifest = Manifest::read(store, file)?;
        let mut partial = tempfile::Builder::new()
            .prefix("file-")
            .tempfile_in(self.folder.join("partial"))
            .map_err(FileError::of("write in", self.folder.join("partial")))?;
        let writing = |error| FileError::of("write", path)(error);
        let mut hasher = blake3::Hasher::new();
        for pieces in manifest.pieces.chunks(AT_ONCE) {
            for piece in contents(store, file, pieces)? {
                hasher.update(&piece);
                partial.write_all(&piece).map_err(writing)?;
            }
        }
        if Hash::finish(&hasher) != file {
            let reason = format!(
                "expected pieces that make {file}, found some that make {}",
                Hash::finish(&hasher)
            );
            return Err(store.damaged(&Manifest::key(file), reason).into());
        }
        let held = partial.as_file();
        held.set_permissions(fs::Permissions::from_mode(0o555))
            .map_err(writing)?;
        held.set_modified(mark()).map_err(writing)?;
        held.sync_all().map_err(writing)?;
        partial
            .persist(path)
            .map_err(|error| writing(error.error))?;
        Ok(())
    }

    /// Notes that the file is used.
    fn touch(&self, file: Hash) {
        let path = self.folder.join("locks").join(file.to_string());
        // Only the order in which files are dropped depends on it.
        if let Ok(file) = OpenOptions::new().create(true).append(true).open(path) {
            let _ = file.set_modified(SystemTime::now());
        }
    }

    /// Drops the files that were not used for longest, until the rest fits; never `kept`.
    fn shrink(&self, kept: Hash) -> Result<(), ContentError> {
        let folder = self.folder.join("files");
        let failed = |error| FileError::of("list", &folder)(error);
        let mut files = Vec::new();
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let used = fs::metadata(self.folder.join("locks").join(entry.file_name()))
                .and_then(|found| found.modified());
            // Another process may drop it at the same time.
            if let Ok(found) = entry.metadata() {
                files.push((
                    used.unwrap_or(SystemTime::UNIX_EPOCH),
                    found.len(),
                    entry.path(),
                ));
            }
        }
        files.sort();
        let mut size: u64 = files.iter().map(|(_, length, _)| length).sum();
        for (_, length, path) in files {
            if size <= self.size {
                break;
            }
            if path
                .file_name()
                .is_some_and(|name| *name == *kept.to_string())
            {
                continue;
            }
            if fs::remove_file(&path).is_ok() {
                size -= length;
            }
        }
        Ok(())
    }
}

/// The contents of pieces, verified.
fn contents(store: &Store, file: Hash, pieces: &[Piece]) -> Result<Vec<Vec<u8>>, StoreError> {
    let objects: Vec<(Hash, u64)> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Object { hash, length } => Some((*hash, *length)),
            Piece::Inline { .. } => None,
        })
        .collect();
    let keys: Vec<String> = objects.iter().map(|(hash, _)| Piece::key(*hash)).collect();
    let mut fetched = store.get_all(&keys)?.into_iter();
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Object { hash, length } => {
                let bytes = fetched.next().unwrap_or_default();
                if bytes.len() as u64 != *length || Hash::of(&bytes) != *hash {
                    let reason = format!(
                        "expected {length} bytes with the hash in its name, found {} with {}",
                        bytes.len(),
                        Hash::of(&bytes)
                    );
                    return Err(store.damaged(&Piece::key(*hash), reason));
                }
                Ok(bytes)
            }
            Piece::Inline { bytes } => Piece::decode(bytes).ok_or_else(|| {
                store.damaged(
                    &Manifest::key(file),
                    "expected hexadecimal digits of whole bytes",
                )
            }),
        })
        .collect()
}

/// A file that was written to after it was verified has another time.
fn is_good(path: &Path) -> bool {
    let modified = fs::metadata(path).and_then(|found| found.modified());
    modified.is_ok_and(|modified| modified == mark())
}

/// The time of a file that nobody has written to since it was verified.
fn mark() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1)
}

/// Waits for the lock; it is held while the file is open.
fn locked(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    file.lock()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Cache;
    use crate::content::upload;
    use crate::store::Store;

    #[test]
    fn the_file_that_was_not_used_for_longest_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("store").to_str().unwrap()).unwrap();
        let files: Vec<_> = (0..3_u8)
            .map(|number| {
                let path = folder.path().join(format!("file-{number}"));
                fs::write(&path, vec![number; 1000]).unwrap();
                upload(&store, &path).unwrap().file
            })
            .collect();
        let cache = Cache::open(&folder.path().join("cache"), 2000).unwrap();
        let first = cache.fetch(&store, files[0]).unwrap();
        let second = cache.fetch(&store, files[1]).unwrap();
        cache.fetch(&store, files[0]).unwrap();
        cache.fetch(&store, files[2]).unwrap();
        assert!(first.exists());
        assert!(!second.exists());
    }

    #[test]
    fn a_cached_file_that_was_written_to_is_fetched_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("store").to_str().unwrap()).unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "right").unwrap();
        let file = upload(&store, &path).unwrap().file;
        let cache = Cache::open(&folder.path().join("cache"), 2000).unwrap();
        let cached = cache.fetch(&store, file).unwrap();
        fs::remove_file(&cached).unwrap();
        fs::write(&cached, "wrong").unwrap();
        assert_eq!(
            fs::read(cache.fetch(&store, file).unwrap()).unwrap(),
            b"right"
        );
    }
}
