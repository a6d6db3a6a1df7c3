//! `cargo xtask loom`: the records that processes share, in every order of steps that the memory model allows.

use std::process::Command;

use anyhow::Result;

use crate::cargo::check;
use crate::folders::{root, target_dir};

/// Builds the runtime with `loom`'s atomics, in a folder of its own, and runs the model-checked tests.
pub fn run() -> Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["test", "-p", "lightsss-runtime", "--release", "--lib"])
        .args(["--no-default-features", "slots::loom_tests"])
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target_dir().join("loom"))
        .env("RUSTFLAGS", "--cfg loom -C debug-assertions");
    check(command)
}
