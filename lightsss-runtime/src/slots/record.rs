//! What the processes of a run share: who holds which place, what a slot is told, what a replay
//! answers.
//!
//! Each process may be killed between any two stores, so every entry is published by one store of
//! its state, and a reader of an entry first checks that state.

use std::{
    sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release},
    time::Duration,
};

use super::figures::Figures;
use super::hash_log::HashLog;
use crate::durable::{Chain, SaveReport};
use crate::process::shared::{SharedText, shared_structs};
use crate::process::sync::{AtomicI32, AtomicU8, AtomicU32, AtomicU64};

/// How many slots a run can hold at once.
pub const MAX_SLOTS: usize = 64;
/// How many replays can be under way, or unread, at once.
pub const MAX_REPLAYS: usize = 32;
/// How many files of replays are remembered; the oldest make room.
const MAX_REPLAY_FILES: usize = if cfg!(all(test, loom)) { 2 } else { 256 };
/// Bytes of the longest text that a slot is told or answers; what is longer is cut.
pub(crate) const LONGEST_TEXT: usize = if cfg!(all(test, loom)) { 2 } else { 1024 };
/// Bytes of the longest name of a slot; what is longer is cut.
const LONGEST_NAME: usize = if cfg!(all(test, loom)) { 2 } else { 64 };
/// Bytes of the stack that are kept of a process that aborts: those of the functions of the C, C++ and
/// Rust libraries on top of the one that is to be told.
pub(crate) const STACK_COPY: usize = 32 * 1024;
/// Registers by DWARF's numbers, as many as the widest machine of those known here has.
pub(crate) const REGISTERS: usize = 32;

shared_structs! {
    /// The record shared by the processes of a run.
    pub(crate) struct Record {
        /// Process that takes the slots.
        pub(crate) original: AtomicI32,
        /// Not zero once the simulation said that it is done, so that its end is no crash.
        pub(crate) finished: AtomicU32,
        /// When the alarm goes off that was set before the run began, in microseconds of the monotonic clock;
        /// 0 for none.
        pub(crate) time_limit: AtomicU64,
        /// Last cycle that the original published.
        pub(crate) cycle: AtomicU64,
        /// Memory that all slots hold beyond what they share with the original, bytes.
        pub(crate) extra_bytes: AtomicU64,
        /// Counts the measurements of it.
        pub(crate) measured: AtomicU64,
        pub(crate) places: [SlotRecord; MAX_SLOTS],
        pub(crate) replays: [ReplayEntry; MAX_REPLAYS],
        pub(crate) hashes: HashLog,
        pub(crate) replay_files: ReplayFiles,
        pub(crate) crash: CrashSite,
        pub(crate) figures: Figures,
    }
}

/// State of a [`SlotRecord`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum SlotState {
    Free = 0,
    /// A fork is under way.
    Taking = 1,
    /// A slot blocks here.
    Live = 2,
    /// Killed, not reaped yet.
    Dying = 3,
}

shared_structs! {
    /// One place for a slot.
    pub(crate) struct SlotRecord {
        state: AtomicU32,
        /// Counts the slots that held this place, so that an order for one never wakes the next.
        pub(crate) generation: AtomicU32,
        pub(crate) pid: AtomicI32,
        /// Processes that rely on the slot to stay; [`EVICTED`] once it is being dropped.
        hold: AtomicU32,
        pub(crate) cycle: AtomicU64,
        /// Memory that only this slot holds, bytes; 0 until measured.
        pub(crate) unshared: AtomicU64,
        /// Part of it that was copied for the slot, bytes; the system's figures do not tell.
        pub(crate) copied: AtomicU64,
        /// Not zero while this slot is asked to measure all slots.
        pub(crate) measure: AtomicU32,
        pub(crate) name: SharedText<LONGEST_NAME>,
    }
}

const EVICTED: u32 = u32::MAX;

impl SlotRecord {
    pub(crate) fn state(&self) -> SlotState {
        match self.state.load(Acquire) {
            1 => SlotState::Taking,
            2 => SlotState::Live,
            3 => SlotState::Dying,
            _ => SlotState::Free,
        }
    }

