//! How much memory there is, and what copying it costs.

use std::{
    num::NonZeroUsize,
    time::{Duration, Instant},
};

use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};

const PAGE: usize = 4096;

/// What one page fault costs on this machine, measured once on fresh pages; a fault that copies
/// costs little more. A microsecond if it cannot be measured.
pub(crate) fn fault_cost() -> Duration {
    const PAGES: usize = 64;
    let length = NonZeroUsize::new(PAGES * PAGE).expect("not zero");
    let flags = MapFlags::MAP_PRIVATE;
    // SAFETY: an anonymous mapping at an address the kernel chooses overlaps nothing.
    let mapped = unsafe {
        mmap_anonymous(
            None,
            length,
            ProtFlags::PROT_READ | ProtFlags::PROT_WRITE,
            flags,
        )
    };
    let Ok(start) = mapped else {
        return Duration::from_micros(1);
    };
    let begun = Instant::now();
    for page in 0..PAGES {
        // SAFETY: the address lies within the mapping made above, which nothing else knows.
        unsafe { start.cast::<u8>().add(page * PAGE).write_volatile(1) };
    }
    let cost = begun.elapsed() / PAGES as u32;
    // SAFETY: the mapping was made above with this length and is not used after this.
    let _ = unsafe { munmap(start, length.get()) };
    cost
}
