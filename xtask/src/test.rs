//! `cargo xtask test`: every test of the workspace, those that need Verilator included.

use anyhow::Result;
use clap::Args;

use crate::cargo::{cargo, check};
use crate::setup::{self, SetupArgs};

/// Arguments of `cargo xtask test`.
#[derive(Args)]
pub struct TestArgs {
    #[command(flatten)]
    setup: SetupArgs,

    /// Passed on to `cargo test`
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Sets up, then runs the workspace's tests and those of its documentation.
pub fn run(args: &TestArgs) -> Result<()> {
    let tools = setup::run(&args.setup)?;
    let mut command = cargo(&tools, &["test", "--workspace", "--no-fail-fast"]);
    command.args(&args.rest);
    check(command)
}
