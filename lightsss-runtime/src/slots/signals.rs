//! What a signal means to a supervised run: who is told of it, and whether it asks for the end.
//!
//! `docs/processes.md` has the whole table.

use nix::{
    sys::{
        signal::{SigSet, SigmaskHow, Signal, kill, raise, sigprocmask},
        signalfd::siginfo,
    },
    unistd::{Pid, getpid},
};

use crate::process::{stderr::is_ignored, sys};

/// Signals by which somebody ends a run on purpose.
pub(crate) const ENDING: [Signal; 4] = [
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGHUP,
    Signal::SIGQUIT,
];

/// Signals that stop a process until it is continued, and that it can catch.
const STOPPING: [Signal; 2] = [Signal::SIGTSTP, Signal::SIGTTIN];

/// Faults of the supervisor itself. They are not blocked there, and end it.
const FAULTS: [Signal; 6] = [
    Signal::SIGSEGV,
    Signal::SIGBUS,
    Signal::SIGFPE,
    Signal::SIGILL,
    Signal::SIGABRT,
    Signal::SIGTRAP,
];

/// The signals that a supervisor reads, rather than being interrupted by them.
pub(crate) fn heard() -> SigSet {
    let mut signals = SigSet::all();
    for signal in FAULTS {
        signals.remove(signal);
    }
    signals
}

/// Signals that the program above the run made it ignore: `nohup` ignores
/// SIGHUP, a script ignores SIGINT and SIGQUIT for what it starts in the background.
pub(crate) struct Deaf {
    blocked: SigSet,
}

impl Deaf {
    /// From the signal mask of before the supervisor blocked all. What is ignored is asked when it
    /// matters: the supervisor never changes it.
    pub(crate) fn from_mask(blocked: SigSet) -> Self {
        Self { blocked }
    }

    pub(crate) fn is_to(&self, signal: Signal) -> bool {
        self.blocked.contains(signal) || is_ignored(signal as i32)
    }
}

/// Whether a signal that the supervisor got is to be passed on to the simulation.
///
/// What the terminal or the kernel sends to the whole process group, the simulation gets by itself:
/// such signals have a code above 0. A hangup is different: the kernel sends it to the leader of the
/// session alone.
pub(crate) fn is_to_pass_on(signal: Signal, info: &siginfo) -> bool {
    let broken_pipe_of_ours =
        signal == Signal::SIGPIPE && info.ssi_pid.cast_signed() == getpid().as_raw();
    (info.ssi_code <= 0 || signal == Signal::SIGHUP) && !broken_pipe_of_ours
}

/// What a process does with a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// What the system does, whether at once or when it is no longer blocked; or the process has ended.
    Default,
    Ignored,
    Caught,
}

/// What another process does with a signal, by `/proc`.
pub(crate) fn treatment(pid: Pid, signal: Signal) -> Treatment {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let has = |mask: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(mask));
        let bits = line.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
        bits.is_some_and(|bits| bits >> (signal as i32 - 1) & 1 == 1)
    };
    if has("SigIgn:") {
        Treatment::Ignored
    } else if has("SigCgt:") {
        // Blocked or not: a process blocks all signals while it forks.
        Treatment::Caught
    } else {
        Treatment::Default
    }
}

/// Whether a signal stops a run until it is continued.
pub(crate) fn stops(signal: Signal) -> bool {
    STOPPING.contains(&signal)
}

/// Stops this process by a signal that it has blocked, as the signal would have, and returns once it
/// is continued. Returns at once where the signal is ignored, or nobody is there to continue it.
pub(crate) fn stop_by(signal: Signal) {
    let mut only = SigSet::empty();
    only.add(signal);
    let _ = raise(signal);
    let _ = sigprocmask(SigmaskHow::SIG_UNBLOCK, Some(&only), None);
    let _ = sigprocmask(SigmaskHow::SIG_BLOCK, Some(&only), None);
}

/// Passes a signal on, and has a process hear it that somebody has stopped.
pub(crate) fn end_by(pid: Pid, signal: Signal) {
    let _ = kill(pid, signal);
    if treatment(pid, signal) != Treatment::Ignored {
        sys::continue_now(pid);
    }
}
