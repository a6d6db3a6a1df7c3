//! A long campaign of damaged files of a model: prints its figures as JSON.

use clap::Parser;
use lightsss_runtime::state::{Policy, through_operators, with_policy};
use lightsss_tests_durable::attempt::campaign;
use lightsss_tests_durable::memory::Counting;
use lightsss_tests_state::{Migrant, Soc};

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
    let run = || campaign::<Soc>(files, seed, structure, &MEMORY);
    let figures = if operators {
        through_operators(run)
    } else if by_name {
        let by_name = Policy::ByName {
            most_unmatched: 0.5,
        };
        with_policy(by_name, || {
            campaign::<Migrant>(files, seed, structure, &MEMORY)
        })
    } else {
        run()
    };
    println!("{figures}");
}
