//! `cargo xtask sanitize`: Rust, the shim and Verilator's C++ under AddressSanitizer.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::cargo::{cargo, check};
use crate::folders::target_dir;
use crate::setup::{self, SetupArgs};

/// The machine's own target. With one named, cargo leaves build scripts and macros as they are.
fn target() -> String {
    format!("{}-unknown-linux-gnu", std::env::consts::ARCH)
}

/// The runtime's tests that reach memory through addresses, or fork.
const RUNTIME: &[&str] = &["model::", "ram::", "savable::", "slots::", "state::"];

/// What foreign code may do to a model, and damaged snapshots of models, each with how much freed memory the sanitizer
/// keeps. The second bounds what memory it takes, to which that counts: with 8 MiB it took 74 to 158 MiB in all, with
/// 1 MiB 51 to 52.
const PACKAGES: &[(&str, &str)] = &[
    ("lightsss-tests-bindings", LARGE_QUARANTINE),
    (
        "lightsss-tests-state",
        "quarantine_size_mb=1:thread_local_quarantine_size_kb=64",
    ),
];
const LARGE_QUARANTINE: &str = "quarantine_size_mb=64";

/// Arguments of `cargo xtask sanitize`.
#[derive(Args)]
pub struct SanitizeArgs {
    #[command(flatten)]
    setup: SetupArgs,
}

/// Builds those tests and their models anew, and runs them.
pub fn run(args: &SanitizeArgs) -> Result<()> {
    let tools = setup::run(&args.setup)?;
    let instrumented = |arguments: &[&str], quarantine: &str| -> Command {
        let mut command = cargo(&tools, &["test", "--no-fail-fast", "--target", &target()]);
        command
            .args(arguments)
            .env("CARGO_TARGET_DIR", target_dir().join("sanitize"))
            // The stable compiler has the sanitizer, too, behind this switch.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-Zsanitizer=address")
            .env("CXXFLAGS", "-fsanitize=address -fno-omit-frame-pointer")
            // Tests forget models on purpose, and sinks hold their own contexts.
            .env(
                "ASAN_OPTIONS",
                format!("detect_leaks=0:detect_stack_use_after_return=1:{quarantine}"),
            );
        command
    };
    let runtime = ["-p", "lightsss-runtime", "--lib", "--"];
    check(instrumented(
        &[&runtime, RUNTIME].concat(),
        LARGE_QUARANTINE,
    ))?;
    for (package, quarantine) in PACKAGES {
        check(instrumented(&["--tests", "-p", package], quarantine))?;
    }
    Ok(())
}
