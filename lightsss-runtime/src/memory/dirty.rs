//! Which pages of a memory were written between one save and the next.
//!
//! The owner of a memory has it [`Tracked`], and passes that along when it saves the memory. A
//! [`Ram`](super::ram::Ram) notes its writes itself; in other memories the kernel counts them. Where it
//! cannot, the digests of pages are compared.

use std::collections::VecDeque;
use std::io;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use serde::{Deserialize, Serialize};

use super::kernel::CountedRegion;
use super::pages::{PAGE, PageSet};
use crate::process::panics::unpoisoned;

/// Stretches between saves that are remembered: one more than saves that may be under way.
const REMEMBERED: usize = 16;

/// All tracked memories of the process: a save marks the moment in each, before anything is written.
static TRACKED: Mutex<Vec<Weak<Tracker>>> = Mutex::new(Vec::new());

/// A moment up to which, or from which on, writes are counted. Never the same twice in a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark(u64);

/// The tracked memory that a section holds from its first byte on. Never the same twice in a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin(pub(crate) u64);

/// A memory in which writes are counted, until this is dropped.
#[derive(Debug)]
pub struct Tracked(Arc<Tracker>);

#[derive(Debug)]
struct Tracker {
    id: u64,
    start: usize,
    len: usize,
    counter: Counter,
    stretches: Mutex<VecDeque<Interval>>,
}

/// Who knows which pages were written.
#[derive(Debug)]
enum Counter {
    Kernel(CountedRegion),
    Owner(Arc<dyn Notes>),
}

/// An owner's own notes of the pages that were written.
pub trait Notes: std::fmt::Debug + Send + Sync {
    /// Calls `written` with the number of each page that was written since the last call, and begins anew.
    fn take_written(&self, written: &mut dyn FnMut(usize));
}

/// What was written from one mark to the next, or to now.
#[derive(Debug)]
struct Interval {
    from: Mark,
    written: PageSet,
}

impl Tracked {
    /// Begins to count the writes to a memory.
    ///
    /// Fails where the kernel cannot (Linux before 6.7, or `userfaultfd` forbidden): saves compare pages then.
    ///
    /// # Errors
    /// What the system says; also if the memory does not consist of whole pages.
    ///
    /// # Safety
    /// The `len` bytes at `start` are private anonymous memory of the caller's, and stay mapped until the value is
    /// dropped. The caller that takes pages away or puts other ones in their place (`MADV_DONTNEED`, `mremap`) calls
    /// [`Self::forget`] afterwards.
    pub unsafe fn new(start: NonNull<u8>, len: usize) -> io::Result<Self> {
        let counter = Counter::Kernel(CountedRegion::new(start.as_ptr() as usize, len)?);
        Ok(Self::with_counter(start, len, counter))
    }

    /// A memory of so many pages whose owner notes the writes to it, every one.
    ///
    /// A write that is not noted is missing from incremental snapshots.
    #[must_use]
    pub fn noted(start: NonNull<u8>, pages: usize, notes: Arc<dyn Notes>) -> Self {
        Self::with_counter(start, pages * PAGE, Counter::Owner(notes))
    }

    fn with_counter(start: NonNull<u8>, len: usize, counter: Counter) -> Self {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);
        let tracker = Arc::new(Tracker {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            start: start.as_ptr() as usize,
            len,
            counter,
            stretches: Mutex::new(VecDeque::new()),
        });
        let mut all = unpoisoned(&TRACKED);
        all.retain(|tracker| tracker.strong_count() > 0);
        all.push(Arc::downgrade(&tracker));
        Self(tracker)
    }

    /// Takes every page for changed.
    pub fn forget(&self) {
        unpoisoned(&self.0.stretches).clear();
    }

    /// Its identity, if `bytes` are this memory from its first byte on.
    pub(crate) fn origin_of(&self, bytes: &[u8]) -> Option<Origin> {
        let is_own = bytes.as_ptr() as usize == self.0.start && bytes.len() <= self.0.len;
        is_own.then_some(Origin(self.0.id))
    }

    /// The pages that were written between two marks; `None` if nobody counted.
    pub(crate) fn written_between(&self, from: Mark, to: Mark) -> Option<PageSet> {
        self.0.written_between(from, to)
    }
}

