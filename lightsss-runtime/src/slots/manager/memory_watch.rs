//! What was last seen of the system's memory.

use std::time::{Duration, Instant};

use crate::process::sys;
use crate::slots::{
    error::CheckpointError,
    memory::{self, MemoryLimits},
};

/// How often memory is looked after.
pub(super) const MEASURE: Duration = Duration::from_millis(500);
/// How soon the slots are measured where there is no budget, for the figures alone: then after twice as
/// long each time, up to the longest. It takes a processor that the run does not need, and after a crash
/// nobody could tell any more what a slot shared with the original.
const FIRST_FIGURES: Duration = Duration::from_secs(1);
pub(super) const LONGEST_FIGURES: Duration = Duration::from_secs(30);
/// The most memory that one page fault takes: a huge page.
const LARGEST_FAULT: u64 = 2 << 20;

/// What was last seen of the system's memory.
#[derive(Debug)]
pub(super) struct MemoryWatch {
    pub(super) limits: MemoryLimits,
    /// When memory was last looked after.
    pub(super) heeded: Instant,
    /// When the slots were last asked to measure themselves, and how long after that they are again.
    pub(super) asked: Instant,
    pub(super) ask_after: Duration,
    /// When the reserve was last looked at.
    looked: Instant,
    /// Page faults of this process until then.
    faults: u64,
    /// Bytes that were left beyond the reserve then; `None` when memory was short.
    spare: Option<u64>,
    /// Count of the last measurement that was acted upon.
    pub(super) acted_on: u64,
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
    pub(super) fn look(&mut self) -> Result<(), CheckpointError> {
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
