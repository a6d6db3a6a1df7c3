//! `cargo xtask soak`: a core under random actions for as long as one likes.

use anyhow::Result;
use clap::Args;

use crate::cargo::{cargo, check};
use crate::setup::{self, SetupArgs};

/// Arguments of `cargo xtask soak`.
#[derive(Args)]
pub struct SoakArgs {
    #[command(flatten)]
    setup: SetupArgs,

    /// How long
    #[arg(long, default_value_t = 60.0)]
    minutes: f64,

    /// Repeats the choices of an earlier run
    #[arg(long)]
    seed: Option<u64>,
}

/// Builds the soak as the tests are built, and runs it.
pub fn run(args: &SoakArgs) -> Result<()> {
    let tools = setup::run(&args.setup)?;
    let minutes = args.minutes.to_string();
    let mut command = cargo(
        &tools,
        &["run", "--quiet", "--package", "lightsss-tests-runs"],
    );
    command.args(["--bin", "soak", "--", "--minutes", &minutes]);
    if let Some(seed) = args.seed {
        command.args(["--seed", &seed.to_string()]);
    }
    check(command)
}
