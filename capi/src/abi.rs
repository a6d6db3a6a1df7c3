//! What C sees: types and constants. `include/lightsss.h` is generated from them.

use std::ffi::{c_char, c_void};

/// The status of a call. 0 is success; `lightsss_last_error` explains the others.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum lightsss_status {
    /// The call succeeded.
    LIGHTSSS_OK = 0,
    /// A pointer is null that must not be.
    LIGHTSSS_NULL_POINTER = 1,
    /// A number is out of range, or a text is not UTF-8.
    LIGHTSSS_BAD_ARGUMENT = 2,
    /// The system refused memory or descriptors.
    LIGHTSSS_SYSTEM = 3,
    /// Other threads are alive. The message names them.
    LIGHTSSS_THREADS = 4,
    /// The system refused to fork.
    LIGHTSSS_FORK = 5,
    /// The call came from inside a fork hook.
    LIGHTSSS_IN_HOOK = 6,
    /// Every slot is pinned or replaying, so there is no room for another.
    LIGHTSSS_FULL = 7,
    /// Memory is short.
    LIGHTSSS_MEMORY = 8,
    /// The slots belong to another process, which forked this one by itself.
    LIGHTSSS_FOREIGN_PROCESS = 9,
    /// There is no slot, or none that the choice allows.
    LIGHTSSS_NO_SLOT = 10,
    /// Only the original may make this call, and this process is a replay.
    LIGHTSSS_IN_REPLAY = 11,
    /// Only a replay may make this call, and this process is the original.
    LIGHTSSS_NOT_A_REPLAY = 12,
    /// The slot was killed, or did not answer.
    LIGHTSSS_SLOT_LOST = 13,
    /// The slots belong to the thread that made them, and another thread made this call.
    LIGHTSSS_WRONG_THREAD = 14,
    /// A supervisor was started already.
    LIGHTSSS_SUPERVISED = 15,
    /// A fault of this library. The run can go on; the slots should be deleted.
    LIGHTSSS_PANIC = 16,
    /// The snapshot could not be written. An earlier file of its name is as it was.
    LIGHTSSS_NOT_SAVED = 17,
    /// The snapshot is refused. Nothing has changed.
    LIGHTSSS_NOT_RESTORED = 18,
}

/// Where a checkpoint returns.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum lightsss_where {
    /// In the original, which goes on: a slot was taken.
    LIGHTSSS_ORIGINAL = 0,
    /// In a woken slot, at the cycle of its checkpoint.
    LIGHTSSS_REPLAY = 1,
    /// In the original or a replay: no slot was due.
    LIGHTSSS_PASSED = 2,
}

/// When `lightsss_offer` takes a slot.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum lightsss_when {
    /// As often as 1 % of the run time allows.
    LIGHTSSS_WHEN_ADAPTIVE = 0,
    /// Every `seconds` of wall time.
    LIGHTSSS_WHEN_SECONDS = 1,
    /// Every `cycles` cycles.
    LIGHTSSS_WHEN_CYCLES = 2,
    /// Never: only `lightsss_checkpoint` does.
    LIGHTSSS_WHEN_ON_DEMAND = 3,
}

/// Which slots stay when a new one is taken.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum lightsss_keep {
    /// The newest.
    LIGHTSSS_KEEP_NEWEST = 0,
    /// Some that reach back to the first, at growing distances.
    LIGHTSSS_KEEP_SPACED = 1,
}

/// Which slot to wake.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum lightsss_choice {
    /// The oldest.
    LIGHTSSS_OLDEST = 0,
    /// The youngest at least `choice_cycle` cycles before the end cycle.
    LIGHTSSS_YOUNGEST_BEFORE_END = 1,
    /// The nearest that was taken before cycle `choice_cycle`.
    LIGHTSSS_NEAREST_BEFORE = 2,
    /// The one that was pinned as `choice_name`.
    LIGHTSSS_NAMED = 3,
}

/// Where standard output and error of a replay go.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum lightsss_output {
    /// Where those of the original go.
    LIGHTSSS_OUTPUT_INHERIT = 0,
    /// To standard error, each line behind the text `output_text`.
    LIGHTSSS_OUTPUT_PREFIX = 1,
    /// To the file `output_text`, which is created or emptied.
    LIGHTSSS_OUTPUT_FILE = 2,
    /// Nowhere.
    LIGHTSSS_OUTPUT_DISCARD = 3,
}

/// How a replay ended.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum lightsss_outcome {
    /// The failure came again.
    LIGHTSSS_SAME_FAILURE = 0,
    /// Another failure came; `text` says which.
    LIGHTSSS_OTHER_FAILURE = 1,
    /// No failure came.
    LIGHTSSS_NO_FAILURE = 2,
    /// It did what the order asked for, which was not a failure.
    LIGHTSSS_DONE = 3,
    /// It ended by `exit` or by returning from `main`; `status` is its exit status.
    LIGHTSSS_EXITED = 4,
    /// It was killed; `status` is the signal.
    LIGHTSSS_SIGNALED = 5,
    /// It did not end before its deadline.
    LIGHTSSS_TIMED_OUT = 6,
}

/// Why a replay runs.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum lightsss_reason {
    /// The simulation failed.
    LIGHTSSS_REASON_FAILURE = 0,
    /// The original ended by a signal or an exit.
    LIGHTSSS_REASON_CRASH = 1,
    /// The user interrupted the run.
    LIGHTSSS_REASON_INTERRUPT = 2,
    /// The original asked, without a failure.
    LIGHTSSS_REASON_REQUEST = 3,
}

/// A cycle that is not known.
pub const LIGHTSSS_NO_CYCLE: u64 = u64::MAX;

