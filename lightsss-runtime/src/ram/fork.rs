//! What a [`Ram`](super::Ram) does around a fork, so that forks stay cheap.
//!
//! A huge page makes the fork of its 2 MiB some forty times cheaper, until the first write after
//! the fork, which splits it: from then on it costs as much as small pages. Copying on write, page
//! by page, costs several times what copying the same memory at once does. So:
//!
//! * A chunk that was written densely in two intervals in a row is taken to be written densely in
//!   the next one, too, and is copied whole, right after the fork, into a fresh huge page: no
//!   faults, and the huge page stays whole.
//! * A chunk that was written here and there is left to copying on write, which splits it. Once it
//!   was left alone for as many forks as its mending costs, it is mended: made of a huge page again.
//!   (So is one that never had a huge page, as there was none when it was written first.) What a
//!   mending costs is measured, since that differs by more than ten times: memory that the
//!   host of a virtual machine must find first is dear.
//! * One that is not written keeps its huge page by itself.

use std::{
    num::NonZeroUsize,
    ops::Range,
    rc::Rc,
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    sys::mman::{
        MRemapFlags, MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, mremap, munmap,
    },
};

use super::region::{CHUNK, PAGE, Region};
use crate::slots::hooks::ForkHooks;

/// Pages of a chunk that must have been written for a copy of the whole to be cheaper than their
/// faults: measured, a fault costs 2.6 us and a chunk 330 us to copy, a split huge page 35 us at
/// every later fork.
const DENSE: usize = 112;

/// What a split chunk adds to the pause of each fork, measured.
const SPLIT_COSTS: Duration = Duration::from_micros(25);

/// What mending a chunk is taken to cost until it was measured.
const MENDING_COSTS: Duration = Duration::from_micros(600);

/// Mending costs at least this, if there is anything to mend.
const LEAST_MENDING: Duration = Duration::from_micros(80);

/// Pages that a chunk must have to be mended: more memory than it has already is not worth a pause.
const MENDED_FROM: usize = CHUNK / PAGE / 2;

/// Of the chunks that are to be mended, at most one in so many is at one fork, so that its pause is
/// not much longer than that of the forks before, to which the split chunks added theirs.
const MENDED_AT_ONCE: usize = 16;

/// Of what a chunk is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Pages {
    /// It was never written.
    #[default]
    None,
    /// A huge page that no slot has.
    Own,
    /// A huge page that slots have, too: a write splits it.
    Shared,
    /// Small pages; or nobody knows, as there may have been no huge page when it was written first.
    Split,
}

/// What is known of a chunk.
#[derive(Clone, Copy, Debug, Default)]
struct Chunk {
    /// It was written densely in the last interval.
    dense: bool,
    pages: Pages,
    /// Forks since it was written.
    cold: u32,
}

/// What is to be done with the chunks of a region after a fork.
#[derive(Debug, Default, PartialEq, Eq)]
struct Work {
    /// Runs of chunks that will be written densely.
    copy: Vec<Range<usize>>,
    /// Chunks that were split, and are left alone now.
    mend: Vec<usize>,
}

/// Keeps the chunks of a region in huge pages, as far as that pays.
#[derive(Debug)]
pub(super) struct Upkeep {
    region: Rc<Region>,
    chunks: Vec<Chunk>,
    /// What mending a chunk costs.
    mending: Duration,
}

impl Upkeep {
    pub(super) fn new(region: Rc<Region>) -> Self {
        let chunks = vec![Chunk::default(); region.chunks()];
        Self {
            region,
            chunks,
            mending: MENDING_COSTS,
        }
    }

    /// Takes note of what was written since the fork before this one.
    fn work(&mut self) -> Work {
        let mut work = Work::default();
        let patience = patience(self.mending);
        for (at, chunk) in self.chunks.iter_mut().enumerate() {
            let pages = self.region.written().take_written_since_fork(at);
            let was_dense = std::mem::replace(&mut chunk.dense, pages >= DENSE);
            chunk.cold = if pages > 0 {
                0
            } else {
                chunk.cold.saturating_add(1)
            };
            // What it was in the interval, whether that was a write to it, and so what it is now.
            chunk.pages = match (chunk.pages, pages > 0) {
                (Pages::None, false) => Pages::None,
                (Pages::Split, _) | (Pages::None | Pages::Shared, true) => Pages::Split,
                _ => Pages::Shared,
            };
            if was_dense && chunk.dense {
                match work.copy.last_mut() {
                    Some(run) if run.end == at => run.end += 1,
                    _ => work.copy.push(at..at + 1),
                }
            } else if chunk.pages == Pages::Split && chunk.cold >= patience {
                work.mend.push(at);
            }
        }
        let at_once = work.mend.len().div_ceil(MENDED_AT_ONCE);
        work.mend.truncate(at_once);
        work
    }

    fn mend(&mut self, chunks: &[usize]) {
        for &at in chunks {
            let begun = Instant::now();
            match mend(&self.region, at) {
                Ok(()) => self.is_own(at..at + 1),
                // An older kernel, or hardly any memory: there is nothing to mend with, or little to
                // be mended.
                Err(Errno::EINVAL) => self.chunks[at].pages = Pages::None,
                // No huge page to be had: it may be tried again later.
                Err(_) => self.chunks[at].cold = 0,
            }
            let cost = begun.elapsed();
            // Less is not what a copy takes: it was a huge page all along.
            if cost > LEAST_MENDING {
                self.mending = (7 * self.mending + cost) / 8;
            }
        }
    }

