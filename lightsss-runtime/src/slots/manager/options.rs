//! The options of a run's slots.

use crate::slots::{
    memory::MemoryLimits,
    policy::{keep::Keep, when::When},
};

/// How slots are taken and kept.
#[derive(Debug)]
#[non_exhaustive]
pub struct SlotOptions {
    /// When [`Slots::offer`](crate::slots::Slots::offer) takes one.
    pub when: When,
    /// Which to keep.
    pub keep: Keep,
    /// Places for slots, including pinned slots and slots that are still ending. Each costs a
    /// descriptor. 16 by default, [`MAX_SLOTS`](crate::slots::MAX_SLOTS) at most.
    pub places: usize,
    /// How much memory they may hold.
    pub memory: MemoryLimits,
}

impl Default for SlotOptions {
    fn default() -> Self {
        Self {
            memory: MemoryLimits::default(),
            when: When::default(),
            keep: Keep::default(),
            places: 16,
        }
    }
}
