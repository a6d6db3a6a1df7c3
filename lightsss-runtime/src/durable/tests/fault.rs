//! A storage of which the n-th operation fails.

use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use nix::errno::Errno;

use super::super::storage::{Disk, Storage, StorageFile};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The operation fails with this error of the system; a write writes half first.
    Error(Errno),
    /// The operation fails, and so do all later ones: as if the process had died.
    Death,
}

#[derive(Debug)]
struct Counter {
    fault: Fault,
    fails: usize,
    done: AtomicUsize,
}

impl Counter {
    fn step(&self) -> io::Result<()> {
        let number = self.done.fetch_add(1, Ordering::Relaxed);
        match self.fault {
            Fault::Error(errno) if number == self.fails => Err(errno.into()),
            Fault::Death if number >= self.fails => Err(Errno::EIO.into()),
            _ => Ok(()),
        }
    }
}

#[derive(Debug)]
pub(super) struct Faulty {
    counter: Arc<Counter>,
    renamed: AtomicBool,
}

impl Faulty {
    /// Operation number `fails` fails, counted from 0.
    pub(super) fn new(fault: Fault, fails: usize) -> Self {
        Self {
            counter: Arc::new(Counter {
                fault,
                fails,
                done: AtomicUsize::new(0),
            }),
            renamed: AtomicBool::new(false),
        }
    }

    pub(super) fn renamed(&self) -> bool {
        self.renamed.load(Ordering::Relaxed)
    }
}

impl Storage for Faulty {
    fn create(&self, path: &Path) -> io::Result<Box<dyn StorageFile>> {
        self.counter.step()?;
        Ok(Box::new(FaultyFile {
            file: Disk.create(path)?,
            counter: Arc::clone(&self.counter),
        }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.counter.step()?;
        Disk.rename(from, to)?;
        self.renamed.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.counter.step()?;
        Disk.sync_folder(folder)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.counter.step()?;
        Disk.remove(path)
    }
}

struct FaultyFile {
    file: Box<dyn StorageFile>,
    counter: Arc<Counter>,
}

impl StorageFile for FaultyFile {
    fn write_at(&self, parts: &[IoSlice<'_>], offset: u64) -> io::Result<()> {
        if let Err(error) = self.counter.step() {
            let half = &parts[0][..parts[0].len() / 2];
            self.file.write_at(&[IoSlice::new(half)], offset)?;
            return Err(error);
        }
        self.file.write_at(parts, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.counter.step()?;
        self.file.sync()
    }
}
