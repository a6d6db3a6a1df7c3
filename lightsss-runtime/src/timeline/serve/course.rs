//! The course of a process that runs again: forward only, compared with the run where that hashed its state, and with
//! slots left behind for what is asked next.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::super::error::QueryError;
use super::super::protocol::{Answer, StateParts};
use super::super::sample::Ended;
use super::state;
use crate::simulation::Simulation;
use crate::simulation::state_hash;
use crate::simulation::stretch::{Stretch, run_to};
use crate::slots::{
    Checkpoint, Keep, MemoryLimits, Replay, ReplayOrder, ReplayOutcome, ReplayOutput, SlotOptions,
    Slots, Ticket, When,
};

/// The nearest slot that is left behind lies so far from where a run forward ends.
const NEAREST: Duration = Duration::from_millis(4);
/// The most slots of one process: the distance doubles from one to the next.
const MOST_SLOTS: usize = 14;
/// Memory that the slots of one process may hold beyond what they share.
const BUDGET: u64 = 1 << 30;
/// After so many cycles the speed is known well enough.
const FIRST_CYCLES: u64 = 256;

/// Why a request was not carried out to its end.
pub(super) enum Stopped {
    Error(QueryError),
    Diverged(Diverged),
    /// This process is a woken slot now; where its asker listens.
    Woken(String),
}

impl From<QueryError> for Stopped {
    fn from(error: QueryError) -> Self {
        Self::Error(error)
    }
}

/// The replay left the way of the run.
pub(super) struct Diverged {
    pub(super) equal_at: u64,
    pub(super) differs_at: u64,
    pub(super) state: Option<(StateParts, Vec<u8>)>,
}

pub(super) struct Course<'s, S> {
    pub(super) simulation: &'s mut S,
    /// Those of the run that this replays.
    slots: &'s mut Slots,
    order: Replay,
    /// Those of this process.
    own: Option<Slots>,
    /// Of replays of those: looked after when the next one is woken.
    tickets: Vec<Ticket>,
    /// Nothing was changed in this process: what it does is what the run did.
    is_the_run: bool,
    /// The simulation has ended here, and takes no more steps.
    ended: Option<Ended>,
}

impl<'s, S: Simulation> Course<'s, S> {
    pub(super) fn new(simulation: &'s mut S, slots: &'s mut Slots, order: Replay) -> Self {
        Self {
            simulation,
            slots,
            order,
            own: None,
            tickets: Vec::new(),
            is_the_run: true,
            ended: None,
        }
    }

    pub(super) fn cycle(&self) -> u64 {
        self.simulation.cycle()
    }

    /// Where it is, for the asker.
    pub(super) fn at(&self, ended: Ended) -> Answer {
        let slots = self.own.as_ref().map_or_else(Vec::new, Slots::list);
        Answer::At {
            cycle: self.cycle(),
            ended,
            slots: slots.iter().map(|slot| slot.cycle).collect(),
        }
    }

    /// Something was set: from here on nothing is compared with the run.
    pub(super) fn leave_the_run(&mut self) {
        self.is_the_run = false;
    }

    /// Steps up to a cycle. Shows `see` the simulation at the cycle where it is, and after each step.
    pub(super) fn run(
        &mut self,
        to: u64,
        mut see: impl FnMut(&mut S) -> ControlFlow<()>,
    ) -> Result<Ended, Stopped> {
        if let Some(ended) = &self.ended {
            let _ = see(self.simulation);
            return Ok(ended.clone());
        }
        let (slots, compares) = (&mut *self.slots, self.is_the_run);
        let mut diverged = None;
        let mut next = 0;
        let stretch = run_to(self.simulation, to, |simulation, cycle| {
            if compares && cycle >= next {
                slots.offer_with(cycle, &|| state_hash::of(simulation));
                next = slots.next_compared();
                if slots.has_diverged() {
                    diverged = state::of(simulation).ok();
                    return ControlFlow::Break(());
                }
            }
            see(simulation)
        });
        let cycle = self.simulation.cycle();
        let ended = match stretch {
            Stretch::Stopped => None,
            Stretch::Reached => Some(Ended::Reached),
            Stretch::Done => Some(Ended::Done),
            Stretch::Failed(failure) => Some(Ended::Failed(failure.into_message())),
        };
        if let Some(ended) = &ended {
            if compares {
                let simulation = &*self.simulation;
                self.slots.offer_with(cycle, &|| state_hash::of(simulation));
                self.slots.settle();
                if self.slots.has_diverged() && diverged.is_none() {
                    diverged = state::of(simulation).ok();
                }
            }
            let _ = see(self.simulation);
            if *ended != Ended::Reached {
                self.ended = Some(ended.clone());
            }
        }
        if compares && let Some((equal_at, differs_at)) = self.slots.diverged() {
            return Err(Stopped::Diverged(Diverged {
                equal_at,
                differs_at,
                // It may have been noticed late.
                state: diverged.filter(|(parts, _)| parts.cycle == differs_at),
            }));
        }
        if let (Some(Ended::Done | Ended::Failed(_)), true) = (&ended, compares && cycle < to) {
            let how = match ended {
                Some(Ended::Failed(message)) => message,
                _ => "it was done".to_owned(),
            };
            return Err(QueryError::EndedEarly { cycle, how }.into());
        }
        Ok(ended.unwrap_or(Ended::Reached))
    }

