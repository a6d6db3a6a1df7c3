//! A file is put into a store.

use std::path::Path;

use super::error::ContentError;
use super::hash::Hash;
use super::manifest::{Manifest, Piece};
use super::pieces::pieces;
use crate::file_error::FileError;
use crate::store::Store;

/// Pieces of at most so many bytes are in the manifest.
const INLINE: usize = 256;

/// Pieces that are sent at once.
const AT_ONCE: usize = 16;

/// What came of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The file's content.
    pub file: Hash,
    /// Its length in bytes.
    pub length: u64,
    /// Bytes that the store did not have yet.
    pub sent: u64,
}

/// Puts a file into the store. What the store has of it is not sent again, so that an upload that was cut off goes on
/// where it stopped. Readers see the file when all of it is there.
pub fn upload(store: &Store, path: &Path) -> Result<Upload, ContentError> {
    let (file, length) = Hash::of_file(path).map_err(FileError::of("read", path))?;
    let key = Manifest::key(file);
    if store.exists(&key)? {
        return Ok(Upload {
            file,
            length,
            sent: 0,
        });
    }
    let mut hasher = blake3::Hasher::new();
    let mut manifest = Manifest {
        length,
        pieces: Vec::new(),
    };
    let mut batch = Vec::new();
    let mut sent = 0;
    for piece in pieces(path).map_err(FileError::of("read", path))? {
        let piece = piece.map_err(FileError::of("read", path))?;
        hasher.update(&piece);
        if piece.len() <= INLINE {
            manifest.pieces.push(Piece::inline(&piece));
            continue;
        }
        let hash = Hash::of(&piece);
        manifest.pieces.push(Piece::Object {
            hash,
            length: piece.len() as u64,
        });
        batch.push((Piece::key(hash), piece));
        if batch.len() == AT_ONCE {
            sent += store.create_missing(std::mem::take(&mut batch))?;
        }
    }
    sent += store.create_missing(batch)?;
    if Hash::finish(&hasher) != file {
        return Err(ContentError::Changed {
            path: path.to_owned(),
        });
    }
    store.create_json(&key, &manifest)?;
    Ok(Upload { file, length, sent })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Manifest, upload};
    use crate::content::Cache;
    use crate::store::Store;

    fn bytes(seed: u64, count: usize) -> Vec<u8> {
        let mut random = fastrand::Rng::with_seed(seed);
        std::iter::repeat_with(|| random.u8(..))
            .take(count)
            .collect()
    }

    #[test]
    fn a_file_with_a_byte_more_in_front_shares_its_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("store").to_str().unwrap()).unwrap();
        let path = folder.path().join("file");
        let mut content = bytes(1, 12 << 20);
        fs::write(&path, &content).unwrap();
        let first = upload(&store, &path).unwrap();
        assert_eq!(first.sent, first.length);
        assert_eq!(upload(&store, &path).unwrap().sent, 0);
        content.insert(0, 7);
        fs::write(&path, &content).unwrap();
        let second = upload(&store, &path).unwrap();
        assert!(second.sent < first.sent / 2, "{second:?}");
    }

    #[test]
    fn a_piece_that_is_not_what_its_name_says_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("store").to_str().unwrap()).unwrap();
        let path = folder.path().join("file");
        fs::write(&path, bytes(2, 3 << 20)).unwrap();
        let file = upload(&store, &path).unwrap().file;
        let cache = Cache::open(&folder.path().join("cache"), 1 << 30).unwrap();
        let piece = store.list("pieces").unwrap().remove(0);
        let mut damaged = store.get(&piece.key).unwrap().unwrap();
        damaged[1] ^= 1;
        store.replace(&piece.key, damaged).unwrap();
        let error = cache.fetch(&store, file).unwrap_err().to_string();
        assert!(
            error.contains("damaged") && error.contains(&piece.key),
            "{error}"
        );
        store.remove(&piece.key).unwrap();
        assert!(cache.fetch(&store, file).is_err());
        store.remove(&Manifest::key(file)).unwrap();
        assert!(
            cache
                .fetch(&store, file)
                .unwrap_err()
                .to_string()
                .contains("put the file")
        );
    }
}
