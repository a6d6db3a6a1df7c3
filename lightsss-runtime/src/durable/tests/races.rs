//! Two runs that save the same cycle in the same folder: both files stand, each under the reported name.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::durable::storage::{Disk, Storage, StorageFile};
use crate::durable::{Background, SaveOptions, Series, SeriesOptions, restore, save};
use crate::process::isolate::isolated;

/// Another run publishes its file in the last moment. With `links`, as on a file system that renames over everything.
#[derive(Debug)]
struct Raced {
    links: bool,
}

fn saved(path: &Path) -> u64 {
    let mut value = 0;
    restore(path, &mut value).unwrap();
    value
}

/// What the other run saves.
const OTHER: u64 = 1_000;

impl Storage for Raced {
    fn create(&self, path: &Path) -> io::Result<Box<dyn StorageFile>> {
        Disk.create(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        Disk.rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        let number = to.file_stem().unwrap().as_encoded_bytes().last();
        if number == Some(&b'0') {
            save(to, &OTHER, &SaveOptions::new()).unwrap();
        }
        if self.links {
            std::fs::hard_link(from, to)?;
            return self.remove(from);
        }
        Disk.rename_new(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        Disk.sync_folder(folder)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        Disk.remove(path)
    }
}

fn both_stand(links: bool, background: bool) {
    let folder = tempfile::tempdir().unwrap();
    let options = SaveOptions {
        storage: Arc::new(Raced { links }),
        ..SaveOptions::new()
    };
    let mut series = Series::new(folder.path(), SeriesOptions::default()).unwrap();
    let path = if background {
        series.save_in_background(&7_u64, &options).unwrap();
        let report = series.wait().pop().unwrap();
        report.result.unwrap();
        report.path
    } else {
        series.save(&7_u64, &options).unwrap().0
    };
    let name = |number: u32| format!("snapshot-{:020}-{number:02}.lsss", 0);
    assert_eq!(path, folder.path().join(name(1)));
    assert_eq!(saved(&path), 7);
    assert_eq!(saved(&folder.path().join(name(0))), OTHER);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    // The reported file is the one that may become a parent.
    assert_eq!(series.newest_good(), Some(path));
}

#[test]
fn a_file_of_another_run_is_not_replaced() {
    for links in [false, true] {
        both_stand(links, false);
    }
}

#[test]
fn a_file_of_another_run_is_not_replaced_in_the_background() {
    isolated(|| {
        for links in [false, true] {
            both_stand(links, true);
        }
    });
}

/// A file that is to have a name of the caller's own replaces the one before, as ever.
#[test]
fn a_save_to_a_path_replaces() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.lsss");
    for value in [1_u64, 2] {
        save(&path, &value, &SaveOptions::new()).unwrap();
        assert_eq!(saved(&path), value);
    }
    isolated(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lsss");
        let mut background = Background::new(std::num::NonZeroUsize::MIN);
        for value in [1_u64, 2] {
            background.save(&path, &value, &SaveOptions::new()).unwrap();
            let report = background.wait().pop().unwrap();
            assert_eq!((saved(&path), report.path == path), (value, true));
        }
    });
}
