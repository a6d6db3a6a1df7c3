//! The mapping behind a [`Ram`](super::Ram).

use std::{cell::Cell, fs::File, num::NonZeroUsize, ops::Range, ptr::NonNull, sync::Arc};

use nix::{
    errno::Errno,
    sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap, mmap_anonymous, munmap},
};

use super::written::Written;
use crate::memory::pages::{HUGE_PAGE, PAGE};

/// Memory of a fixed length, reserved and not committed: a page costs nothing until it is written.
#[derive(Debug)]
pub(crate) struct Region {
    /// Start of the usable part, on a huge page's boundary.
    start: NonNull<u8>,
    length: usize,
    /// What was mapped, for unmapping.
    mapped: NonNull<u8>,
    mapped_length: usize,
    /// Some of it is mapped from files, and giving such pages back does not make them zero.
    has_files: Cell<bool>,
    written: Arc<Written>,
}

impl Region {
    pub(crate) fn new(length: usize) -> Result<Self, Errno> {
        // Whole chunks, and one more to find a boundary in.
        let usable = length
            .max(1)
            .checked_next_multiple_of(HUGE_PAGE)
            .ok_or(Errno::ENOMEM)?;
        let mapped_length = usable.checked_add(HUGE_PAGE).ok_or(Errno::ENOMEM)?;
        let size = NonZeroUsize::new(mapped_length).ok_or(Errno::EINVAL)?;
        // SAFETY: an anonymous mapping at an address the kernel chooses overlaps nothing.
        let mapped = unsafe {
            mmap_anonymous(
                None,
                size,
                ProtFlags::PROT_READ | ProtFlags::PROT_WRITE,
                MapFlags::MAP_PRIVATE | MapFlags::MAP_NORESERVE,
            )?
        }
        .cast::<u8>();
        let skip = mapped.as_ptr().align_offset(HUGE_PAGE);
        // SAFETY: `skip` is less than `HUGE_PAGE`, so that the result lies within the mapping, with
        // `usable` bytes behind it.
        let start = unsafe { mapped.add(skip) };
        let written = Arc::new(Written::new(usable / HUGE_PAGE));
        Ok(Self {
            start,
            length,
            mapped,
            mapped_length,
            has_files: Cell::new(false),
            written,
        })
    }

    pub(crate) fn length(&self) -> usize {
        self.length
    }

    pub(crate) fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// Asks for huge pages, or for none. Not all kernels have them: that is no error.
    pub(crate) fn advise_huge(&self, huge: bool) {
        let advice = if huge {
            MmapAdvise::MADV_HUGEPAGE
        } else {
            MmapAdvise::MADV_NOHUGEPAGE
        };
        let _ = self.advise(0..self.chunks(), advice);
    }

    /// Lets no fork have what is in some of its chunks: the child finds zeros. (Not `MADV_DONTFORK`,
    /// with which it would find no memory at all, and end at its first access.) Where a file is mapped
    /// there is no such thing, and that is an error.
    pub(crate) fn leave_out_of_forks(&self, chunks: Range<usize>) -> Result<(), Errno> {
        self.advise(chunks, MmapAdvise::MADV_WIPEONFORK)
    }

    /// Takes back [`leave_out_of_forks`](Self::leave_out_of_forks), in the process that has asked for it.
    pub(crate) fn take_into_forks(&self, chunks: Range<usize>) -> Result<(), Errno> {
        self.advise(chunks, MmapAdvise::MADV_KEEPONFORK)
    }

    /// Gives advice that does not change what this process finds in the chunks.
    fn advise(&self, chunks: Range<usize>, advice: MmapAdvise) -> Result<(), Errno> {
        if chunks.is_empty() {
            return Ok(());
        }
        assert!(chunks.end <= self.chunks(), "chunks of this region");
        // SAFETY: the range is within this mapping, as was just asserted. The callers' advice leaves its
        // contents here as they are; in a child they may be zeros, which are valid bytes.
        unsafe {
            madvise(
                self.start_of(chunks.start).cast(),
                chunks.len() * HUGE_PAGE,
                advice,
            )
        }
    }

    /// Address of a chunk.
    pub(crate) fn start_of(&self, chunk: usize) -> NonNull<u8> {
        assert!(chunk < self.chunks(), "a chunk of this region");
        // SAFETY: there are so many chunks in the mapping from `start` on, as was just asserted.
        unsafe { self.start.add(chunk * HUGE_PAGE) }
    }

    pub(crate) fn chunks(&self) -> usize {
        self.length.div_ceil(HUGE_PAGE)
    }

