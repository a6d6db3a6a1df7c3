//! The run driver: steps a [`Simulation`], offers every cycle to the fork slots, and turns a failure
//! into a waveform.
//!
//! Data flows one way: [`RunArgs`] -> the original's run -> a failure -> a slot wakes and replays
//! -> [`Report`]. A crash takes the same way, with the supervisor in the original's place.
//!
//! Standard output belongs to the harness. What the driver has to say goes to standard error.

mod announcement;
mod args;
mod ask;
mod divergence;
mod documents;
mod each;
mod ending;
mod hint;
mod history;
mod interrupts;
mod numbers;
mod original;
mod output;
mod outputs;
mod own_trace;
mod page;
mod progress;
mod prompt;
mod replay;
mod report;
mod saves;
mod server;
mod serving;
mod shell;
mod side_by_side;
mod supervision;
mod viewer;
mod window;

use std::error::Error;
use std::process::ExitCode;

use self::ask::Ask;
use self::ending::Ran;
use crate::process::stderr::say;
use crate::timeline::Timeline;

pub use crate::simulation::{Failure, ReplayInfo, RunInfo, Simulation, Step};
pub use args::{OnFailure, RunArgs};
pub use ask::Occasion;
pub use each::args::EachArgs;
pub use report::Report;

/// Runs a simulation as `args` say, and prints what came of it to standard error.
///
/// `make` builds the harness. Call this first thing in `main`, while the process has no other
/// thread: a process with threads cannot be forked soundly, and checkpoints are refused while there
/// are any. Unless `--no-supervisor` is given, the process is forked at once; the simulation runs in
/// the child, so that a crash wakes a slot too.
///
/// The exit code is 0 for a run that ended well, 1 for one that failed and whose failure came again
/// in the replay (or that kept no slots), 3 for one whose replay did not reproduce it, and 2 for a
/// run that could not be made, or that ended well without a durable snapshot, a waveform or a report
/// that it was to write, and 4 for one that failed, was replayed, and whose waveform, report or saved
/// slot was not written or cannot be read (the report has the reasons). A run that crashes ends by the signal, or with the status, of the
/// crash.
///
/// With `--each`, the harness is made once, and forked for each run. The exit code is then that of the first run, in the
/// order of the file, that did not pass, and 0 if all passed.
#[expect(
    clippy::needless_pass_by_value,
    reason = "so that `main` reads `run(RunArgs::parse(), ..)`"
)]
pub fn run<S, F>(args: RunArgs, make: F) -> ExitCode
where
    S: Simulation,
    F: FnOnce(&RunArgs) -> Result<S, Box<dyn Error>>,
{
    if args.each.file.is_some() {
        return each::run(&args, make, None);
    }
    exit(&args, try_run(&args, make, None))
}

/// As [`run`]; and once the run has failed, crashed, or was interrupted under `--show-on-interrupt`, `ask` is given a
/// [`Timeline`] over its slots, after the replay. After a crash and an interruption it is called in the supervisor.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use lightsss_runtime::{RunArgs, Simulation};
///
/// # fn main_of<S: Simulation>(new: fn(&RunArgs) -> Result<S, Box<dyn std::error::Error>>) -> ExitCode {
/// lightsss_runtime::run_asking(RunArgs::parse(), new, |timeline, occasion| {
///     match timeline.last_change("soc.u_core.pc", occasion.cycle + 1) {
///         Ok(Some(change)) => println!("pc became {} at cycle {}", change.to, change.cycle),
///         Ok(None) => println!("pc never changed"),
///         Err(error) => println!("{error}"),
///     }
/// })
/// # }
/// ```
#[expect(
    clippy::needless_pass_by_value,
    reason = "so that `main` reads `run_asking(RunArgs::parse(), ..)`"
)]
pub fn run_asking<S, F, A>(args: RunArgs, make: F, ask: A) -> ExitCode
where
    S: Simulation,
    F: FnOnce(&RunArgs) -> Result<S, Box<dyn Error>>,
    A: FnMut(&mut Timeline, &Occasion) + 'static,
{
    let ask = Ask::new(ask);
    if args.each.file.is_some() {
        return each::run(&args, make, Some(&ask));
    }
    exit(&args, try_run(&args, make, Some(&ask)))
}

fn exit(args: &RunArgs, ran: Result<Ran, Box<dyn Error>>) -> ExitCode {
    match ran {
        Ok(ran) => ExitCode::from(ending::tell(args, ran)),
        Err(error) => {
            say(&format!("error: {error}\n"));
            ExitCode::from(2)
        }
    }
}

/// Runs, and gives the report with what kept it from being written to its file.
fn try_run<S, F>(args: &RunArgs, make: F, ask: Option<&Ask>) -> Result<Ran, Box<dyn Error>>
where
    S: Simulation,
    F: FnOnce(&RunArgs) -> Result<S, Box<dyn Error>>,
{
    args.check()?;
    let args = &outputs::settled(args)?;
    documents::remove(args)?;
    let supervised = if supervision::wanted(args) {
        Some(supervision::start(args, ask)?)
    } else {
        None
    };
    let ran = make(args).and_then(|mut simulation| {
        let slots = supervision::slots(args, supervised.as_ref())?;
        original::prepare(args, &mut simulation)?;
        let ran = original::run(args, slots, simulation, ask, || ())?;
        let written = documents::write(args, &ran.report);
        Ok(Ran {
            report: ran.report,
            unwritten: written.err(),
            slots: ran.slots,
            server: ran.server,
        })
    });
    if let Some(supervised) = supervised {
        supervised.finished();
    }
    ran
}
