//! Which times of a waveform belong to which cycles.
//!
//! A waveform knows times only, in the design's unit. The harness chooses them, and the driver counts cycles: a
//! cycle has as many times as there are for each cycle that was traced.

use std::ops::RangeInclusive;

use crate::driver::args::RunArgs;
use crate::driver::report::Report;
use crate::driver::window::Window;

/// The cycles that a waveform was written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cycles {
    /// The cycle at which it was opened.
    first: u64,
    /// The cycle at which it was closed.
    last: u64,
    /// The cycle of the failure; the last one where there was none, or where nothing was traced beyond it.
    end: u64,
}

impl Cycles {
    /// Of the run's waveform, if it has written one.
    pub fn of(args: &RunArgs, report: &Report) -> Option<Self> {
        let end = report.end_cycle;
        let (first, last) = if args.trace_all {
            (end.saturating_sub(report.cycles_run), end)
        } else {
            let window = Window::of(args);
            let to = args.wave_to.filter(|_| report.failure.is_none());
            let ordered = to.map_or(end, |to| end.min(to));
            let first = window.first(ordered).max(report.replay_from?);
            (first, report.replay_to?.min(window.last(ordered)))
        };
        // A crash leaves a waveform up to its own cycle.
        let beyond = report.failure.is_some() && !report.crashed;
        let end = if beyond { end.min(last) } else { last };
        Some(Self { first, last, end })
    }
}

/// The times of a waveform, and the cycles.
#[derive(Debug, Clone, Copy)]
pub struct Times<'t> {
    all: &'t [u64],
    cycles: Cycles,
    /// Times of one cycle.
    per_cycle: usize,
}

impl<'t> Times<'t> {
    /// None for a waveform without times.
    pub fn new(all: &'t [u64], cycles: Cycles) -> Option<Self> {
        let traced = cycles.last.saturating_sub(cycles.first).max(1);
        let per_cycle = (all.len() as f64 / traced as f64).round().max(1.0);
        (!all.is_empty()).then_some(Self {
            all,
            cycles,
            per_cycle: per_cycle as usize,
        })
    }

    /// The place of the last time of the failure's cycle.
    pub fn end(&self) -> usize {
        if self.cycles.end >= self.cycles.last {
            return self.all.len() - 1;
        }
        self.last_of(self.cycles.end)
    }

    /// The places of so many cycles before the failure, and after it.
    pub fn around(&self, before: usize, after: usize) -> RangeInclusive<usize> {
        let (back, on) = (before * self.per_cycle, after * self.per_cycle);
        let (end, last) = (self.end(), self.all.len() - 1);
        (end + 1).saturating_sub(back)..=(end + on).min(last)
    }

    /// The time at a place.
    pub fn at(&self, place: usize) -> u64 {
        self.all[place]
    }

    /// Places of one cycle.
    pub fn per_cycle(&self) -> usize {
        self.per_cycle
    }

    /// The cycle that has ended with a place, if one has.
    pub fn cycle_ended(&self, place: usize) -> Option<u64> {
        let done = place + 1;
        done.is_multiple_of(self.per_cycle)
            .then(|| self.cycles.first + (done / self.per_cycle) as u64)
    }

    /// The place of the last time before a cycle began.
    fn last_of(&self, cycle: u64) -> usize {
        let run = cycle.saturating_sub(self.cycles.first) as usize;
        run.saturating_mul(self.per_cycle)
            .saturating_sub(1)
            .min(self.all.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(all: &[u64], first: u64, last: u64, end: u64) -> Times<'_> {
        Times::new(all, Cycles { first, last, end }).unwrap()
    }

    #[test]
    fn a_cycle_has_the_times_that_were_written_in_it() {
        // Two times a cycle, from cycle 100 on: 200 and 201 are of the cycle that ends as 101.
        let all: Vec<u64> = (200..400).collect();
        let times = times(&all, 100, 200, 150);
        assert_eq!(times.per_cycle(), 2);
        assert_eq!(times.at(times.end()), 299);
        assert_eq!(times.cycle_ended(times.end()), Some(150));
        assert_eq!(times.cycle_ended(times.end() - 1), None);
        assert_eq!(times.at(*times.around(40, 6).start()), 220);
        assert_eq!(times.at(*times.around(40, 6).end()), 311);
    }

    #[test]
    fn a_failure_with_nothing_behind_it_is_at_the_last_time() {
        let all: Vec<u64> = (0..25).collect();
        // The step that failed has written its times, and has counted no cycle.
        assert_eq!(times(&all, 0, 12, 12).end(), 24);
        assert_eq!(times(&all, 0, 12, 20).end(), 24);
        assert!(
            Times::new(
                &[],
                Cycles {
                    first: 0,
                    last: 1,
                    end: 1
                }
            )
            .is_none()
        );
    }

    #[test]
    fn a_short_waveform_is_shown_from_its_start_to_its_end() {
        let all = [7, 9, 11];
        let times = times(&all, 5, 8, 7);
        assert_eq!(times.around(40, 6), 0..=2);
        assert_eq!(times.at(times.end()), 9);
    }
}
