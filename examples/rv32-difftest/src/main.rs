//! Runs the core against the reference model.
//!
//! Behind the options of every run (`--help`), `+bug` turns the core's bug on, and
//! `work=sort,crc:12` chooses workloads and how often to run them.

use std::process::ExitCode;

use lightsss_runtime::RunArgs;
use rv32_difftest::harness::Harness;
use rv32_difftest::program::Work;

fn main() -> ExitCode {
    lightsss_runtime::run(RunArgs::parse(), |args| {
        let work: Option<Work> = args
            .args
            .iter()
            .find_map(|arg| arg.strip_prefix("work="))
            .map(str::parse)
            .transpose()?;
        let plusargs = args.args.iter().filter(|arg| arg.starts_with('+'));
        let mut harness = Harness::new(plusargs, work.unwrap_or(Work::FULL))?;
        harness.set_work_after_restore(work);
        Ok(harness)
    })
}
