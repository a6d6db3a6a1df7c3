//! Pages: their sizes, which are zeros, and sets of them.

use std::alloc::{Layout, alloc_zeroed};
use std::ptr::NonNull;

use nix::sys::mman::{MmapAdvise, madvise};

/// Bytes of a page: the unit of copying on write, and of what an incremental save compares.
pub(crate) const PAGE: usize = 4096;
/// Bytes of a huge page.
pub(crate) const HUGE_PAGE: usize = 2 << 20;

static ZEROS: [u8; PAGE] = [0; PAGE];

/// From here on, fewer and larger pages pay.
const LARGE: usize = 8 << 20;

/// So many zeros, to be written: large ones in huge pages where there are any, since the first write to a page
/// costs about as much as filling a small one. `None` if there is no memory for them.
pub(crate) fn zeros(len: usize) -> Option<Vec<u8>> {
    let mut bytes = zeroed(len)?;
    if len >= LARGE {
        let skip = bytes.as_ptr().align_offset(HUGE_PAGE);
        let huge = bytes.get_mut(skip..).unwrap_or_default();
        let whole = huge.len() - huge.len() % HUGE_PAGE;
        let start = NonNull::from(huge).cast();
        // SAFETY: `whole` bytes from `start` on are within the slice, and the advice changes what their pages
        // are, not what they hold.
        let _ = unsafe { madvise(start, whole, MmapAdvise::MADV_HUGEPAGE) };
    }
    Some(bytes)
}

/// As `vec![0; len]`, without ending the process where there is no memory: a file says how much.
fn zeroed(len: usize) -> Option<Vec<u8>> {
    let layout = Layout::array::<u8>(len).ok()?;
    if len == 0 {
        return Some(Vec::new());
    }
    // SAFETY: the layout is not of size 0.
    let start = NonNull::new(unsafe { alloc_zeroed(layout) })?;
    let bytes = std::ptr::slice_from_raw_parts_mut(start.as_ptr(), len);
    // SAFETY: the global allocator gave the bytes, for the layout of a slice of `len` bytes; all are zeros, and nobody
    // else has the pointer.
    Some(unsafe { Box::from_raw(bytes) }.into_vec())
}

/// Whether a page, or the last part of one, holds nothing but zeros.
pub(crate) fn is_zero(page: &[u8]) -> bool {
    page == &ZEROS[..page.len()]
}

/// Makes all of `bytes` zero, without writing to pages that are: those may be shared, or not there at all.
pub(crate) fn clear(bytes: &mut [u8]) {
    for page in bytes.chunks_mut(PAGE) {
        if !is_zero(page) {
            page.fill(0);
        }
    }
}

/// A set of pages of a region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageSet {
    words: Vec<u64>,
}

impl PageSet {
    /// The empty set, with room for pages 0 to `pages - 1`.
    #[must_use]
    pub fn new(pages: usize) -> Self {
        Self {
            words: vec![0; pages.div_ceil(64)],
        }
    }

    /// Adds a page. One beyond the room is left out.
    pub fn insert(&mut self, page: usize) {
        if let Some(word) = self.words.get_mut(page / 64) {
            *word |= 1 << (page % 64);
        }
    }

    /// Adds the pages of another set.
    pub fn insert_all(&mut self, other: &Self) {
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    /// Whether a page is in the set.
    #[must_use]
    pub fn contains(&self, page: usize) -> bool {
        self.words
            .get(page / 64)
            .is_some_and(|word| word & 1 << (page % 64) != 0)
    }
}
