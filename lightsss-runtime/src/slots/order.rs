//! Orders to slots, and the reports that come back.

use std::{fmt, path::PathBuf, time::Duration};

use nix::sys::signal::Signal;
use serde::Serialize;

use crate::durable::SaveReport;
use crate::process::serialize::seconds;

/// Why a replay runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The simulation failed: by a mismatch, a `$fatal` or a caught panic.
    #[default]
    Failure,
    /// The original ended without saying so, by a signal or an exit.
    Crash(ProcessEnd),
    /// The user interrupted the run and wants to see what it was doing.
    Interrupt,
    /// Somebody asked, without a failure.
    Request,
    /// The slot shall write itself to a file ([`Replay::save`](super::Replay::save)), and run
    /// nothing.
    Save,
    /// A [timeline](crate::timeline) asks what happened: the replay answers questions until nobody asks
    /// any more.
    Query,
}

impl Reason {
    pub(crate) fn encode(self) -> u64 {
        match self {
            Self::Failure => 0,
            Self::Crash(end) => 1 | (u64::from(end.to_raw().cast_unsigned()) << 32),
            Self::Interrupt => 2,
            Self::Request => 3,
            Self::Save => 4,
            Self::Query => 5,
        }
    }

    pub(crate) fn decode(code: u64) -> Self {
        match code & 0xffff_ffff {
            1 => Self::Crash(ProcessEnd::from_raw(((code >> 32) as u32).cast_signed())),
            2 => Self::Interrupt,
            3 => Self::Request,
            4 => Self::Save,
            5 => Self::Query,
            _ => Self::Failure,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failure => f.write_str("the simulation failed"),
            Self::Crash(end) => write!(f, "the simulation {end}"),
            Self::Interrupt => f.write_str("the run was interrupted"),
            Self::Request => f.write_str("a replay was asked for"),
            Self::Save => f.write_str("a save was asked for"),
            Self::Query => f.write_str("a question was asked"),
        }
    }
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcessEnd {
    /// By `exit` or `_exit`, or by returning from `main`, with this status.
    Exited(i32),
    /// By this signal.
    Signaled(i32),
}

impl ProcessEnd {
    /// From the status that `wait(2)` gives.
    #[must_use]
    pub fn from_raw(status: i32) -> Self {
        if libc::WIFSIGNALED(status) {
            Self::Signaled(libc::WTERMSIG(status))
        } else {
            Self::Exited(libc::WEXITSTATUS(status))
        }
    }

    fn to_raw(self) -> i32 {
        match self {
            Self::Exited(status) => (status & 0xff) << 8,
            Self::Signaled(signal) => signal & 0x7f,
        }
    }

    /// The status that a shell would report: 128 plus the signal's number for a signal.
    #[must_use]
    pub fn shell_status(self) -> i32 {
        match self {
            Self::Exited(status) => status,
            Self::Signaled(signal) => 128 + signal,
        }
    }
}

impl fmt::Display for ProcessEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(status) => write!(f, "exited with status {status}"),
            Self::Signaled(signal) => match Signal::try_from(*signal) {
                Ok(signal) => write!(f, "was killed by {signal}"),
                Err(_) => write!(f, "was killed by signal {signal}"),
            },
        }
    }
}

/// Where the standard output and error of a replay go. A replay runs the same stretch again, so
/// whatever it prints has been printed before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplayOutput {
    /// To the same place as the original's.
    Inherit,
    /// To the original's standard error, each line behind this text.
    Prefix(String),
    /// To a file of its own, which is created or emptied.
    File(PathBuf),
    /// Nowhere.
    Discard,
}

impl Default for ReplayOutput {
    fn default() -> Self {
        Self::Prefix("[replay] ".to_owned())
    }
}

impl ReplayOutput {
    pub(crate) fn encode(&self) -> (u32, String) {
        match self {
            Self::Inherit => (0, String::new()),
            Self::Prefix(prefix) => (1, prefix.clone()),
            Self::File(path) => (2, path.to_string_lossy().into_owned()),
            Self::Discard => (3, String::new()),
        }
    }

    pub(crate) fn decode(code: u32, text: String) -> Self {
        match code {
            1 => Self::Prefix(text),
            2 => Self::File(text.into()),
            3 => Self::Discard,
            _ => Self::Inherit,
        }
    }
}