    /// Gives pages back; they read as zeros again.
    ///
    /// # Safety
    ///
    /// No slice from [`Self::bytes`] or [`Self::bytes_mut`] is alive.
    pub(crate) unsafe fn discard_pages(&self, first: usize, pages: usize) {
        let pages = pages.min(self.written.len().saturating_sub(first));
        // SAFETY: there are `written.len()` pages in the mapping from `start` on.
        let start = unsafe { self.start.add(first * PAGE) };
        let done = if self.has_files.get() {
            // SAFETY: the range is within this mapping, which is ours, and is replaced by zeros,
            // which are valid bytes; the caller sees to it that nobody looks at them meanwhile.
            unsafe { map_anew(start, pages * PAGE, None) }
        } else {
            // SAFETY: the range is within this mapping. Its contents become zeros, which are valid
            // bytes, and the caller sees to it that nobody looks at them meanwhile.
            unsafe { madvise(start.cast(), pages * PAGE, MmapAdvise::MADV_DONTNEED) }
        };
        if done.is_err() {
            // SAFETY: as above; the range is mapped for writing.
            unsafe { start.write_bytes(0, pages * PAGE) };
        }
        self.mark(first * PAGE, pages * PAGE);
    }

    /// Puts `length` bytes of a file, from byte `from` on, at page `first`; they are read when they are
    /// looked at, and copied when they are written. The rest of the last page reads as zero.
    ///
    /// # Safety
    ///
    /// No slice from [`Self::bytes`] or [`Self::bytes_mut`] is alive, the bytes are within the
    /// usable part, and the file has that many, which are not cut while this region lives.
    pub(crate) unsafe fn map_file(
        &self,
        first: usize,
        length: usize,
        file: &File,
        from: u64,
    ) -> Result<(), Errno> {
        self.has_files.set(true);
        // SAFETY: by the caller's promise the range is within this mapping, which is ours, and
        // nobody looks at it; any bytes of a file are valid bytes.
        unsafe { map_anew(self.start.add(first * PAGE), length, Some((file, from))) }
    }

    /// Bytes of anonymous memory that are resident or swapped out, by the page map.
    pub(crate) fn committed(&self) -> u64 {
        match self.held_pages(0, self.chunks()) {
            Ok(pages) => (pages * PAGE) as u64,
            Err(_) => self.length as u64,
        }
    }

    /// Pages of so many chunks that are anonymous memory, resident or swapped out.
    pub(crate) fn held_pages(&self, first: usize, chunks: usize) -> std::io::Result<usize> {
        use std::os::unix::fs::FileExt;
        const PRESENT_OR_SWAPPED: u64 = 3 << 62;
        const OF_A_FILE: u64 = 1 << 61;
        let pages = chunks * HUGE_PAGE / PAGE;
        let mut entries = vec![0; pages * 8];
        let start = self.start.as_ptr() as usize + first * HUGE_PAGE;
        let map = File::open("/proc/self/pagemap")?;
        map.read_exact_at(&mut entries, (start / PAGE * 8) as u64)?;
        let held = entries.as_chunks::<8>().0.iter();
        let held = held.filter(|entry| {
            let entry = u64::from_ne_bytes(**entry);
            entry & PRESENT_OR_SWAPPED != 0 && entry & OF_A_FILE == 0
        });
        Ok(held.count())
    }

    /// # Safety
    ///
    /// While the slice lives, nobody calls [`Self::bytes_mut`] or [`Self::discard_pages`].
    pub(crate) unsafe fn bytes(&self) -> &[u8] {
        // SAFETY: `start` has at least `length` bytes behind it, mapped and initialised by the
        // kernel, for as long as `self` lives; the caller sees to it that none is written.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }

    /// The bytes, for writing. The caller also [marks](Self::mark) what it writes.
    ///
    /// # Safety
    ///
    /// While the slice lives, nobody calls [`Self::bytes`], [`Self::discard_pages`] or this again.
    #[expect(
        clippy::mut_from_ref,
        reason = "the one who calls holds the only right to write"
    )]
    pub(crate) unsafe fn bytes_mut(&self) -> &mut [u8] {
        // SAFETY: as in `bytes`, and the caller sees to it that this is the only reference.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.length) }
    }

    /// Notes that bytes `[at, at + length)` are being written.
    #[inline]
    pub(crate) fn mark(&self, at: usize, length: usize) {
        self.written.mark(at, length);
    }

    /// Which pages were written.
    pub(crate) fn written(&self) -> &Arc<Written> {
        &self.written
    }
}

/// Replaces a range of a mapping: by a file's bytes, which stay the process's own when written, or
/// by zeros.
///
/// # Safety
///
/// The range is the caller's, begins on a page's boundary, and nobody refers to its bytes.
unsafe fn map_anew(
    start: NonNull<u8>,
    length: usize,
    file: Option<(&File, u64)>,
) -> Result<(), Errno> {
    let Some(length) = NonZeroUsize::new(length) else {
        return Ok(());
    };
    let at = start.addr();
    let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_NORESERVE | MapFlags::MAP_FIXED;
    // SAFETY: by the caller's promise what `MAP_FIXED` replaces is the caller's and not in use.
    let mapped = unsafe {
        match file {
            Some((file, from)) => {
                let from = i64::try_from(from).map_err(|_| Errno::EOVERFLOW)?;
                mmap(Some(at), length, protection, flags, file, from)
            }
            None => mmap_anonymous(Some(at), length, protection, flags),
        }
    };
    mapped.map(drop)
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: this is the whole of what `new` mapped, and nothing refers to it any more.
        let _ = unsafe { munmap(self.mapped.cast(), self.mapped_length) };
    }
}
