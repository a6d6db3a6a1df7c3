//! When to take a slot.

use std::{
    fmt,
    time::{Duration, Instant},
};

/// When [`Slots::offer`](crate::slots::Slots::offer) takes a slot. All but `OnDemand` and
/// `Trigger` take the first one at the first offer, so that a failure in the first interval has
/// something to wake.
#[non_exhaustive]
pub enum When {
    /// Only by [`Slots::checkpoint`](crate::slots::Slots::checkpoint).
    OnDemand,
    /// Every so much wall time. Positions differ from run to run.
    Interval(Duration),
    /// At the first offer of every so many cycles. Positions are the same in every run.
    Cycles(u64),
    /// When the closure says so. It is given the cycle, at every offer.
    Trigger(Box<dyn FnMut(u64) -> bool>),
    /// As often as a share of the run time allows, from the measured pauses and the cost of the
    /// pages that were copied on write.
    Adaptive(Adaptive),
}

/// Bounds of the adaptive interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adaptive {
    /// Share of the run time that slots may take. 0.01 by default.
    pub share: f64,
    /// Shortest interval. 100 ms by default.
    pub shortest: Duration,
    /// Longest interval. 60 s by default.
    pub longest: Duration,
}

impl Default for Adaptive {
    fn default() -> Self {
        Self {
            share: 0.01,
            shortest: Duration::from_millis(100),
            longest: Duration::from_mins(1),
        }
    }
}

impl Default for When {
    fn default() -> Self {
        Self::Adaptive(Adaptive::default())
    }
}

impl fmt::Debug for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnDemand => f.write_str("OnDemand"),
            Self::Interval(interval) => write!(f, "Interval({interval:?})"),
            Self::Cycles(cycles) => write!(f, "Cycles({cycles})"),
            Self::Trigger(_) => f.write_str("Trigger(..)"),
            Self::Adaptive(adaptive) => write!(f, "{adaptive:?}"),
        }
    }
}

/// The cost of one interval: what taking a slot took from the run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) pause: Duration,
    pub(crate) copying: Duration,
}

/// Applies a [`When`] to a run.
#[derive(Debug)]
pub(crate) struct Schedule {
    when: When,
    /// Offers of cycles below this pass, as long as the countdown runs.
    passes_below: u64,
    last: Option<Instant>,
    interval: Duration,
    /// Offers to let pass before the clock is looked at again.
    countdown: u32,
    stride: u32,
    looked: Instant,
}

/// Offers that pass, counted in a register; the schedule has their number when this is dropped.
#[derive(Debug)]
pub(crate) struct PassingOffers<'a> {
    below: u64,
    left: u32,
    countdown: &'a mut u32,
}

impl PassingOffers<'_> {
    /// As [`Schedule::passes`]; false also from `until` on.
    #[inline]
    pub(crate) fn passes(&mut self, cycle: u64) -> bool {
        let passes = self.left > 0 && cycle < self.below;
        self.left -= u32::from(passes);
        passes
    }
}

impl Drop for PassingOffers<'_> {
    fn drop(&mut self) {
        *self.countdown = self.left;
    }
}

/// The clock is looked at this often, or every offer if offers are rarer.
const LOOK: Duration = Duration::from_micros(500);
const LONGEST_STRIDE: u32 = 1024;

impl Schedule {
    pub(crate) fn new(when: When) -> Self {
        let interval = match &when {
            When::Interval(interval) => *interval,
            When::Adaptive(adaptive) => adaptive.shortest,
            _ => Duration::ZERO,
        };
        let passes_below = match &when {
            When::Cycles(_) | When::Trigger(_) => 0,
            _ => u64::MAX,
        };
        Self {
            when,
            passes_below,
            last: None,
            interval,
            countdown: 0,
            stride: 1,
            looked: Instant::now(),
        }
    }

    /// Counts an offer; true unless it is worth a closer look ([`Self::due`]).
    #[inline]
    pub(crate) fn passes(&mut self, cycle: u64) -> bool {
        let passes = self.countdown > 0 && cycle < self.passes_below;
        self.countdown -= u32::from(passes);
        passes
    }