    pub(crate) fn set_state(&self, state: SlotState) {
        self.state.store(state as u32, Release);
    }

    /// Asks that the slot stays. False when it is already being dropped.
    pub(crate) fn hold(&self) -> bool {
        self.hold
            .fetch_update(AcqRel, Acquire, |holders| {
                (holders != EVICTED).then(|| holders + 1)
            })
            .is_ok()
    }

    /// Ends a successful [`SlotRecord::hold`].
    pub(crate) fn release(&self) {
        let _ = self.hold.fetch_update(AcqRel, Acquire, |holders| {
            (holders != EVICTED && holders > 0).then(|| holders - 1)
        });
    }

    /// Whether somebody relies on the slot.
    pub(crate) fn is_held(&self) -> bool {
        !matches!(self.hold.load(Acquire), 0 | EVICTED)
    }

    /// Claims the slot for dropping. False while somebody holds it.
    pub(crate) fn evict(&self) -> bool {
        self.hold
            .compare_exchange(0, EVICTED, AcqRel, Acquire)
            .is_ok()
    }

    /// Takes the slot over from an original that has ended, whatever it was doing with it.
    pub(crate) fn adopt(&self) {
        self.hold.store(0, Release);
    }

    /// Claims the slot for dropping, held or not.
    pub(crate) fn evict_by_force(&self) {
        self.hold.store(EVICTED, Release);
    }

    /// Readies a free place for its next slot, and returns the generation of that slot.
    /// `copied` is what was copied for it, bytes.
    pub(crate) fn prepare(&self, cycle: u64, name: &str, copied: u64) -> u32 {
        let generation = self.generation.load(Relaxed).wrapping_add(1);
        self.generation.store(generation, Relaxed);
        self.pid.store(0, Relaxed);
        self.cycle.store(cycle, Relaxed);
        self.unshared.store(0, Relaxed);
        self.copied.store(copied, Relaxed);
        self.measure.store(0, Relaxed);
        self.name.set(name);
        self.hold.store(0, Relaxed);
        self.set_state(SlotState::Taking);
        generation
    }
}

/// State of a [`ReplayEntry`], in the order in which an entry goes through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub(crate) enum ReplayState {
    Free = 0,
    /// The waiter is filling it in.
    Claimed = 1,
    /// The slot may start it.
    Ordered = 2,
    /// The slot is forking.
    Starting = 3,
    /// The replay runs.
    Running = 4,
    /// The replay wrote its outcome and is leaving.
    Finished = 5,
    /// The slot saw its end. Only now may the waiter read it.
    Reaped = 6,
    /// The slot could not start it; `status` holds the errno.
    Refused = 7,
}

/// How a waiter asks a replay to end before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Cancel {
    No = 0,
    /// The replay is asked to finish.
    Ask = 1,
    /// The slot kills it.
    Kill = 2,
}

shared_structs! {
    /// Order to one slot, and what came of it.
    pub(crate) struct ReplayEntry {
        state: AtomicU32,
        place: AtomicU32,
        generation: AtomicU32,
        /// Which of the channel's report descriptors the waiter listens on.
        pub(crate) waiter: AtomicU32,
        cancel: AtomicU32,
        /// Not zero while the replay opens files that are its own to write.
        writes_its_own: AtomicU32,
        pub(crate) pid: AtomicI32,
        pub(crate) end_cycle: AtomicU64,
        pub(crate) margin: AtomicU64,
        /// A [`super::Reason`], encoded.
        pub(crate) reason: AtomicU64,
        pub(crate) message: SharedText<LONGEST_TEXT>,
        pub(crate) label: SharedText<LONGEST_TEXT>,
        /// The file that the slot is to save itself to; empty unless that is the reason.
        pub(crate) save_path: SharedText<LONGEST_TEXT>,
        /// Where the asker listens; empty unless the reason is a query.
        pub(crate) asker: SharedText<LONGEST_TEXT>,
        /// How its output is treated, encoded by [`super::ReplayOutput`].
        pub(crate) output: AtomicU32,
        pub(crate) output_path: SharedText<LONGEST_TEXT>,

        /// Nanoseconds of the monotonic clock: at the order, when the slot was awake, and when the
        /// replay that it forked began.
        pub(crate) ordered_at: AtomicU64,
        pub(crate) woken_at: AtomicU64,
        pub(crate) started_at: AtomicU64,
        /// Last cycle that the replay published.
        pub(crate) cycle: AtomicU64,
        /// A [`super::ReplayOutcome`], encoded; 0 when the replay ended without saying.
        pub(crate) outcome: AtomicU32,
        pub(crate) answer: SharedText<LONGEST_TEXT>,
        /// What the replay adds for the reader: where its waveform is, say.
        pub(crate) note: SharedText<LONGEST_TEXT>,
        /// Raw status of the process as `wait` gave it, or an errno.
        pub(crate) status: AtomicI32,
        pub(crate) saved: SaveResult,
        pub(crate) equality: EqualityResult,
    }
}

