//! `cargo xtask package`: packages the crates that are published, and builds them from their packages.

use anyhow::Result;

use crate::cargo::{cargo, check};
use crate::setup::{self, SetupArgs};

/// What is published, what others need first.
const PUBLISHED: [&str; 5] = [
    "lightsss-derive",
    "lightsss-runtime",
    "lightsss-codegen",
    "lightsss-capi",
    "lightsss-farm",
];

/// Packages each crate as it would be published. Cargo unpacks the packages and builds them, each with the packages of
/// the others.
pub fn run(args: &SetupArgs) -> Result<()> {
    let tools = setup::run(args)?;
    let mut command = cargo(&tools, &["package", "--all-features"]);
    for name in PUBLISHED {
        command.args(["--package", name]);
    }
    check(command)
}
