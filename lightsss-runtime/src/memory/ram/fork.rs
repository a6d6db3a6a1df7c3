//! What a [`Ram`](super::Ram) does around a fork, so that forks stay cheap.
//!
//! A huge page makes the fork of its 2 MiB some forty times cheaper. The first write after the fork
//! splits it, and from then on it costs as much as small pages. Copying on write, page by page, costs
//! ten times as much as copying the same memory at once into used memory. So:
//!
//! * A chunk that was written densely in two intervals in a row is taken to be written densely in
//!   the next one, too. It is left out of the fork, and the slot gets a copy of it (see
//!   [`stash`](super::stash)): no faults, and no split huge page. If its huge page is split already,
//!   the original copies it once into a fresh one, right after the fork, instead.
//! * A chunk that was written here and there is left to copying on write, which splits it. Once it
//!   was left alone for as many forks as that costs, it is collapsed into a huge page again.
//!   (So is one that never had a huge page, as there was none when it was written first.) The cost
//!   is measured, as it differs by more than ten times between machines: the host of a virtual
//!   machine may have to find the memory first.
//! * One that is not written keeps its huge page by itself.

use std::{
    fs::File,
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

use super::{
    region::Region,
    stash::{Copies, Stash},
};
use crate::memory::pages::{HUGE_PAGE, PAGE};
use crate::process::{hooks::ForkHooks, sys};

/// Pages of a chunk that must have been written for a copy of the whole to be cheaper than their
/// faults: measured, a fault costs 2.6 us and a chunk 290 us to copy.
const DENSE: usize = 112;

/// What a split chunk adds to the pause of each fork, measured.
const SPLIT_COSTS: Duration = Duration::from_micros(25);

/// What collapsing a chunk is taken to cost until it was measured.
const COLLAPSE_COSTS: Duration = Duration::from_micros(600);

/// Collapsing costs at least this, if there is anything to collapse.
const LEAST_COLLAPSE: Duration = Duration::from_micros(80);

/// Pages that a chunk must have to be collapsed: more memory than it has already is not worth a pause.
const COLLAPSED_FROM: usize = HUGE_PAGE / PAGE / 2;

/// Of the chunks that are to be collapsed, at most one in so many is at one fork, so that its pause is
/// not much longer than that of the forks before, to which the split chunks added theirs.
const COLLAPSED_AT_ONCE: usize = 16;

/// Of what a chunk is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ChunkPages {
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
    pages: ChunkPages,
    /// Forks since it was written.
    cold: u32,
}

/// What is to be done with the chunks of a region around a fork.
#[derive(Debug, Default, PartialEq, Eq)]
struct Work {
    /// Runs of chunks that will be written densely: the slot gets a copy.
    stash: Vec<Range<usize>>,
    /// Runs of chunks that will be written densely: the original makes itself a copy.
    copy: Vec<Range<usize>>,
    /// Chunks that were split, and are left alone now.
    collapse: Vec<usize>,
}

/// Keeps the chunks of a region in huge pages, if it has any, and from being copied on write, as far as
/// that pays.
#[derive(Debug)]
pub(super) struct Upkeep {
    region: Rc<Region>,
    huge: bool,
    chunks: Vec<Chunk>,
    /// What collapsing a chunk costs.
    collapse_costs: Duration,
    stash: Stash,
    /// Between `before` and the fork's end.
    copies: Option<Copies>,
    /// Between `before` and the fork's end.
    work: Work,
    /// In a slot, and what was forked from it: of the copies among its memory.
    leases: Vec<File>,
}

impl Upkeep {
    pub(super) fn new(region: Rc<Region>, huge: bool) -> Self {
        let chunks = vec![Chunk::default(); region.chunks()];
        Self {
            region,
            huge,
            chunks,
            collapse_costs: COLLAPSE_COSTS,
            stash: Stash::default(),
            copies: None,
            work: Work::default(),
            leases: Vec::new(),
        }
    }

