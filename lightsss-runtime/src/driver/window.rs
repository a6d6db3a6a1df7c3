//! The window: the stretch of a replay that is traced.
//!
//! Tracing costs many times the run, so that a replay runs up to the window without it.

use super::args::RunArgs;
use crate::process::output_path;
use crate::simulation::{Failure, ReplayInfo, Simulation};
use crate::slots::Replay;

/// Which cycles of a replay are traced: all of them by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    /// So many before the end cycle.
    cycles: Option<u64>,
    /// From this one on.
    from: Option<u64>,
    /// Up to this one.
    to: Option<u64>,
}

impl Window {
    /// As the command line has it.
    pub fn of(args: &RunArgs) -> Self {
        Self {
            cycles: args.wave_cycles,
            from: args.wave_from,
            to: args.wave_to,
        }
    }

    /// The first traced cycle of a replay that ends at `end`. The failure's own cycle is always traced.
    pub fn first(&self, end: u64) -> u64 {
        let before_end = self.cycles.map(|cycles| end.saturating_sub(cycles));
        let first = before_end.or(self.from).unwrap_or(0);
        first.min(end.saturating_sub(1))
    }

    /// The cycle at which the waveform ends, if that comes before the end of the replay.
    pub fn last(&self, end: u64) -> u64 {
        self.to
            .filter(|to| *to > self.first(end))
            .unwrap_or(u64::MAX)
    }
}

/// The waveform of a replay: opened and closed as the replay passes the window.
pub struct Trace<'a> {
    order: &'a Replay,
    info: &'a ReplayInfo,
    first: u64,
    last: u64,
    state: TraceState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TraceState {
    Before,
    Open,
    Closed,
}

impl<'a> Trace<'a> {
    /// At the start of a replay: removes what an earlier run left, and tells the harness.
    ///
    /// # Errors
    ///
    /// What keeps the waveform from being opened later.
    pub fn start<S: Simulation>(
        simulation: &mut S,
        order: &'a Replay,
        info: &'a ReplayInfo,
        window: Window,
    ) -> Result<Self, Failure> {
        order.own_files(|| {
            output_path::remove(&info.wave)?;
            simulation.start_replay(info)
        })?;
        Ok(Self {
            order,
            info,
            first: window.first(info.end_cycle),
            last: window.last(info.end_cycle),
            state: TraceState::Before,
        })
    }

    /// Before each step: opens the waveform at the window's first cycle, and closes it at its last.
    ///
    /// # Errors
    ///
    /// What keeps the waveform from being opened.
    pub fn pass<S: Simulation>(&mut self, simulation: &mut S, cycle: u64) -> Result<(), Failure> {
        if self.state == TraceState::Before && cycle >= self.first {
            self.order
                .own_files(|| simulation.open_trace(&self.info.wave))?;
            self.state = TraceState::Open;
        }
        if cycle >= self.last {
            self.close(simulation);
        }
        Ok(())
    }

    /// Closes the waveform, if it is open. What keeps it from being written is no outcome of the replay:
    /// it is noted for the report, and so is a window that was not reached.
    pub fn close<S: Simulation>(&mut self, simulation: &mut S) {
        match self.state {
            TraceState::Before => self.order.note(&format!(
                "the replay ended at cycle {}, before cycle {}, where the waveform begins",
                simulation.cycle(),
                self.first
            )),
            TraceState::Open => {
                if let Err(failure) = self.order.own_files(|| simulation.close_trace()) {
                    self.order.note(failure.message());
                }
            }
            TraceState::Closed => {}
        }
        self.state = TraceState::Closed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(cycles: Option<u64>, from: Option<u64>, to: Option<u64>) -> Window {
        Window { cycles, from, to }
    }

    #[test]
    fn the_cycle_of_the_failure_is_in_every_window() {
        assert_eq!(Window::default().first(100), 0);
        assert_eq!(window(Some(20), None, None).first(100), 80);
        assert_eq!(window(Some(200), None, None).first(100), 0);
        assert_eq!(window(Some(0), None, None).first(100), 99);
        assert_eq!(window(None, Some(70), None).first(100), 70);
        assert_eq!(window(None, Some(170), None).first(100), 99);
        assert_eq!(window(None, Some(170), None).first(0), 0);
    }

    #[test]
    fn a_last_cycle_counts_only_within_the_window() {
        assert_eq!(window(None, Some(70), Some(80)).last(100), 80);
        assert_eq!(window(None, Some(170), Some(180)).last(100), 180);
        assert_eq!(window(None, Some(70), None).last(100), u64::MAX);
    }
}
