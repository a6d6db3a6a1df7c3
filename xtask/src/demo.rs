//! `cargo xtask demo`: the main job from end to end, and the same run traced as a whole beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Deserialize;

use crate::cargo::{cargo, check};
use crate::folders::target_dir;
use crate::setup::{self, SetupArgs};

/// Arguments of `cargo xtask demo`.
#[derive(Args)]
pub struct DemoArgs {
    #[command(flatten)]
    setup: SetupArgs,

    /// Leave out the comparison run, which traces every cycle
    #[arg(long)]
    no_comparison: bool,

    /// Ask the failed run what happened, instead of the summary
    #[arg(long)]
    prompt: bool,
}

/// The part of a run's report that the summary shows.
#[derive(Deserialize)]
struct Report {
    failure: Option<String>,
    end_cycle: u64,
    replay_from: Option<u64>,
    replay_to: Option<u64>,
    reproduced: bool,
    replay_outcome: Option<String>,
    wave_bytes: Option<u64>,
    snapshots_taken: u64,
    snapshot_pause_us: Option<f64>,
    run_seconds: f64,
    replay_seconds: Option<f64>,
}

/// Builds the example, runs it with its bug turned on, and says what came out.
///
/// An error unless the failure came again in the replay and the waveform is there.
pub fn run(args: &DemoArgs) -> Result<()> {
    let tools = setup::run(&args.setup)?;
    println!("demo: building the example `rv32-difftest`");
    check(cargo(
        &tools,
        &["build", "--release", "--package", "rv32-difftest"],
    ))?;

    let folder = target_dir().join("demo");
    fs::create_dir_all(&folder)
        .with_context(|| format!("could not create {}", folder.display()))?;

    let wave = folder.join("failure.fst");
    println!(
        "demo: running the core with its bug turned on (Verilator {})",
        tools.verilator.version
    );
    if args.prompt {
        return ask(&wave);
    }
    let failed = run_example(&folder, "report", &wave, &["--checkpoint-cycles", "200000"])?;

    let (Some(failure), Some(from), Some(to), Some(bytes)) = (
        &failed.failure,
        failed.replay_from,
        failed.replay_to,
        failed.wave_bytes,
    ) else {
        bail!(
            "expected a failure, a replay and a waveform, found failure {:?}, replay {:?}, \
             waveform of {:?} bytes; see {}",
            failed.failure,
            failed.replay_outcome,
            failed.wave_bytes,
            folder.join("report.json").display()
        );
    };
    if !failed.reproduced {
        bail!(
            "the replay did not reproduce the failure `{failure}` of cycle {}: {}",
            failed.end_cycle,
            failed
                .replay_outcome
                .as_deref()
                .unwrap_or("it said nothing")
        );
    }

    println!();
    println!("  the failure    {failure}");
    println!(
        "                 at cycle {}, after {:.2} s",
        failed.end_cycle, failed.run_seconds
    );
    println!(
        "  snapshots      {} taken, each stopping the run for {:.0} us (median)",
        failed.snapshots_taken,
        failed.snapshot_pause_us.unwrap_or_default()
    );
    println!(
        "  the replay     cycles {from} to {to} in {:.2} s: the same failure at the same cycle",
        failed.replay_seconds.unwrap_or_default()
    );
    println!("  the waveform   {} ({})", wave.display(), size(bytes));
    let view = wave.with_extension("gtkw");
    println!("                 open it with `gtkwave {}`", view.display());
    println!("  the report     {}", folder.join("report.json").display());

    println!("  what happened  ask it: `cargo xtask demo --prompt`");

    if !args.no_comparison {
        compare(&folder, &failed, bytes)?;
    }
    Ok(())
}

/// Runs the example with its bug turned on, up to the prompt. What is asked is the user's business, and so is
/// when it ends.
fn ask(wave: &Path) -> Result<()> {
    println!("demo: try `last soc.u_core.u_muldiv.state`, twice; then `help`");
    let program = target_dir().join("release/rv32-difftest");
    let status = Command::new(&program)
        .args(["--checkpoint-cycles", "200000", "--wave-cycles", "20000"])
        .args(["--on-failure", "prompt", "--wave"])
        .arg(wave)
        .args(["--", "+bug"])
        .status()
        .with_context(|| format!("could not start {}", program.display()))?;
    // A failure is what the demo shows.
    match status.code() {
        Some(1) => Ok(()),
        _ => bail!(
            "`{}` ended with {status}, expected status 1",
            program.display()
        ),
    }
}

/// Runs the same again with every cycle traced, and says what that would have cost.
fn compare(folder: &Path, failed: &Report, bytes: u64) -> Result<()> {
    println!();
    println!("demo: running it once more with every cycle traced, for comparison");
    let wave = folder.join("whole.fst");
    let whole = run_example(folder, "whole", &wave, &["--trace-all"])?;
    if whole.end_cycle != failed.end_cycle {
        bail!(
            "the traced run failed at cycle {}, the first at cycle {}",
            whole.end_cycle,
            failed.end_cycle
        );
    }
    let whole_bytes = whole.wave_bytes.unwrap_or_default();
    // It has served its purpose, and is large.
    fs::remove_file(&wave).with_context(|| format!("could not remove {}", wave.display()))?;
    let with_slots = failed.run_seconds + failed.replay_seconds.unwrap_or_default();
    println!();
    println!(
        "  with slots     {with_slots:.2} s, the replay included; waveform of {}",
        size(bytes)
    );
    println!(
        "  traced whole   {:.2} s ({:.1} times as long); waveform of {} ({:.1} times as large)",
        whole.run_seconds,
        whole.run_seconds / with_slots,
        size(whole_bytes),
        whole_bytes as f64 / bytes as f64
    );
    Ok(())
}

/// Runs the example with its bug turned on, and reads the report that it writes.
fn run_example(folder: &Path, name: &str, wave: &Path, options: &[&str]) -> Result<Report> {
    let program: PathBuf = target_dir().join("release/rv32-difftest");
    let report = folder.join(name).with_extension("json");
    for stale in [&report, &wave.to_path_buf()] {
        if stale.exists() {
            fs::remove_file(stale)
                .with_context(|| format!("could not remove {}", stale.display()))?;
        }
    }
    let status = Command::new(&program)
        .args(options)
        .arg("--wave")
        .arg(wave)
        .arg("--report")
        .arg(&report)
        .args(["--", "+bug"])
        .status()
        .with_context(|| format!("could not start {}", program.display()))?;
    let text = fs::read_to_string(&report).with_context(|| {
        format!(
            "`{}` ended with {status} and wrote no {}",
            program.display(),
            report.display()
        )
    })?;
    serde_json::from_str(&text).with_context(|| format!("could not read {}", report.display()))
}

fn size(bytes: u64) -> String {
    if bytes < 1 << 20 {
        format!("{:.0} KiB", bytes as f64 / 1024.0)
    } else {
        format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
    }
}
