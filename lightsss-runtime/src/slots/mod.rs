//! Fork slots: blocked copies of the process that wake when the run fails.

mod channel;
mod crash;
mod equality;
mod error;
mod files;
pub mod hooks;
mod incident;
mod isolate;
mod manager;
mod memory;
mod order;
mod output;
mod policy;
mod record;
mod replay;
mod shared;
mod slot;
mod slot_file;
mod stats;
mod supervisor;
pub(crate) mod sys;
mod terminal;
pub(crate) mod threads;
mod wake;
mod watch;

pub use self::{
    equality::{StateHash, hash_of},
    error::{CheckpointError, SetupError, WakeError},
    incident::{Incident, Site},
    isolate::isolated,
    manager::{Checkpoint, SlotOptions, Slots},
    memory::MemoryLimits,
    order::{
        Divergence, Equality, ProcessEnd, Reason, ReplayOrder, ReplayOutcome, ReplayOutput,
        ReplayReport,
    },
    policy::{
        SlotInfo,
        choose::Choice,
        keep::Keep,
        when::{Adaptive, When},
    },
    record::{MAX_REPLAYS, MAX_SLOTS},
    replay::Replay,
    slot_file::SlotFile,
    stats::{Eviction, Evictions, SlotStats},
    supervisor::{Interrupt, Supervised, SupervisorOptions, supervise},
    wake::Ticket,
};
