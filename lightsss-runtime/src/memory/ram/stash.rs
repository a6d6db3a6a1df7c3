//! Copies of memory for slots, made before the fork, in files that are used again.
//!
//! Memory that is new to a process is dear: the kernel must find it and clear it. In a virtual machine the
//! host must find it first, which costs up to thirty times as much as the copying. So the memory that an
//! ended slot has left serves the next one.
//!
//! The slot and its replays hold the file's *lease*: an open file description of their own, with a shared
//! lock. The original's description can be locked exclusively only once the last of them is gone, however
//! it ended, since the kernel then closes the lease (see flock(2)).

use std::{
    ffi::c_void,
    fs::{File, TryLockError},
    io::{self, ErrorKind},
    num::NonZeroUsize,
    ops::Range,
    os::fd::AsRawFd,
    ptr::NonNull,
};

use nix::sys::{
    memfd::{MFdFlags, memfd_create},
    mman::{MapFlags, ProtFlags, mmap, munmap},
    resource::{Resource, getrlimit},
};

use super::region::Region;
use crate::memory::pages::{HUGE_PAGE, PAGE};
use crate::process::files::OWN_NAME;

/// Forks after which a file that nobody used is given up.
const IDLE: u32 = 8;

/// Files for the copies that slots get.
#[derive(Debug, Default)]
pub(super) struct Stash {
    files: Vec<StashFile>,
}

impl Stash {
    /// Copies runs of chunks for the process about to be forked, which must not get them otherwise.
    pub(super) fn copy(&mut self, region: &Region, runs: &[Range<usize>]) -> io::Result<Copies> {
        let at = if let Some(at) = self.unused().first() {
            *at
        } else {
            self.files.push(StashFile::new()?);
            self.files.len() - 1
        };
        let file = &mut self.files[at];
        file.idle = 0;
        let lease = file.lease()?;
        file.fill(region, runs)?;
        let runs = runs.to_vec();
        Ok(Copies { lease, runs })
    }

    /// Gives up files that were not used for long.
    pub(super) fn age(&mut self) {
        for at in self.unused() {
            self.files[at].idle += 1;
        }
        self.files.retain(|file| file.idle <= IDLE);
    }

    /// Gives up all files that no slot uses.
    pub(super) fn give_back(&mut self) {
        for at in self.unused().into_iter().rev() {
            self.files.remove(at);
        }
    }

    /// Files that no slot uses.
    fn unused(&self) -> Vec<usize> {
        let unused = |at: &usize| self.files[*at].is_unused();
        (0..self.files.len()).filter(unused).collect()
    }
}

/// A file in memory, mapped as far as it was filled.
#[derive(Debug)]
struct StashFile {
    file: File,
    filled: Option<StashMapping>,
    idle: u32,
}

impl StashFile {
    fn new() -> io::Result<Self> {
        let file = memfd_create(OWN_NAME, MFdFlags::MFD_CLOEXEC)?;
        Ok(Self {
            file: File::from(file),
            filled: None,
            idle: 0,
        })
    }

    fn is_unused(&self) -> bool {
        self.file.try_lock().is_ok() && self.file.unlock().is_ok()
    }

    /// A description of its own, which keeps the file in use for as long as any process has it.
    fn lease(&self) -> io::Result<File> {
        let lease = File::open(format!("/proc/self/fd/{}", self.file.as_raw_fd()))?;
        lease.try_lock_shared().map_err(|error| match error {
            TryLockError::Error(error) => error,
            TryLockError::WouldBlock => ErrorKind::WouldBlock.into(),
        })?;
        Ok(lease)
    }

    /// Copies the runs into the file, one behind the other.
    fn fill(&mut self, region: &Region, runs: &[Range<usize>]) -> io::Result<()> {
        let length = runs.iter().map(|run| run.len() * HUGE_PAGE).sum();
        let ready = self.filled.as_ref().map_or(0, |filled| filled.length);
        if length > ready {
            refuse_beyond_limit(length)?;
        }
        let mut at = 0;
        for run in runs {
            let bytes = run.len() * HUGE_PAGE;
            let from = region.start_of(run.start);
            match &self.filled {
                // SAFETY: the run's bytes are within the region and nobody writes them now: hooks run on
                // the thread that owns the memory. The mapping is ours alone and has `length` bytes,
                // whose pages exist, as `write` has made them and nobody takes them away.
                Some(filled) if at + bytes <= filled.length => unsafe {
                    let to = filled.start.cast::<u8>().add(at);
                    from.copy_to_nonoverlapping(to, bytes);
                },
                // New memory: a write says if there is none, where an access would end the process.
                _ => write(&self.file, from, bytes, at)?,
            }
            at += bytes;
        }
        if length > ready {
            // Without it the next copy is a write again, which takes half as long again.
            self.filled = StashMapping::new(&self.file, length).ok();
        }
        Ok(())
    }
}

