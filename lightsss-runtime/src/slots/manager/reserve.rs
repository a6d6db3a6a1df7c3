//! Looking after memory while a run goes on: the budget of the slots, and the reserve that the
//! machine is to keep.

use std::{
    sync::atomic::Ordering::{Acquire, Relaxed, Release},
    time::{Duration, Instant},
};

use nix::unistd::getpid;

use super::Slots;
use crate::process::{
    hooks::{self, Moment},
    sys,
};
use crate::slots::{
    error::CheckpointError,
    memory::{self, MemoryLimits},
    record::PlaceState,
    stats::Eviction,
};

/// How often memory is looked after.
const MEASURE: Duration = Duration::from_millis(500);
/// How soon the slots are measured where there is no budget, for the figures alone: then after twice as
/// long each time, up to the longest. It takes a processor that the run does not need, and after a crash
/// nobody could tell any more what a slot shared with the original.
const FIRST_FIGURES: Duration = Duration::from_secs(1);
const LONGEST_FIGURES: Duration = Duration::from_secs(30);
/// The most memory that one page fault takes: a huge page.
const LARGEST_FAULT: u64 = 2 << 20;

/// What was last seen of the system's memory.
#[derive(Debug)]
pub(super) struct MemoryWatch {
    limits: MemoryLimits,
    /// When memory was last looked after.
    heeded: Instant,
    /// When the slots were last asked to measure themselves, and how long after that they are again.
    asked: Instant,
    ask_after: Duration,
    /// When the reserve was last looked at.
    looked: Instant,
    /// Page faults of this process until then.
    faults: u64,
    /// Bytes that were left beyond the reserve then; `None` when memory was short.
    spare: Option<u64>,
    /// Count of the last measurement that was acted upon.
    acted_on: u64,
}

impl MemoryWatch {
    pub(super) fn new(limits: MemoryLimits) -> Self {
        let ask_after = match limits.budget {
            Some(_) => Duration::ZERO,
            None => FIRST_FIGURES,
        };
        Self {
            limits,
            heeded: Instant::now(),
            asked: Instant::now(),
            ask_after,
            looked: Instant::now(),
            faults: 0,
            spare: None,
            acted_on: 0,
        }
    }

    /// Whether memory may have become short since it was last looked at: by the time that passed,
    /// or by what this process may have taken since.
    pub(super) fn is_in_doubt(&self) -> bool {
        let taken = || {
            sys::minor_faults()
                .saturating_sub(self.faults)
                .saturating_mul(LARGEST_FAULT)
        };
        self.looked.elapsed() >= 2 * MEASURE || self.spare.is_none_or(|spare| taken() > spare / 2)
    }

    /// Looks at the memory that is left. An error says who has too little.
    fn look(&mut self) -> Result<(), CheckpointError> {
        self.looked = Instant::now();
        self.faults = sys::minor_faults();
        let reserve = self.limits.reserve;
        let (what, available) = memory::available().unwrap_or((String::new(), u64::MAX));
        self.spare = available.checked_sub(reserve);
        if self.spare.is_some() {
            return Ok(());
        }
        Err(CheckpointError::Memory {
            what,
            available,
            reserve,
        })
    }
}

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
            sys::signal(&self.channel.doors[youngest.place]);
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
        hooks::run(Moment::Shortage);
        while let Err(short) = self.memory.look() {
            if !self.drop_spare() {
                return Err(short);
            }
            // Its memory counts only once it is gone.
            while let Some(dying) = self.dying.pop() {
                sys::reap(dying.pid);
                self.channel.record.places[dying.place].set_state(PlaceState::Free);
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
