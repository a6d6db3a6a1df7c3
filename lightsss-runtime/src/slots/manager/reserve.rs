//! Looking after memory while a run goes on: the budget of the slots, and the reserve that the
//! machine is to keep.

use std::{
    sync::atomic::Ordering::{Acquire, Relaxed, Release},
    time::Instant,
};

use nix::unistd::getpid;

use super::Slots;
use super::memory_watch::{LONGEST_FIGURES, MEASURE};
use crate::process::{
    hooks::{self, ForkMoment},
    sys,
};
use crate::slots::{error::CheckpointError, memory, record::SlotState, stats::Eviction};

impl Slots {
    /// Looks after memory, at most every [`MEASURE`]: the budget, by what the slots last measured,
    /// and the reserve.
    pub(super) fn heed_memory(&mut self) {
        // A process that the harness forked off has no say about the slots.
        if self.memory.heeded.elapsed() < MEASURE || getpid() != self.owner {
            return;
        }
        self.memory.heeded = Instant::now();
        let _ = self.heed_reserve();
        let measured = self.channel.record.measured.load(Acquire);
        if let Some(budget) = self.memory.limits.budget
            && measured != self.memory.acted_on
        {
            self.memory.acted_on = measured;
            self.drop_down_to(budget);
        }
        if self.memory.asked.elapsed() < self.memory.ask_after {
            return;
        }
        if let Some(youngest) = self.held.last() {
            self.memory.asked = Instant::now();
            self.memory.ask_after = (2 * self.memory.ask_after).min(LONGEST_FIGURES);
            self.channel.record.places[youngest.place]
                .measure
                .store(1, Release);
            sys::signal(&self.channel.wake_events[youngest.place]);
        }
    }

    /// Drops slots until, by the last measurement, the others hold no more than this.
    fn drop_down_to(&mut self, budget: u64) {
        let mut extra = self.channel.record.extra_bytes.load(Relaxed);
        while extra > budget {
            let Some(at) = self.spare() else {
                return;
            };
            let slots = self.list();
            // What it shares with another slot only goes with that one: the next measurement tells.
            let Some(unshared) = slots[at].unshared else {
                self.drop_slot(at, Eviction::Memory);
                return;
            };
            if !self.drop_slot(at, Eviction::Memory) {
                return;
            }
            extra = extra.saturating_sub(unshared);
        }
    }

    /// Gives back what is kept for speed, and then drops slots, while memory is short; an error when that
    /// does not help.
    pub(super) fn heed_reserve(&mut self) -> Result<(), CheckpointError> {
        if self.memory.look().is_ok() {
            return Ok(());
        }
        hooks::run(ForkMoment::Shortage);
        while let Err(short) = self.memory.look() {
            if !self.drop_spare() {
                return Err(short);
            }
            // Its memory counts only once it is gone.
            while let Some(dying) = self.dying.pop() {
                sys::reap(dying.pid);
                self.channel.record.places[dying.place].set_state(SlotState::Free);
            }
        }
        Ok(())
    }

    /// Measures now what the slots hold, for [`stats`](Self::stats). Takes some 15 ms per GiB and
    /// process: for the end of a run.
    pub fn measure(&self) {
        memory::measure(&self.channel.record);
    }
}
