//! The waveform of a run that is traced as it goes, without slots: all of it, or a window.

use std::path::Path;

use super::args::RunArgs;
use crate::process::output_path;
use crate::simulation::{Failure, Simulation};

/// The waveform that a run writes itself.
#[derive(Debug)]
pub struct OwnTrace<'a> {
    wave: &'a Path,
    /// The first traced cycle.
    from: u64,
    /// The cycle at which the waveform ends, if that comes before the end of the run.
    to: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Before,
    Open,
    Closed,
}

impl<'a> OwnTrace<'a> {
    /// Of a run with `--trace-all`. Removes what an earlier run left.
    ///
    /// # Errors
    ///
    /// What keeps it from being removed.
    pub fn new(args: &'a RunArgs) -> Result<Option<Self>, Failure> {
        if !args.trace_all {
            return Ok(None);
        }
        output_path::remove(&args.wave)?;
        Ok(Some(Self {
            wave: &args.wave,
            from: args.wave_from.unwrap_or(0),
            to: args.wave_to.unwrap_or(u64::MAX),
            state: State::Before,
        }))
    }

    /// The next cycle at which there is something to do.
    pub fn next(&self) -> Option<u64> {
        match self.state {
            State::Before => Some(self.from),
            State::Open => Some(self.to),
            State::Closed => None,
        }
    }

    /// Before a step: opens the waveform at its first cycle, and closes it at its last.
    ///
    /// # Errors
    ///
    /// What keeps it from being opened or written.
    pub fn pass<S: Simulation>(&mut self, simulation: &mut S, cycle: u64) -> Result<(), Failure> {
        if self.state == State::Before && cycle >= self.from {
            // One that was not opened is not closed either.
            self.state = State::Closed;
            simulation.open_trace(self.wave)?;
            self.state = State::Open;
        }
        if self.state == State::Open && cycle >= self.to {
            self.state = State::Closed;
            simulation.close_trace()?;
        }
        Ok(())
    }

    /// At the end of the run.
    ///
    /// # Errors
    ///
    /// What keeps it from being written, or that the run did not reach its first cycle.
    pub fn close<S: Simulation>(&mut self, simulation: &mut S) -> Result<(), Failure> {
        let state = std::mem::replace(&mut self.state, State::Closed);
        match state {
            State::Before => Err(Failure::new(format!(
                "the run ended at cycle {}, before cycle {}, where the waveform begins",
                simulation.cycle(),
                self.from
            ))),
            State::Open => simulation.close_trace(),
            State::Closed => Ok(()),
        }
    }
}
