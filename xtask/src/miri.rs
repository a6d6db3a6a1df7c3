//! `cargo xtask miri`: undefined behaviour in whatever runs without a fork and without C.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::check;
use crate::folders::{root, target_dir};

/// The runtime's tests that neither fork nor map memory nor call C: the interpreter knows none of these.
const RUNTIME: &[&str] = &["model::", "savable::", "driver::", "slots::policy"];

/// The derive's tests. Those that compile code stay with the compiler, and so do those of open files, which
/// are found through `/proc/self/fd`: there the interpreter shows its own.
const DERIVE: &[&str] = &[
    "all_or_nothing",
    "allocation",
    "corpus",
    "evolution",
    "fields",
    "hygiene",
    "lock",
    "properties",
    "runs",
    "shapes",
    "upgrades",
];

/// Runs the tests under Miri, which rustup installs for the nightly compiler.
pub fn run() -> Result<()> {
    let found = Command::new("cargo")
        .args(["+nightly", "miri", "--version"])
        .output()
        .context("could not start cargo")?;
    if !found.status.success() {
        bail!(
            "Miri is missing; install it with `rustup toolchain install nightly --component miri`"
        );
    }
    let mut runtime = miri(&["-p", "lightsss-runtime", "--lib", "--"]);
    runtime.args(RUNTIME);
    check(runtime)?;
    let mut derive = miri(&["-p", "lightsss-test-derive"]);
    for test in DERIVE {
        derive.args(["--test", test]);
    }
    check(derive)
}

/// In a folder of its own: the interpreter's build products are none of the compiler's.
fn miri(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(["+nightly", "miri", "test"])
        .args(arguments)
        .current_dir(root())
        .env_remove("RUSTUP_TOOLCHAIN")
        .env("CARGO_TARGET_DIR", target_dir().join("miri"))
        // Tests read the corpus and write temporary files.
        .env("MIRIFLAGS", "-Zmiri-disable-isolation");
    command
}
