//! Runs the core against the reference model.

use std::process::ExitCode;

use lightsss_runtime::RunArgs;
use rv32_difftest::harness::Harness;
use rv32_difftest::program::Work;

fn main() -> ExitCode {
    lightsss_runtime::run(RunArgs::parse(), |args| {
        Ok(Harness::new(&args.args, Work::FULL)?)
    })
}
