//! Memories in series of incremental snapshots: whatever was written in whatever way is in the file.

use std::os::unix::fs::FileExt;

use super::Numbers;
use crate::durable::{Series, SeriesOptions, restore};
use crate::ram::Ram;
use crate::savable::{restore_from_image, save_to_image};
use crate::{durable::SaveOptions, savable::Image};

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
    let mut other = Ram::new(0, SIZE).unwrap();
    ram.fill(0, SIZE, 3).unwrap();
    let earlier = save_to_image(&ram).unwrap();
    for cycle in 0..60 {
        for _ in 0..random.below(40) {
            write(&mut ram, &mut random, &earlier);
        }
        let (path, _) = series.save(&ram, &SaveOptions::new().cycle(cycle)).unwrap();
        restore(&path, &mut other).unwrap();
        let all = SIZE as usize;
        assert!(
            ram.bytes(0, all).unwrap() == other.bytes(0, all).unwrap(),
            "save {cycle} differs"
        );
    }
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
