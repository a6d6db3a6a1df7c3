//! Ctrl-C during a question: it ends the question, and neither the session nor the run.

use std::os::fd::{AsFd, BorrowedFd};
use std::rc::Rc;

use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// While it lives, SIGINT is read here. Signals that end a process do so, also in a supervisor.
pub struct Interrupts {
    pending: Rc<SignalFd>,
    before: SigSet,
}

impl Interrupts {
    /// # Errors
    ///
    /// What the system says.
    pub fn take() -> Result<Self, Errno> {
        let before = SigSet::thread_get_mask()?;
        let mut interrupt = SigSet::empty();
        interrupt.add(Signal::SIGINT);
        let mut mask = before;
        mask.add(Signal::SIGINT);
        for ends in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT] {
            mask.remove(ends);
        }
        mask.remove(Signal::SIGWINCH);
        let pending =
            SignalFd::with_flags(&interrupt, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
        mask.thread_set_mask()?;
        Ok(Self {
            pending: Rc::new(pending),
            before,
        })
    }

    /// Whether there was one since the last look.
    pub fn watch(&self) -> impl FnMut() -> bool + 'static {
        let pending = Rc::clone(&self.pending);
        move || {
            let mut was = false;
            while matches!(pending.read_signal(), Ok(Some(_))) {
                was = true;
            }
            was
        }
    }
}

impl AsFd for Interrupts {
    /// Readable while there is one that nobody has looked at.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pending.as_fd()
    }
}

impl Drop for Interrupts {
    fn drop(&mut self) {
        // One that came for a question is not for the run.
        (self.watch())();
        let _ = self.before.thread_set_mask();
    }
}