/// What is longer than the limit of this process would end it by a signal.
fn refuse_beyond_limit(length: usize) -> io::Result<()> {
    let (limit, _) = getrlimit(Resource::RLIMIT_FSIZE)?;
    if length as u64 > limit {
        return Err(ErrorKind::FileTooLarge.into());
    }
    Ok(())
}

/// Writes memory to a file; the bytes need not be initialised as any type's, and no slice is formed.
fn write(file: &File, from: NonNull<u8>, length: usize, at: usize) -> io::Result<()> {
    let mut done = 0;
    while done < length {
        // SAFETY: the kernel reads at most the rest of the caller's bytes, which are mapped.
        let written = unsafe {
            let from = from.as_ptr().add(done).cast::<c_void>();
            libc::pwrite(file.as_raw_fd(), from, length - done, (at + done) as i64)
        };
        match usize::try_from(written) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => done += written,
            Err(_) => {
                let error = io::Error::last_os_error();
                if error.kind() != ErrorKind::Interrupted {
                    return Err(error);
                }
            }
        }
    }
    Ok(())
}

/// The first bytes of a file, shared with it.
#[derive(Debug)]
struct StashMapping {
    start: NonNull<c_void>,
    length: usize,
}

impl StashMapping {
    fn new(file: &File, length: usize) -> io::Result<Self> {
        let bytes = NonZeroUsize::new(length).ok_or(ErrorKind::InvalidInput)?;
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        let flags = MapFlags::MAP_SHARED | MapFlags::MAP_POPULATE;
        // SAFETY: a mapping at an address the kernel chooses overlaps nothing.
        let start = unsafe { mmap(None, bytes, protection, flags, file, 0)? };
        Ok(Self { start, length })
    }
}

impl Drop for StashMapping {
    fn drop(&mut self) {
        // SAFETY: `new` has mapped it, and the address never leaves this type for longer than a copy. A
        // child has the mapping, too, and may unmap it as well.
        let _ = unsafe { munmap(self.start, self.length) };
    }
}

/// Copies of memory for a slot.
#[derive(Debug)]
pub(super) struct Copies {
    lease: File,
    runs: Vec<Range<usize>>,
}

impl Copies {
    /// Their chunks.
    pub(super) fn runs(&self) -> &[Range<usize>] {
        &self.runs
    }

    pub(super) fn bytes(&self) -> u64 {
        self.runs
            .iter()
            .map(|run| (run.len() * HUGE_PAGE) as u64)
            .sum()
    }

    /// Puts them where the fork has left nothing, as memory of the process's own. The result must stay open
    /// for as long as the memory is in use.
    ///
    /// # Safety
    ///
    /// No slice of the region's bytes is alive.
    pub(super) unsafe fn put_in_place(self, region: &Region) -> io::Result<File> {
        let mut at = 0;
        for run in &self.runs {
            let bytes = run.len() * HUGE_PAGE;
            let first = run.start * (HUGE_PAGE / PAGE);
            // SAFETY: by the caller's promise; `fill` has written so many bytes to the file, and nobody
            // cuts or writes it while this process has the lease.
            unsafe { region.map_file(first, bytes, &self.lease, at as u64)? };
            at += bytes;
        }
        Ok(self.lease)
    }
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "lists of runs")]
mod tests {
    use super::*;

    fn region(chunks: usize) -> Region {
        let region = Region::new(chunks * HUGE_PAGE).unwrap();
        fill(&region, 1);
        region
    }

    fn fill(region: &Region, value: u8) {
        // SAFETY: no other slice of this region is alive.
        unsafe { region.bytes_mut() }.fill(value);
    }