    /// The offers that pass from here on, as long as their cycles are below `until`: what
    /// [`Self::passes`] says of each, at less cost.
    pub(crate) fn passing(&mut self, until: u64) -> PassingOffers<'_> {
        PassingOffers {
            below: until.min(self.passes_below),
            left: self.countdown,
            countdown: &mut self.countdown,
        }
    }

    /// Has every offer looked at from now on.
    pub(crate) fn look_always(&mut self) {
        self.passes_below = 0;
    }

    /// Whether a slot is due.
    pub(crate) fn due(&mut self, cycle: u64) -> bool {
        let now = Instant::now();
        let since = now.duration_since(self.looked);
        if since < LOOK / 2 {
            self.stride = (self.stride * 2).min(LONGEST_STRIDE);
        } else if since > LOOK * 2 {
            self.stride = (self.stride / 2).max(1);
        }
        self.looked = now;
        self.countdown = self.stride - 1;
        match &mut self.when {
            When::OnDemand => false,
            When::Interval(_) | When::Adaptive(_) => self
                .last
                .is_none_or(|last| now.duration_since(last) >= self.interval),
            When::Cycles(_) => cycle >= self.passes_below,
            When::Trigger(trigger) => trigger(cycle),
        }
    }

    /// A slot was taken, or could not be: the next one is due an interval from now.
    pub(crate) fn passed(&mut self, cycle: u64, cost: Cost) {
        self.last = Some(Instant::now());
        match &self.when {
            When::Cycles(every) => {
                let every = (*every).max(1);
                self.passes_below = (cycle / every + 1).saturating_mul(every);
            }
            When::Adaptive(adaptive) => {
                let spent = cost.pause + cost.copying;
                let wanted = spent.div_f64(adaptive.share.max(1e-6));
                // Half of the old, so that one slow fork on a busy machine does not rule alone.
                let smoothed = if self.interval > wanted {
                    (self.interval + wanted) / 2
                } else {
                    wanted
                };
                self.interval = smoothed.clamp(adaptive.shortest, adaptive.longest);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_taken_at_multiples_whatever_the_first_offer() {
        let mut schedule = Schedule::new(When::Cycles(100));
        let mut taken = Vec::new();
        for cycle in 7..450 {
            if !schedule.passes(cycle) && schedule.due(cycle) {
                taken.push(cycle);
                schedule.passed(cycle, Cost::default());
            }
        }
        assert_eq!(taken, [7, 100, 200, 300, 400]);
    }

    /// Passing offers in a row come to what offers one by one do, whatever the schedule and the steps.
    #[test]
    fn offers_that_pass_in_a_row_are_those_that_pass_one_by_one() {
        let schedule = |number: u64, countdown: u32| {
            let mut schedule = Schedule::new(match number {
                0 => When::Cycles(100),
                1 => When::Interval(Duration::from_secs(1)),
                2 => When::Trigger(Box::new(|_| false)),
                _ => When::OnDemand,
            });
            schedule.countdown = countdown;
            if number == 0 {
                schedule.passes_below = 100;
            }
            schedule
        };
        for (number, countdown) in
            (0..4).flat_map(|number| [(number, 0), (number, 7), (number, 900)])
        {
            for (step, until) in [(1, 300), (3, 1000), (50, 40)] {
                let (mut one, mut other) =
                    (schedule(number, countdown), schedule(number, countdown));
                let mut expected = 10;
                while expected < until && one.passes(expected) {
                    expected += step;
                }
                let mut cycle = 10;
                let mut passing = other.passing(until);
                while passing.passes(cycle) {
                    cycle += step;
                }
                assert!(!passing.passes(cycle), "still at its end");
                drop(passing);
                assert_eq!(cycle, expected, "{one:?}, steps of {step} to {until}");
                assert_eq!(other.countdown, one.countdown);
            }
        }
    }

    #[test]
    fn the_adaptive_interval_follows_the_cost_within_its_bounds() {
        let mut schedule = Schedule::new(When::default());
        let cost = |ms| Cost {
            pause: Duration::from_millis(ms),
            copying: Duration::from_millis(ms),
        };
        schedule.passed(0, cost(10));
        assert_eq!(
            schedule.interval,
            Duration::from_secs(2),
            "20 ms are 1 % of 2 s"
        );
        schedule.passed(0, cost(5));
        assert_eq!(
            schedule.interval,
            Duration::from_millis(1500),
            "half way down to 1 s"
        );
        schedule.passed(0, cost(100_000));
        assert_eq!(schedule.interval, Duration::from_mins(1));
        (0..30).for_each(|_| schedule.passed(0, Cost::default()));
        assert_eq!(schedule.interval, Duration::from_millis(100));
    }

    #[test]
    fn a_trigger_sees_every_offer() {
        let mut schedule = Schedule::new(When::Trigger(Box::new(|cycle| cycle % 3 == 2)));
        let taken: Vec<u64> = (0..9)
            .filter(|c| !schedule.passes(*c) && schedule.due(*c))
            .collect();
        assert_eq!(taken, [2, 5, 8]);
    }
}
