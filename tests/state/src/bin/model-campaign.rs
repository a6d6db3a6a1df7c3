//! A long campaign of damaged files of a model: prints its figures as JSON.

use clap::Parser;
use lightsss_tests_durable::attempt::campaign;
use lightsss_tests_durable::memory::Counting;
use lightsss_tests_state::{ByOperators, Migrant, Soc};

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
    /// Changes what the files say, and not their bytes, and reads them in every way.
    #[arg(long)]
    structure: bool,
    /// Restores by name, into a model that has changed.
    #[arg(long)]
    by_name: bool,
}

fn main() {
    let Arguments {
        files,
        seed,
        operators,
        structure,
        by_name,
    } = Arguments::parse();
    let run = if operators {
        campaign::<ByOperators>
    } else if by_name {
        campaign::<Migrant>
    } else {
        campaign::<Soc>
    };
    let figures = run(files, seed, structure, &MEMORY);
    println!("{figures}");
}
