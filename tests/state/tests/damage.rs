//! Damaged files of a model, from a fixed seed: none aborts, hangs, allocates beyond the bound, or changes the model.

use lightsss_tests_durable::attempt::{Bench, Tally};
use lightsss_tests_durable::memory::Counting;
use lightsss_tests_durable::numbers::Numbers;
use lightsss_tests_durable::subject::Subject;
use lightsss_tests_state::{ByOperators, Migrant, Soc};

#[global_allocator]
static MEMORY: Counting = Counting::new();

/// The most memory that the process ever had, in bytes: what C++ allocates, too.
fn most_resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a status");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let size = line.and_then(|line| line.split_whitespace().nth(1));
    size.and_then(|size| size.parse::<u64>().ok())
        .expect("a size")
        << 10
}

/// Tries the good files, 3,000 damaged ones, and 300 that say something else.
fn attempts<S: Subject>(numbers: &mut Numbers) {
    let mut bench = Bench::<S>::new();
    let mut tally = Tally::default();
    for (good, _) in bench.good().to_vec() {
        // Under their own names, parents are found.
        bench.attempt(&good, &MEMORY, &mut tally);
    }
    assert_eq!((tally.restored, tally.refused), (6, 0));
    for _ in 0..3_000 {
        bench.damaged(numbers, &MEMORY, &mut tally);
    }
    for _ in 0..300 {
        bench.restructured(numbers, &MEMORY, &mut tally);
    }
    assert!(tally.refused > 2_000, "{tally:?}");
    assert!(tally.restored > 6, "{tally:?}");
}

// One test in this file: allocations of another one would be counted too.
#[test]
fn damaged_files_are_refused_and_change_nothing() {
    let mut numbers = Numbers::new(6);
    let before = most_resident();
    attempts::<Soc>(&mut numbers);
    attempts::<ByOperators>(&mut numbers);
    attempts::<Migrant>(&mut numbers);
    let grown = most_resident() - before;
    assert!(grown < 64 << 20, "grew by {grown} bytes");
}
