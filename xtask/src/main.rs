//! The repository's own commands: `cargo xtask <command>`.
//!
//! `demo` and `test` need only Rust to start with: both call `setup`, which finds or installs the
//! rest (a C++ compiler, make, Verilator) and says what it did.

mod bench;
mod cargo;
mod demo;
mod folders;
mod lint;
mod loom;
mod matrix;
mod miri;
mod package;
mod sanitize;
mod setup;
mod soak;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use setup::SetupArgs;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The repository's own commands", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Find or install a C++ compiler, make and Verilator
    Setup(SetupArgs),
    /// Run the main job: a core fails, an older snapshot wakes and writes the waveform
    Demo(demo::DemoArgs),
    /// Run every comparison and print one table
    Bench(bench::BenchArgs),
    /// Run a core under random checkpoints, failures, replays, saves and restores, and audit what is left
    Soak(soak::SoakArgs),
    /// Run every test of the workspace
    Test(test::TestArgs),
    /// Run the model-checked tests of what processes share
    Loom,
    /// Package the crates that are published, and build them from their packages
    Package(SetupArgs),
    /// Run what neither forks nor calls C under Miri
    Miri,
    /// Run what foreign code and damaged files may do under AddressSanitizer, C++ included
    Sanitize(sanitize::SanitizeArgs),
    /// Run the golden designs on every version of Verilator that is supported
    Matrix(matrix::MatrixArgs),
    /// Check the structure of the sources, format, lints and documentation, warnings being errors
    Lint(lint::LintArgs),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Setup(args) => setup::run(&args).map(drop),
        Command::Demo(args) => demo::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Soak(args) => soak::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Loom => loom::run(),
        Command::Package(args) => package::run(&args),
        Command::Miri => miri::run(),
        Command::Sanitize(args) => sanitize::run(&args),
        Command::Matrix(args) => matrix::run(&args),
        Command::Lint(args) => lint::run(&args),
    }
}
