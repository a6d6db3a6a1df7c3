//! Memories in series of incremental snapshots: whatever was written in whatever way is in the file.

use std::os::unix::fs::FileExt;
use std::ptr::NonNull;

use super::Numbers;
use crate::durable::dirty::Tracked;
use crate::durable::{RestoreOptions, SaveOptions, Series, SeriesOptions, Snapshot, restore};
use crate::memory::ram::{Pages, Ram};
use crate::process::isolate::isolated;
use crate::process::sys;
use crate::savable::{
    Image, Reader, RestoreError, Savable, SaveError, Schema, SectionKind, Shape, Writer,
    restore_from_image, save_to_image,
};

const SIZE: u64 = 16 << 20;

/// One way to write, of those that a `Ram` has, at a place that `random` says.
fn write(ram: &mut Ram, random: &mut Numbers, earlier: &Image) {
    let at = random.below(SIZE - (1 << 16));
    match random.below(100) {
        0 => ram.clear(),
        1 => restore_from_image(ram, earlier).unwrap(),
        2..10 => ram.fill(at, random.below(1 << 16), 0).unwrap(),
        10..20 => ram.fill(at, random.below(1 << 16), 7).unwrap(),
        20..30 => ram.bytes_mut(at, 10_000).unwrap()[9_999] = random.next() as u8,
        30..40 => {
            let program = vec![random.next() as u8; 1 + random.below(9000) as usize];
            ram.load_binary(at, &program).unwrap();
        }
        40..50 => ram.write_bytes(at, &[random.next() as u8; 4100]).unwrap(),
        50..60 => ram.write_u8(at, random.next() as u8).unwrap(),
        _ => ram.write_u64(at, random.next()).unwrap(),
    }
}

#[test]
fn every_write_to_a_memory_is_in_the_next_snapshot_of_a_series() {
    let folder = tempfile::tempdir().unwrap();
    let options = SeriesOptions {
        max_chain: 8,
        ..SeriesOptions::default()
    };
    let mut series = Series::new(folder.path(), options).unwrap();
    let mut random = Numbers(7);
    let mut ram = Ram::new(0, SIZE).unwrap();
    let mut others = [Pages::Huge, Pages::Small].map(|pages| {
        let mut other = Ram::with_pages(0, SIZE, pages).unwrap();
        other.fill(0, SIZE, 5).unwrap();
        other
    });
    ram.fill(0, SIZE, 3).unwrap();
    let earlier = save_to_image(&ram).unwrap();
    for cycle in 0..60 {
        for _ in 0..random.below(40) {
            write(&mut ram, &mut random, &earlier);
        }
        let (path, _) = series.save(&ram, &SaveOptions::new().cycle(cycle)).unwrap();
        let all = SIZE as usize;
        for other in &mut others {
            restore(&path, other).unwrap();
            assert!(
                ram.bytes(0, all).unwrap() == other.bytes(0, all).unwrap(),
                "save {cycle} differs"
            );
        }
    }
}

/// Of a memory of gigabytes that holds little, little is read or touched: not even of one that held much.
#[test]
fn zeros_are_restored_by_giving_pages_back() {
    // Faults are counted of a whole process.
    isolated(|| {
        const WHOLE: u64 = 1 << 30;
        const PAGE: u64 = 4096;
        let folder = tempfile::tempdir().unwrap();
        let options = SeriesOptions {
            max_chain: 2,
            ..SeriesOptions::default()
        };
        let mut series = Series::new(folder.path(), options).unwrap();
        let mut ram = Ram::with_pages(0, WHOLE, Pages::Small).unwrap();
        let used: Vec<u64> = (0..8).map(|page| page * (WHOLE / 8) + 5 * PAGE).collect();
        for page in &used {
            ram.write_u64(*page, page + 1).unwrap();
        }
        series.save(&ram, &SaveOptions::new()).unwrap();
        // In the child, what is zero is so by its parent.
        ram.write_u64(PAGE, 1).unwrap();
        let (path, _) = series.save(&ram, &SaveOptions::new().cycle(1)).unwrap();
        let mut other = Ram::with_pages(0, WHOLE, Pages::Small).unwrap();
        other.fill(3 * PAGE, 1000 * PAGE, 7).unwrap();
        let faults = sys::minor_faults();
        restore(&path, &mut other).unwrap();
        let faults = sys::minor_faults() - faults;
        // A page of 4 KiB is a fault if it is only looked at.
        assert!(faults < 5000, "{faults} pages were touched");
        assert_eq!(other.committed(), 9 * PAGE);
        assert_eq!(other.read_u64(4 * PAGE).unwrap(), 0);
        assert_eq!(other.read_u64(PAGE).unwrap(), 1);
        for page in &used {
            assert_eq!(other.read_u64(*page).unwrap(), page + 1);
        }
    });
}