    fn is_own(&mut self, chunks: Range<usize>) {
        for chunk in &mut self.chunks[chunks] {
            chunk.pages = Pages::Own;
        }
    }
}

impl ForkHooks for Upkeep {
    fn in_original(&mut self) {
        let work = self.work();
        for run in work.copy {
            if copy_run(&self.region, run.clone()).is_err() {
                // Short of memory: copying on write needs it only page by page.
                return;
            }
            self.is_own(run);
        }
        if !work.mend.is_empty() {
            self.mend(&work.mend);
        }
    }
}

/// After how many forks a split chunk has cost as much as mending it does.
fn patience(mending: Duration) -> u32 {
    u32::try_from(mending.as_nanos() / SPLIT_COSTS.as_nanos()).unwrap_or(u32::MAX)
}

/// Makes a chunk of a huge page again, in place. (A mapping of its own would cost at each fork.)
fn mend(region: &Region, at: usize) -> Result<(), Errno> {
    // From <linux/mman.h>, since Linux 6.1; an older one says EINVAL.
    const MADV_COLLAPSE: libc::c_int = 25;
    if region
        .held_pages(at, 1)
        .is_ok_and(|held| held < MENDED_FROM)
    {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the chunk is within the region, whose usable length is a multiple of `CHUNK`, and the
    // advice changes what its pages are, not what they hold.
    let done = unsafe {
        let chunk = region.start().add(at * CHUNK);
        libc::madvise(chunk.as_ptr().cast(), CHUNK, MADV_COLLAPSE)
    };
    Errno::result(done).map(drop)
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
        region.mark(chunk * CHUNK, pages * PAGE);
    }

    #[test]
    fn what_is_dense_twice_in_a_row_is_copied_in_runs_and_keeps_its_bytes() {
        let region = Rc::new(Region::new(6 * CHUNK).unwrap());
        // SAFETY: no other slice of this region is alive.
        unsafe { region.bytes_mut() }
            .iter_mut()
            .step_by(4096)
            .for_each(|byte| *byte = 7);
        let mut hook = Upkeep::new(Rc::clone(&region));
        for chunk in 0..4 {
            write(&region, chunk, 512);
        }
        assert_eq!(hook.work().copy, [], "the first interval predicts nothing");
        for chunk in [1, 2, 3, 5] {
            write(&region, chunk, 512);
        }
        write(&region, 0, 3);
        assert_eq!(hook.work().copy, vec![Range { start: 1, end: 4 }]);
        copy_run(&region, 1..4).unwrap();
        // SAFETY: nobody writes to this region while the slice lives.
        let bytes = unsafe { region.bytes() };
        assert!(bytes.iter().step_by(4096).all(|byte| *byte == 7));
        assert_eq!(hook.work().copy, [], "nothing was written since");
    }

    #[test]
    fn what_was_split_is_mended_once_it_was_left_alone_for_long_enough() {
        let region = Rc::new(Region::new(40 * CHUNK).unwrap());
        let mut hook = Upkeep::new(Rc::clone(&region));
        let patience = patience(MENDING_COSTS);
        for fork in 0..2 * patience {
            assert_eq!(hook.work(), Work::default(), "fork {fork}");
        }
        (0..40).for_each(|chunk| write(&region, chunk, 1));
        for fork in 0..patience {
            write(&region, 7, 1);
            assert_eq!(hook.work(), Work::default(), "fork {fork}");
        }
        // A few at a time, and not the one that was still written.
        let mut mended = Vec::new();
        for _ in 0..200 {
            let work = hook.work();
            assert!(work.copy.is_empty() && work.mend.len() <= 3, "{work:?}");
            work.mend.iter().for_each(|&at| hook.is_own(at..at + 1));
            mended.extend(work.mend);
            write(&region, 7, 1);
        }
        mended.sort_unstable();
        let all_but_one: Vec<usize> = (0..40).filter(|chunk| *chunk != 7).collect();
        assert_eq!(mended, all_but_one);
    }

    #[test]
    fn what_has_little_memory_is_not_given_more() {
        let region = Region::new(2 * CHUNK).unwrap();
        region.advise_huge(false);
        // SAFETY: no other slice of this region is alive.
        let bytes = unsafe { region.bytes_mut() };
        bytes[..100 * PAGE].fill(1);
        assert_eq!(mend(&region, 0), Err(Errno::EINVAL));
        assert_eq!(mend(&region, 1), Err(Errno::EINVAL));
        assert_eq!(region.committed(), 100 * 4096);
    }

    #[test]
    fn mending_keeps_the_bytes() {
        let region = Region::new(2 * CHUNK).unwrap();
        region.advise_huge(true);
        // SAFETY: no other slice of this region is alive.
        for (at, byte) in unsafe { region.bytes_mut() }.iter_mut().enumerate() {
            *byte = (at / 4096) as u8;
        }
        // The kernel may be too old, or have no huge page: the bytes stay whatever it says.
        let _ = mend(&region, 1);
        // SAFETY: nobody writes to this region while the slice lives.
        for (at, byte) in unsafe { region.bytes() }.iter().enumerate() {
            assert_eq!(*byte, (at / 4096) as u8);
        }
    }
}