impl ReplayEntry {
    pub(crate) fn state(&self) -> ReplayState {
        use ReplayState as S;
        match self.state.load(Acquire) {
            1 => S::Claimed,
            2 => S::Ordered,
            3 => S::Starting,
            4 => S::Running,
            5 => S::Finished,
            6 => S::Reaped,
            7 => S::Refused,
            _ => S::Free,
        }
    }

    pub(crate) fn set_state(&self, state: ReplayState) {
        self.state.store(state as u32, Release);
    }

    /// Says which slot the order is for; to be published by the state.
    pub(crate) fn address(&self, place: usize, generation: u32) {
        self.place.store(place as u32, Relaxed);
        self.generation.store(generation, Relaxed);
    }

    /// The place of the slot that the order is for.
    pub(crate) fn place(&self) -> usize {
        self.place.load(Relaxed) as usize
    }

    /// The state, if the order is for this slot. The state is read first: an entry that is used again may
    /// still show the place of the order before.
    pub(crate) fn state_for(&self, place: usize, generation: u32) -> Option<ReplayState> {
        let state = self.state();
        let is_mine = self.place() == place && self.generation.load(Relaxed) == generation;
        is_mine.then_some(state)
    }

    /// Takes a free entry for filling in.
    pub(crate) fn claim(&self) -> bool {
        let claimed = self
            .state
            .compare_exchange(
                ReplayState::Free as u32,
                ReplayState::Claimed as u32,
                AcqRel,
                Acquire,
            )
            .is_ok();
        if claimed {
            self.cancel.store(Cancel::No as u32, Relaxed);
            self.writes_its_own.store(0, Relaxed);
            self.pid.store(0, Relaxed);
            self.outcome.store(0, Relaxed);
            self.status.store(0, Relaxed);
            self.cycle.store(0, Relaxed);
            self.woken_at.store(0, Relaxed);
            self.started_at.store(0, Relaxed);
            self.answer.set("");
            self.note.set("");
            self.saved.reset();
            self.equality.reset();
        }
        claimed
    }

    /// Whether the files that the replay opens are its own: its waveform, say.
    pub(crate) fn writes_its_own(&self) -> bool {
        self.writes_its_own.load(Acquire) != 0
    }

    /// To be said by the replay. Returns what it was before.
    pub(crate) fn set_writes_its_own(&self, own: bool) -> bool {
        self.writes_its_own.swap(own.into(), AcqRel) != 0
    }

    pub(crate) fn cancelled(&self) -> Cancel {
        match self.cancel.load(Acquire) {
            0 => Cancel::No,
            1 => Cancel::Ask,
            _ => Cancel::Kill,
        }
    }

    pub(crate) fn cancel(&self, how: Cancel) {
        self.cancel.store(how as u32, Release);
    }
}

shared_structs! {
    /// Files that replays have made, by device and number: a later replay may write them again.
    pub(crate) struct ReplayFiles {
        count: AtomicU64,
        /// A ring. Both numbers in one, so that one store publishes them.
        identities: [AtomicU64; MAX_REPLAY_FILES],
    }
}

impl ReplayFiles {
    fn mixed((device, number): (u64, u64)) -> u64 {
        number ^ device.rotate_left(48)
    }

