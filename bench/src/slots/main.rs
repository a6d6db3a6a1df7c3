//! What slots cost, beside a plain C program that does what `LightSSS` does.
//!
//! Prints rows for `cargo xtask bench`. Ours and theirs are programs of their own, which measure in turns.

mod cpp;
mod program;
mod sample;
mod speed;

use clap::{Parser, Subcommand, ValueEnum};
use lightsss_bench_rows::{Options, Row, turns};
use program::Program;

/// Why a fork of small pages takes longer where slots are kept.
const WITH_SLOTS: &str = "Of ours, fork(2) itself is nineteen parts in twenty (perf): it counts pages that two more \
    processes have, and one of them is ending; the peer has no other child, and waits for the one it makes.";
/// Why a small memory that is written all over is not cheap to fork.
const SPLIT: &str = "Each of its few huge pages is written to after a fork, and so split: it costs what small pages do.";

#[derive(Parser)]
struct Args {
    /// Only rows whose names contain this.
    #[arg(long, default_value = "")]
    only: String,
    /// Fewer and shorter samples.
    #[arg(long)]
    quick: bool,
    #[command(subcommand)]
    sample: Option<Sample>,
}

/// Kind of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Memory {
    /// Pages of 4 KiB.
    Small,
    /// A `Ram` as it is by default: huge pages, dense stretches copied at the fork.
    Ram,
}

/// Measurements of ours, for internal use.
#[derive(Debug, Subcommand)]
#[allow(missing_docs)]
pub enum Sample {
    #[command(hide = true)]
    Pause { mebibytes: u64, memory: Memory },
    #[command(hide = true)]
    Wake { mebibytes: u64, memory: Memory },
    #[command(hide = true)]
    Drop { mebibytes: u64 },
    #[command(hide = true)]
    Speed {
        mebibytes: u64,
        hot: u64,
        slice_ms: u64,
        interval_ms: u64,
        memory: Memory,
    },
    #[command(hide = true)]
    Cpp {
        class: cpp::Class,
        what: String,
        mebibytes: u64,
    },
}

impl Memory {
    /// In row names and as an argument, and in words.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Small => ("small", "pages of 4 KiB"),
            Self::Ram => ("ram", "`Ram`"),
        }
    }
}

fn main() {
    let args = Args::parse();
    if let Some(sample) = &args.sample {
        return sample::take_samples(sample);
    }
    let options = Options {
        quick: args.quick,
        only: args.only,
        rest: Vec::new(),
    };
    for mebibytes in [16, 1024, 4096] {
        pause(mebibytes, Memory::Ram, &options);
    }
    pause(1024, Memory::Small, &options);
    wake(&options);
    drop_slot(&options);
    speed::rows(&options);
    cpp::rows(&options);
}

/// From nanoseconds.
fn scaled(samples: &[f64], unit: f64) -> Vec<f64> {
    samples.iter().map(|sample| sample / unit).collect()
}

/// The value below which a share `at` of the samples lies.
fn quantile(samples: &[f64], at: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * at).round() as usize]
}

/// A checkpoint after scattered writes to 1 % of the pages.
fn pause(mebibytes: u64, memory: Memory, options: &Options) {
    let (kind, kind_words) = memory.names();
    let name = format!("slots/pause/{mebibytes}mib/{kind}/scattered/bare-fork");
    // Filling 4 GiB takes longer than the pauses.
    if !options.wants(&name) || (options.quick && mebibytes > 1024) {
        return;
    }
    let rounds = (8192 / mebibytes).clamp(6, if options.quick { 20 } else { 40 });
    let (mut mine, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..options.samples(3, 1) {
        let mut theirs = Program::theirs(&format!("bare {mebibytes} 1"));
        let mut ours = Program::ours(&format!("pause {mebibytes} {kind}"));
        for _ in 0..rounds {
            bare.push(theirs.measure());
            mine.push(ours.measure());
        }
    }
    let what = format!(
        "pause of a checkpoint, {mebibytes} MiB, {kind_words}, after scattered writes to 1 % of the pages"
    );
    let row = Row::new(name, what, "ms", scaled(&mine, 1e6))
        .against("a bare fork of 4 KiB pages", scaled(&bare, 1e6))
        .target_ratio(1.25);
    let row = match (memory, mebibytes) {
        (Memory::Small, _) => row.note(WITH_SLOTS),
        (Memory::Ram, 16) => row.note(SPLIT),
        (Memory::Ram, _) => row,
    };
    row.plot("pause", kind_words.replace('`', ""), mebibytes as f64)
        .print();
}

fn wake(options: &Options) {
    let name = "slots/wake/1024mib/median";
    if !options.wants(name) {
        return;
    }
    // Of ours many for one of theirs, which takes seconds.
    let many = options.samples(70, 30);
    let mut mine = Program::ours("wake 1024 ram");
    let mut theirs = Program::theirs("wake 1024");
    let mut least = Program::theirs("pipe 1024");
    let (mut awake, mut plain, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.samples(7, 3) {
        for _ in 0..many {
            awake.push(mine.measure());
            bare.push(least.measure());
        }
        plain.push(theirs.measure());
    }
    Row::new(
        name,
        "from the wake to the awake slot, 1024 MiB",
        "us",
        scaled(&awake, 1e3),
    )
    .against("the original's sleep of 5 s in C", scaled(&plain, 1e3))
    .target_ours(100.0)
    .limit(
        quantile(&scaled(&bare, 1e3), 0.5),
        "a byte in a pipe, to a child in read(2)",
    )
    .print();
}

fn drop_slot(options: &Options) {
    let name = "slots/drop/1024mib";
    if !options.wants(name) {
        return;
    }
    let mut ours = Program::ours("drop 1024");
    let mut theirs = Program::theirs("drop 1024");
    let (mine, plain) = turns(
        options.samples(15, 7),
        || ours.measure(),
        || theirs.measure(),
    );
    Row::new(
        name,
        "stall of the original to drop a slot that shares nothing, 1 GiB",
        "ms",
        scaled(&mine, 1e6),
    )
    .against("kill and waitpid in C", scaled(&plain, 1e6))
    .target_ours(1.0)
    .print();
}
