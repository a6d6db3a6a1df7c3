//! What a [`Ram`](super::Ram) does around a fork, so that forks stay cheap.
//!
//! A huge page makes the fork of its 2 MiB some forty times cheaper, until the first write after
//! the fork, which splits it: from then on it costs as much as small pages. Copying on write, page
//! by page, costs several times what copying the same memory at once does. So a chunk that was
//! written densely between two forks is copied whole, right after the next fork, into a fresh huge
//! page: no faults, and the huge page stays whole. A chunk that was written here and there is left
//! to copying on write; one that was not written keeps its huge page by itself.

use std::rc::Rc;

use nix::{
    errno::Errno,
    sys::mman::{MRemapFlags, MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, mremap},
};

use super::region::{CHUNK, Region};
use crate::slots::hooks::ForkHooks;

/// Pages of a chunk that must have been written for a copy of the whole to be cheaper than their
/// faults: measured, a fault costs 2.6 us and a chunk 330 us to copy, a split huge page 35 us at
/// every later fork.
const DENSE: usize = 112;

/// Copies the densely written chunks of a region after each fork.
#[derive(Debug)]
pub(super) struct CopyDense(pub(super) Rc<Region>);

impl ForkHooks for CopyDense {
    fn in_original(&mut self) {
        for chunk in 0..self.0.chunks() {
            if self.0.take_written(chunk) >= DENSE && copy_chunk(&self.0, chunk).is_err() {
                // Short of memory: copying on write needs it only page by page.
                return;
            }
        }
    }
}

/// Replaces a chunk, which is shared with the slots, by a copy of its own in a huge page.
fn copy_chunk(region: &Region, chunk: usize) -> Result<(), Errno> {
    let length = std::num::NonZeroUsize::new(2 * CHUNK).ok_or(Errno::EINVAL)?;
    let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_NORESERVE;
    // SAFETY: an anonymous mapping at an address the kernel chooses overlaps nothing.
    let mapped = unsafe { mmap_anonymous(None, length, protection, flags)? };
    let skip = mapped.cast::<u8>().as_ptr().align_offset(CHUNK);
    // SAFETY: `skip` is less than `CHUNK`, so `CHUNK` bytes from there on are within the mapping.
    let copy = unsafe { mapped.cast::<u8>().add(skip) };
    // SAFETY: the chunk is within the region, whose usable length is a multiple of `CHUNK`.
    let original = unsafe { region.start().add(chunk * CHUNK) };
    // SAFETY: `copy` is ours alone and `CHUNK` long, as is the source, which nobody writes now:
    // hooks run on the thread that owns the memory. `mremap` then puts the copy in the chunk's
    // place, same address, same bytes, so that nobody who holds an address can tell; what it
    // replaces is unmapped. The rest of the temporary mapping is given back.
    unsafe {
        let _ = madvise(copy.cast(), CHUNK, MmapAdvise::MADV_HUGEPAGE);
        std::ptr::copy_nonoverlapping(original.as_ptr(), copy.as_ptr(), CHUNK);
        let moved = mremap(
            copy.cast(),
            CHUNK,
            CHUNK,
            MRemapFlags::MREMAP_MAYMOVE | MRemapFlags::MREMAP_FIXED,
            Some(original.cast()),
        );
        let _ = nix::sys::mman::munmap(mapped, skip);
        let behind = CHUNK - skip;
        if behind > 0 {
            let _ = nix::sys::mman::munmap(copy.add(CHUNK).cast(), behind);
        }
        if moved.is_err() {
            let _ = nix::sys::mman::munmap(copy.cast(), CHUNK);
        }
        moved.map(drop)
    }
}
