//! `cargo xtask demo`: the main job from end to end.

use anyhow::Result;
use clap::Args;

use crate::setup::{self, SetupArgs};

/// Arguments of `cargo xtask demo`.
#[derive(Args)]
pub struct DemoArgs {
    #[command(flatten)]
    setup: SetupArgs,
}

pub fn run(args: &DemoArgs) -> Result<()> {
    let tools = setup::run(&args.setup)?;
    println!("{}", tools.verilator.version);
    Ok(())
}
