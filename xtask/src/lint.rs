//! `cargo xtask lint`: format, clippy and documentation, warnings being errors.

use anyhow::Result;

use crate::cargo::{cargo, check};
use crate::setup::{self, SetupArgs};

/// Runs the three checks in turn and stops at the first that fails.
pub fn run(args: &SetupArgs) -> Result<()> {
    let tools = setup::run(args)?;
    check(cargo(&tools, &["fmt", "--all", "--check"]))?;
    check(cargo(
        &tools,
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ))?;
    let mut doc = cargo(&tools, &["doc", "--workspace", "--no-deps"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    check(doc)
}
