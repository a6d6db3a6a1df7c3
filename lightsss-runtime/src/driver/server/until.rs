//! How far to run until a point in time, when only cycles can be counted.

use super::time::SimTime;

/// A time that has not moved on after so many cycles does not.
const STANDS_STILL: u64 = 1000;

/// So many cycles are stepped one by one, before their speed is known.
const SLOWLY: u64 = 16;

/// A point in time at which the run is to pause, and what is known of its speed.
#[derive(Debug)]
pub struct Until {
    time: SimTime,
    begun: (u64, SimTime),
    now: (u64, SimTime),
}

impl Until {
    /// From a cycle and its time on.
    pub fn new(time: SimTime, cycle: u64, now: SimTime) -> Self {
        Self {
            time,
            begun: (cycle, now),
            now: (cycle, now),
        }
    }

    /// Notes where the run is.
    pub fn is_reached(&mut self, cycle: u64, now: SimTime) -> bool {
        self.now = (cycle, now);
        let stands_still = cycle - self.begun.0 >= STANDS_STILL && now == self.begun.1;
        now >= self.time || stands_still
    }

    /// A cycle up to which the time is not passed: half of what is left, by the speed so far. Cycles may become longer,
    /// and the first ones may be shorter.
    pub fn next(&self, cycle: u64) -> u64 {
        let cycles = self.now.0 - self.begun.0;
        let passed = self.now.1.0.saturating_sub(self.begun.1.0);
        let left = self.time.0.saturating_sub(self.now.1.0);
        let more = match (left.checked_mul(u128::from(cycles)), passed) {
            (Some(product), 1..) if cycles >= SLOWLY => product / passed / 2,
            _ => 1,
        };
        let more = u64::try_from(more).unwrap_or(u64::MAX);
        cycle.saturating_add(more.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_met_within_a_cycle_in_few_steps() {
        // The first cycle is a short one.
        let time = |cycle: u64| SimTime(u128::from((2 * cycle).saturating_sub(1)));
        let mut until = Until::new(SimTime(1_000_000), 0, time(0));
        let (mut cycle, mut looks) = (0, 0);
        while !until.is_reached(cycle, time(cycle)) {
            cycle = until.next(cycle);
            looks += 1;
        }
        assert_eq!(time(cycle), SimTime(1_000_001));
        assert!(looks < 60, "{looks}");
    }

    #[test]
    fn time_that_stands_still_is_waited_for_cycle_by_cycle() {
        let mut until = Until::new(SimTime(1005), 10, SimTime(100));
        assert!(!until.is_reached(11, SimTime(100)));
        assert_eq!(until.next(11), 12);
        assert!(until.is_reached(1010, SimTime(100)));
    }
}
