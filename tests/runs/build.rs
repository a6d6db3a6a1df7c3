//! Builds the models of the runs, all at once.

#[path = "build/cores.rs"]
mod cores;
#[path = "build/threaded.rs"]
mod threaded;

use std::error::Error;
use std::process::ExitCode;

use lightsss_tests_support::parallel::in_parallel;

type Built = Result<(), Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    for watched in ["build.rs", "build", "designs"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let builds: [fn() -> Built; 3] = [cores::picorv32, cores::serv, threaded::build];
    let mut code = ExitCode::SUCCESS;
    for error in in_parallel(&builds, |build| build())
        .into_iter()
        .filter_map(Result::err)
    {
        eprintln!("error: {error}");
        code = ExitCode::FAILURE;
    }
    code
}
