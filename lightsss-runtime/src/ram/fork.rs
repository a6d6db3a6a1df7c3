//! What a [`Ram`](super::Ram) does around a fork, so that forks stay cheap.
//!
//! A huge page makes the fork of its 2 MiB some forty times cheaper, until the first write after
//! the fork, which splits it: from then on it costs as much as small pages. Copying on write, page
//! by page, costs several times what copying the same memory at once does. So a chunk that was
//! written densely in two intervals in a row is taken to be written densely in the next one, too,
//! and is copied whole, right after the fork, into a fresh huge page: no faults, and the huge page
//! stays whole. A chunk that was written here and there is left to copying on write; one that was
//! not written keeps its huge page by itself.

use std::{num::NonZeroUsize, ops::Range, rc::Rc};

use nix::{
    errno::Errno,
    sys::mman::{
        MRemapFlags, MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, mremap, munmap,
    },
};

use super::region::{CHUNK, Region};
use crate::slots::hooks::ForkHooks;

/// Pages of a chunk that must have been written for a copy of the whole to be cheaper than their
/// faults: measured, a fault costs 2.6 us and a chunk 330 us to copy, a split huge page 35 us at
/// every later fork.
const DENSE: usize = 112;

/// Copies the densely written chunks of a region after each fork.
#[derive(Debug)]
pub(super) struct CopyDense {
    region: Rc<Region>,
    /// For each chunk, whether it was written densely in the last interval.
    dense: Vec<bool>,
}

impl CopyDense {
    pub(super) fn new(region: Rc<Region>) -> Self {
        let dense = vec![false; region.chunks()];
        Self { region, dense }
    }

    /// The runs of chunks that were written densely in this interval and in the one before.
    fn hot_runs(&mut self) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (chunk, was_dense) in self.dense.iter_mut().enumerate() {
            let is_dense = self.region.written().take_written_since_fork(chunk) >= DENSE;
            if std::mem::replace(was_dense, is_dense) && is_dense {
                match runs.last_mut() {
                    Some(run) if run.end == chunk => run.end += 1,
                    _ => runs.push(chunk..chunk + 1),
                }
            }
        }
        runs
    }
}

impl ForkHooks for CopyDense {
    fn in_original(&mut self) {
        for run in self.hot_runs() {
            if copy_run(&self.region, run).is_err() {
                // Short of memory: copying on write needs it only page by page.
                return;
            }
        }
    }
}

/// Replaces a run of chunks, which is shared with the slots, by a copy of its own in huge pages.
/// (One mapping a run: each costs a little at every later fork.)
fn copy_run(region: &Region, run: Range<usize>) -> Result<(), Errno> {
    let bytes = run.len() * CHUNK;
    let length = NonZeroUsize::new(bytes + CHUNK).ok_or(Errno::EINVAL)?;
    let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_NORESERVE;
    // SAFETY: an anonymous mapping at an address the kernel chooses overlaps nothing.
    let mapped = unsafe { mmap_anonymous(None, length, protection, flags)? };
    let skip = mapped.cast::<u8>().as_ptr().align_offset(CHUNK);
    // SAFETY: `skip` is less than `CHUNK`, so `bytes` from there on are within the mapping.
    let copy = unsafe { mapped.cast::<u8>().add(skip) };
    // SAFETY: the run is within the region, whose usable length is a multiple of `CHUNK`.
    let original = unsafe { region.start().add(run.start * CHUNK) };
    // SAFETY: `copy` is ours alone and as long as the source, which nobody writes now: hooks run
    // on the thread that owns the memory. `mremap` then puts the copy in the run's place, same
    // address, same bytes, so that nobody who holds an address can tell; what it replaces is
    // unmapped. The rest of the temporary mapping is given back.
    unsafe {
        let _ = madvise(copy.cast(), bytes, MmapAdvise::MADV_HUGEPAGE);
        std::ptr::copy_nonoverlapping(original.as_ptr(), copy.as_ptr(), bytes);
        let moved = mremap(
            copy.cast(),
            bytes,
            bytes,
            MRemapFlags::MREMAP_MAYMOVE | MRemapFlags::MREMAP_FIXED,
            Some(original.cast()),
        );
        if skip > 0 {
            let _ = munmap(mapped, skip);
        }
        let behind = CHUNK - skip;
        if behind > 0 {
            let _ = munmap(copy.add(bytes).cast(), behind);
        }
        if moved.is_err() {
            let _ = munmap(copy.cast(), bytes);
        }
        moved.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(region: &Region, chunk: usize, pages: usize) {
        region.mark(chunk * CHUNK, pages * super::super::region::PAGE);
    }

    #[test]
    fn what_is_dense_twice_in_a_row_is_copied_in_runs_and_keeps_its_bytes() {
        let region = Rc::new(Region::new(6 * CHUNK).unwrap());
        // SAFETY: no other slice of this region is alive.
        unsafe { region.bytes_mut() }
            .iter_mut()
            .step_by(4096)
            .for_each(|byte| *byte = 7);
        let mut hook = CopyDense::new(Rc::clone(&region));
        for chunk in 0..4 {
            write(&region, chunk, 512);
        }
        assert_eq!(hook.hot_runs(), [], "the first interval predicts nothing");
        for chunk in [1, 2, 3, 5] {
            write(&region, chunk, 512);
        }
        write(&region, 0, 3);
        assert_eq!(hook.hot_runs(), vec![Range { start: 1, end: 4 }]);
        copy_run(&region, 1..4).unwrap();
        // SAFETY: nobody writes to this region while the slice lives.
        let bytes = unsafe { region.bytes() };
        assert!(bytes.iter().step_by(4096).all(|byte| *byte == 7));
        assert_eq!(hook.hot_runs(), [], "nothing was written since");
    }
}
