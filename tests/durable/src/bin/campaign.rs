//! A long campaign of damaged files: prints its figures as JSON.

use std::time::Instant;

use clap::Parser;
use lightsss_tests_durable::attempt::{BOUND, Bench, Tally};
use lightsss_tests_durable::memory::Counting;
use lightsss_tests_durable::numbers::Numbers;

#[global_allocator]
static MEMORY: Counting = Counting::new();

#[derive(Parser)]
struct Arguments {
    /// Damaged files to try.
    #[arg(long, default_value_t = 100_000)]
    files: u64,
    /// Where the numbers begin.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() {
    let arguments = Arguments::parse();
    let mut bench = Bench::new();
    let mut numbers = Numbers::new(arguments.seed);
    let mut tally = Tally::default();
    let start = Instant::now();
    while tally.attempts < arguments.files {
        bench.damaged(&mut numbers, &MEMORY, &mut tally);
    }
    let figures = serde_json::json!({
        "files": tally.attempts,
        "refused": tally.refused,
        "restored": tally.restored,
        "slowest_us": tally.slowest.as_micros() as u64,
        "most_allocated": tally.most_allocated,
        "bound": BOUND,
        "seconds": start.elapsed().as_secs_f64(),
    });
    println!("{figures}");
}