    /// Steps up to a cycle, and leaves slots behind on the way.
    pub(super) fn go_to(&mut self, to: u64, leave_slots: bool) -> Result<Ended, Stopped> {
        let begun = (Instant::now(), self.cycle());
        if leave_slots && to - begun.1.min(to) > 2 * FIRST_CYCLES {
            self.run(begun.1 + FIRST_CYCLES, |_| ControlFlow::Continue(()))?;
            let nanos = begun.0.elapsed().as_nanos().max(1);
            let nearest = NEAREST.as_nanos() * u128::from(FIRST_CYCLES) / nanos;
            let nearest = (nearest as u64).max(1);
            while let Some(at) = next_slot(self.cycle(), to, nearest) {
                self.run(at, |_| ControlFlow::Continue(()))?;
                if self.ended.is_some() {
                    break;
                }
                // Without it a later question takes longer, and has the same answer.
                match self.leave_slot() {
                    Err(woken @ Stopped::Woken(_)) => return Err(woken),
                    Err(Stopped::Error(error)) => {
                        tracing::debug!(%error, "no slot was left behind");
                        break;
                    }
                    Err(Stopped::Diverged(_)) | Ok(()) => {}
                }
            }
        }
        let ended = self.run(to, |_| ControlFlow::Continue(()))?;
        if leave_slots
            && self.ended.is_none()
            && let Err(woken @ Stopped::Woken(_)) = self.leave_slot()
        {
            return Err(woken);
        }
        Ok(ended)
    }

    /// Steps on until a cycle, the end or a failure, in a run of its own.
    pub(super) fn run_on(&mut self, to: u64) -> Result<Ended, Stopped> {
        self.leave_the_run();
        self.run(to, |_| ControlFlow::Continue(()))
    }

    /// Leaves a slot behind, here.
    pub(super) fn leave_slot(&mut self) -> Result<(), Stopped> {
        let cycle = self.cycle();
        let own = if let Some(own) = &mut self.own {
            own
        } else {
            let options = SlotOptions {
                when: When::Cycles(u64::MAX),
                keep: Keep::Newest(MOST_SLOTS),
                memory: MemoryLimits {
                    budget: Some(BUDGET),
                    ..MemoryLimits::default()
                },
                ..SlotOptions::default()
            };
            let own = Slots::in_replay(options).map_err(QueryError::failed)?;
            self.own.insert(own)
        };
        match own.checkpoint(cycle).map_err(QueryError::failed)? {
            Checkpoint::Replay(woken) => {
                // The slots of the process that left this one behind are that one's.
                std::mem::forget(self.own.take());
                std::mem::take(&mut self.tickets)
                    .into_iter()
                    .for_each(std::mem::forget);
                let asker = woken.asker.clone();
                // It holds the descriptors by which this process ends with its slot.
                std::mem::forget(woken);
                Err(Stopped::Woken(asker))
            }
            Checkpoint::Original | Checkpoint::Passed => Ok(()),
        }
    }

    /// Wakes the last slot of this process at or before a cycle.
    pub(super) fn wake(&mut self, cycle: u64, asker: String) -> Result<(), QueryError> {
        let gone = || QueryError::NoSlot(format!("none was left behind before cycle {cycle}"));
        let waker = self.own.as_ref().ok_or_else(gone)?.waker();
        self.tickets = std::mem::take(&mut self.tickets)
            .into_iter()
            .filter_map(|mut ticket| match waker.look_after(&mut ticket) {
                None => Some(ticket),
                Some(_) => None,
            })
            .collect();
        let places = waker.places();
        let place = places.iter().rev().find(|(_, slot)| slot.cycle <= cycle);
        let (place, _) = place.ok_or_else(gone)?;
        let order = ReplayOrder::query(cycle, asker, ReplayOutput::Inherit);
        let started = waker.start(*place, &order);
        self.tickets
            .push(started.map_err(|error| QueryError::NoSlot(error.to_string()))?);
        Ok(())
    }

    /// Calls a function that opens files for this process to write.
    pub(super) fn own_files<T>(&mut self, call: impl FnOnce(&mut S) -> T) -> T {
        let simulation = &mut *self.simulation;
        self.order.own_files(|| call(simulation))
    }

    /// Ends this process, and with it the slots that it left behind.
    pub(super) fn finish(self) -> ! {
        self.order.finish(&ReplayOutcome::Done)
    }
}

/// The next cycle at which a slot is left behind on the way to `to`: `nearest` before it, twice that, and so on.
fn next_slot(cycle: u64, to: u64, nearest: u64) -> Option<u64> {
    let left = to.checked_sub(cycle)?;
    let mut distance = nearest;
    if distance >= left {
        return None;
    }
    while let Some(double) = distance.checked_mul(2).filter(|double| *double < left) {
        distance = double;
    }
    Some(to - distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_lie_closer_together_the_nearer_they_are() {
        let mut cycle = 1000;
        let mut slots = Vec::new();
        while let Some(next) = next_slot(cycle, 2000, 100) {
            slots.push(next);
            cycle = next;
        }
        assert_eq!(slots, [1200, 1600, 1800, 1900]);
        assert_eq!(next_slot(1950, 2000, 100), None);
        assert_eq!(next_slot(2001, 2000, 100), None);
    }
}
