//! What slots cost, beside a plain C program that does what `LightSSS` does.
//!
//! Prints a JSON object a line: `name`, `ours`, `theirs`, `unit`, `ratio` (ours to theirs), `min`
//! and `max` of ours, `limit` (what ours is to stay below, or above where more is better). Both
//! are run in turn, each sample in a process of its own.

mod sample;

use std::{env, process::Command};

use clap::{Parser, Subcommand, ValueEnum};

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

/// One measurement of ours, for internal use.
#[derive(Debug, Subcommand)]
#[allow(missing_docs)]
pub enum Sample {
    #[command(hide = true)]
    Pause {
        mebibytes: u64,
        rounds: u64,
        memory: Memory,
        #[arg(long)]
        scattered: bool,
    },
    #[command(hide = true)]
    Wake {
        mebibytes: u64,
        rounds: u64,
        memory: Memory,
    },
    #[command(hide = true)]
    Drop { mebibytes: u64, rounds: u64 },
    #[command(hide = true)]
    Speed {
        mebibytes: u64,
        hot: u64,
        seconds: u64,
        interval_ms: u64,
        memory: Memory,
    },
}

fn main() {
    let args = Args::parse();
    match &args.sample {
        Some(sample) => sample::take_sample(sample),
        None => rows(&args),
    }
}

fn numbers(program: &str, arguments: &[String]) -> Vec<f64> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .expect("the program starts");
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {output:?}"
    );
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|line| line.parse().expect("a number"))
        .collect()
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn ours(arguments: &str) -> Vec<f64> {
    let program = env::current_exe().expect("this program");
    numbers(program.to_str().expect("a path"), &words(arguments))
}

fn theirs(arguments: &str) -> Vec<f64> {
    numbers(env!("PLAIN"), &words(arguments))
}

fn quantile(values: &mut [f64], at: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * at).round() as usize]
}

fn print(name: &str, ours: &mut [f64], at: f64, theirs: f64, unit: &str, limit: Option<f64>) {
    let value = quantile(ours, at);
    let row = serde_json::json!({
        "name": name, "ours": value, "theirs": theirs, "unit": unit, "ratio": value / theirs,
        "min": ours[0], "max": ours[ours.len() - 1], "limit": limit,
    });
    println!("{row}");
}

fn rows(args: &Args) {
    let wanted = |name: &str| name.contains(&args.only);
    let turns = if args.quick { 1 } else { 3 };
    for mebibytes in [16, 256, 1024, 4096] {
        for scattered in [false, true] {
            for memory in [Memory::Small, Memory::Ram] {
                pause(mebibytes, scattered, memory, turns, &wanted);
            }
        }
    }
    for mebibytes in [16, 1024] {
        wake(mebibytes, args.quick, &wanted);
    }
    drop_row(turns, &wanted);
    // Long enough for several intervals.
    let (short, long) = if args.quick { (5, 22) } else { (10, 32) };
    for (hot, memory) in [(64, Memory::Small), (64, Memory::Ram), (1024, Memory::Ram)] {
        speed(hot, memory, short, 1000, turns, &wanted);
        speed(hot, memory, long, 10_000, 1, &wanted);
    }
}

