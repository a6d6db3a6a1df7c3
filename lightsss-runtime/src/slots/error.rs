//! What can go wrong.

use std::{path::PathBuf, time::Duration};

use nix::errno::Errno;

use super::order::ReplayOutcome;
use crate::process::fork::ForkError;

/// The slots could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// No shared memory, or no descriptors.
    #[error(
        "fork slots need shared memory and {descriptors} descriptors, and the system refused: {source}; raise `ulimit -n`, or set fewer places in the slot options"
    )]
    System {
        /// Descriptors asked for.
        descriptors: usize,
        /// What the system said.
        source: Errno,
    },
    /// More places than a run can have, or none.
    #[error("slot options ask for {asked} places; a run has between 1 and {max}", max = super::MAX_SLOTS)]
    Places {
        /// Places asked for.
        asked: usize,
    },
    /// The system did not let the process fork.
    #[error("the system refused to fork the supervisor: {0}; see `ulimit -u`")]
    Fork(#[source] Errno),
    /// Other threads are alive, so that no supervisor can be started.
    #[error("the supervisor must be started before any thread, but these are alive: {}", threads.join(", "))]
    Threads {
        /// Names and ids of the threads.
        threads: Vec<String>,
    },
}

/// A checkpoint could not be taken. The run may go on without it.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// Other threads are alive. Locks that they hold would stay locked in the slot for ever.
    #[error("no slot is taken while other threads live: {}; end them before the checkpoint, or release them in a fork hook (`slots::hooks`)", threads.join(", "))]
    Threads {
        /// Names and ids of the threads.
        threads: Vec<String>,
    },
    /// A fork hook asked for the checkpoint, while others have released what they hold.
    #[error("no slot is taken inside a fork hook; take the checkpoint where no hook runs")]
    InHook,
    /// The system did not let the process fork.
    #[error("the system refused to fork a slot: {0}; see `ulimit -u` and the memory limits")]
    Fork(#[source] Errno),
    /// Every place is held by a pinned slot, or by one that is replaying.
    #[error(
        "all {places} places are held by pinned or replaying slots; unpin one, or set more places"
    )]
    Full {
        /// Places of the run.
        places: usize,
    },
    /// The policy's memory limits leave no room for a slot.
    #[error(
        "no slot is taken while memory is short: {what} has {available} bytes left and {reserve} are kept in reserve"
    )]
    Memory {
        /// The machine, or a memory cgroup.
        what: String,
        /// Bytes left.
        available: u64,
        /// Bytes kept in reserve.
        reserve: u64,
    },
    /// The process is a fork of the one that made the slots, and not one that the slots know.
    #[error(
        "the slots belong to process {owner}, and this is process {caller}: make new ones after a fork of your own"
    )]
    ForeignProcess {
        /// Process that made the slots.
        owner: i32,
        /// Process that called.
        caller: i32,
    },
}

impl From<ForkError> for CheckpointError {
    fn from(error: ForkError) -> Self {
        match error {
            ForkError::Threads(threads) => Self::Threads { threads },
            ForkError::InHook => Self::InHook,
            ForkError::System(errno) => Self::Fork(errno),
        }
    }
}

/// A slot could not be woken, or no answer came.
#[derive(Debug, thiserror::Error)]
pub enum WakeError {
    /// There is no slot, or none that the choice allows.
    #[error("no slot to wake: {choice} was asked for, and {held}")]
    NoSlot {
        /// The choice, in words.
        choice: String,
        /// The slots that there are, in words.
        held: String,
    },
    /// This process is itself a replay, whose slots belong to the original.
    #[error("a replay does not wake slots; ask the original")]
    InReplay,
    /// As many replays are under way as can be.
    #[error(
        "{} replays are under way; wait for one of them first",
        super::MAX_REPLAYS
    )]
    TooManyReplays,
    /// The slot was killed from outside before its replay ended.
    #[error("the slot of cycle {cycle} (process {pid}) was killed before its replay ended")]
    SlotDied {
        /// Cycle of the slot.
        cycle: u64,
        /// Process id of the slot.
        pid: i32,
    },
    /// The slot could not fork its replay.
    #[error("the slot of cycle {cycle} could not fork its replay: {source}")]
    Fork {
        /// Cycle of the slot.
        cycle: u64,
        /// What the system said.
        source: Errno,
    },
    /// The slot did not answer, not even to the order to end its replay.
    #[error("the slot of cycle {cycle} did not answer within {waited:?}, and was killed")]
    Unresponsive {
        /// Cycle of the slot.
        cycle: u64,
        /// How long it was waited for.
        waited: Duration,
    },
}

/// A slot did not write itself to a file. A file that had the name before is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum SlotSaveError {
    /// The path cannot be handed to another process.
    #[error(
        "the path `{}` is {found}; a slot can be told paths in UTF-8 of {most} bytes at most", path.display()
    )]
    UnusablePath {
        /// The path, made absolute.
        path: PathBuf,
        /// What it is instead.
        found: String,
        /// Longest path, in bytes.
        most: usize,
    },
    /// The slot could not be woken.
    #[error(transparent)]
    Wake(#[from] WakeError),
    /// The slot tried, and could not.
    #[error("the slot of cycle {cycle} did not save itself: {reason}")]
    Failed {
        /// Cycle of the slot.
        cycle: u64,
        /// The slot's error, with its causes.
        reason: String,
    },
    /// The slot did something else.
    #[error(
        "the slot of cycle {cycle} was told to save itself, and: {outcome}; its harness answers `Reason::Save` with `Replay::save`"
    )]
    Unanswered {
        /// Cycle of the slot.
        cycle: u64,
        /// How the replay ended.
        outcome: ReplayOutcome,
    },
}
