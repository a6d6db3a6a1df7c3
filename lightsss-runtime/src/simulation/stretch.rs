//! A stretch of a run: steps until a cycle is reached, the run is done, or something fails.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::harness::{Failure, Simulation, Step};
use super::panics;
use crate::slots::Slots;

/// How a stretch ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Stretch {
    /// The cycle asked for is reached.
    Reached,
    /// The caller's `offer` ended it.
    Stopped,
    /// The simulation says that it is done.
    Done,
    /// A step failed, or panicked.
    Failed(Failure),
}

/// Steps `simulation` until its cycle is `until` or more.
///
/// `offer` is called before each step with the cycle that the step starts from, and may end the
/// stretch there.
pub fn run_to<S: Simulation>(
    simulation: &mut S,
    until: u64,
    mut offer: impl FnMut(&mut S, u64) -> ControlFlow<()>,
) -> Stretch {
    caught(|| {
        loop {
            let cycle = simulation.cycle();
            if cycle >= until {
                return Ok(Stretch::Reached);
            }
            if offer(simulation, cycle).is_break() {
                return Ok(Stretch::Stopped);
            }
            if simulation.step()? == Step::Done {
                return Ok(Stretch::Done);
            }
        }
    })
}

/// As [`run_to`], for an original. Calls `look` before each step that has to be offered to `slots`, and at each
/// multiple of `every`. Nearly all steps are neither, and only publish their cycles.
pub fn run_offered<S: Simulation>(
    simulation: &mut S,
    slots: &mut Slots,
    until: u64,
    every: Option<u64>,
    mut look: impl FnMut(&mut S, &mut Slots, u64),
) -> Stretch {
    caught(|| {
        loop {
            let cycle = simulation.cycle();
            let next = every.and_then(|every| cycle.checked_next_multiple_of(every));
            let mut passing = slots.passing(next.map_or(until, |next| next.min(until)));
            while passing.passes(simulation.cycle()) {
                if simulation.step()? == Step::Done {
                    return Ok(Stretch::Done);
                }
            }
            drop(passing);
            let cycle = simulation.cycle();
            if cycle >= until {
                return Ok(Stretch::Reached);
            }
            look(simulation, slots, cycle);
            if simulation.step()? == Step::Done {
                return Ok(Stretch::Done);
            }
        }
    })
}

/// A panic is a failure like any other; the simulation is then only used to be looked at, and to be
/// stepped on in a replay that traces what follows.
fn caught(steps: impl FnOnce() -> Result<Stretch, Failure>) -> Stretch {
    match catch_unwind(AssertUnwindSafe(steps)) {
        Ok(Ok(ended)) => ended,
        Ok(Err(failure)) => Stretch::Failed(failure),
        Err(payload) => {
            let failure = Failure::new(panics::in_words(&*payload));
            crate::process::panics::discard(payload);
            Stretch::Failed(failure)
        }
    }
}
