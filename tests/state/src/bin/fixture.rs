//! Writes a snapshot of the model in mid-run, for `fixtures`: one of each version of Verilator, which
//! later builds are to load by name.

use std::process::ExitCode;

use lightsss_runtime::durable::{SaveOptions, save};
use lightsss_tests_state::Soc;

/// The cycle of the snapshots in `fixtures`.
const CYCLE: u64 = 150;

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else {
        eprintln!("usage: fixture FILE");
        return ExitCode::from(2);
    };
    let mut soc = Soc::new();
    soc.run_to(CYCLE);
    match save(path, &soc.dut, &SaveOptions::new().cycle(CYCLE)) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fixture: {error}");
            ExitCode::FAILURE
        }
    }
}
