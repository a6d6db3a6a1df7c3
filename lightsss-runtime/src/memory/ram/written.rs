//! Which pages of a [`Ram`](super::Ram) were written, for forks and for incremental saves.
//!
//! Every write passes through the memory's own functions, so it can note them itself. A note is a store of
//! a byte; a write-protected page would cost a fault, and split its huge page.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::memory::dirty::Notes;
use crate::memory::pages::{HUGE_PAGE, PAGE};

/// Asked at each fork.
const SINCE_FORK: u8 = 1;
/// Asked at each save.
const SINCE_SAVE: u8 = 2;

/// For each page, who has not yet asked about its last write. Atomic, because a save on any thread asks all
/// tracked memories of the process.
#[derive(Debug)]
pub(crate) struct Written {
    pages: Box<[AtomicU8]>,
    /// The same for 2 MiB, so that the pages of those that were left alone need not be looked at.
    chunks: Box<[AtomicU8]>,
}

impl Written {
    /// For so many chunks; none was written.
    pub(crate) fn new(chunks: usize) -> Self {
        let none = |count| (0..count).map(|_| AtomicU8::new(0)).collect();
        Self {
            pages: none(chunks * (HUGE_PAGE / PAGE)),
            chunks: none(chunks),
        }
    }

    /// Pages that are noted.
    pub(crate) fn len(&self) -> usize {
        self.pages.len()
    }

    /// Notes that bytes `[at, at + length)` are being written.
    #[inline]
    pub(crate) fn mark(&self, at: usize, length: usize) {
        let first = at / PAGE;
        let last = (at + length.saturating_sub(1)) / PAGE;
        self.mark_page(first);
        if last > first {
            self.mark_pages(first + 1, last);
        }
    }

    /// The page first: who clears a chunk's note looks at its pages afterwards.
    #[inline]
    fn mark_page(&self, page: usize) {
        if let Some(note) = self.pages.get(page) {
            note.store(SINCE_FORK | SINCE_SAVE, Ordering::Relaxed);
        }
        if let Some(note) = self.chunks.get(page / (HUGE_PAGE / PAGE)) {
            note.store(SINCE_FORK | SINCE_SAVE, Ordering::Release);
        }
    }

    /// What [`mark`](Self::mark) does for more than one page, out of its way.
    #[cold]
    fn mark_pages(&self, first: usize, last: usize) {
        (first..=last).for_each(|page| self.mark_page(page));
    }

    /// Pages of a chunk written since this was last asked for that chunk.
    pub(crate) fn take_written_since_fork(&self, chunk: usize) -> usize {
        let mut count = 0;
        self.take(chunk, SINCE_FORK, &mut |_| count += 1);
        count
    }

    fn take(&self, chunk: usize, who: u8, written: &mut dyn FnMut(usize)) {
        let clear = |note: &AtomicU8, order| {
            note.load(Ordering::Relaxed) & who != 0 && note.fetch_and(!who, order) & who != 0
        };
        if !clear(&self.chunks[chunk], Ordering::Acquire) {
            return;
        }
        let pages = HUGE_PAGE / PAGE;
        for page in chunk * pages..(chunk + 1) * pages {
            if clear(&self.pages[page], Ordering::Relaxed) {
                written(page);
            }
        }
    }
}

impl Notes for Written {
    fn take_written(&self, written: &mut dyn FnMut(usize)) {
        (0..self.chunks.len()).for_each(|chunk| self.take(chunk, SINCE_SAVE, written));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forks_and_saves_ask_independently() {
        let written = Written::new(2);
        written.mark(HUGE_PAGE - 1, 2);
        written.mark(5, 0);
        let since_save = || {
            let mut pages = Vec::new();
            written.take_written(&mut |page| pages.push(page));
            pages
        };
        assert_eq!(written.take_written_since_fork(0), 2);
        assert_eq!(written.take_written_since_fork(0), 0);
        assert_eq!(since_save(), [0, 511, 512]);
        assert!(since_save().is_empty());
        assert_eq!(written.take_written_since_fork(1), 1);
        written.mark(2 * HUGE_PAGE - 1, 1);
        assert_eq!(since_save(), [1023]);
    }
}
