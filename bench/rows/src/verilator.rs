//! The Verilator that the benchmarks' peers are made with: the one that `cargo xtask` names to build scripts, too.

use std::path::PathBuf;

/// The program: what `VERILATOR` names, that of the folder `VERILATOR_ROOT`, or the one on `PATH`.
#[must_use]
pub fn verilator() -> PathBuf {
    if let Some(program) = std::env::var_os("VERILATOR") {
        return program.into();
    }
    let root = std::env::var_os("VERILATOR_ROOT").map(PathBuf::from);
    root.map(|root| root.join("bin/verilator_bin"))
        .filter(|program| program.is_file())
        .unwrap_or_else(|| "verilator".into())
}
