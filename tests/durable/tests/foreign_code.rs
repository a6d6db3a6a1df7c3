//! Storage of the harness's own that panics, wherever it is called.

use std::fs;
use std::io::{self, IoSlice};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use lightsss_runtime::durable::storage::{Disk, Storage, StorageFile};
use lightsss_runtime::durable::{self, SaveOptions};

/// Panics in its n-th operation.
#[derive(Debug, Clone)]
struct Panicking {
    fails: u32,
    done: Arc<AtomicU32>,
}

impl Panicking {
    fn step(&self) {
        let number = self.done.fetch_add(1, Ordering::Relaxed);
        assert_ne!(number, self.fails, "storage");
    }
}

struct PanickingFile(Panicking, Box<dyn StorageFile>);

impl Storage for Panicking {
    fn create(&self, path: &Path) -> io::Result<Box<dyn StorageFile>> {
        self.step();
        let file = Disk.create(path)?;
        Ok(Box::new(PanickingFile(self.clone(), file)))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step();
        Disk.rename(from, to)
    }
    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step();
        Disk.rename_new(from, to)
    }
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.step();
        Disk.sync_folder(folder)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step();
        Disk.remove(path)
    }
}

impl StorageFile for PanickingFile {
    fn write_at(&self, parts: &[IoSlice<'_>], offset: u64) -> io::Result<()> {
        self.0.step();
        self.1.write_at(parts, offset)
    }
    fn sync(&self) -> io::Result<()> {
        self.0.step();
        self.1.sync()
    }
}

#[test]
fn a_panic_in_storage_leaves_the_snapshot_before_or_the_whole_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.lsss");
    let old = vec![1_u64; 1 << 16];
    let new = vec![2_u64; 1 << 16];
    for fails in 0.. {
        durable::save(&path, &old, &SaveOptions::new()).unwrap();
        let mut options = SaveOptions::new();
        let storage = Panicking {
            fails,
            done: Arc::default(),
        };
        options.storage = Arc::new(storage.clone());
        let saved = catch_unwind(AssertUnwindSafe(|| durable::save(&path, &new, &options)));
        let mut found = Vec::<u64>::new();
        durable::restore(&path, &mut found).unwrap();
        if let Ok(result) = saved {
            result.unwrap();
            assert_eq!(found, new);
            assert!(fails >= 4, "create, write, sync, rename at least");
            return;
        }
        assert!(found == old || found == new, "operation {fails}");
        assert!(fs::read_dir(folder.path()).unwrap().count() <= 2);
    }
}