    /// Takes note of what was written since the fork before this one.
    fn work(&mut self) -> Work {
        let mut work = Work::default();
        let patience = patience(self.collapse_costs);
        for (at, chunk) in self.chunks.iter_mut().enumerate() {
            let pages = self.region.written().take_written_since_fork(at);
            let was_dense = std::mem::replace(&mut chunk.dense, pages >= DENSE);
            chunk.cold = if pages > 0 {
                0
            } else {
                chunk.cold.saturating_add(1)
            };
            let was_own = chunk.pages == ChunkPages::Own;
            // What it was in the interval, whether that was a write to it, and so what it is now.
            chunk.pages = match (chunk.pages, pages > 0) {
                (ChunkPages::None, false) => ChunkPages::None,
                (ChunkPages::Split, _) | (ChunkPages::None | ChunkPages::Shared, true) => {
                    ChunkPages::Split
                }
                _ => ChunkPages::Shared,
            };
            if was_dense && chunk.dense {
                if was_own || !self.huge {
                    append(&mut work.stash, at);
                } else {
                    append(&mut work.copy, at);
                }
            } else if self.huge && chunk.pages == ChunkPages::Split && chunk.cold >= patience {
                work.collapse.push(at);
            }
        }
        let at_once = work.collapse.len().div_ceil(COLLAPSED_AT_ONCE);
        work.collapse.truncate(at_once);
        work
    }

    /// Copies chunks for the slot, and leaves them out of the fork. If that is not possible, they are copied on
    /// write as all others are.
    fn stash(&mut self, mut runs: Vec<Range<usize>>) {
        runs.retain(|run| {
            let left_out = self.region.leave_out_of_forks(run.clone()).is_ok();
            if !left_out {
                take_into_forks(&self.region, std::slice::from_ref(run));
            }
            left_out
        });
        if runs.is_empty() {
            return;
        }
        match self.stash.copy(&self.region, &runs) {
            Ok(copies) => {
                for run in runs {
                    self.is_own(run);
                }
                self.copies = Some(copies);
            }
            Err(error) => {
                tracing::debug!(%error, "no copies for the slot");
                take_into_forks(&self.region, &runs);
            }
        }
    }

    fn collapse(&mut self, chunks: &[usize]) {
        for &at in chunks {
            let begun = Instant::now();
            match collapse(&self.region, at) {
                Ok(()) => self.is_own(at..at + 1),
                // An older kernel, or hardly any memory: there is nothing to collapse it with, or
                // little to be collapsed.
                Err(Errno::EINVAL) => self.chunks[at].pages = ChunkPages::None,
                // No huge page to be had: it may be tried again later.
                Err(_) => self.chunks[at].cold = 0,
            }
            let cost = begun.elapsed();
            // Less is not what a copy takes: it was a huge page all along.
            if cost > LEAST_COLLAPSE {
                self.collapse_costs = (7 * self.collapse_costs + cost) / 8;
            }
        }
    }

    fn is_own(&mut self, chunks: Range<usize>) {
        for chunk in &mut self.chunks[chunks] {
            chunk.pages = ChunkPages::Own;
        }
    }
}

impl ForkHooks for Upkeep {
    fn before(&mut self) {
        self.work = self.work();
        let runs = std::mem::take(&mut self.work.stash);
        if !runs.is_empty() {
            self.stash(runs);
        }
        self.stash.age();
    }

    fn copied(&self) -> u64 {
        self.copies.as_ref().map_or(0, Copies::bytes)
    }

    fn in_original(&mut self) {
        // Without the lease the file is free once the slot is gone; or now, if there was no fork.
        if let Some(copies) = self.copies.take() {
            take_into_forks(&self.region, copies.runs());
        }
        let work = std::mem::take(&mut self.work);
        for run in work.copy {
            if copy_run(&self.region, run.clone()).is_err() {
                // Short of memory: copying on write needs it only page by page.
                return;
            }
            self.is_own(run);
        }
        if !work.collapse.is_empty() {
            self.collapse(&work.collapse);
        }
    }

    fn in_slot(&mut self) {
        if let Some(copies) = self.copies.take() {
            // SAFETY: the bytes of a `Ram` can be looked at only while it is borrowed, and hooks run while the
            // one who owns it waits for the fork's return: nobody looks at them through a slice.
            match unsafe { copies.put_in_place(&self.region) } {
                Ok(lease) => self.leases.push(lease),
                // Without its memory it must not become a replay.
                Err(_) => sys::exit_now(1),
            }
        }
        // From here on it is another process's memory, and nothing is known of it; what is in the
        // stash is for the slots of the original.
        let leases = std::mem::take(&mut self.leases);
        *self = Self {
            leases,
            ..Self::new(Rc::clone(&self.region), self.huge)
        };
    }

    fn give_back(&mut self) {
        self.stash.give_back();
    }
}

