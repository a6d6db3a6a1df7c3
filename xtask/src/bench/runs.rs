//! Rows from whole runs of the example `rv32-difftest`: with slots, without, and traced.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use lightsss_bench_rows::{Options, Row, turns};
use serde::Deserialize;

use super::parts::may_want;
use crate::cargo::{cargo, check};
use crate::folders::target_dir;
use crate::setup::Tools;

/// What the names of these rows start with.
const PART: &str = "demo/";

/// The part of a run's report that is measured.
#[derive(Deserialize)]
struct Report {
    end_cycle: u64,
    run_seconds: f64,
    replay_seconds: Option<f64>,
    wave_bytes: Option<u64>,
    reproduced: bool,
}

/// Builds the example.
pub fn build(tools: &Tools, options: &Options) -> Result<()> {
    if !may_want(options, &[PART]) {
        return Ok(());
    }
    println!("bench: building `rv32-difftest`");
    let package = ["build", "--release", "--package", "rv32-difftest"];
    check(cargo(tools, &package))
}

/// Runs the example in turns.
pub fn rows(options: &Options) -> Result<Vec<Row>> {
    if !may_want(options, &[PART]) {
        return Ok(Vec::new());
    }
    let folder = target_dir().join("bench");
    fs::create_dir_all(&folder)
        .with_context(|| format!("could not create {}", folder.display()))?;
    println!("bench: running `rv32-difftest`");
    let mut rows = Vec::new();
    if options.wants("demo/speed") {
        rows.push(speed(&folder, options)?);
    }
    if options.wants("demo/waveform-time") || options.wants("demo/waveform-size") {
        let both = waveform(&folder, options)?;
        rows.extend(both.into_iter().filter(|row| options.wants(&row.row)));
    }
    Ok(rows)
}

/// The run that passes, with the default slots and without any.
fn speed(folder: &Path, options: &Options) -> Result<Row> {
    let speed = |arguments: &[&str]| -> Result<f64> {
        let report = run(folder, arguments)?;
        Ok(report.end_cycle as f64 / report.run_seconds)
    };
    let mut failure = None;
    let mut sample = |arguments: &[&str]| {
        speed(arguments).unwrap_or_else(|error| {
            failure.get_or_insert(error);
            f64::NAN
        })
    };
    let mut both = (Vec::new(), Vec::new());
    for _ in 0..options.samples(15, 5) {
        // Two closures cannot both borrow `sample`; a turn of two does the same.
        both.0.push(sample(&["--quiet"]));
        both.1
            .push(sample(&["--quiet", "--slots", "0", "--no-supervisor"]));
    }
    if let Some(error) = failure {
        return Err(error);
    }
    Ok(Row::new(
        "demo/speed",
        "speed of the demo's core with its default slots and supervisor",
        "cycles/s",
        both.0,
    )
    .higher()
    .against("without slots and supervisor", both.1)
    .target_ratio(0.99))
}

/// The run that fails, up to its waveform, against the same run traced as a whole.
fn waveform(folder: &Path, options: &Options) -> Result<Vec<Row>> {
    let mut sizes = (0.0, 0.0);
    let mut failure: Option<anyhow::Error> = None;
    let failed = std::cell::RefCell::new(&mut failure);
    let time = |arguments: &[&str], size: &mut f64| {
        let report = run(folder, arguments).and_then(|report| {
            if arguments.contains(&"--trace-all") || report.reproduced {
                return Ok(report);
            }
            bail!("the replay did not meet the failure of the demo again")
        });
        match report {
            Ok(report) => {
                *size = report.wave_bytes.unwrap_or_default() as f64;
                report.run_seconds + report.replay_seconds.unwrap_or_default()
            }
            Err(error) => {
                failed.borrow_mut().get_or_insert(error);
                f64::NAN
            }
        }
    };
    let slots = ["--quiet", "--checkpoint-cycles", "200000", "--", "+bug"];
    let whole = ["--quiet", "--trace-all", "--", "+bug"];
    let (ours, theirs) = turns(
        options.samples(3, 1),
        || time(&slots, &mut sizes.0),
        || time(&whole, &mut sizes.1),
    );
    if let Some(error) = failure {
        return Err(error);
    }
    Ok(vec![
        Row::new(
            "demo/waveform-time",
            "time from the start to the waveform of the failure, the replay included",
            "s",
            ours,
        )
        .against("tracing the whole run", theirs)
        .target_ratio(0.2),
        Row::new(
            "demo/waveform-size",
            "size of the waveform of the failure",
            "B",
            vec![sizes.0],
        )
        .against("tracing the whole run", vec![sizes.1]),
    ])
}

/// Runs the example and reads its report. Its exit status tells that the design failed, as it may.
fn run(folder: &Path, arguments: &[&str]) -> Result<Report> {
    let program = target_dir().join("release/rv32-difftest");
    let (report, wave) = (folder.join("report.json"), folder.join("wave.fst"));
    let _ = fs::remove_file(&report);
    let status = Command::new(&program)
        .current_dir(folder)
        .arg("--report")
        .arg(&report)
        .arg("--wave")
        .arg(&wave)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| format!("could not start {}", program.display()))?;
    let _ = fs::remove_file(&wave);
    let text = fs::read_to_string(&report)
        .with_context(|| format!("`{}` ended with {status} and no report", program.display()))?;
    serde_json::from_str(&text).with_context(|| format!("could not read {}", report.display()))
}
