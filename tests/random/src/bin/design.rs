//! Runs the design of `DESIGN` under the run driver; or saves it half-way, goes on, and saves it at the end
//! (`save HALF END RECORDS`); or runs it to the same cycle, restores it, goes on, and saves it at the end
//! (`restore HALF OWN-HALF END RECORDS`). What it prints is the design's.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use lightsss_runtime::durable::{RestoreOptions, SaveOptions, restore_with, save};
use lightsss_runtime::{Failure, RunArgs};
use lightsss_tests_random::{CYCLES, DESIGNS, Harness};

/// Where it is saved.
const HALF: u64 = 57;

fn main() -> ExitCode {
    let design = std::env::var("DESIGN").unwrap_or_default();
    let design: usize = design.parse().expect("the number of a design");
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let done = match arguments[0].to_str() {
        Some("save") => first(design, &arguments[1..]),
        Some("restore") => second(design, &arguments[1..]),
        _ => {
            return lightsss_runtime::run(RunArgs::parse(), |_| {
                Harness::new(design).map_err(|failure| failure.into_message().into())
            });
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn failure(error: impl std::fmt::Display) -> Failure {
    Failure::new(error.to_string())
}

/// Writes the ports, and the lines behind them.
fn write(file: &OsString, (records, lines): &(Vec<u8>, Vec<String>)) -> Result<(), Failure> {
    let mut text = lines.join("\n");
    if !lines.is_empty() {
        text.push('\n');
    }
    let path = Path::new(file);
    std::fs::write(path, records).map_err(failure)?;
    std::fs::write(path.with_extension("txt"), text).map_err(failure)
}

fn first(design: usize, files: &[OsString]) -> Result<(), Failure> {
    let savable = DESIGNS[design].check.is_some();
    let mut run = Harness::new(design)?;
    for (cycle, file) in [(HALF, &files[0]), (CYCLES, &files[1])] {
        run.run_to(cycle)?;
        if savable {
            save(file, &run, &SaveOptions::new().cycle(cycle)).map_err(failure)?;
        }
    }
    run.end()?;
    write(&files[2], &run.take_records())
}

fn second(design: usize, files: &[OsString]) -> Result<(), Failure> {
    let mut run = Harness::new(design)?;
    run.run_to(HALF)?;
    let (mut records, mut lines) = run.take_records();
    save(&files[1], &run, &SaveOptions::new().cycle(HALF)).map_err(failure)?;
    // It has gone on, and keeps nothing of that. What it has written to a file and would read stays written.
    if !DESIGNS[design].source.contains("\"w+\"") {
        run.run_to(HALF + 5)?;
        drop(run.take_records());
    }
    let folder = std::env::current_dir().map_err(failure)?;
    let mut options = RestoreOptions::default();
    options.files_below.push(folder);
    restore_with(&files[0], &mut run, &options).map_err(failure)?;
    run.run_to(CYCLES)?;
    save(&files[2], &run, &SaveOptions::new().cycle(CYCLES)).map_err(failure)?;
    run.end()?;
    let (more_records, more_lines) = run.take_records();
    records.extend(more_records);
    lines.extend(more_lines);
    write(&files[3], &(records, lines))
}
