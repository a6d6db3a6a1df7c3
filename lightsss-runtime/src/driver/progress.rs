//! The progress bar of a run, on standard error where that is a terminal, and how far to run
//! before it is looked at again.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::process::stderr::say;

/// A bar that shows cycles, cycles a second and slots.
///
/// It owns no thread: a process with another thread cannot be forked soundly.
pub struct Progress {
    bar: ProgressBar,
    last_shown: Instant,
}

/// How often the bar is drawn.
const SHOW_EVERY: Duration = Duration::from_millis(100);

impl Progress {
    /// A bar that starts at `cycle` and ends at `length`, where that is known.
    pub fn new(hidden: bool, cycle: u64, length: Option<u64>) -> Self {
        let target = if hidden {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr_with_hz(10)
        };
        let bar = ProgressBar::with_draw_target(length, target);
        let template = if length.is_some() {
            "{elapsed} {wide_bar} {human_pos}/{human_len} cycles, {per_sec}, {msg}"
        } else {
            "{elapsed} {spinner} {human_pos} cycles, {per_sec}, {msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_position(cycle);
        bar.reset_eta();
        Self {
            bar,
            last_shown: Instant::now(),
        }
    }

    /// Shows where the run is, if it is time to.
    pub fn show(&mut self, now: Instant, cycle: u64, slots: usize) {
        if now.duration_since(self.last_shown) >= SHOW_EVERY {
            self.last_shown = now;
            self.bar.set_position(cycle);
            self.bar.set_message(format!("{slots} slots"));
        }
    }

    /// Writes a line to standard error, and the bar below it.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| say(&format!("{line}\n")));
    }

    /// Takes the bar off the screen during a call.
    pub fn aside<T>(&self, call: impl FnOnce() -> T) -> T {
        self.bar.suspend(call)
    }

    /// Takes the bar off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// The time between two looks at the clock: short beside the time between two drawings, long
/// beside the look itself.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Converts "every so often" into a number of cycles, from the speed of the run so far.
pub struct Pace {
    cycles: u64,
    last_look: Instant,
}

impl Pace {
    /// Starts with a short stretch, as the speed is not known yet.
    pub fn new(now: Instant) -> Self {
        Self {
            cycles: 64,
            last_look: now,
        }
    }

    /// The cycles to run until the next look.
    pub fn cycles(&self) -> u64 {
        self.cycles
    }

    /// Takes note of a look after `run` cycles.
    pub fn look(&mut self, now: Instant, run: u64) {
        let took = now.duration_since(self.last_look);
        self.last_look = now;
        // A stretch that something else cut short says little about the speed.
        if took > LOOK_EVERY * 2 {
            self.cycles = (self.cycles / 2).max(1);
        } else if took < LOOK_EVERY && run >= self.cycles {
            self.cycles = self.cycles.saturating_mul(2).min(1 << 40);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_follows_the_speed() {
        let mut now = Instant::now();
        let mut pace = Pace::new(now);
        let mut run_for = |pace: &mut Pace, cycle: Duration| {
            for _ in 0..40 {
                let run = pace.cycles();
                now += cycle * u32::try_from(run).unwrap();
                pace.look(now, run);
            }
        };
        run_for(&mut pace, Duration::from_micros(1));
        assert!(
            (5_000..=20_000).contains(&pace.cycles()),
            "{}",
            pace.cycles()
        );
        run_for(&mut pace, Duration::from_millis(1));
        assert!((5..=20).contains(&pace.cycles()), "{}", pace.cycles());
        run_for(&mut pace, Duration::from_secs(1));
        assert_eq!(pace.cycles(), 1);
    }
}