/// Longest text that a replay and its original exchange, in bytes, with the zero byte at its end.
pub const LIGHTSSS_TEXT: usize = 1025;

/// How slots are taken and kept. `lightsss_options_init` fills it with the defaults.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lightsss_options {
    /// A `lightsss_when`.
    pub when: u32,
    /// A `lightsss_keep`.
    pub keep: u32,
    /// Slots to keep, pinned ones not counted. 2 by default.
    pub slots: u32,
    /// Slots that there may be at once, pinned and ending ones counted: 1 to 64, 16 by default.
    pub places: u32,
    /// For `LIGHTSSS_WHEN_SECONDS`.
    pub seconds: f64,
    /// For `LIGHTSSS_WHEN_CYCLES`.
    pub cycles: u64,
    /// Bytes that the slots may hold of their own; 0 for no limit, which is the default.
    pub memory_budget: u64,
    /// Bytes that the machine must have left. 128 MiB by default.
    pub memory_reserve: u64,
}

/// An order to a slot that is woken. `lightsss_order_init` fills it with the defaults.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lightsss_order {
    /// Cycle at which the original failed.
    pub end_cycle: u64,
    /// Cycles that the replay may run beyond it. 100 by default.
    pub margin: u64,
    /// A `lightsss_reason`.
    pub reason: u32,
    /// A `lightsss_choice`.
    pub choice: u32,
    /// For the choices with a cycle.
    pub choice_cycle: u64,
    /// For `LIGHTSSS_NAMED`.
    pub choice_name: *const c_char,
    /// The message of the failure, or null.
    pub message: *const c_char,
    /// A text for the replay, or null.
    pub label: *const c_char,
    /// A `lightsss_output`. `LIGHTSSS_OUTPUT_INHERIT` by default.
    pub output: u32,
    /// For the outputs with a text.
    pub output_text: *const c_char,
    /// Seconds after which the replay is ended; 0 for no limit. 600 by default.
    pub deadline: f64,
}

/// The report of a replay.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lightsss_report {
    /// How it ended.
    pub outcome: lightsss_outcome,
    /// Exit status or signal.
    pub status: i32,
    /// Cycle of the slot.
    pub from_cycle: u64,
    /// End cycle of the order.
    pub end_cycle: u64,
    /// Last cycle that the replay published (`lightsss_progress`).
    pub reached_cycle: u64,
    /// Seconds until the slot was awake.
    pub wake_seconds: f64,
    /// Seconds until the replay's process has ended.
    pub seconds: f64,
    /// The text that the replay left (`lightsss_note`).
    pub note: [c_char; LIGHTSSS_TEXT],
    /// The message of the other failure.
    pub text: [c_char; LIGHTSSS_TEXT],
}

/// The order, as the replay sees it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lightsss_replay_info {
    /// Cycle of the checkpoint.
    pub from_cycle: u64,
    /// Cycle at which the original ended; `LIGHTSSS_NO_CYCLE` after a crash of an original that
    /// published no cycle.
    pub end_cycle: u64,
    /// Cycles to run beyond it.
    pub margin: u64,
    /// Why it runs.
    pub reason: lightsss_reason,
    /// The message of the failure.
    pub message: [c_char; LIGHTSSS_TEXT],
    /// The text of the order.
    pub label: [c_char; LIGHTSSS_TEXT],
}

/// A slot.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lightsss_slot {
    /// Cycle of its checkpoint.
    pub cycle: u64,
    /// Its process.
    pub pid: i32,
    /// Bytes that only it holds; 0 until measured.
    pub bytes: u64,
    /// The name under which it was pinned, or empty.
    pub name: [c_char; LIGHTSSS_TEXT],
}

/// What the slots have cost so far.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lightsss_figures {
    /// Slots taken.
    pub taken: u64,
    /// Slots that could not be taken.
    pub missed: u64,
    /// Pause of the run for a checkpoint, microseconds: median.
    pub pause_median_us: f64,
    /// 99th percentile.
    pub pause_p99_us: f64,
    /// Longest.
    pub pause_max_us: f64,
    /// Share of the run time that pauses and copying took.
    pub share: f64,
    /// Bytes that the slots hold of their own, when last measured.
    pub bytes: u64,
}

/// Called around each fork, on the thread that forks. Any of them may be null. None may take a
/// checkpoint, and no C++ exception may leave one.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lightsss_hooks {
    /// Before the fork: release what must not be alive during it, threads above all.
    pub before: Option<unsafe extern "C" fn(user: *mut c_void)>,
    /// After the fork, in the original.
    pub in_original: Option<unsafe extern "C" fn(user: *mut c_void)>,
    /// After the fork, in the slot, which only waits. It must not start threads.
    pub in_slot: Option<unsafe extern "C" fn(user: *mut c_void)>,
    /// In a replay, before the checkpoint returns.
    pub in_replay: Option<unsafe extern "C" fn(user: *mut c_void)>,
    /// Handed to each of them.
    pub user: *mut c_void,
}

/// How the supervisor deals with crashes. `lightsss_supervisor_options_init` fills it with the
/// defaults.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct lightsss_supervisor_options {
    /// Which slot to wake, and how. Its end cycle, reason and message are filled in.
    pub order: lightsss_order,
    /// Ctrl-C wakes a slot, and the run goes on.
    pub show_on_interrupt: bool,
    /// As in `lightsss_options`.
    pub places: u32,
    /// Called in the supervisor with a line about each crash, or null: then it is written to standard
    /// error.
    pub report: Option<unsafe extern "C" fn(text: *const c_char, user: *mut c_void)>,
    /// Handed to `report`.
    pub user: *mut c_void,
}