impl Tracker {
    fn mark(&self, mark: Mark) {
        let mut written = PageSet::new(self.len / PAGE);
        // Before anything is locked: notes are foreign code, which may make and forget tracked memories.
        let known = match &self.counter {
            Counter::Owner(notes) => {
                notes.take_written(&mut |page| written.insert(page));
                true
            }
            Counter::Kernel(region) => {
                region.is_here() && region.take_written(&mut written).is_ok()
            }
        };
        let mut stretches = unpoisoned(&self.stretches);
        if !known {
            stretches.clear();
            return;
        }
        if let Some(last) = stretches.back_mut() {
            last.written.insert_all(&written);
        }
        if stretches.len() == REMEMBERED {
            stretches.pop_front();
        }
        stretches.push_back(Interval {
            from: mark,
            written: PageSet::new(self.len / PAGE),
        });
    }

    fn written_between(&self, from: Mark, to: Mark) -> Option<PageSet> {
        let stretches = unpoisoned(&self.stretches);
        let first = stretches.iter().position(|stretch| stretch.from == from)?;
        let last = stretches.iter().position(|stretch| stretch.from == to)?;
        let mut pages = PageSet::new(self.len / PAGE);
        for stretch in stretches.range(first..last.max(first)) {
            pages.insert_all(&stretch.written);
        }
        Some(pages)
    }
}

/// Ends one stretch and begins the next, in all tracked memories.
pub(crate) fn mark_all() -> Mark {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mark = Mark(NEXT.fetch_add(1, Ordering::Relaxed));
    for tracker in live() {
        tracker.mark(mark);
    }
    mark
}

/// All tracked memories that are left. The list is not locked while they are looked at.
fn live() -> Vec<Arc<Tracker>> {
    unpoisoned(&TRACKED)
        .iter()
        .filter_map(Weak::upgrade)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes a tracked memory, and forgets its own, whenever it is asked.
    #[derive(Debug, Default)]
    struct Meddling(Mutex<Option<Tracked>>);

    impl Notes for Meddling {
        fn take_written(&self, written: &mut dyn FnMut(usize)) {
            let other = Tracked::noted(NonNull::dangling(), 1, Arc::new(Self::default()));
            other.forget();
            if let Some(own) = &*unpoisoned(&self.0) {
                own.forget();
            }
            written(3);
        }
    }

    #[test]
    fn notes_may_make_and_forget_tracked_memories() {
        let notes = Arc::new(Meddling::default());
        let tracked = Tracked::noted(NonNull::dangling(), 8, Arc::clone(&notes) as Arc<dyn Notes>);
        let inner = Arc::clone(&tracked.0);
        *unpoisoned(&notes.0) = Some(tracked);
        let first = mark_all();
        assert!(
            inner.written_between(first, mark_all()).is_none(),
            "it was forgotten"
        );
        // A circle of notes and memory: opened for the leak checker.
        drop(unpoisoned(&notes.0).take());
    }

    /// Whole pages of private anonymous memory.
    fn mapping(len: usize) -> &'static mut [u8] {
        // SAFETY: a new private anonymous mapping at an address of the kernel's choice touches nothing that exists.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                len,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        assert_ne!(start, libc::MAP_FAILED);
        // SAFETY: the mapping has `len` bytes, is zeroed by the kernel, is never unmapped, and has no other reference.
        unsafe { std::slice::from_raw_parts_mut(start.cast(), len) }
    }

    #[test]
    fn writes_between_marks_are_counted() {
        let memory = mapping(1000 * PAGE);
        memory[..500 * PAGE].fill(1);
        let start = NonNull::from(&mut memory[0]);
        // SAFETY: the mapping above is private, anonymous and never unmapped.
        let counted = match unsafe { Tracked::new(start, memory.len()) } {
            Ok(counted) => counted,
            Err(error) => {
                // The kernel under test cannot: then saves compare pages, which another test shows.
                eprintln!("writes are not counted here: {error}");
                return;
            }
        };
        let first = mark_all();
        memory[7 * PAGE + 5] = 2;
        memory[999 * PAGE] = 2;
        let second = mark_all();
        memory[8 * PAGE] = 2;
        let third = mark_all();
        let pages = |from, to| {
            let set = counted.written_between(from, to).unwrap();
            (0..1000)
                .filter(|&page| set.contains(page))
                .collect::<Vec<_>>()
        };
        assert_eq!(pages(first, second), [7, 999]);
        assert_eq!(pages(second, third), [8]);
        assert_eq!(pages(first, third), [7, 8, 999]);
        let origin = Some(Origin(counted.0.id));
        assert_eq!(counted.origin_of(memory), origin);
        assert_eq!(counted.origin_of(&memory[..5]), origin);
        assert_eq!(counted.origin_of(&memory[PAGE..]), None);
        counted.forget();
        assert_eq!(counted.written_between(first, third), None);
    }
}
