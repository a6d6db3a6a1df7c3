//! A storage whose n-th operation fails.

use std::fs::File;
use std::io::{self, IoSlice, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
    fails: u64,
    /// The place in this file is the number of the next operation: a child that saves and its original share it, and
    /// the system moves it on for one at a time.
    done: File,
}

impl Counter {
    fn step(&self) -> io::Result<()> {
        let number = (&self.done).seek(SeekFrom::Current(1))? - 1;
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
    pub(super) fn new(fault: Fault, fails: u64) -> Self {
        Self {
            counter: Arc::new(Counter {
                fault,
                fails,
                done: tempfile::tempfile().unwrap(),
            }),
            renamed: AtomicBool::new(false),
        }
    }

    /// Whether it came to the operation that fails.
    pub(super) fn failed(&self) -> bool {
        (&self.counter.done).stream_position().unwrap() > self.counter.fails
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

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.counter.step()?;
        Disk.rename_new(from, to)?;
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

/// A storage in which files are made, and nothing can be removed.
#[derive(Debug)]
pub(super) struct Stuck;

impl Storage for Stuck {
    fn create(&self, path: &Path) -> io::Result<Box<dyn StorageFile>> {
        Disk.create(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        Disk.rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        Disk.rename_new(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        Disk.sync_folder(folder)
    }

    fn remove(&self, _: &Path) -> io::Result<()> {
        Err(Errno::EROFS.into())
    }
}
