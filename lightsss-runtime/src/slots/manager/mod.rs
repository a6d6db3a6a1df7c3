//! The manager takes, wakes and drops slots. The policies decide which.

mod dropping;
mod memory_watch;
mod offer;
mod options;
mod reserve;
mod take;
mod waking;

use std::{
    os::fd::OwnedFd,
    rc::Rc,
    sync::atomic::Ordering::{Relaxed, Release},
};

use nix::unistd::{Pid, getpid};

use self::memory_watch::MemoryWatch;
pub use self::{offer::Passing, options::SlotOptions};
use super::{
    channel::Channel,
    equality::Comparison,
    error::SetupError,
    policy::{SlotInfo, keep::Keep, when::Schedule},
    record::MAX_SLOTS,
    replay::Replay,
    stats::{SlotStats, Tally},
    waker::SlotWaker,
};

/// The outcome of a checkpoint, in the process in which it returns.
#[derive(Debug)]
pub enum Checkpoint {
    /// A slot was taken; this is the original, which goes on.
    Original,
    /// No slot was taken: none was due, or this is a replay already.
    Passed,
    /// This process is a woken slot, at the cycle of its checkpoint.
    Replay(Replay),
}

/// The fork slots of a run. The [module](super) has an overview.
///
/// Dropping it in the original drops the slots; under a supervisor, only once the simulation has
/// [finished](super::Supervised::finished). It belongs to the thread that drives the model.
#[derive(Debug)]
pub struct Slots {
    channel: Rc<Channel>,
    keep: Keep,
    schedule: Schedule,
    owner: Pid,
    /// Oldest first.
    held: Vec<HeldSlot>,
    dying: Vec<Dying>,
    tally: Tally,
    memory: MemoryWatch,
    /// What a replay will not have right has been said.
    noticed: bool,
    /// Set in a replay: the number of its entry, and the comparison with the original.
    replaying: Option<(usize, Comparison)>,
}

#[derive(Debug)]
struct HeldSlot {
    place: usize,
    pid: Pid,
    cycle: u64,
    name: Option<String>,
    /// Kept open so that a kill can never meet another process that got the same id.
    pidfd: Option<OwnedFd>,
}

#[derive(Debug)]
struct Dying {
    place: usize,
    pid: Pid,
}

impl Slots {
    /// Sets up slots for this process, which becomes the original.
    pub fn new(options: SlotOptions) -> Result<Self, SetupError> {
        let places = options.places;
        if !(1..=MAX_SLOTS).contains(&places) {
            return Err(SetupError::Places { asked: places });
        }
        let channel = Channel::new(places).map_err(|source| SetupError::System {
            descriptors: places + 4,
            source,
        })?;
        Ok(Self::over(Rc::new(channel), options))
    }

    /// Sets up slots of a replay's own, beside those of its original. They end when it does.
    #[cfg(feature = "driver")]
    pub(crate) fn in_replay(options: SlotOptions) -> Result<Self, SetupError> {
        let places = options.places;
        let mut channel = Channel::new(places).map_err(|source| SetupError::System {
            descriptors: places + 4,
            source,
        })?;
        channel.in_replay = true;
        Ok(Self::over(Rc::new(channel), options))
    }

    /// What wakes the slots for a [timeline](crate::timeline), which may outlive this borrow.
    #[must_use]
    pub fn waker(&self) -> SlotWaker {
        SlotWaker::of_original(Rc::clone(&self.channel))
    }

    /// Slots over a channel that there is already.
    pub(crate) fn over(channel: Rc<Channel>, options: SlotOptions) -> Self {
        let owner = getpid();
        channel.record.original.store(owner.as_raw(), Release);
        Self {
            channel,
            keep: options.keep,
            schedule: Schedule::new(options.when),
            owner,
            held: Vec::new(),
            dying: Vec::new(),
            tally: Tally::new(),
            memory: MemoryWatch::new(options.memory),
            noticed: false,
            replaying: None,
        }
    }

    /// True in a woken slot.
    #[must_use]
    pub fn is_replay(&self) -> bool {
        self.replaying.is_some()
    }

    /// The slots that there are, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<SlotInfo> {
        self.held
            .iter()
            .map(|held| SlotInfo {
                cycle: held.cycle,
                name: held.name.clone(),
                pid: held.pid.as_raw(),
                unshared: match self.channel.record.places[held.place]
                    .unshared
                    .load(Relaxed)
                {
                    0 => None,
                    bytes => Some(bytes),
                },
            })
            .collect()
    }

    /// What the slots have cost so far.
    #[must_use]
    pub fn stats(&self) -> SlotStats {
        self.tally
            .stats(&self.list(), self.channel.record.extra_bytes.load(Relaxed))
    }
}