    /// What each chunk is filled with.
    fn contents(region: &Region) -> Vec<u8> {
        // SAFETY: nobody writes to this region while the slice lives.
        let bytes = unsafe { region.bytes() };
        let value = |chunk: &[u8]| {
            assert!(chunk.iter().all(|byte| *byte == chunk[0]), "all the same");
            chunk[0]
        };
        bytes.chunks(HUGE_PAGE).map(value).collect()
    }

    #[test]
    fn copies_are_what_the_memory_was_whatever_is_written_to_it_and_to_them() {
        let (region, mut stash) = (region(6), Stash::default());
        // First small, then larger, then smaller again: written, and copied by way of the mapping.
        for (turn, runs) in [vec![2..3], vec![0..2, 4..6], vec![1..3], vec![0..2, 4..6]]
            .into_iter()
            .enumerate()
        {
            let turn = turn as u8 * 10;
            fill(&region, turn + 5);
            let copies = stash.copy(&region, &runs).unwrap();
            let chunks: usize = runs.iter().map(ExactSizeIterator::len).sum();
            assert_eq!(copies.bytes(), (chunks * HUGE_PAGE) as u64);
            fill(&region, turn + 6);
            let other = self::region(6);
            // SAFETY: no slice of this region is alive.
            let lease = unsafe { copies.put_in_place(&other) }.unwrap();
            let expected = |chunk| {
                if runs.iter().any(|run| run.contains(&chunk)) {
                    turn + 5
                } else {
                    1
                }
            };
            assert_eq!(contents(&other), (0..6).map(expected).collect::<Vec<_>>());
            fill(&other, 3);
            let again = Copies {
                lease,
                runs: runs.clone(),
            };
            let third = self::region(6);
            // SAFETY: no slice of this region is alive.
            let _lease = unsafe { again.put_in_place(&third) }.unwrap();
            assert_eq!(contents(&third), (0..6).map(expected).collect::<Vec<_>>());
            assert_eq!(contents(&region), [turn + 6; 6]);
        }
        assert_eq!(stash.files.len(), 1, "each was free again");
    }

    #[test]
    fn a_file_is_used_again_once_the_last_that_has_its_lease_is_gone() {
        let (region, mut stash) = (region(2), Stash::default());
        let slot = stash.copy(&region, &[0..1]).unwrap();
        let replay = slot.lease.try_clone().unwrap();
        let next = stash.copy(&region, &[0..2]).unwrap();
        assert_eq!(stash.files.len(), 2);
        drop(slot);
        assert!(stash.unused().is_empty(), "a replay of it goes on");
        drop(replay);
        assert_eq!(stash.unused(), [0]);
        let third = stash.copy(&region, &[1..2]).unwrap();
        assert_eq!(stash.files.len(), 2);
        drop((next, third));
        assert_eq!(stash.unused(), [0, 1]);
    }

    #[test]
    fn files_that_are_not_used_are_given_up_early_if_memory_is_short() {
        let (region, mut stash) = (region(1), Stash::default());
        let held = stash.copy(&region, &[0..1]).unwrap();
        drop(stash.copy(&region, &[0..1]).unwrap());
        for _ in 0..IDLE {
            stash.age();
        }
        assert_eq!(stash.files.len(), 2);
        stash.age();
        assert_eq!(stash.files.len(), 1);
        stash.give_back();
        assert_eq!(stash.files.len(), 1, "a slot has it");
        drop(held);
        stash.give_back();
        assert!(stash.files.is_empty());
    }

    #[test]
    fn a_copy_beyond_the_limit_of_files_is_an_error_and_no_signal() {
        use nix::sys::resource::setrlimit;

        use crate::process::isolate::isolated;

        isolated(|| {
            let (region, mut stash) = (region(2), Stash::default());
            setrlimit(Resource::RLIMIT_FSIZE, HUGE_PAGE as u64, HUGE_PAGE as u64).unwrap();
            let refused = stash.copy(&region, &[0..2]).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::FileTooLarge);
            let copies = stash.copy(&region, &[1..2]).unwrap();
            assert_eq!(copies.bytes(), HUGE_PAGE as u64);
            assert_eq!(
                stash.files.len(),
                1,
                "the refused one has left nothing behind"
            );
        });
    }
}
