//! What slots cost, beside a plain C program that does what `LightSSS` does.
//!
//! Prints rows for `cargo xtask bench`. Ours and theirs are programs of their own, which measure in turns.

mod crash;
mod program;
mod sample;
mod speed;

use clap::{Parser, Subcommand, ValueEnum};
use lightsss_tests_bench::{Options, Row, turns};
use program::Program;

/// In place of an interval in milliseconds: as often as 1 % of the time allows.
const ADAPTIVE: u64 = u64::MAX;

/// Why a fork of small pages takes longer where slots are kept.
const WITH_SLOTS: &str = "Of ours, fork(2) itself is nineteen parts in twenty (perf): it counts pages that two more \
    processes have, one of which is ending; the peer has no other child, and waits for the one it makes.";
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
    /// A `Ram` with a file mapped over all of it.
    File,
    /// A `Ram` that slots do not get.
    Scratch,
}

/// How the memory was written before a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Writes {
    /// Not since it was filled.
    Fresh,
    /// To 1 % of the pages, anew before each checkpoint.
    Scattered,
    /// To 1 % of the pages, once, many checkpoints ago.
    LongAgo,
}

impl Writes {
    /// In row names and as an argument, and in words.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Fresh => ("fresh", "fresh"),
            Self::Scattered => ("scattered", "after scattered writes to 1 % of the pages"),
            Self::LongAgo => (
                "long-ago",
                "long after scattered writes to 1 % of the pages",
            ),
        }
    }
}

/// Measurements of ours, for internal use.
#[derive(Debug, Subcommand)]
#[allow(missing_docs)]
pub enum Sample {
    #[command(hide = true)]
    Pause {
        mebibytes: u64,
        memory: Memory,
        writes: Writes,
    },
    #[command(hide = true)]
    Wake { mebibytes: u64, memory: Memory },
    #[command(hide = true)]
    Crash { mebibytes: u64 },
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
}

impl Memory {
    const ALL: [Self; 3] = [Self::Small, Self::Ram, Self::File];

    /// In row names and as an argument, and in words.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Small => ("small", "pages of 4 KiB"),
            Self::Ram => ("ram", "`Ram`"),
            Self::File => ("file", "a file mapped into `Ram`"),
            Self::Scratch => ("scratch", "a scratch `Ram`"),
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
    // Filling 4 GiB takes longer than the pauses.
    let sizes: &[u64] = if options.quick {
        &[16, 256, 1024]
    } else {
        &[16, 256, 1024, 4096]
    };
    for &mebibytes in sizes {
        for writes in [Writes::Fresh, Writes::Scattered] {
            for memory in Memory::ALL {
                pause(mebibytes, writes, memory, &options);
            }
        }
    }
    pause(1024, Writes::LongAgo, Memory::Ram, &options);
    pause(1024, Writes::Scattered, Memory::Scratch, &options);
    for mebibytes in [16, 1024] {
        wake(mebibytes, &options);
    }
    crash::rows(16, &options);
    drop_slot(&options);
    speed::rows(&options);
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

fn pause(mebibytes: u64, writes: Writes, memory: Memory, options: &Options) {
    let (kind, kind_words) = memory.names();
    let (state, state_words) = writes.names();
    let names = ["bare-fork", "plain"]
        .map(|peer| format!("slots/pause/{mebibytes}mib/{kind}/{state}/{peer}"));
    if !names.iter().any(|name| options.wants(name)) {
        return;
    }
    let rounds = (8192 / mebibytes).clamp(6, if options.quick { 20 } else { 40 });
    // Once or many times ago is the same for pages of 4 KiB.
    let number = u8::from(writes == Writes::Scattered);
    let (mut mine, mut plain, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..options.samples(3, 1) {
        let mut programs = [
            Program::theirs(&format!("bare {mebibytes} {number}")),
            Program::ours(&format!("pause {mebibytes} {kind} {state}")),
            Program::theirs(&format!("pause {mebibytes} {number}")),
        ];
        for _ in 0..rounds {
            let [bare_one, my_one, plain_one] = programs.each_mut().map(Program::measure);
            bare.push(bare_one);
            mine.push(my_one);
            plain.push(plain_one);
        }
    }
    let what = format!("pause of a checkpoint, {mebibytes} MiB, {kind_words}, {state_words}");
    let mine = scaled(&mine, 1e6);
    let [bare_name, plain_name] = names;
    let row = Row::new(bare_name, &what, "ms", mine.clone())
        .against("a bare fork of 4 KiB pages", scaled(&bare, 1e6))
        .target_ratio(1.25);
    let row = if writes == Writes::Fresh {
        row.plot("pause", kind_words.replace('`', ""), mebibytes as f64)
    } else {
        row
    };
    let row = match (memory, writes, mebibytes) {
        (Memory::Small, ..) => row.note(WITH_SLOTS),
        (Memory::Ram, Writes::Scattered, 16) => row.note(SPLIT),
        _ => row,
    };
    row.print();
    Row::new(plain_name, what, "ms", mine)
        .against("the original's way in C", scaled(&plain, 1e6))
        .print();
}

fn wake(mebibytes: u64, options: &Options) {
    let name = format!("slots/wake/{mebibytes}mib");
    if !options.wants(&name) {
        return;
    }
    // Of ours many for one of theirs, which takes seconds.
    let many = options.samples(70, 30);
    let mut mine = Program::ours(&format!("wake {mebibytes} ram"));
    let mut theirs = Program::theirs(&format!("wake {mebibytes}"));
    let mut least = Program::theirs(&format!("pipe {mebibytes}"));
    let (mut awake, mut begun, mut plain, mut bare) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut slowest = Vec::new();
    for _ in 0..options.samples(7, 3) {
        let before = awake.len();
        for _ in 0..many {
            // The slot awake, and its replay begun.
            let [one, other] = mine.run("go");
            awake.push(one);
            begun.push(other);
            bare.push(least.measure());
        }
        plain.push(theirs.measure());
        slowest.push(quantile(&awake[before..], 0.99));
    }
    let slowest = scaled(&slowest, 1e3);
    let (awake, begun, plain) = (
        scaled(&awake, 1e3),
        scaled(&begun, 1e3),
        scaled(&plain, 1e3),
    );
    let bare = scaled(&bare, 1e3);
    let pipe = "a byte in a pipe, to a child in read(2)";
    let peer = "the original's sleep of 5 s in C";
    Row::new(
        format!("{name}/median"),
        format!("from the wake to the awake slot, {mebibytes} MiB"),
        "us",
        awake,
    )
    .against(peer, plain.clone())
    .target_ours(100.0)
    .limit(quantile(&bare, 0.5), pipe)
    .print();
    Row::new(
        format!("{name}/p99"),
        format!("from the wake to the awake slot, {mebibytes} MiB, 99th percentile"),
        "us",
        slowest,
    )
    .against(peer, vec![quantile(&plain, 1.0)])
    .target_ours(100.0)
    .limit(quantile(&bare, 0.99), pipe)
    .note("The slot is drawn to the core of whoever wakes it: on another one, asleep in a virtual machine, it was awake after 40 us in the median, and now and then after milliseconds. What is left is what the bare pipe's 99th percentile is, too.")
    .print();
    Row::new(
        format!("{name}/replay"),
        format!("from the wake to the replay's first step, {mebibytes} MiB"),
        "us",
        begun,
    )
    .against(peer, plain)
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
