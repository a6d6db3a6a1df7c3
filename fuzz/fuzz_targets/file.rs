//! Any bytes as a snapshot file. Seeds: `tests/durable/corpus/v1`.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use lightsss_tests_durable::attempt::{Bench, Tally};
use lightsss_tests_durable::harness::Harness;
use lightsss_tests_durable::memory::Counting;

#[global_allocator]
static MEMORY: Counting = Counting::new();

thread_local! {
    static BENCH: RefCell<Bench<Harness>> = RefCell::new(Bench::new());
}

fuzz_target!(|bytes: &[u8]| {
    BENCH.with_borrow_mut(|bench| bench.attempt(bytes, &MEMORY, &mut Tally::default()));
});
