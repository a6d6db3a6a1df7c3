//! `cargo xtask test`: every test of the workspace, those that need Verilator included; then the
//! golden designs on the oldest and on the newest Verilator, where these are others.

use anyhow::Result;
use clap::Args;

use crate::cargo::{cargo, check};
use crate::matrix;
use crate::setup::{self, SetupArgs, Version};

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
    let mut setup = args.setup.clone();
    // Without a choice, the tests of campaigns are among those that run.
    setup.farm |= args.rest.is_empty();
    let tools = setup::run(&setup)?;
    let mut command = cargo(&tools, &["test", "--workspace", "--no-fail-fast"]);
    command.args(&args.rest);
    check(command)?;
    // A user who chooses tests wants those, and on one version.
    if !args.rest.is_empty() || args.setup.verilator.is_some() {
        return Ok(());
    }
    let others: Vec<Version> = matrix::ends()
        .into_iter()
        .filter(|end| *end != tools.verilator.version)
        .collect();
    matrix::run_on(&others, false, false)
}