fn pause(
    mebibytes: u64,
    scattered: bool,
    memory: Memory,
    turns: u32,
    wanted: &dyn Fn(&str) -> bool,
) {
    let (kind, pages) = match memory {
        Memory::Small => ("small pages", "small"),
        Memory::Ram => ("Ram", "ram"),
    };
    let state = if scattered {
        "after scattered writes"
    } else {
        "fresh"
    };
    let name = format!("pause of a checkpoint, {mebibytes} MiB, {kind}, {state}");
    if !wanted(&name) {
        return;
    }
    let rounds = (8192 / mebibytes).clamp(5, 40);
    let (mut mine, mut plain, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    let flag = if scattered { "--scattered" } else { "" };
    for _ in 0..turns {
        mine.extend(ours(&format!("pause {mebibytes} {rounds} {pages} {flag}")));
        plain.extend(theirs(&format!(
            "pause {mebibytes} {rounds} {}",
            u8::from(scattered)
        )));
        bare.extend(theirs(&format!(
            "bare {mebibytes} {rounds} {}",
            u8::from(scattered)
        )));
    }
    for values in [&mut mine, &mut plain, &mut bare] {
        for value in values.iter_mut() {
            *value /= 1e6;
        }
    }
    let bare = quantile(&mut bare, 0.5);
    print(&name, &mut mine, 0.5, quantile(&mut plain, 0.5), "ms", None);
    print(
        &format!("{name}, beside a bare fork"),
        &mut mine,
        0.5,
        bare,
        "ms",
        Some(bare * 1.25 + 0.2),
    );
}

fn wake(mebibytes: u64, quick: bool, wanted: &dyn Fn(&str) -> bool) {
    let name = format!("wake latency, {mebibytes} MiB");
    if !wanted(&name) {
        return;
    }
    let rounds = if quick { 100 } else { 500 };
    let mut plain = theirs(&format!("wake {mebibytes} {}", if quick { 2 } else { 5 }));
    // The slot awake, and its replay begun, in turn.
    let latencies = ours(&format!("wake {mebibytes} {rounds} ram"));
    let (mut awake, mut begun): (Vec<f64>, Vec<f64>) = latencies
        .chunks_exact(2)
        .map(|pair| (pair[0] / 1e3, pair[1] / 1e3))
        .unzip();
    for value in &mut plain {
        *value /= 1e3;
    }
    let (median, worst) = (quantile(&mut plain, 0.5), quantile(&mut plain, 1.0));
    print(
        &format!("{name}, median"),
        &mut awake,
        0.5,
        median,
        "us",
        Some(100.0),
    );
    print(&format!("{name}, p99"), &mut awake, 0.99, worst, "us", None);
    print(
        &format!("{name}, until the replay runs, median"),
        &mut begun,
        0.5,
        median,
        "us",
        None,
    );
}

fn drop_row(turns: u32, wanted: &dyn Fn(&str) -> bool) {
    let name = "stall to drop a 1 GiB slot that shares nothing";
    if !wanted(name) {
        return;
    }
    let (mut mine, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..turns {
        mine.extend(ours("drop 1024 5"));
        plain.extend(theirs("drop 1024 5"));
    }
    for value in mine.iter_mut().chain(&mut plain) {
        *value /= 1e6;
    }
    print(
        name,
        &mut mine,
        0.5,
        quantile(&mut plain, 0.5),
        "ms",
        Some(1.0),
    );
}

/// Speed with two slots in relation to the speed of the same program without.
fn speed(
    hot: u64,
    memory: Memory,
    seconds: u64,
    interval_ms: u64,
    turns: u32,
    wanted: &dyn Fn(&str) -> bool,
) {
    let (kind, pages) = match memory {
        Memory::Small => ("small pages", "small"),
        Memory::Ram => ("Ram", "ram"),
    };
    let name = format!(
        "speed with slots every {} s, {hot} MiB written in 1 GiB, {kind}",
        interval_ms / 1000
    );
    if !wanted(&name) {
        return;
    }
    let (mut mine, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..turns {
        let with = ours(&format!("speed 1024 {hot} {seconds} {interval_ms} {pages}"))[0];
        let plain_with = theirs(&format!("speed 1024 {hot} {seconds} {interval_ms}"))[0];
        let without = ours(&format!("speed 1024 {hot} {seconds} 0 {pages}"))[0];
        let plain_without = theirs(&format!("speed 1024 {hot} {seconds} 0"))[0];
        mine.push(with / without);
        plain.push(plain_with / plain_without);
    }
    let limit = match (hot, interval_ms) {
        (64, 10_000) => Some(0.99),
        (64, _) => Some(0.95),
        _ => None,
    };
    print(
        &name,
        &mut mine,
        0.5,
        quantile(&mut plain, 0.5),
        "of the speed without",
        limit,
    );
}
