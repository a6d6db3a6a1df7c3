//! Runs the design of `SMALL_DESIGN` under the run driver; or saves it (`save FILE`); or saves it, restores it,
//! goes on with both and saves them (`trip FIRST SECOND`).

use std::ffi::OsString;
use std::process::ExitCode;

use lightsss_runtime::durable::{RestoreOptions, SaveOptions, restore_with, save};
use lightsss_runtime::{Failure, RunArgs};
use lightsss_tests_runs::small::{CYCLES, Harness};

/// Where it is saved.
const SAVED: u64 = 57;

fn main() -> ExitCode {
    let design = std::env::var("SMALL_DESIGN").unwrap_or_default();
    let design: usize = design.parse().expect("the number of a design");
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let mode = arguments[0].to_str().unwrap_or_default();
    if !matches!(mode, "save" | "trip") {
        return lightsss_runtime::run(RunArgs::parse(), |_| {
            Harness::new(design).map_err(|failure| failure.into_message().into())
        });
    }
    match other(mode, design, &arguments[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn other(mode: &str, design: usize, files: &[OsString]) -> Result<(), Failure> {
    let fails = |error: &dyn std::fmt::Display| Failure::new(error.to_string());
    let options = |cycle| SaveOptions::new().cycle(cycle);
    let mut first = Harness::new(design)?;
    first.run_to(SAVED)?;
    save(&files[0], &first, &options(SAVED)).map_err(|error| fails(&error))?;
    if mode == "save" {
        return Ok(());
    }
    let mut second = Harness::new(design)?;
    restore_with(&files[0], &mut second, &RestoreOptions::default())
        .map_err(|error| fails(&error))?;
    for cycle in SAVED..CYCLES {
        let (one, two) = (first.outputs(), second.outputs());
        if one != two {
            return Err(Failure::new(format!(
                "other outputs at cycle {cycle}:\n{one}{two}"
            )));
        }
        first.run_to(cycle + 1)?;
        second.run_to(cycle + 1)?;
    }
    save(&files[0], &first, &options(CYCLES)).map_err(|error| fails(&error))?;
    save(&files[1], &second, &options(CYCLES)).map_err(|error| fails(&error))?;
    Ok(())
}
