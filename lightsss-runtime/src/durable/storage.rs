//! The operations that change files, as a trait, so that tests can make the n-th one fail.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, IoSlice};
use std::os::fd::AsFd;
use std::path::Path;

/// Where snapshots are written, and removed. [`Disk`] is the one to use; another one serves fault injection.
pub trait Storage: fmt::Debug + Send + Sync {
    /// Creates a file that must not exist, and locks it for as long as it is open.
    fn create(&self, path: &Path) -> io::Result<Box<dyn StorageFile>>;
    /// Renames a file, replacing what has the new name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Renames a file; fails with [`io::ErrorKind::AlreadyExists`] if anything has the new name, even if another process is faster.
    ///
    /// Unless a storage knows better, the file gets a second name and then loses its first one.
    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)?;
        // It has its name; a first name that stays is cleaned like any leftover.
        let _ = self.remove(from);
        Ok(())
    }
    /// Makes the names in a folder durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// A file being written. Several threads write to different places at once.
pub trait StorageFile: Send + Sync {
    /// Writes all of `parts`, one behind the other, from byte `offset` on.
    fn write_at(&self, parts: &[IoSlice<'_>], offset: u64) -> io::Result<()>;
    /// Makes what was written durable.
    fn sync(&self) -> io::Result<()>;
}

/// The real file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Storage for Disk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn StorageFile>> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        match file.try_lock() {
            // A file system without locks: leftovers are told by their age there.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Box::new(file)),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::ResourceBusy.into()),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        use nix::errno::Errno;
        use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
        match renameat2(AT_FDCWD, from, AT_FDCWD, to, RenameFlags::RENAME_NOREPLACE) {
            // A file system, or a kernel, that cannot.
            Err(Errno::EINVAL | Errno::ENOSYS) => {
                fs::hard_link(from, to)?;
                let _ = fs::remove_file(from);
                Ok(())
            }
            done => Ok(done?),
        }
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}

impl StorageFile for File {
    fn write_at(&self, parts: &[IoSlice<'_>], mut offset: u64) -> io::Result<()> {
        let mut parts = parts.to_vec();
        let mut parts = parts.as_mut_slice();
        IoSlice::advance_slices(&mut parts, 0);
        while !parts.is_empty() {
            // The kernel takes at most 1024 parts in one call.
            let batch = &parts[..parts.len().min(1024)];
            match nix::sys::uio::pwritev(self.as_fd(), batch, offset as libc::off_t) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    IoSlice::advance_slices(&mut parts, written);
                    offset += written as u64;
                }
                Err(nix::errno::Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_all()
    }
}
