//! What a harness tells the run driver: how to step one cycle, when it failed, where its trace is.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::process::causes::with_causes;
use crate::savable::Savable;

/// A harness that [`run`](crate::run) can drive.
///
/// The driver steps it until it is [`Done`](Step::Done) or fails, and takes checkpoints on the way. On a
/// failure, an older slot runs the last stretch again with the trace open.
///
/// A `Simulation` has to be deterministic: from the same state, the same steps follow. Whatever it
/// reads from outside (a clock, a socket, a random device) has to be read through something that is
/// part of its state.
pub trait Simulation: Savable {
    /// Runs one cycle, then says whether there is more to run.
    ///
    /// # Errors
    ///
    /// A [`Failure`] ends the run and starts a replay. After one, the driver may step a few more
    /// cycles in the replay, so that the waveform shows what follows; further failures are then
    /// ignored.
    fn step(&mut self) -> Result<Step, Failure>;

    /// The number of cycles run so far. It grows with every [`step`](Self::step).
    fn cycle(&self) -> u64;

    /// Opens the waveform at `wave`: called when a replay starts, and at the start of a run that
    /// is traced as a whole.
    fn open_trace(&mut self, wave: &Path) -> Result<(), Failure>;

    /// Flushes and closes the waveform.
    fn close_trace(&mut self) -> Result<(), Failure>;

    /// Called after the simulation was restored from a durable snapshot, before its first step.
    /// What the command line says about this run, rather than the one that was saved, is put in
    /// here.
    fn restored(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Called in each run of `--each`, before its first step: the run starts in the state that the harness was made or
    /// restored in, and what is to differ is put in here. Seeds are: random numbers begin alike in all runs.
    ///
    /// Unless a harness implements this, a run with arguments for the harness is refused.
    fn start_run(&mut self, run: &RunInfo) -> Result<(), Failure> {
        match run.args.first() {
            None => Ok(()),
            Some(first) => Err(Failure::new(format!(
                "the harness takes no arguments of a single run, and `{first}` is one; implement \
                 `Simulation::start_run`, which is given them, or leave it out"
            ))),
        }
    }

    /// Called in a woken slot, before its trace is opened. Turn up a log here, say.
    fn start_replay(&mut self, replay: &ReplayInfo) -> Result<(), Failure> {
        let _ = replay;
        Ok(())
    }
}

/// What follows a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The next one.
    Continue,
    /// Nothing: the run ended well.
    Done,
}

/// Why a replay runs, from where, and to where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayInfo {
    /// The cycle of the checkpoint that the slot holds.
    pub from_cycle: u64,
    /// The cycle at which the original failed.
    pub end_cycle: u64,
    /// Cycles to run beyond `end_cycle`.
    pub margin: u64,
    /// What the original failed with.
    pub reason: String,
    /// Where the waveform goes.
    pub wave: PathBuf,
}

/// A run of `--each`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunInfo {
    /// Its name, or its number.
    pub name: String,
    /// Its arguments for the harness: those of its line, without those of the command line, with which the harness was
    /// made.
    pub args: Vec<String>,
    /// Its folder, which is its working folder.
    pub folder: PathBuf,
}

/// What a run failed with.
///
/// ```
/// use lightsss_runtime::Failure;
///
/// let failure = Failure::new(format!("x5: expected {:#x}, found {:#x}", 7, 9));
/// assert_eq!(failure.to_string(), "x5: expected 0x7, found 0x9");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    message: String,
}

impl Failure {
    /// A failure described by `message`. The driver adds the cycle, so leave it out.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }

    /// The description.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The description.
    #[must_use]
    pub fn into_message(self) -> String {
        self.message
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Any error is a failure with the error's text, its sources included, so that `?` works in a
/// step. (`Failure` is no `Error` itself, as the two could not be told apart.)
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            message: with_causes(&error),
        }
    }
}
