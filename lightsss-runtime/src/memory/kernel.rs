//! Asynchronous write protection: `userfaultfd(2)` and `ioctl_pagemap_scan`, Linux 6.7 and newer.
//!
//! Structures and numbers are those of `linux/userfaultfd.h` and `linux/fs.h`.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use super::pages::{PAGE, PageSet};

const UFFD_API: u64 = 0xaa;
const UFFD_FEATURE_WP_UNPOPULATED: u64 = 1 << 13;
const UFFD_FEATURE_WP_ASYNC: u64 = 1 << 15;
const UFFD_USER_MODE_ONLY: i32 = 1;
const UFFDIO_REGISTER_MODE_WP: u64 = 1 << 1;
const PM_SCAN_WP_MATCHING: u64 = 1 << 0;
const PM_SCAN_CHECK_WPASYNC: u64 = 1 << 1;
const PAGE_IS_WRITTEN: u64 = 1 << 1;

#[repr(C)]
#[derive(Default)]
struct UffdioApi {
    api: u64,
    features: u64,
    ioctls: u64,
}

#[repr(C)]
#[derive(Default)]
struct UffdioRegister {
    start: u64,
    len: u64,
    mode: u64,
    ioctls: u64,
}

#[repr(C)]
#[derive(Default)]
struct PmScanArg {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    vec: u64,
    vec_len: u64,
    max_pages: u64,
    category_inverted: u64,
    category_mask: u64,
    category_anyof_mask: u64,
    return_mask: u64,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct PageRegion {
    start: u64,
    end: u64,
    categories: u64,
}

nix::ioctl_readwrite!(uffdio_api, 0xaa, 0x3f, UffdioApi);
nix::ioctl_readwrite!(uffdio_register, 0xaa, 0x00, UffdioRegister);
nix::ioctl_readwrite!(pagemap_scan, b'f', 16, PmScanArg);

/// A region of this process's memory in which the kernel counts writes.
#[derive(Debug)]
pub(super) struct CountedRegion {
    /// The protection ends when it is closed.
    _protection: OwnedFd,
    pagemap: File,
    start: usize,
    len: usize,
    process: u32,
}

impl CountedRegion {
    /// Begins to count writes in `len` bytes from `start`, both multiples of the page size.
    pub(super) fn new(start: usize, len: usize) -> io::Result<Self> {
        if !start.is_multiple_of(PAGE) || !len.is_multiple_of(PAGE) || len == 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("expected whole pages of {PAGE} bytes, found {len} bytes at {start:#x}"),
            ));
        }
        let flags = libc::O_CLOEXEC | libc::O_NONBLOCK | UFFD_USER_MODE_ONLY;
        // SAFETY: the system call takes a number and touches no memory of ours.
        let fd = unsafe { libc::syscall(libc::SYS_userfaultfd, flags) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call above succeeded, so `fd` is a new descriptor that nobody else owns.
        let protection = unsafe { OwnedFd::from_raw_fd(fd as i32) };
        let mut api = UffdioApi {
            api: UFFD_API,
            features: UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_WP_UNPOPULATED,
            ioctls: 0,
        };
        // SAFETY: the structure is laid out as the kernel's `struct uffdio_api` and lives across the call.
        unsafe { uffdio_api(protection.as_raw_fd(), &raw mut api) }?;
        let mut register = UffdioRegister {
            start: start as u64,
            len: len as u64,
            mode: UFFDIO_REGISTER_MODE_WP,
            ioctls: 0,
        };
        // SAFETY: laid out as `struct uffdio_register`. With asynchronous write protection the kernel resolves every
        // fault by itself, so that memory behaves as before for all who use it.
        unsafe { uffdio_register(protection.as_raw_fd(), &raw mut register) }?;
        let region = Self {
            _protection: protection,
            pagemap: File::open("/proc/self/pagemap")?,
            start,
            len,
            process: std::process::id(),
        };
        region.take_written(&mut PageSet::default())?;
        Ok(region)
    }

    /// Whether this is the process whose writes are counted: a fork's child has the memory, and not the counting.
    pub(super) fn is_here(&self) -> bool {
        self.process == std::process::id()
    }

    /// Adds the pages that were written since the last call to `pages`, and begins to count anew.
    pub(super) fn take_written(&self, pages: &mut PageSet) -> io::Result<()> {
        let end = (self.start + self.len) as u64;
        let mut found = [PageRegion::default(); 512];
        let mut scan = PmScanArg {
            size: size_of::<PmScanArg>() as u64,
            flags: PM_SCAN_WP_MATCHING | PM_SCAN_CHECK_WPASYNC,
            start: self.start as u64,
            end,
            vec: found.as_mut_ptr() as u64,
            vec_len: found.len() as u64,
            category_mask: PAGE_IS_WRITTEN,
            return_mask: PAGE_IS_WRITTEN,
            ..PmScanArg::default()
        };
        while scan.start < end {
            // SAFETY: laid out as `struct pm_scan_arg`; `vec` points to `vec_len` regions that live across the call, and
            // the kernel writes no more of them.
            let count = unsafe { pagemap_scan(self.pagemap.as_raw_fd(), &raw mut scan) }?;
            for region in &found[..count as usize] {
                let first = (region.start as usize - self.start) / PAGE;
                let last = (region.end as usize - self.start) / PAGE;
                (first..last).for_each(|page| pages.insert(page));
            }
            if scan.walk_end <= scan.start {
                return Err(io::Error::other("the kernel's scan made no progress"));
            }
            scan.start = scan.walk_end;
        }
        Ok(())
    }
}
