//! Damaged files, from a fixed seed: none aborts, hangs, allocates beyond the bound, or changes the harness.

use lightsss_tests_durable::attempt::{Bench, Tally};
use lightsss_tests_durable::harness::Harness;
use lightsss_tests_durable::memory::Counting;
use lightsss_tests_durable::numbers::Numbers;

#[global_allocator]
static MEMORY: Counting = Counting::new();

// One test in this file: allocations of another one would be counted too.
#[test]
fn damaged_files_are_refused_and_change_nothing() {
    let mut bench = Bench::<Harness>::new();
    let mut tally = Tally::default();
    for (good, _) in bench.good().to_vec() {
        // Under their own names, parents are found.
        bench.attempt(&good, &MEMORY, &mut tally);
    }
    assert_eq!((tally.restored, tally.refused), (6, 0));
    let mut numbers = Numbers::new(6);
    for _ in 0..20_000 {
        bench.damaged(&mut numbers, &MEMORY, &mut tally);
    }
    // Most damage is refused; some, made right again, is a good file of another state.
    assert!(tally.refused > 15_000, "{tally:?}");
    assert!(tally.restored > 6, "{tally:?}");
}
