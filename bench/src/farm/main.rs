//! What campaigns cost: tiny tasks through each executor, and snapshots in a store.
//!
//! The program is its own worker and guard, as `lightsss-farm` is.

mod series;
mod tiny;
mod worker;

use std::process::ExitCode;

use lightsss_bench_rows::Options;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let done = match words.next().as_deref() {
        Some("worker") => worker::work(&words.collect::<Vec<_>>()),
        Some("guard") => worker::guard(&words.collect::<Vec<_>>()),
        _ => {
            let options = Options::from_args();
            tiny::rows(&options).and_then(|()| series::row(&options))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-farm: {error}");
            ExitCode::FAILURE
        }
    }
}
