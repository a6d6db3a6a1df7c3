//! Picorv32 under random checkpoints, replays, failures, background saves and restores for as long
//! as one likes, with an audit of memory, descriptors, processes, files and equality. Now and then the
//! simulation of a run beside it dies, in every way there is.
//!
//! The last line on standard output is a JSON object of what was done. Any difference and any leak
//! ends the run with status 1.

mod audit;
mod deaths;
mod dying;
mod machine;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::{Parser, Subcommand};
use lightsss_runtime::RunArgs;
use machine::Machine;

/// Command line.
#[derive(Parser)]
struct Args {
    /// How long to run, in minutes
    #[arg(long, default_value_t = 60.0)]
    minutes: f64,
    /// Repeats the choices of an earlier run
    #[arg(long)]
    seed: Option<u64>,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What this program starts of itself.
#[derive(Subcommand)]
enum Part {
    /// A run whose simulation dies: `die [OPTIONS OF A RUN] HOW CYCLE`
    #[command(hide = true)]
    Die(RunArgs),
}

/// From one audit to the next, and the time to warm up before the first.
const AUDIT_EVERY: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    let args = Args::parse();
    if let Some(Part::Die(args)) = args.part {
        return dying::run(args);
    }
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..));
    match run(&args, seed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#} (run again with `--seed {seed}`)");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args, seed: u64) -> Result<()> {
    let length = Duration::from_secs_f64(args.minutes * 60.0);
    let every = AUDIT_EVERY.min(length / 4);
    let folder = tempfile::tempdir()?;
    // What a run leaves behind is handed up to this process, and found by the audit.
    nix::sys::prctl::set_child_subreaper(true)?;
    let mut machine = Machine::new(folder.path(), seed)?;
    let begun = Instant::now();
    let mut next_audit = every;
    let mut baseline = None;
    while begun.elapsed() < length {
        machine.act()?;
        if begun.elapsed() >= next_audit {
            next_audit += every;
            let found = machine.audit()?;
            eprintln!(
                "{:4.0} s: {found}; {}",
                begun.elapsed().as_secs_f64(),
                machine.done
            );
            // The first one comes after every path has been taken a few times.
            baseline.get_or_insert(found).compare(&found)?;
        }
    }
    let found = machine.audit()?;
    baseline.get_or_insert(found).compare(&found)?;
    machine.done.check()?;
    println!(
        "{}",
        serde_json::json!({
            "seed": seed, "seconds": begun.elapsed().as_secs_f64(), "done": machine.done,
            "at_first": baseline, "at_last": found,
        })
    );
    Ok(())
}