    pub(crate) fn add(&self, identity: (u64, u64)) {
        if !self.has(identity) {
            let at = self.count.fetch_add(1, Relaxed) as usize % self.identities.len();
            self.identities[at].store(Self::mixed(identity), Release);
        }
    }

    pub(crate) fn has(&self, identity: (u64, u64)) -> bool {
        let wanted = Self::mixed(identity);
        self.identities
            .iter()
            .any(|one| one.load(Acquire) == wanted)
    }
}

shared_structs! {
    /// What a replay says of the file that it wrote.
    pub(crate) struct SaveResult {
        /// Not zero once the file stands; the fields below are valid then.
        stands: AtomicU32,
        file_len: AtomicU64,
        contents_len: AtomicU64,
        total_checksum: AtomicU64,
        took_ns: AtomicU64,
    }
}

impl SaveResult {
    fn reset(&self) {
        self.stands.store(0, Relaxed);
    }

    pub(crate) fn set(&self, report: &SaveReport) {
        self.file_len.store(report.file_len, Relaxed);
        self.contents_len.store(report.contents_len, Relaxed);
        self.total_checksum.store(report.total_checksum, Relaxed);
        let took = u64::try_from(report.took.as_nanos()).unwrap_or(u64::MAX);
        self.took_ns.store(took, Relaxed);
        self.stands.store(1, Release);
    }

    pub(crate) fn get(&self) -> Option<SaveReport> {
        (self.stands.load(Acquire) != 0).then(|| SaveReport {
            file_len: self.file_len.load(Relaxed),
            contents_len: self.contents_len.load(Relaxed),
            total_checksum: self.total_checksum.load(Relaxed),
            took: Duration::from_nanos(self.took_ns.load(Relaxed)),
            // A slot is of no series.
            chain: Chain::Alone,
        })
    }
}

shared_structs! {
    /// What a replay found when it compared its state with the original's.
    pub(crate) struct EqualityResult {
        /// Hashes compared so far.
        pub(crate) compared: AtomicU64,
        /// Set once a difference was seen; the fields below are valid then.
        pub(crate) differs: AtomicU32,
        /// Bit 0: the model's hash differs, bit 1: the harness's.
        pub(crate) parts: AtomicU32,
        /// Last cycle at which all was equal.
        pub(crate) equal_at: AtomicU64,
        /// First cycle at which something differed.
        pub(crate) differs_at: AtomicU64,
        /// Cycles at which one of the states could not be hashed, and why the first could not.
        pub(crate) unchecked: AtomicU64,
        pub(crate) why_unchecked: SharedText<LONGEST_TEXT>,
    }
}

impl EqualityResult {
    fn reset(&self) {
        for field in [
            &self.compared,
            &self.equal_at,
            &self.differs_at,
            &self.unchecked,
        ] {
            field.store(0, Relaxed);
        }
        self.differs.store(0, Relaxed);
        self.parts.store(0, Relaxed);
    }
}

shared_structs! {
    /// Where the original crashed, written by its signal handler or panic hook.
    pub(crate) struct CrashSite {
        /// Signal number; 0 when no handler ran.
        pub(crate) signal: AtomicI32,
        pub(crate) code: AtomicI32,
        /// Address that faulted, for the signals that have one.
        pub(crate) address: AtomicU64,
        /// Program counter.
        pub(crate) pc: AtomicU64,
        /// Message and location of a Rust panic.
        pub(crate) panic: SharedText<LONGEST_TEXT>,
        /// Of a process that was sent the signal, by itself for the most part.
        pub(crate) stack: StackCopy,
    }
}

shared_structs! {
    /// Registers and the top of the stack: enough to tell who called whom.
    pub(crate) struct StackCopy {
        /// Bytes that were copied, from the stack pointer on; 0 when none were.
        pub(crate) length: AtomicU32,
        /// Program counter.
        pub(crate) pc: AtomicU64,
        /// By DWARF's numbers.
        pub(crate) registers: [AtomicU64; REGISTERS],
        pub(crate) bytes: [AtomicU8; STACK_COPY],
    }
}
