//! Runs picorv32.
//!
//! Behind the options of every run (`--help`), `rounds=N` chooses how much it computes, and
//! `fault=CYCLE` flips a bit of its memory in that cycle.

use std::process::ExitCode;

use lightsss_runtime::RunArgs;
use picorv32_example::harness::{Harness, Settings};

fn main() -> ExitCode {
    lightsss_runtime::run(RunArgs::parse(), |args| {
        Ok(Harness::new(Settings::from_args(&args.args)?)?)
    })
}
