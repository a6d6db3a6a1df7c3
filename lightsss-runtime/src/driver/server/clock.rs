//! Which time a cycle has.

use super::time::{SimTime, unit};
use crate::state::{Filter, Value};
use crate::timeline::{QueryError, Sample, Timeline};

/// What the timeline calls the first model's time.
const TIME: &str = "$time";
/// Where no model keeps a time, a cycle takes so long: a nanosecond.
const CYCLE: i32 = -9;

/// How time is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// By the first model's context: femtoseconds of its unit.
    Context(u128),
    /// By cycles, since the harness does not move the context's time on with each of them.
    Cycles,
}

impl Scale {
    /// The time at a cycle, at which the context's is `time`.
    pub fn at(self, cycle: u64, time: Option<u64>) -> SimTime {
        match (self, time) {
            (Self::Context(unit), Some(time)) => SimTime(u128::from(time) * unit),
            _ => SimTime(u128::from(cycle) * unit(CYCLE)),
        }
    }
}

/// The times of a window's cycles, strictly ascending.
#[derive(Debug)]
pub struct Clock {
    pub scale: Scale,
    first: u64,
    times: Vec<SimTime>,
}

impl Clock {
    /// Of the cycles from `first` to `last`, included.
    ///
    /// # Errors
    ///
    /// The timeline does not answer.
    pub fn of(timeline: &mut Timeline, first: u64, last: u64) -> Result<Self, QueryError> {
        let ticks = match timeline.values(&[TIME], first..last) {
            Ok(mut values) => values.pop().map(|values| values.changes),
            // There is no model.
            Err(QueryError::UnknownName { .. }) => None,
            Err(other) => return Err(other),
        };
        let ticks = ticks.and_then(|changes| of_each_cycle(&changes, first, last));
        let cycles = first..=last;
        let (scale, times) = if let Some(ticks) = ticks {
            let scale = Scale::Context(unit_of(timeline, last)?);
            let times = cycles.zip(ticks);
            let times = times.map(|(cycle, tick)| scale.at(cycle, Some(tick)));
            (scale, times.collect())
        } else {
            let times = cycles.map(|cycle| Scale::Cycles.at(cycle, None));
            (Scale::Cycles, times.collect())
        };
        Ok(Self {
            scale,
            first,
            times,
        })
    }

    /// The last cycle's time.
    pub fn latest(&self) -> SimTime {
        self.times.last().copied().unwrap_or_default()
    }

    /// The last step, as far as that is known.
    pub fn step(&self) -> u128 {
        match self.times[..] {
            [.., before, last] => last.0 - before.0,
            _ => match self.scale {
                Scale::Context(unit) => unit,
                Scale::Cycles => unit(CYCLE),
            },
        }
    }

    /// The time of a cycle of the window.
    pub fn time(&self, cycle: u64) -> Option<SimTime> {
        let at = usize::try_from(cycle.checked_sub(self.first)?).ok()?;
        self.times.get(at).copied()
    }

    /// The cycles of an interval: first that which holds at its begin, then those up to its end. Outside of the window,
    /// the window's first or last one.
    pub fn cycles(&self, begin: SimTime, end: SimTime) -> (u64, u64) {
        let before = self.times.partition_point(|time| *time <= begin);
        let from = before.saturating_sub(1);
        let up_to = self.times.partition_point(|time| *time <= end);
        let to = up_to.saturating_sub(1).max(from);
        (self.first + from as u64, self.first + to as u64)
    }
}

/// The ticks of each cycle, if each has more than the one before. Only the last step may have failed before it moved the
/// time on: its state is another one than that before, and so comes behind it.
fn of_each_cycle(changes: &[(u64, Sample)], first: u64, last: u64) -> Option<Vec<u64>> {
    let mut ticks = Vec::with_capacity(changes.len() + 1);
    for (cycle, sample) in changes {
        let tick = u64::try_from(sample.to_u128()?).ok()?;
        let follows = ticks.last().is_none_or(|before| *before < tick);
        if *cycle != first + ticks.len() as u64 || !follows {
            return None;
        }
        ticks.push(tick);
    }
    let missing = (last - first + 1).checked_sub(ticks.len() as u64)?;
    match (missing, ticks.last()) {
        (0, _) => {}
        (1, Some(before)) if ticks.len() > 1 => ticks.push(before + 1),
        _ => return None,
    }
    Some(ticks)
}

/// Femtoseconds of the first model's unit of time.
fn unit_of(timeline: &mut Timeline, cycle: u64) -> Result<u128, QueryError> {
    let state = timeline.state(cycle)?;
    let shown = state.show(&Filter::new(["*context.time_precision"]))?;
    let power = shown.into_iter().find_map(|(_, value)| match value {
        Value::Signed(power) => i32::try_from(power).ok(),
        _ => None,
    });
    Ok(unit(power.unwrap_or(-12)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Bits;

    fn changes(ticks: &[(u64, u32)]) -> Vec<(u64, Sample)> {
        let bits = |tick: u32| Sample::One(Value::Bits(Bits::new(64, &[tick, 0])));
        ticks
            .iter()
            .map(|(cycle, tick)| (*cycle, bits(*tick)))
            .collect()
    }

    #[test]
    fn times_that_move_on_with_each_cycle_are_used() {
        let found = |ticks: &[(u64, u32)], last| of_each_cycle(&changes(ticks), 5, last);
        assert_eq!(
            found(&[(5, 10), (6, 12), (7, 15)], 7),
            Some(vec![10, 12, 15])
        );
        // The last step failed half-way.
        assert_eq!(found(&[(5, 10), (6, 12)], 7), Some(vec![10, 12, 13]));
        // A cycle in between took none.
        assert_eq!(found(&[(5, 10), (7, 12)], 7), None);
        // Nobody moves it on.
        assert_eq!(found(&[(5, 0)], 7), None);
        assert_eq!(found(&[(5, 0)], 6), None);
        assert_eq!(found(&[(5, 9)], 5), Some(vec![9]));
    }

    #[test]
    fn an_interval_begins_with_what_holds_there() {
        let clock = Clock {
            scale: Scale::Context(1),
            first: 100,
            times: [10, 20, 30, 40].map(SimTime).to_vec(),
        };
        let cycles = |begin, end| clock.cycles(SimTime(begin), SimTime(end));
        assert_eq!(cycles(0, 1000), (100, 103));
        assert_eq!(cycles(0, 5), (100, 100));
        assert_eq!(cycles(20, 20), (101, 101));
        assert_eq!(cycles(25, 35), (101, 102));
        assert_eq!(cycles(29, 30), (101, 102));
        assert_eq!(cycles(500, 600), (103, 103));
        assert_eq!((clock.latest(), clock.step()), (SimTime(40), 10));
        assert_eq!(clock.time(102), Some(SimTime(30)));
        assert_eq!(clock.time(104), None);
        assert_eq!(clock.time(99), None);
    }
}
