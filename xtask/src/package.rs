//! `cargo xtask package`: packages the crates that are published, and builds them from their packages.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::{Context as _, Result};

use crate::cargo::{cargo, check};
use crate::folders::target_dir;
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
    let mut command = cargo(&tools, &["package", "--all-features", "--target-dir"]);
    let folder = new_folder()?;
    command.arg(&folder);
    for name in PUBLISHED {
        command.args(["--package", name]);
    }
    check(command)?;
    // Gigabytes that nobody looks at.
    std::fs::remove_dir_all(&folder)
        .with_context(|| format!("could not remove {}", folder.display()))
}

/// A folder that no earlier run has had. Cargo keeps what it unpacks by the place where it lay, and would build with a
/// package of an earlier state that had the same version.
fn new_folder() -> Result<PathBuf> {
    let all = target_dir().join("packages");
    match std::fs::remove_dir_all(&all) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("could not remove {}", all.display()));
        }
        _ => {}
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(all.join(now.as_nanos().to_string()))
}
