//! Fork slots: blocked copies of the process that wake when the run fails.
//!
//! A *slot* is a fork of the simulation that blocks at once. It costs one `fork`, and then a copy
//! of each page that the original writes. When the original fails, or is killed, a slot is woken. It
//! forks itself, so that it can be woken again, and the new process is a *replay*. The replay returns
//! from the checkpoint, turns tracing on, runs to the *end cycle* and reports.
//!
//! ```no_run
//! use lightsss_runtime::slots::*;
//!
//! # struct Harness; impl Harness { fn step(&mut self) -> bool { true } fn open_trace(&mut self) {} fn close_trace(&mut self) {} }
//! # let mut harness = Harness;
//! // First thing in `main`. From here on this is the simulation, and its parent watches it.
//! let supervised = supervise(SupervisorOptions::default())?;
//! let mut slots = supervised.slots(SlotOptions::default());
//! let mut replay = None;
//! for cycle in 0.. {
//!     if let Checkpoint::Replay(woken) = slots.offer(cycle) {
//!         harness.open_trace();
//!         replay = Some(woken);
//!     }
//!     let good = harness.step();
//!     if let Some(replay) = replay.take_if(|replay| !good || cycle == replay.last_cycle()) {
//!         harness.close_trace();
//!         let same = !good && cycle == replay.end_cycle;
//!         replay.finish(&if same { ReplayOutcome::SameFailure } else { ReplayOutcome::NoFailure });
//!     }
//!     if !good {
//!         let report = slots.wake(&Choice::Oldest, &ReplayOrder::new(cycle))?;
//!         println!("{}", report.outcome);
//!         break;
//!     }
//! }
//! supervised.finished();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Coming from `LightSSS`
//!
//! | `LightSSS` (difftest) | here |
//! | --- | --- |
//! | `do_fork()` | [`Slots::offer`], by policy, or [`Slots::checkpoint`], now |
//! | `FORK_OK`, `FORK_CHILD` | [`Checkpoint::Original`], [`Checkpoint::Replay`] |
//! | `FORK_ERROR` (ends the run) | [`CheckpointError`]; from `offer` a warning and a figure |
//! | `wakeup_child(cycles)` | [`Slots::wake`] with [`ReplayOrder::new`]`(cycles)`; it waits for the replay's report, and can be called again |
//! | `is_child()` | [`Slots::is_replay`] |
//! | `get_end_cycles()` | [`Replay::end_cycle`] |
//! | `set_cpt_request(path)` | [`Slots::save`] with [`SaveOrder::new`]; it waits until the file stands, and the slot can be woken after |
//! | `get_do_cpt()`, `shinfo::do_cpt` | [`Reason::Save`] in [`Replay::reason`] |
//! | `get_cpt_filepath()`, `shinfo::cpt_filepath` (255 bytes) | [`Replay::save_path`] (1024 bytes), to which [`Replay::save`] writes |
//! | `do_clear()` | [`Slots::clear`], or dropping the [`Slots`] |
//! | `SLOT_SIZE` (2) | [`Keep::Newest`]`(2)`, the default; also [`Keep::Spaced`], [`Slots::pin`] |
//! | `SNAPSHOT_INTERVAL`, `--fork-interval` | [`When::Interval`]; also [`When::Cycles`], [`When::Trigger`], [`When::Adaptive`], which is the default |
//! | `STEP_FORWARD_CYCLES` (100) | [`ReplayOrder::margin`], 100 by default |
//! | `WAIT_INTERVAL` (5 s) | none: a slot wakes at once |
//! | `ForkShareMemory`, `shinfo` | internal: an anonymous shared mapping, which leaves nothing behind |
//! | `shinfo::oldest` | [`Choice::Oldest`], the default; also the youngest before the end, the nearest before a cycle, by name |
//! | `shinfo::flag`, `shwait()` | internal: each slot has a descriptor of its own to wait at |
//! | `shinfo::endCycles` | [`ReplayOrder::end_cycle`], [`Replay::last_cycle`] with the margin |
//! | `pidSlot`, `slotCnt`, `waitProcess` | [`Slots::list`]; [`SlotStats`] counts |
//! | `FORK_PRINTF`, `FAIT_EXIT` | `tracing` events; errors are values, and end nothing |
//! | thread pools rebuilt in the child | [`hooks`], which generated models register themselves |
//! | `shinfo::notgood` | [`Replay::reason`] and [`Replay::message`] |
//! | a crash wakes nobody | [`supervise`] |
//!
//! # What holds
//!
//! * Whatever dies, in whatever order, no process stays. Slots watch the supervisor (or without one the
//!   original) through a pidfd, replays end with their slot, and everything shared is anonymous. A
//!   stopped process (`SIGSTOP`) is continued when it is needed, and when its parent ends. (Not if it
//!   was stopped before its first system call: the kernel clears that request at a fork.)
//! * No fork while another thread lives: [`CheckpointError::Threads`] names the threads. Models
//!   release theirs through [`hooks`], and a harness can do the same.
//! * Regular files stay right in a replay, those of C and C++ models too. Files for reading are opened
//!   again at the offset of the checkpoint, and nothing is written twice. [`SlotFile`] is right by
//!   construction, and savable.
//! * A replay is compared with the original: [`Slots::offer_with`] and [`Slots::state_at`] record
//!   hashes ([`hash_of`] makes them), and the report says in which interval a difference began.
//! * Tests take slots through [`isolated`], since `cargo test` runs them on threads.
//! * A slot can be told to write itself to a durable file instead of running on: [`Slots::save`],
//!   answered by [`Replay::save`], and [`SupervisorOptions::save`] after a crash.
//! * [`Slots::stats`] says what it all costs.

// What is read of a process that crashed has 64 bits: registers, addresses, the headers of its files.
#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
compile_error!(
    "lightsss-runtime needs 64-bit Linux, for its fork slots; build for a target such as \
     x86_64-unknown-linux-gnu or aarch64-unknown-linux-gnu"
);

mod channel;
mod crash;
mod equality;
mod error;
mod figures;
mod hash_log;
mod incident;
mod manager;
mod memory;
mod notice;
mod opens;
mod order;
mod output;
mod policy;
mod record;
mod replay;
mod save;
mod signals;
mod site;
mod slot;
mod slot_file;
mod stats;
mod supervisor;
mod supervisor_options;
mod unwind;
mod wake;
mod waker;
mod watch;

#[cfg(all(test, loom))]
mod loom_tests;
#[cfg(test)]
mod tests;

pub(crate) use self::crash::is_installed as is_supervised;
pub use crate::process::{hooks, isolate::isolated};

pub use self::{
    equality::{ToHash, hash_of},
    error::{CheckpointError, SetupError, SlotSaveError, WakeError},
    hash_log::StateHash,
    incident::Incident,
    manager::{Checkpoint, Passing, SlotOptions, Slots},
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
    save::{SaveOrder, SavedSlot},
    site::Site,
    slot_file::SlotFile,
    stats::{Eviction, Evictions, SlotStats},
    supervisor::{Supervised, supervise},
    supervisor_options::{AskFn, Interrupt, SupervisorOptions},
    wake::Ticket,
    waker::SlotWaker,
};
