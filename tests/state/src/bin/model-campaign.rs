//! A long campaign of damaged files of a model: prints its figures as JSON.

use clap::Parser;
use lightsss_runtime::state::through_operators;
use lightsss_tests_durable::attempt::campaign;
use lightsss_tests_durable::memory::Counting;
use lightsss_tests_state::Soc;

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
    /// Restores through Verilator's operators, which read the whole stream.
    #[arg(long)]
    operators: bool,
}

fn main() {
    let Arguments { files, seed, .. } = Arguments::parse();
    let run = || campaign::<Soc>(files, seed, &MEMORY);
    let figures = if Arguments::parse().operators {
        through_operators(run)
    } else {
        run()
    };
    println!("{figures}");
}
