//! Files that say something else than was saved, with every checksum right, from a fixed seed: no reader aborts, hangs or
//! allocates beyond the bound, no restore changes the harness and fails, and what `verify` calls good all can read.

use lightsss_tests_durable::attempt::{Bench, Tally};
use lightsss_tests_durable::harness::Harness;
use lightsss_tests_durable::memory::Counting;
use lightsss_tests_durable::numbers::Numbers;

#[global_allocator]
static MEMORY: Counting = Counting::new();

// One test in this file: allocations of another one would be counted too.
#[test]
fn files_that_say_something_else_harm_no_reader() {
    let mut bench = Bench::<Harness>::new();
    let mut tally = Tally::default();
    let mut numbers = Numbers::new(21);
    for _ in 0..2_000 {
        bench.restructured(&mut numbers, &MEMORY, &mut tally);
    }
    // Some of each kind were among them.
    assert!(
        tally.refused > 500 && tally.restored > 100 && tally.good > 100,
        "{tally:?}"
    );
}