/// Lengthens the last run by a chunk that follows it, or begins another one.
fn append(runs: &mut Vec<Range<usize>>, chunk: usize) {
    match runs.last_mut() {
        Some(run) if run.end == chunk => run.end += 1,
        _ => runs.push(chunk..chunk + 1),
    }
}

/// Lets the next fork have the chunks again.
fn take_into_forks(region: &Region, runs: &[Range<usize>]) {
    for run in runs {
        // It fails only where no such wish was heard before.
        let _ = region.take_into_forks(run.clone());
    }
}

/// After how many forks a split chunk has cost as much as collapsing it does.
fn patience(collapse_costs: Duration) -> u32 {
    u32::try_from(collapse_costs.as_nanos() / SPLIT_COSTS.as_nanos()).unwrap_or(u32::MAX)
}

/// Makes a chunk of a huge page again, in place. (A mapping of its own would cost at each fork.)
fn collapse(region: &Region, at: usize) -> Result<(), Errno> {
    // From <linux/mman.h>, since Linux 6.1; an older one says EINVAL.
    const MADV_COLLAPSE: libc::c_int = 25;
    if region
        .held_pages(at, 1)
        .is_ok_and(|held| held < COLLAPSED_FROM)
    {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the chunk is within the region, whose usable length is a multiple of `HUGE_PAGE`, and the
    // advice changes what its pages are, not what they hold.
    let done = unsafe {
        let chunk = region.start().add(at * HUGE_PAGE);
        libc::madvise(chunk.as_ptr().cast(), HUGE_PAGE, MADV_COLLAPSE)
    };
    Errno::result(done).map(drop)
}

/// Replaces a run of chunks, which is shared with the slots, by a copy of its own in huge pages.
/// (One mapping a run: each costs a little at every later fork.)
fn copy_run(region: &Region, run: Range<usize>) -> Result<(), Errno> {
    let bytes = run.len() * HUGE_PAGE;
    let length = NonZeroUsize::new(bytes + HUGE_PAGE).ok_or(Errno::EINVAL)?;
    let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_NORESERVE;
    // SAFETY: an anonymous mapping at an address the kernel chooses overlaps nothing.
    let mapped = unsafe { mmap_anonymous(None, length, protection, flags)? };
    let skip = mapped.cast::<u8>().as_ptr().align_offset(HUGE_PAGE);
    // SAFETY: `skip` is less than `HUGE_PAGE`, so `bytes` from there on are within the mapping.
    let copy = unsafe { mapped.cast::<u8>().add(skip) };
    // SAFETY: the run is within the region, whose usable length is a multiple of `HUGE_PAGE`.
    let original = unsafe { region.start().add(run.start * HUGE_PAGE) };
    // `mremap` puts the copy in the run's place, same address, same bytes, so that nobody who holds an
    // address can tell; what it replaces is unmapped. The rest of the temporary mapping is given back.
    // SAFETY: `copy` is ours alone and as long as the source, which nobody writes now: hooks run on
    // the thread that owns the memory. What is unmapped is the rest of `mapped`: it is ours.
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
        let behind = HUGE_PAGE - skip;
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
        region.mark(chunk * HUGE_PAGE, pages * PAGE);
    }

    #[test]
    fn what_is_dense_twice_in_a_row_is_copied_in_runs_and_keeps_its_bytes() {
        let region = Rc::new(Region::new(6 * HUGE_PAGE).unwrap());
        // SAFETY: no other slice of this region is alive.
        unsafe { region.bytes_mut() }
            .iter_mut()
            .step_by(4096)
            .for_each(|byte| *byte = 7);
        let mut hook = Upkeep::new(Rc::clone(&region), true);
        for chunk in 0..4 {
            write(&region, chunk, 512);
        }
        assert!(
            hook.work().copy.is_empty(),
            "the first interval predicts nothing"
        );
        for chunk in [1, 2, 3, 5] {
            write(&region, chunk, 512);
        }
        write(&region, 0, 3);
        let work = hook.work();
        assert_eq!(work.copy, vec![Range { start: 1, end: 4 }]);
        assert!(work.stash.is_empty(), "there is no huge page to keep yet");
        copy_run(&region, 1..4).unwrap();
        hook.is_own(1..4);
        // SAFETY: nobody writes to this region while the slice lives.
        let bytes = unsafe { region.bytes() };
        assert!(bytes.iter().step_by(4096).all(|byte| *byte == 7));
        assert_eq!(hook.work(), Work::default(), "nothing was written since");
    }

    #[test]
    fn what_stays_dense_is_copied_for_the_slot() {
        for huge in [true, false] {
            let region = Rc::new(Region::new(3 * HUGE_PAGE).unwrap());
            let mut hook = Upkeep::new(Rc::clone(&region), huge);
            for fork in 0..6 {
                write(&region, 1, DENSE);
                write(&region, 2, DENSE - 1);
                hook.before();
                // The first interval predicts nothing; then a huge page must be made whole once.
                let stashed = if fork > usize::from(huge) {
                    HUGE_PAGE as u64
                } else {
                    0
                };
                assert_eq!(hook.copied(), stashed, "fork {fork}, huge {huge}");
                hook.in_original();
                assert_eq!(hook.copied(), 0);
            }
            hook.before();
            assert_eq!(hook.copied(), 0, "not written since");
            hook.in_original();
        }
    }

    #[test]
    fn where_a_file_is_mapped_it_is_left_to_copying_on_write() {
        let region = Rc::new(Region::new(4 * HUGE_PAGE).unwrap());
        let file = tempfile::tempfile().unwrap();
        file.set_len(PAGE as u64).unwrap();
        // SAFETY: no slice of the region is alive, and the file stays as it is.
        unsafe { region.map_file(HUGE_PAGE / PAGE, PAGE, &file, 0).unwrap() };
        let mut hook = Upkeep::new(Rc::clone(&region), false);
        for fork in 0..3 {
            for chunk in [0, 1, 3] {
                write(&region, chunk, DENSE);
            }
            hook.before();
            let stashed = if fork > 0 { HUGE_PAGE as u64 } else { 0 };
            assert_eq!(
                hook.copied(),
                stashed,
                "the run without the file, fork {fork}"
            );
            hook.in_original();
        }
    }

    #[test]
    fn what_was_split_is_collapsed_once_it_was_left_alone_for_long_enough() {
        let region = Rc::new(Region::new(40 * HUGE_PAGE).unwrap());
        let mut hook = Upkeep::new(Rc::clone(&region), true);
        let patience = patience(COLLAPSE_COSTS);
        for fork in 0..2 * patience {
            assert_eq!(hook.work(), Work::default(), "fork {fork}");
        }
        (0..40).for_each(|chunk| write(&region, chunk, 1));
        for fork in 0..patience {
            write(&region, 7, 1);
            assert_eq!(hook.work(), Work::default(), "fork {fork}");
        }
        // A few at a time, and not the one that was still written.
        let mut collapsed = Vec::new();
        for _ in 0..200 {
            let work = hook.work();
            assert!(work.copy.is_empty() && work.collapse.len() <= 3, "{work:?}");
            work.collapse.iter().for_each(|&at| hook.is_own(at..at + 1));
            collapsed.extend(work.collapse);
            write(&region, 7, 1);
        }
        collapsed.sort_unstable();
        let all_but_one: Vec<usize> = (0..40).filter(|chunk| *chunk != 7).collect();
        assert_eq!(collapsed, all_but_one);
    }

    #[test]
    fn what_has_little_memory_is_not_given_more() {
        let region = Region::new(2 * HUGE_PAGE).unwrap();
        region.advise_huge(false);
        // SAFETY: no other slice of this region is alive.
        let bytes = unsafe { region.bytes_mut() };
        bytes[..100 * PAGE].fill(1);
        assert_eq!(collapse(&region, 0), Err(Errno::EINVAL));
        assert_eq!(collapse(&region, 1), Err(Errno::EINVAL));
        assert_eq!(region.committed(), 100 * 4096);
    }

    #[test]
    fn collapsing_keeps_the_bytes() {
        let region = Region::new(2 * HUGE_PAGE).unwrap();
        region.advise_huge(true);
        // SAFETY: no other slice of this region is alive.
        for (at, byte) in unsafe { region.bytes_mut() }.iter_mut().enumerate() {
            *byte = (at / 4096) as u8;
        }
        // The kernel may be too old, or have no huge page: the bytes stay whatever it says.
        let _ = collapse(&region, 1);
        // SAFETY: nobody writes to this region while the slice lives.
        for (at, byte) in unsafe { region.bytes() }.iter().enumerate() {
            assert_eq!(*byte, (at / 4096) as u8);
        }
    }
}
