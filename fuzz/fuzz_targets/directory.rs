//! Good files with changed bytes and every checksum made right again, so that what lies behind the checksums is
//! reached: the first byte chooses a file, each four bytes after it change one place.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use lightsss_tests_durable::attempt::{Bench, Tally};
use lightsss_tests_durable::harness::Harness;
use lightsss_tests_durable::layout::seal;
use lightsss_tests_durable::memory::Counting;

#[global_allocator]
static MEMORY: Counting = Counting::new();

thread_local! {
    static BENCH: RefCell<Bench<Harness>> = RefCell::new(Bench::new());
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, changes)) = bytes.split_first() else {
        return;
    };
    BENCH.with_borrow_mut(|bench| {
        let good = bench.good();
        let (file, layout) = &good[usize::from(*choice & 0x7f) % good.len()];
        let mut file = file.clone();
        // Above 7fh, frames too.
        let frames = *choice > 0x7f;
        let from = if frames { 64 } else { layout.directory_offset };
        for change in changes.chunks_exact(4) {
            let place = usize::from(u16::from_le_bytes([change[0], change[1]]));
            let place = from + place % (file.len() - from);
            match change[2] % 4 {
                0 => file[place] = change[3],
                1 => file[place] ^= change[3],
                2 => file.insert(place, change[3]),
                _ if file.len() > from + 1 => drop(file.remove(place)),
                _ => {}
            }
        }
        seal(&mut file, layout, frames);
        bench.attempt(&file, &MEMORY, &mut Tally::default());
    });
});