#[test]
fn pages_that_were_left_alone_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let options = SeriesOptions {
        max_chain: 8,
        ..SeriesOptions::default()
    };
    let mut series = Series::new(folder.path(), options).unwrap();
    let mut ram = Ram::new(0, SIZE).unwrap();
    ram.fill(0, SIZE, 3).unwrap();
    let (_, whole) = series.save(&ram, &SaveOptions::new()).unwrap();
    ram.write_u64(4096, 1).unwrap();
    // Behind the memory's back, as a debugger would: only who reads the page can tell.
    let address = ram.bytes(2 << 20, 1).unwrap().as_ptr().addr() as u64;
    let memory = std::fs::File::options()
        .write(true)
        .open("/proc/self/mem")
        .unwrap();
    memory.write_all_at(&[9], address).unwrap();
    let (path, part) = series.save(&ram, &SaveOptions::new()).unwrap();
    assert!(part.file_len < whole.file_len + 4096);
    let mut other = Ram::new(0, SIZE).unwrap();
    restore(&path, &mut other).unwrap();
    assert_eq!(other.read_u64(4096).unwrap(), 1);
    assert_eq!(other.read_u8(2 << 20).unwrap(), 3, "the page was read");
}

/// Memory of whole pages, as a C++ model behind the harness has it.
struct Mapped(&'static mut [u8], Option<Tracked>);

impl Mapped {
    const PAGES: usize = 1024;
    const PAGE: usize = 4096;

    fn new() -> Self {
        let len = Self::PAGES * Self::PAGE;
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
        Self(
            unsafe { std::slice::from_raw_parts_mut(start.cast(), len) },
            None,
        )
    }

    /// Sets what may be done with pages from `page` on.
    fn protect(&mut self, page: usize, count: usize, protection: i32) {
        let pages = &mut self.0[page * Self::PAGE..][..count * Self::PAGE];
        // SAFETY: the pages are of a mapping of ours. Using them while they may not be read ends this process by
        // a signal, which is what the test is to see.
        let done = unsafe { libc::mprotect(pages.as_mut_ptr().cast(), pages.len(), protection) };
        assert_eq!(done, 0);
    }
}

impl Savable for Mapped {
    const SCHEMA: Schema = Schema::new("Mapped", Shape::Section(SectionKind::Memory));

    fn save(&self, out: &mut Writer<'_>) -> Result<(), SaveError> {
        out.section(SectionKind::Memory, "mapped", |out| match &self.1 {
            Some(tracked) => out.tracked(self.0, tracked),
            None => out.bulk(self.0),
        })
    }

    fn restore(&mut self, input: &mut Reader<'_>) -> Result<(), RestoreError> {
        input.section(SectionKind::Memory)?.read_into(self.0)
    }

    fn check(input: &mut Reader<'_>) -> Result<(), RestoreError> {
        input.section(SectionKind::Memory).map(drop)
    }
}

/// The kernel counts the writes: what was not written is not even read, and what was is all that the file holds.
#[test]
fn a_memory_whose_writes_the_kernel_counts_is_saved_by_changed_pages() {
    isolated(|| {
        let mut memory = Mapped::new();
        let mut random = Numbers(5);
        memory.0.fill_with(|| random.next() as u8);
        let start = NonNull::from(&mut memory.0[0]);
        // SAFETY: the mapping is private, anonymous and never unmapped.
        match unsafe { Tracked::new(start, memory.0.len()) } {
            Ok(tracked) => memory.1 = Some(tracked),
            Err(error) => {
                println!("skipped: the kernel does not count writes here: {error}");
                return;
            }
        }
        println!("the kernel counts writes");
        let folder = tempfile::tempdir().unwrap();
        let options = SeriesOptions {
            max_chain: 8,
            ..SeriesOptions::default()
        };
        let mut series = Series::new(folder.path(), options).unwrap();
        let options = SaveOptions::new();
        let mut expected = memory.0.to_vec();
        let mut restored = Mapped::new();
        // The first one is whole; later ones are written here and by a forked child in turns.
        series.save(&memory, &options).unwrap();
        for (round, changed) in [&[7_usize, 500, 1023][..], &[], &[7, 8], &[0]]
            .into_iter()
            .enumerate()
        {
            for page in changed {
                memory.0[page * Mapped::PAGE + 17 * round] ^= 0x5a;
                expected[page * Mapped::PAGE + 17 * round] ^= 0x5a;
            }
            memory.protect(100, 300, libc::PROT_NONE);
            let path = if round % 2 == 0 {
                series.save(&memory, &options).unwrap().0
            } else {
                let path = series.save_in_background(&memory, &options).unwrap().0;
                series.wait().pop().unwrap().result.unwrap();
                path
            };
            memory.protect(100, 300, libc::PROT_READ | libc::PROT_WRITE);
            let snapshot = Snapshot::open(&path, &RestoreOptions::default()).unwrap();
            assert_eq!(snapshot.depth(), round as u32 + 1);
            let section = snapshot.sections().find(|it| it.name == "mapped").unwrap();
            assert_eq!(section.data, (changed.len() * Mapped::PAGE) as u64);
            assert_eq!(section.in_parent, section.len - section.data);
            restore(&path, &mut restored).unwrap();
            assert!(restored.0 == expected, "round {round}");
        }
        // Nothing is known of it any more: every page is read and compared.
        memory.0[200 * Mapped::PAGE] ^= 1;
        memory.1.as_ref().unwrap().forget();
        let (path, _) = series.save(&memory, &options).unwrap();
        restore(&path, &mut restored).unwrap();
        assert!(restored.0 == memory.0);
    });
}
