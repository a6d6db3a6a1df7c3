//! Snapshots that a store has under a name, each with its parents.

use std::fs;
use std::path::{Path, PathBuf};

use lightsss_runtime::durable::{RestoreOptions, Snapshot};
use serde::{Deserialize, Serialize};

use super::cache::Cache;
use super::error::ContentError;
use super::hash::Hash;
use super::input::Input;
use super::upload::{Upload, upload};
use crate::file_error::FileError;
use crate::store::Store;

/// A snapshot under a name, with the files that it needs beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its content.
    pub file: Hash,
    /// Its length in bytes.
    pub length: u64,
    /// Its parents: names and contents.
    pub parents: Vec<(String, Hash)>,
}

/// Splits the address of a snapshot into the store's and the snapshot's name.
pub fn split_address(address: &str) -> Result<(&str, &str), ContentError> {
    let refused = || ContentError::NoName {
        address: address.to_owned(),
    };
    let (store, name) = address.rsplit_once('/').ok_or_else(refused)?;
    if name.is_empty() || store.ends_with(":/") || store.ends_with(':') {
        return Err(refused());
    }
    Ok((store, name))
}

/// The files of a snapshot's parents, nearest first; none of a file that is no snapshot.
fn parents_of(path: &Path) -> Result<Vec<PathBuf>, ContentError> {
    let refused = |error: &dyn std::error::Error| ContentError::Snapshot {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let is_snapshot = path
        .extension()
        .is_some_and(|extension| extension == lightsss_runtime::durable::EXTENSION);
    if !is_snapshot {
        return Ok(Vec::new());
    }
    let mut snapshot =
        Snapshot::open(path, &RestoreOptions::default()).map_err(|error| refused(&error))?;
    snapshot.open_parents().map_err(|error| refused(&error))?;
    let mut parents = Vec::new();
    let mut next = snapshot.parent();
    while let Some(parent) = next {
        parents.push(parent.path().to_owned());
        next = parent.parent();
    }
    Ok(parents)
}

/// Puts a file that a task reads into the store, and the parents of a snapshot behind it.
pub fn upload_inputs(store: &Store, path: &Path) -> Result<Vec<Input>, ContentError> {
    inputs(path, &mut |path| upload(store, path).map(|put| put.file))
}

/// As [`upload_inputs`], without a store.
pub fn inputs_of(path: &Path) -> Result<Vec<Input>, ContentError> {
    inputs(path, &mut |path| {
        Ok(Hash::of_file(path).map_err(FileError::of("read", path))?.0)
    })
}

fn inputs(
    path: &Path,
    put: &mut dyn FnMut(&Path) -> Result<Hash, ContentError>,
) -> Result<Vec<Input>, ContentError> {
    let mut inputs = Vec::new();
    for path in std::iter::once(path.to_owned()).chain(parents_of(path)?) {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        inputs.push(Input {
            name,
            file: put(&path)?,
        });
    }
    Ok(inputs)
}

/// Puts a snapshot, and its parents, into the store under a name. A snapshot that has the name is replaced.
pub fn put_named(store: &Store, name: &str, path: &Path) -> Result<Upload, ContentError> {
    let mut parents = Vec::new();
    let mut sent = 0;
    for parent in parents_of(path)? {
        let put = upload(store, &parent)?;
        sent += put.sent;
        let name = parent
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        parents.push((name, put.file));
    }
    let put = upload(store, path)?;
    let named = Named {
        file: put.file,
        length: put.length,
        parents,
    };
    store.replace_json(&key(name), &named)?;
    Ok(Upload {
        sent: sent + put.sent,
        ..put
    })
}

/// Puts the snapshot with this name, and its parents, into a folder. Gives its path.
pub fn fetch_named(
    store: &Store,
    name: &str,
    cache: &Cache,
    folder: &Path,
) -> Result<PathBuf, ContentError> {
    let key = key(name);
    let hint = "list the store's snapshots with `lightsss-farm snapshots STORE`";
    let named: Named = store
        .get_json(&key)?
        .ok_or_else(|| store.missing(&key, hint))?;
    fs::create_dir_all(folder).map_err(FileError::of("make the folder", folder))?;
    let files = named
        .parents
        .iter()
        .map(|(name, file)| (name.as_str(), *file));
    for (name, file) in files.chain([(name, named.file)]) {
        let base = Path::new(name).file_name().filter(|base| *base == name);
        let base =
            base.ok_or_else(|| store.damaged(&key, "expected names of files without folders"))?;
        let to = folder.join(base);
        if !to.exists() {
            cache.place(store, file, &to)?;
        }
    }
    Ok(folder.join(name))
}

/// The snapshots that the store has under names.
pub fn list_named(store: &Store) -> Result<Vec<(String, Named)>, ContentError> {
    let mut found = Vec::new();
    for listed in store.list("snapshots")? {
        if let Some(named) = store.get_json(&listed.key)? {
            let name = listed.key.trim_start_matches("snapshots/").to_owned();
            found.push((name, named));
        }
    }
    Ok(found)
}

fn key(name: &str) -> String {
    format!("snapshots/{name}")
}

#[cfg(test)]
mod tests {
    use super::split_address;

    #[test]
    fn the_last_part_of_an_address_is_the_name() {
        assert_eq!(
            split_address("s3://bucket/a/b.lsss").unwrap(),
            ("s3://bucket/a", "b.lsss")
        );
        assert_eq!(split_address("/farm/b.lsss").unwrap(), ("/farm", "b.lsss"));
        for address in ["s3://bucket", "s3://bucket/", "b.lsss"] {
            assert!(split_address(address).is_err(), "{address}");
        }
    }
}
