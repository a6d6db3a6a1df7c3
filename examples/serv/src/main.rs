//! Runs SERV.
//!
//! Behind the options of every run (`--help`), `below=N` says up to where it sieves, and
//! `fault=CYCLE` flips a bit of the first word that it reads from data memory from then on.

use std::process::ExitCode;

use lightsss_runtime::RunArgs;
use serv_example::harness::{Harness, Settings};

fn main() -> ExitCode {
    lightsss_runtime::run(RunArgs::parse(), |args| {
        Ok(Harness::new(Settings::from_args(&args.args)?)?)
    })
}