/// What a slot is woken for.
#[derive(Clone, Debug)]
pub struct ReplayOrder {
    /// Cycle at which the original failed, and so at which the replay should.
    pub end_cycle: u64,
    /// Cycles that the replay may run beyond the end cycle, to show what follows. 100 by default,
    /// as in `LightSSS`.
    pub margin: u64,
    /// Why.
    pub reason: Reason,
    /// The failure's message, which a replay compares with that of its own failure. At most 1024
    /// bytes.
    pub message: String,
    /// A text from the harness to its replay ("with the other model's log"). At most 1024 bytes.
    pub label: String,
    /// Where what the replay prints goes.
    pub output: ReplayOutput,
    /// How long the replay may take before it is asked to finish, and killed if it does not. 10
    /// minutes by default.
    pub deadline: Duration,
    /// Where the asker of a query listens; empty for all others.
    pub(crate) asker: String,
}

impl ReplayOrder {
    /// An order for a failure at `end_cycle`.
    #[must_use]
    pub fn new(end_cycle: u64) -> Self {
        Self {
            end_cycle,
            margin: 100,
            reason: Reason::default(),
            message: String::new(),
            label: String::new(),
            output: ReplayOutput::default(),
            deadline: Duration::from_mins(10),
            asker: String::new(),
        }
    }

    /// An order to answer the questions of an asker, as long as that likes.
    #[cfg(feature = "driver")]
    pub(crate) fn query(end_cycle: u64, asker: String, output: ReplayOutput) -> Self {
        Self {
            margin: 0,
            reason: Reason::Query,
            output,
            // Ten years.
            deadline: Duration::from_hours(10 * 365 * 24),
            asker,
            ..Self::new(end_cycle)
        }
    }
}

/// How a replay ended, as it says itself, or as its slot saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReplayOutcome {
    /// The failure came again, at the same cycle.
    SameFailure,
    /// It failed, but elsewhere or otherwise; the text says how.
    OtherFailure(String),
    /// It went past the end cycle and its margin without failing.
    NoFailure,
    /// It did what it was woken for, which was not to fail.
    Done,
    /// It ended without saying so.
    Crashed(ProcessEnd),
    /// It did not end before its deadline.
    TimedOut,
}

impl ReplayOutcome {
    pub(crate) fn encode(&self) -> u32 {
        match self {
            Self::SameFailure => 1,
            Self::OtherFailure(_) => 2,
            Self::NoFailure => 3,
            Self::TimedOut => 4,
            Self::Done => 5,
            Self::Crashed(_) => 0,
        }
    }
}

impl fmt::Display for ReplayOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameFailure => f.write_str("the same failure came again"),
            Self::OtherFailure(text) => write!(f, "another failure came: {text}"),
            Self::NoFailure => f.write_str("no failure came"),
            Self::Done => f.write_str("done"),
            Self::Crashed(end) => write!(f, "the replay {end}"),
            Self::TimedOut => f.write_str("the replay did not end before its deadline"),
        }
    }
}

/// What came of a replay.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ReplayReport {
    /// How it ended.
    pub outcome: ReplayOutcome,
    /// Cycle of the slot that was woken.
    pub from_cycle: u64,
    /// End cycle of the order.
    pub end_cycle: u64,
    /// Last cycle that the replay published.
    pub reached_cycle: u64,
    /// The file that the replay wrote, when it was to save the slot.
    pub saved: Option<SaveReport>,
    /// What the replay added for the reader ([`Replay::note`](super::Replay::note)).
    pub note: String,
    /// Comparison with the original's state.
    pub equality: Equality,
    /// From the order until the slot was awake.
    #[serde(serialize_with = "seconds::serialize")]
    pub wake_latency: Duration,
    /// From the order to the replay's first instruction: with the fork by which the slot stays.
    #[serde(serialize_with = "seconds::serialize")]
    pub start_latency: Duration,
    /// From the order to the end of the replay's process.
    #[serde(serialize_with = "seconds::serialize")]
    pub duration: Duration,
}

/// Whether a replay went the way of the original.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Equality {
    /// Cycles at which the states were compared.
    pub compared: u64,
    /// Cycles at which one of the two states could not be hashed.
    pub unchecked: u64,
    /// Why not, at the first of those cycles.
    pub why_unchecked: Option<String>,
    /// The first difference, if any.
    pub divergence: Option<Divergence>,
}

/// Where a replay left the way of the original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Divergence {
    /// Last cycle at which the states were equal (the slot's own, if none was compared before).
    pub equal_at: u64,
    /// First compared cycle at which they were not.
    pub differs_at: u64,
    /// The model's state differs.
    pub model: bool,
    /// The harness's state differs.
    pub harness: bool,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (self.model, self.harness) {
            (true, true) => "model and harness differ",
            (true, false) => "the model differs",
            _ => "the harness differs",
        };
        write!(
            f,
            "{what} from the original: equal at cycle {}, different at cycle {}",
            self.equal_at, self.differs_at
        )
    }
}
