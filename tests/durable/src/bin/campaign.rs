//! A long campaign of damaged files: prints its figures as JSON.

use clap::Parser;
use lightsss_tests_durable::attempt::campaign;
use lightsss_tests_durable::harness::Harness;
use lightsss_tests_durable::memory::Counting;

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
    /// Changes what the files say, and not their bytes, and reads them in every way.
    #[arg(long)]
    structure: bool,
}

fn main() {
    let arguments = Arguments::parse();
    let figures = campaign::<Harness>(
        arguments.files,
        arguments.seed,
        arguments.structure,
        &MEMORY,
    );
    println!("{figures}");
}
