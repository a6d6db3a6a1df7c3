//! The signals that end a command of many runs, read rather than taken.

use std::os::fd::{AsFd, BorrowedFd};

use nix::errno::Errno;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use crate::process::stderr::is_ignored;
use crate::process::sys;

const ENDING: [Signal; 4] = [
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGHUP,
    Signal::SIGQUIT,
];

pub struct Signals {
    fd: SignalFd,
    /// The mask of before.
    before: SigSet,
}

impl Signals {
    /// From here on these signals end the process no more.
    pub fn block() -> Result<Self, Errno> {
        let set: SigSet = ENDING.into_iter().collect();
        let fd = SignalFd::with_flags(&set, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
        let mut before = SigSet::empty();
        sigprocmask(SigmaskHow::SIG_BLOCK, Some(&set), Some(&mut before))?;
        Ok(Self { fd, before })
    }

    pub fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// The mask that runs have.
    pub fn before(&self) -> SigSet {
        self.before
    }

    /// A signal that has come, if one has. One that the program above has blocked or ignored is none.
    pub fn next(&self) -> Option<Signal> {
        while let Ok(Some(info)) = self.fd.read_signal() {
            let signal = Signal::try_from(info.ssi_signo.cast_signed()).ok();
            let heard =
                |signal: &Signal| !self.before.contains(*signal) && !is_ignored(*signal as i32);
            if let Some(signal) = signal.filter(heard) {
                return Some(signal);
            }
        }
        None
    }
}

/// Ends this process as the signal would have.
pub fn die_by(signal: Signal) -> ! {
    sys::flush_stdio();
    sys::die_by(signal as i32);
    // The first process of a container is not killed by its own signals.
    sys::exit_now(128 + signal as i32)
}
