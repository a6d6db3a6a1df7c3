//! What a run may say about its slots.

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
    /// Places that there are for slots, pinned ones and such as are on their way out included.
    /// Each costs a descriptor. 16 by default, [`MAX_SLOTS`](crate::slots::MAX_SLOTS) at most.
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
