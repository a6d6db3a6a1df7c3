//! `cargo xtask sanitize`: Rust, the shim and Verilator's C++ under AddressSanitizer.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::cargo::{cargo, check, target_dir};
use crate::setup::{self, SetupArgs};

/// The machine's own target. With one named, cargo leaves build scripts and macros as they are.
fn target() -> String {
    format!("{}-unknown-linux-gnu", std::env::consts::ARCH)
}

/// The runtime's tests that reach memory through addresses, or fork.
const RUNTIME: &[&str] = &["model::", "ram::", "savable::", "slots::", "state::"];

/// What foreign code may do to a model, and damaged snapshots of models.
const PACKAGES: &[&str] = &["lightsss-tests-bindings", "lightsss-tests-state"];

/// Arguments of `cargo xtask sanitize`.
#[derive(Args)]
pub struct SanitizeArgs {
    #[command(flatten)]
    setup: SetupArgs,
}

/// Builds those tests and their models anew, and runs them.
pub fn run(args: &SanitizeArgs) -> Result<()> {
    let tools = setup::run(&args.setup)?;
    let instrumented = |arguments: &[&str]| -> Command {
        let mut command = cargo(&tools, &["test", "--no-fail-fast", "--target", &target()]);
        command
            .args(arguments)
            .env("CARGO_TARGET_DIR", target_dir().join("sanitize"))
            // The stable compiler has the sanitizer, too, behind this switch.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-Zsanitizer=address")
            .env("CXXFLAGS", "-fsanitize=address -fno-omit-frame-pointer")
            // Tests forget models on purpose, sinks hold their own contexts, and a test bounds what memory it takes,
            // to which the freed memory counts that the sanitizer keeps.
            .env(
                "ASAN_OPTIONS",
                "detect_leaks=0:detect_stack_use_after_return=1:quarantine_size_mb=8",
            );
        command
    };
    let mut runtime = instrumented(&["-p", "lightsss-runtime", "--lib", "--"]);
    runtime.args(RUNTIME);
    check(runtime)?;
    let mut models = instrumented(&["--tests"]);
    for package in PACKAGES {
        models.args(["-p", package]);
    }
    check(models)
}
